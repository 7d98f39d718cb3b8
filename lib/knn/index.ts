/** Pictures as pure functions: descriptions, documents, queries, distances. No client, no I/O. */
export { SearchError } from '../errors.ts';
export {
  describeImage,
  type ImageDescription,
  type PicturePart,
  queryViews,
} from './describe/describe.ts';
export {
  type FieldValue,
  type ImageContent,
  type ImageDocument,
  toImageDocument,
} from './document.ts';
export {
  elasticsearchBody,
  elasticsearchHashBody,
  elasticsearchVectorBody,
} from './elasticsearch.ts';
export type { DuplicateGroup, DuplicateOptions } from './similar/duplicates.ts';
export { hammingDistance, hashSlots, probeSlots } from './describe/hash.ts';
export { type ImageHit, rankByHash, rankByVector, readImageHits } from './hits.ts';
export { makeThumbnail } from './describe/image.ts';
export { type ImageLimits } from './describe/image-limits.ts';
export { type MakeThumbnailOptions } from './describe/thumbnail-options.ts';
export { ImageError } from './describe/image-error.ts';
export type { ImageFormat } from './describe/image-format.ts';
export {
  imageMapping,
  type ImageIndexBody,
  type ImageMappingOptions,
  type ImageSettings,
  vectorSpaceOf,
  viewFields,
} from './mapping.ts';
export {
  type LabelledPair,
  type ProposedThreshold,
  proposeThreshold,
} from './similar/propose-threshold.ts';
export { onnxModel, type OnnxModel, type OnnxPreprocessing } from './describe/onnx.ts';
export type { FieldFilter, HashSearch, VectorSearch } from './query.ts';
export { hashSearchBody, vectorSearchBody } from './query-body.ts';
export {
  rankSimilar,
  type SimilarImage,
  type SimilarOptions,
  type SimilarQuery,
  type SimilarRule,
  similarSearches,
  turnedViews,
} from './similar/similar.ts';
export type { SemanticModel } from './semantic.ts';
export {
  distanceBetween,
  distanceOfScore,
  scoreOfDistance,
  type SpaceType,
  type VectorDataType,
  type VectorSpace,
} from './space.ts';
export { IMAGE_THRESHOLDS, type ImageThresholds } from './similar/thresholds.ts';
export { mirrorVector } from './describe/poses.ts';
