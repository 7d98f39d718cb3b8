/**
 * suoyin: search by name for people who write in Han characters.
 *
 * The whole job is `PlaceIndex` over an engine; the pure parts (records, documents, queries,
 * suggestions, folding, readings, language of a name) serve hosts with a pipeline of their own.
 */
export {
  PlaceIndex,
  type PlaceIndexOptions,
  type SearchCallOptions,
  type SuggestCallOptions,
} from './place-index.ts';
export type { AliasIndex, IndexStatus, WriteOptions } from './alias/alias-index.ts';
export {
  ImageIndex,
  type ImageIndexOptions,
  type ImageModel,
  type PictureOptions,
  type PictureSource,
  type PreparedPicture,
} from './image-index.ts';
export type { ImageRebuildOptions, ImageRebuildResult } from './rebuild/images.ts';
export type { IngestOptions, IngestProgress, IngestResult } from './ingest/work/pipeline.ts';
export type { IngestCounts } from './ingest/work/chunk.ts';
export type { PictureSources } from './ingest/queue/feed.ts';
export type { HostOptions, HostState } from './ingest/fetch/hosts.ts';
export type { TakeOptions } from './ingest/work/picture.ts';
export type { IngestSource } from './ingest/source.ts';
export type { IngestStage, StageTimes } from './ingest/work/stage-times.ts';
export type { FailedPicture } from './ingest/queue/failed-pictures.ts';
export type {
  ImageCheckOptions,
  ImageCheckReport,
  ImageFinding,
  ImageIssue,
} from './ingest/work/check.ts';
export type { ImagePurgeOptions, ImagePurgeResult, PurgedPicture } from './ingest/work/purge.ts';
export type { AddressOptions } from './ingest/fetch/addresses.ts';
export {
  fetchImage,
  type FetchedImage,
  type FetchedSource,
  type FetchOptions,
} from './ingest/fetch/fetch.ts';
export { FetchError, type FetchErrorOptions } from './ingest/fetch/fetch-error.ts';
export type { FetchLimits } from './ingest/fetch/limits.ts';
export {
  type MakeThumbnail,
  type ThumbnailFile,
  type ThumbnailFormat,
  type ThumbnailOptions,
  type ThumbnailSize,
  thumbnailStore,
  type ThumbnailStore,
} from './ingest/stores/thumbnails.ts';
export {
  describeImage,
  distanceBetween,
  distanceOfScore,
  hammingDistance,
  hashSearchBody,
  hashSlots,
  IMAGE_THRESHOLDS,
  ImageError,
  imageMapping,
  makeThumbnail,
  mirrorVector,
  onnxModel,
  probeSlots,
  queryViews,
  rankByHash,
  rankByVector,
  rankSimilar,
  readImageHits,
  scoreOfDistance,
  similarSearches,
  toImageDocument,
  vectorSearchBody,
  vectorSpaceOf,
  type DuplicateGroup,
  type DuplicateOptions,
  type FieldFilter,
  type FieldValue,
  type HashSearch,
  type ImageContent,
  type ImageDescription,
  type ImageDocument,
  type ImageFormat,
  type ImageHit,
  type ImageIndexBody,
  type ImageLimits,
  type ImageMappingOptions,
  type ImageThresholds,
  type OnnxModel,
  type OnnxPreprocessing,
  type SimilarImage,
  type SimilarOptions,
  type SimilarQuery,
  type SimilarRule,
  type SpaceType,
  type VectorDataType,
  type VectorSearch,
  type VectorSpace,
} from './knn/index.ts';
export type { CircuitState } from './health/circuit.ts';
export type { Clock } from './health/clock.ts';
export type { EventLoop } from './health/event-loop.ts';
export {
  createHealth,
  type Health,
  type HealthCheck,
  type HealthCheckReport,
  type HealthOptions,
  type HealthReport,
  type HealthStatus,
} from './health/health.ts';
export { engineCheck, limiterCheck, queueCheck } from './health/health-checks.ts';
export type { Illness } from './health/illness.ts';
export {
  createLimiter,
  type Limiter,
  type LimiterStats,
  type RefusalCode,
} from './health/limiter.ts';
export {
  LIMITER_DEFAULTS,
  type LimiterOptions,
  PRIORITIES,
  type Priority,
} from './health/limiter-options.ts';
export {
  createMetrics,
  type IngestOutcome,
  METRICS_CONTENT_TYPE,
  type Metrics,
  type MetricSources,
  type PromRegistry,
  type SearchKind,
  type SearchOutcome,
} from './health/metrics.ts';
export { OverloadError } from './health/overload-error.ts';
export type { JobState, WatchedJob, WatchedQueue } from './health/queue-look.ts';
export type {
  QueueFigures,
  QueueFinding,
  QueueLevel,
  QueueVerdict,
  VerdictLimits,
} from './health/queue-verdict.ts';
export {
  type QueueReport,
  type QueueWatch,
  WATCH_DEFAULTS,
  watchQueue,
  type WatchQueueOptions,
} from './health/queue-watch.ts';
export { sharedClient, type SharedClientOptions } from './health/shared-client.ts';
export { embedded, type EmbeddedOptions, type SqliteHandle } from './engines/embedded/index.ts';
export type { SqliteStatement, SqlValue } from './engines/embedded/sqlite.ts';
export type {
  AliasState,
  Engine,
  EngineHealth,
  Generation,
  IndexDocument,
  StateEntry,
  WriteOperation,
  WriteOutcome,
  WriteStream,
} from './engines/engine.ts';
export {
  opensearch,
  type OpenSearchClient,
  type OpenSearchOptions,
} from './engines/opensearch/index.ts';
export type { OpenSearchRequest } from './engines/cluster/request.ts';
export {
  type AwsCredentials,
  connect,
  type Connection,
  type ConnectOptions,
} from './engines/opensearch/connect.ts';
export { BulkError, type BulkProgress } from './engines/cluster/bulk-error.ts';
export { type BodyChange, diffBodies } from './alias/body-diff.ts';
export type { FillCheckpoint, RebuildState } from './alias/checkpoint.ts';
export type { ReadingSource } from './autocomplete/dictionaries.ts';
export type { GeographySource } from './rebuild/geography.ts';
export type { LeaseHolder } from './alias/lease.ts';
export type { LineageCounts } from './rebuild/lineage.ts';
export { planRebuild, type RebuildPlan } from './alias/plan.ts';
export { type DocumentFault, type Inspection, inspectDocuments } from './rebuild/inspect.ts';
export { verifySource, type Verification, type VerifyOptions } from './rebuild/verify-source.ts';
export { rebuildPlaces } from './rebuild/run.ts';
export type { ShardNumbers } from './alias/shard-numbers.ts';
export { swapPrepared } from './alias/swap.ts';
export { REBUILD_DEFAULTS, type RebuildOptions, type RebuildResult } from './rebuild/options.ts';
export {
  type CheckFinding,
  type CheckReport,
  checkPlaces,
  type CheckSource,
} from './rebuild/check.ts';
export type { DeadLetter } from './source/dead-letters.ts';
export type { PlaceRecordSource } from './source/source.ts';
export type { RebuildProgress, RebuildStage } from './rebuild/progress.ts';
export type { GcResult } from './alias/generations.ts';
export {
  EngineError,
  MissingDependencyError,
  OptionError,
  RebuildError,
  RecordError,
  SearchError,
} from './errors.ts';
export {
  readPlaceRecord,
  RECORD_LIMITS,
  type NameKind,
  type PlaceKind,
  type PlaceName,
  type PlaceRecord,
  shortNameOf,
  toPlaceDocument,
  type DocumentContext,
  type IndexedName,
  type KeyField,
  type ParentRef,
  type PlaceDocument,
  type PlaceKeys,
  type PlaceSource,
  importanceOf,
  rankOf,
  placeMapping,
  type IndexBody,
  type PlaceMappingOptions,
  readerOf,
  type Reader,
  type ReaderLanguage,
  passSearches,
  placeQuery,
  PLACE_QUERY_DEFAULTS,
  type GeoBox,
  type KeyMatch,
  type KeySearch,
  type PlaceFilter,
  type PlaceHit,
  type PlaceQuery,
  type PlaceQueryOptions,
  type Interpretation,
  type MatchState,
  placeSearchBodies,
  placeSearchBody,
  readPlaceHits,
  type MatchPart,
  type MatchRange,
  RANKING,
  type ScoreParts,
  cldrCountryNames,
  type CountryNames,
  LABEL_STYLES,
  type LabelStyle,
  answerPlaceQuery,
  suggestionsFrom,
  type MatchExplanation,
  type Suggestion,
  type SuggestionOptions,
  answerTextQuery,
  readTextHits,
  textQuery,
  textSearchBody,
  TEXT_QUERY_DEFAULTS,
  TEXT_RANKING,
  type TextAnswer,
  type TextContext,
  type TextExplanation,
  type TextField,
  type TextHighlight,
  type TextHit,
  type TextPart,
  type TextQuery,
  type TextQueryOptions,
  type TextResult,
  type TextScore,
  type TextSearch,
  type TextSource,
  type TextTerm,
  readBoundaries,
  BOUNDARY_DEFAULTS,
  type Boundaries,
  type BoundaryOptions,
  type BoundaryParents,
  type BoundaryPoint,
  type BoundaryLevel,
  type BoundaryRef,
  readCorrection,
  type Correction,
  resolveParents,
  type ParentIssue,
  type ParentOrigin,
  type ParentSources,
  type ResolvedParents,
} from './autocomplete/index.ts';
export {
  fold,
  foldWithOffsets,
  type FoldedText,
  scriptRuns,
  scriptsOf,
  type Script,
  type ScriptRun,
  dachenToZhuyin,
  initialsKey,
  pinyinKey,
  pinyinOf,
  pinyinTyped,
  romajiKey,
  romajiTyped,
  zhuyinKey,
  zhuyinToned,
  zhuyinTyped,
  loadChinese,
  type Chinese,
  type ChinesePackage,
  type TaggedWord,
  loadJapanese,
  type Japanese,
  type JapaneseToken,
  detectLanguage,
  loadDetector,
  type Detection,
  type DetectOptions,
  type Detector,
  type Reason,
  nameDocument,
  type NameDocument,
} from './analyzers/index.ts';
export type { NameHint } from './analyzers/hints.ts';
