import type { WriteOptions } from './alias/alias-index.ts';
import type { PictureDecoder } from './ingest/decode/decoder-processes.ts';
import type { FetchOptions } from './ingest/fetch/fetch.ts';
import type { ThumbnailStore } from './ingest/stores/thumbnails.ts';
import type { ImageLimits } from './knn/describe/image.ts';
import type { FieldValue } from './knn/document.ts';
import type { ImageMappingOptions } from './knn/mapping.ts';
import { SIMILAR_SPEC, type SimilarOptions } from './knn/similar/similar.ts';
import { IMAGE_THRESHOLDS } from './knn/similar/thresholds.ts';
import { DEFAULT_SPACE, type VectorSpace } from './knn/space.ts';
import { OPTION_INVALID, SIGNAL, type Spec } from './options.ts';

/** What makes the vectors of an index. Those of two models can't be compared. */
export interface ImageModel {
  /** Kept in the mapping; vectors of another one are refused. */
  id: string;
  space: VectorSpace;
  /** The vector of a picture; left out where vectors are given with the pictures. */
  embed?: (bytes: Uint8Array) => Promise<readonly number[]>;
  /** Distance up to which two pictures count as near duplicates. Default none: no pair does by its vectors. */
  threshold?: number;
}

/** Where an image index lives, and how pictures get into it. */
export interface ImageIndexOptions {
  /** The name that queries use. Default `images`. */
  alias?: string;
  /** Default: suoyin's own vectors, which find edited copies. */
  model?: ImageModel;
  /**
   * Of new generations; dimension, space and model come from `model`. A rebuild keeps the shards and
   * replicas that are left out as they are.
   */
  mapping?: Omit<ImageMappingOptions, keyof VectorSpace | 'model'>;
  /** How URLs are fetched: limits, and addresses that are not on the public internet. */
  fetch?: Omit<FetchOptions, 'etag' | 'lastModified' | 'signal'>;
  /** Ids and documents keep the query of a URL; see `IngestOptions`. Default false. */
  keepQuery?: boolean;
  limits?: ImageLimits;
  /**
   * Reads pictures; give `decoderProcesses()` where they are not your own. Closed by whoever made it. Default:
   * this process does, where a decode can't be ended and takes 400 MiB at the most.
   */
  decoder?: PictureDecoder;
  /** Gets a thumbnail of every picture that is added. Default none. */
  thumbnails?: ThumbnailStore;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

/** What is kept with a picture. */
export interface PictureOptions extends WriteOptions {
  /** Default: the URL without user, password and query, or the path, else the hash of the bytes. */
  id?: string;
  /** Kept with the picture, and to filter by: `{ country: 'TW', tags: ['temple'] }`. */
  fields?: Readonly<Record<string, FieldValue>>;
  /** A vector of your own for a picture whose bytes are given. */
  vector?: readonly number[];
  signal?: AbortSignal;
}

export const IMAGE_DEFAULTS: Readonly<{ alias: string; model: ImageModel }> = Object.freeze({
  alias: 'images',
  model: { id: 'dct-c-132', space: DEFAULT_SPACE, threshold: IMAGE_THRESHOLDS.vector },
});

/** Options of `ImageIndex.describe`. */
export const DESCRIBE_SPEC: Spec<{ signal?: AbortSignal }> = {
  code: OPTION_INVALID,
  options: { signal: SIGNAL },
};

/** Options of `ImageIndex.similar`. */
export const SIMILAR_CALL_SPEC: Spec<SimilarOptions & { signal?: AbortSignal }, 'limit'> = {
  code: OPTION_INVALID,
  options: { ...SIMILAR_SPEC.options, signal: SIGNAL },
};
