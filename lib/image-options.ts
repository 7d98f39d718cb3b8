import { WRITE_SPEC, type WriteOptions } from './alias/versions.ts';
import { ALIAS_OPTION } from './engines/alias.ts';
import type { PictureDecoder } from './ingest/decode/decoder-processes.ts';
import { SEMANTIC_SPEC, type SemanticOptions } from './ingest/decode/semantic-model.ts';
import { FETCH_SETTINGS_SPEC, type FetchSettings } from './ingest/fetch/fetch.ts';
import type { ThumbnailStore } from './ingest/stores/thumbnails.ts';
import { THUMBNAILS_OPTION } from './ingest/work/picture.ts';
import { IMAGE_LIMITS_SPEC, type ImageLimits } from './knn/describe/image-limits.ts';
import { OptionError } from './errors.ts';
import type { FieldValue } from './knn/document.ts';
import { IMAGE_SETTINGS_SPEC, type ImageSettings, SPACE_SPEC } from './knn/mapping.ts';
import { VECTOR_OPTION } from './knn/query.ts';
import { SIMILAR_SPEC, type SimilarOptions } from './knn/similar/similar.ts';
import { IMAGE_THRESHOLDS } from './knn/similar/thresholds.ts';
import { DEFAULT_SPACE, type VectorSpace } from './knn/space.ts';
import { NOW, OPTION_INVALID, SIGNAL, type Spec } from './options.ts';
import { CALL_OPTIONS, type CallOptions } from './partial.ts';

/** What makes the vectors of an index. Those of two models can't be compared. */
export interface ImageModel {
  /** Kept in the mapping; vectors of another one are refused. */
  id: string;
  space: VectorSpace;
  /** The vector of a picture; left out where vectors are given with the pictures. */
  embed?: (bytes: Uint8Array) => Promise<ArrayLike<number>>;
  /**
   * Distance up to which two pictures count as near duplicates; null: no pair does by its vectors, so `similar`
   * says `nearest` and `duplicates` wants `maxDistance`. See `proposeThreshold`.
   */
  threshold: number | null;
}

/** Where an image index lives, and how pictures get into it. */
export interface ImageIndexOptions {
  /** The name that queries use. Default `images`. */
  alias?: string;
  /** Default: suoyin's own vectors, which find edited copies. */
  model?: ImageModel;
  /**
   * An ONNX model whose vectors are kept beside suoyin's own: it proposes candidates and orders what is `nearest`.
   * What is a copy is decided as without it. Default none.
   */
  semantic?: SemanticOptions;
  /**
   * Of new generations; dimension, space and model come from `model`. A rebuild keeps the shards and
   * replicas that are left out as they are.
   */
  mapping?: ImageSettings;
  /** How URLs are fetched: limits, and addresses that are not on the public internet. */
  fetch?: FetchSettings;
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
  vector?: ArrayLike<number>;
  signal?: AbortSignal;
}

export const IMAGE_DEFAULTS: Readonly<{ alias: string; model: ImageModel }> = Object.freeze({
  alias: 'images',
  model: { id: 'dct-c-132', space: DEFAULT_SPACE, threshold: IMAGE_THRESHOLDS.vector },
});

/** @throws {OptionError} `THRESHOLD_MISSING` where a model does not say when two vectors are of one picture. */
export function checkThreshold({ id, threshold }: ImageModel): void {
  if (threshold !== null) return;
  const what = `${id} has no threshold, so no two vectors are near enough`;
  const hint =
    'Give model.threshold (--threshold) or maxDistance (--max-distance; 0 compares hashes only); ' +
    'suoyin images threshold proposes one from labelled pairs.';
  throw new OptionError('THRESHOLD_MISSING', what, hint);
}

const MODEL_SPEC: Spec<ImageModel> = {
  code: OPTION_INVALID,
  options: {
    id: { type: 'text', required: true, help: 'kept in the mapping' },
    space: { type: 'object', spec: SPACE_SPEC, required: true, help: 'of its vectors' },
    embed: { type: 'function', help: 'makes the vector of a picture' },
    threshold: {
      type: 'number',
      orNull: true,
      required: true,
      code: 'THRESHOLD_MISSING',
      wanted:
        'the distance up to which two vectors are of one picture, or null where no distance is',
      help: 'distance up to which two pictures count as near duplicates; null: none',
    },
  },
};

/** Options of `ImageIndex`. */
export const IMAGE_INDEX_SPEC: Spec<ImageIndexOptions, 'alias'> = {
  code: OPTION_INVALID,
  options: {
    alias: { ...ALIAS_OPTION, default: IMAGE_DEFAULTS.alias },
    model: {
      type: 'object',
      spec: MODEL_SPEC,
      instances: true,
      otherwise: "suoyin's own vectors, which find edited copies",
      help: 'what makes the vectors',
    },
    semantic: {
      type: 'object',
      spec: SEMANTIC_SPEC,
      otherwise: 'none',
      help: 'ONNX model that proposes candidates and orders `nearest`',
    },
    mapping: {
      type: 'object',
      spec: IMAGE_SETTINGS_SPEC,
      help: 'of new generations',
    },
    fetch: { type: 'object', spec: FETCH_SETTINGS_SPEC, help: 'how URLs are fetched' },
    keepQuery: { type: 'flag', help: 'ids and documents keep the query of a URL' },
    limits: { type: 'object', spec: IMAGE_LIMITS_SPEC, help: 'of decoding' },
    decoder: {
      type: 'object',
      like: ['describe'],
      wanted: 'what decoderProcesses returns',
      otherwise: 'this process',
      help: 'reads pictures',
    },
    thumbnails: THUMBNAILS_OPTION,
    now: NOW,
  },
};

/** Options of `ImageIndex.add` and `ImageIndex.prepare`. */
export const PICTURE_SPEC: Spec<PictureOptions> = {
  code: OPTION_INVALID,
  options: {
    id: {
      type: 'text',
      otherwise:
        'the URL without user, password and query, or the path, else the hash of the bytes',
      help: 'of the picture',
    },
    fields: { type: 'object', help: 'kept with the picture, and to filter by' },
    vector: VECTOR_OPTION,
    version: { ...WRITE_SPEC.options.version, code: WRITE_SPEC.code },
    signal: SIGNAL,
  },
};

/** Options of `ImageIndex.describe`. */
export const DESCRIBE_SPEC: Spec<{ signal?: AbortSignal }> = {
  code: OPTION_INVALID,
  options: { signal: SIGNAL },
};

/** What `ImageIndex.similar` may be told beside the picture. */
export interface SimilarCallOptions extends SimilarOptions, CallOptions {}

/** Options of `ImageIndex.similar`. */
export const SIMILAR_CALL_SPEC: Spec<SimilarCallOptions, 'limit'> = {
  code: OPTION_INVALID,
  options: { ...SIMILAR_SPEC.options, ...CALL_OPTIONS },
};
