/**
 * suoyin: search by name and by picture for people who write in Han characters.
 *
 * This entry is the whole job: an index over an engine, what keeps it up, and the types of their options
 * and results. A type that is not listed here is a member of one that is: `IngestOptions['hosts']`. The
 * pure parts (records, documents, queries, readings, hashes) have entries of their own:
 * `suoyin/analyzers`, `suoyin/autocomplete`, `suoyin/knn`; the HTTP API is `suoyin/server`.
 */

// Indexes
export { PlaceIndex } from './place-index.ts';
export {
  type PlaceIndexOptions,
  type SearchCallOptions,
  type SuggestCallOptions,
} from './place-options.ts';
export {
  type FoundOrAdded,
  ImageIndex,
  type ImageIndexOptions,
  type ImageModel,
  type PictureOptions,
  type PictureSource,
} from './image-index.ts';
export type { SimilarCallOptions } from './image-options.ts';
export { NoteIndex, type NoteIndexOptions, type NoteSearchOptions } from './note-index.ts';
export type { CallOptions, Counted, LimitingSetting, Markable, Shortfall } from './partial.ts';
export type { IndexStatus } from './alias/alias-index.ts';
export { versionFrom } from './alias/versions.ts';
export type { RebuildPlan } from './alias/plan.ts';
export type { RebuildOptions, RebuildResult } from './rebuild/options.ts';
export type { PutOptions } from './rebuild/put-places.ts';
export type { RebuildProgress } from './rebuild/progress.ts';
export type { Columns } from './source/formats/columns.ts';
export type { FormatName } from './source/formats/format.ts';
export type { RecordWarningCount } from './rebuild/record-warnings.ts';
export type { PlaceFiles, PlaceRecordSource } from './source/source.ts';
export type { DeadLetter } from './source/dead-letters.ts';
export { type Sizing, sizeDeployment } from './sizing.ts';

// Engines
export type { Engine } from './engines/engine.ts';
export { embedded, type EmbeddedOptions } from './engines/embedded/index.ts';
export {
  opensearch,
  type OpenSearchClient,
  type OpenSearchOptions,
} from './engines/opensearch/index.ts';
export {
  elasticsearch,
  type ElasticsearchClient,
  type ElasticsearchOptions,
} from './engines/elasticsearch/index.ts';
export {
  connectElasticsearch,
  type ElasticsearchConnection,
  type ElasticsearchConnectOptions,
} from './engines/elasticsearch/connect.ts';
export { connect, type ConnectOptions } from './engines/opensearch/connect.ts';

// Places
export type { PlaceRecord } from './autocomplete/place.ts';
export type { Suggestion } from './autocomplete/suggest/suggestions.ts';
export type { TextAnswer } from './autocomplete/text/hits.ts';

// Notes
export type { Note } from './notes/note.ts';
export type { NoteAnswer } from './notes/answer.ts';
export type { NoteAddOptions, NoteAddResult } from './rebuild/take-in.ts';

// Names
export { fold } from './analyzers/fold.ts';
export { detectLanguage, detectLanguages } from './analyzers/detect.ts';
export { type Detection, type DetectOptions } from './analyzers/detection.ts';

// Pictures
export { describeImage } from './knn/describe/describe.ts';
export { onnxModel } from './knn/describe/onnx.ts';
export type { SimilarImage, SimilarOptions } from './knn/similar/similar.ts';
export type { DuplicateGroup, DuplicateOptions } from './knn/similar/duplicates.ts';
export type { IngestOptions, IngestResult } from './ingest/work/pipeline.ts';
export type { IngestVectorsOptions, IngestVectorsResult } from './ingest/vectors/add-vectors.ts';
export type { FetchOptions } from './ingest/fetch/fetch.ts';
export {
  type ThumbnailOptions,
  type ThumbnailStore,
  thumbnailStore,
} from './ingest/stores/thumbnails.ts';

// What keeps it up
export { createHealth, type Health, type HealthOptions } from './health/health.ts';
export { engineCheck, limiterCheck, queueCheck } from './health/health-checks.ts';
export { createLimiter, type Limiter } from './health/limiter.ts';
export type { LimiterOptions } from './health/limiter-options.ts';
export { createMetrics, type Metrics } from './health/metrics.ts';
export { type QueueReport, watchQueue, type WatchQueueOptions } from './health/queue-watch.ts';
export { sharedClient } from './health/shared-client.ts';

// Errors: each is a `SearchError` with `code` and `hint`
export {
  EngineError,
  MissingDependencyError,
  OptionError,
  RebuildError,
  RecordError,
  SearchError,
} from './errors.ts';
export { BulkError } from './engines/cluster/bulk-error.ts';
export { FetchError } from './ingest/fetch/fetch-error.ts';
export { ImageError } from './knn/describe/image-error.ts';
export { OverloadError } from './health/overload-error.ts';
