/** Ingesting pictures: the guarded fetch, thumbnails, and the types of an ingest's reports. */
export {
  type DecoderOptions,
  type DecoderProcesses,
  decoderProcesses,
  type PictureDecoder,
} from './decode/decoder-processes.ts';
export {
  fetchImage,
  type FetchedImage,
  type FetchedSource,
  type FetchOptions,
  type FetchSettings,
} from './fetch/fetch.ts';
export type { AddressOptions } from './fetch/addresses.ts';
export { FetchError, type FetchErrorOptions } from './fetch/fetch-error.ts';
export type { FetchLimits } from './fetch/limits.ts';
export type { HostOptions, HostState } from './fetch/hosts.ts';
export type { FailedPicture } from './queue/failed-pictures.ts';
export type { PictureSources } from './queue/feed.ts';
export type { RunCounts, RunTotals } from './queue/runs.ts';
export type { IngestSource } from './source.ts';
export { type ByteStore, folderStore, type StoredFile } from './stores/byte-store.ts';
export { s3Store, type S3StoreOptions } from './stores/s3-store.ts';
export {
  type BoundedStores,
  type MakeThumbnail,
  type ThumbnailFile,
  type ThumbnailFormat,
  type ThumbnailLook,
  type ThumbnailOptions,
  type ThumbnailSize,
  thumbnailStore,
  type ThumbnailStore,
} from './stores/thumbnails.ts';
export type {
  ImageCheckOptions,
  ImageCheckReport,
  ImageFinding,
  ImageIssue,
} from './work/check.ts';
export type { IngestCounts } from './work/chunk.ts';
export type { TakeOptions } from './work/picture.ts';
export type { IngestOptions, IngestProgress, IngestResult } from './work/pipeline.ts';
export type { ImagePurgeOptions, ImagePurgeResult, PurgedPicture } from './work/purge.ts';
export type { IngestStage, StageTimes } from './work/stage-times.ts';
