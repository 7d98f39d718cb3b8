import { createRequire } from 'node:module';
import { OptionError, quoteValue } from '../errors.ts';
import { type NumberOption, settle, type Settings, type Spec } from '../options.ts';
import { PART_VIEWS, VIEWS } from './document.ts';
import { SEMANTIC_MODEL_SPEC, type SemanticModel } from './semantic.ts';
import {
  DEFAULT_SPACE,
  semanticSpace,
  type SpaceType,
  type VectorDataType,
  type VectorSpace,
} from './space.ts';

/** A complete create-index body of OpenSearch. */
export interface ImageIndexBody {
  settings: Record<string, unknown> & { index: Record<string, unknown> };
  mappings: Record<string, unknown> & { _meta: Record<string, unknown> };
}

/** An encoder of faiss. */
export interface ImageEncoder {
  name: 'sq' | 'pq';
  parameters?: Record<string, unknown>;
}

const ENCODER_SPEC: Spec<ImageEncoder> = {
  code: 'MAPPING_INVALID',
  fault: 'No index can be made with {}',
  options: {
    name: { type: 'text', choices: ['sq', 'pq'], required: true, help: 'which encoder' },
    parameters: { type: 'object', help: 'as faiss takes them' },
  },
};

/** What a deployment can choose about an image index, whatever its vectors. */
export interface ImageSettings {
  /** Primary shards, 1..1024. Default 1: enough for about ten million pictures. */
  numberOfShards?: number;
  /** Replicas of each shard, 0..1024. Default 1. */
  numberOfReplicas?: number;
  /**
   * Library that builds the graph: `lucene` runs anywhere and is recommended below ten million
   * vectors; `faiss` is native code and scales to 10^9. Default `lucene`.
   */
  engine?: 'lucene' | 'faiss';
  /**
   * `ivf` exists in faiss only and needs `modelId`; `flat` exists in lucene from OpenSearch 3.6 on.
   * Default `hnsw`.
   */
  method?: 'hnsw' | 'ivf' | 'flat';
  /** Edges per node of the graph, 2..100. Default 16. */
  m?: number;
  /** Candidates considered per node while the graph is built, 2..4096. Default 100. */
  efConstruction?: number;
  /**
   * Candidates considered per query, 1..10000: more give better recall and slower searches. Default
   * 100.
   */
  efSearch?: number;
  /** Id of the trained model of an `ivf` index (`_plugins/_knn/models/...`). */
  modelId?: string;
  /**
   * Compresses the vectors that faiss keeps in memory: `sq` (fp16) halves them, `pq` saves more and
   * loses recall. Default none.
   */
  encoder?: ImageEncoder;
  /** Alternative to an encoder: how much the vectors of the first pass are compressed. Default `1x`. */
  compression?: '1x' | '2x' | '4x' | '8x' | '16x' | '32x';
  /**
   * Segments with fewer documents are searched exactly instead of by a graph; faiss only. Default
   * 0.
   */
  approximateThreshold?: number;
  /**
   * Keeps the views of the parts of collages, and of pictures with a separate bar, so that a picture finds the
   * collages that contain it. Such a picture has up to four more views, and a search makes three times as many
   * look-ups. A rebuild keeps this setting. Default false.
   */
  collages?: boolean;
}

/** What a deployment can choose about an image index. */
export interface ImageMappingOptions extends ImageSettings, Partial<VectorSpace> {
  /**
   * What the vectors were made with; an index takes vectors of one model only. Default `dct-c-132`.
   */
  model?: string;
  /** Kept beside the model: distance up to which two pictures count as near duplicates. Default none. */
  threshold?: number;
  /** What makes the second vector of each picture. Default: there is none. */
  semantic?: SemanticModel;
}

type SettingsDefault = 'numberOfShards' | 'numberOfReplicas' | GraphDefault;
type GraphDefault = 'engine' | 'method' | 'm' | 'efConstruction' | 'efSearch';

const whole = (
  [min, max, byDefault]: readonly [min: number, max: number, byDefault: number],
  help: string,
): NumberOption & { default: number } => ({ type: 'whole', min, max, default: byDefault, help });

/** Options of an image index, whatever its vectors. */
export const IMAGE_SETTINGS_SPEC: Spec<ImageSettings, SettingsDefault> = {
  code: 'MAPPING_INVALID',
  fault: 'No index can be made with {}',
  options: {
    numberOfShards: { ...whole([1, 1024, 1], 'primary shards'), flag: '--shards' },
    numberOfReplicas: { ...whole([0, 1024, 1], 'copies of each shard'), flag: '--replicas' },
    engine: {
      type: 'text',
      choices: ['lucene', 'faiss'],
      wanted: 'lucene or faiss; OpenSearch 3.0 and later cannot create nmslib indexes',
      default: 'lucene',
      flag: '--knn-engine',
      help: 'library that builds the graph on OpenSearch',
    },
    method: {
      type: 'text',
      choices: ['hnsw', 'ivf', 'flat'],
      default: 'hnsw',
      help: 'how vectors are found; `ivf` exists in faiss, `flat` in lucene',
    },
    m: whole([2, 100, 16], 'edges per node of the graph'),
    efConstruction: whole([2, 4096, 100], 'candidates per node while the graph is built'),
    efSearch: whole([1, 10_000, 100], 'candidates considered per query'),
    modelId: { type: 'text', help: 'id of the trained model of an `ivf` index' },
    encoder: {
      type: 'object',
      spec: ENCODER_SPEC,
      otherwise: 'none',
      help: 'compresses the vectors that faiss keeps in memory',
    },
    compression: {
      type: 'text',
      choices: ['1x', '2x', '4x', '8x', '16x', '32x'],
      otherwise: '1x',
      help: 'compression of vectors in memory on a cluster, instead of an encoder',
    },
    approximateThreshold: {
      type: 'whole',
      min: 0,
      otherwise: '0',
      help: 'segments with fewer documents are searched exactly; faiss only',
    },
    collages: {
      type: 'flag',
      otherwise: 'as the index is; a new one does not',
      help: 'keeps views of the parts of collages, so that one picture finds those that it is in',
    },
  },
};

const DIMENSION = { type: 'whole', min: 1, max: 16_000, help: 'numbers of a vector' } as const;
const SPACE_TYPE = {
  type: 'text',
  choices: ['l2', 'cosinesimil', 'innerproduct', 'hamming'],
  help: 'how vectors are compared',
} as const;
const DATA_TYPE = {
  type: 'text',
  choices: ['float', 'byte', 'binary'],
  help: 'of the numbers of a vector',
} as const;

/** What a model states about its vectors. */
export const SPACE_SPEC: Spec<VectorSpace> = {
  code: 'MAPPING_INVALID',
  options: {
    dimension: { ...DIMENSION, required: true },
    spaceType: { ...SPACE_TYPE, required: true },
    dataType: { ...DATA_TYPE, required: true },
  },
};

/** Options of `imageMapping`. */
export const IMAGE_MAPPING_SPEC: Spec<
  ImageMappingOptions,
  SettingsDefault | 'dimension' | 'dataType' | 'model'
> = {
  code: 'MAPPING_INVALID',
  fault: 'No index can be made with {}',
  options: {
    dimension: { ...DIMENSION, default: DEFAULT_SPACE.dimension },
    spaceType: { ...SPACE_TYPE, otherwise: 'cosinesimil, hamming for binary vectors' },
    dataType: { ...DATA_TYPE, default: DEFAULT_SPACE.dataType },
    model: { type: 'text', default: 'dct-c-132', help: 'what the vectors were made with' },
    threshold: {
      type: 'number',
      otherwise: 'none',
      help: 'kept beside the model: distance up to which two pictures count as near duplicates',
    },
    semantic: {
      type: 'object',
      spec: SEMANTIC_MODEL_SPEC,
      otherwise: 'none',
      help: 'what makes a second vector of each picture',
    },
    ...IMAGE_SETTINGS_SPEC.options,
  },
};

type Asked = Settings<ImageMappingOptions, SettingsDefault | 'dimension' | 'dataType' | 'model'>;

/** The setting of an index, by its name in OpenSearch. */
export const EF_SEARCH_SETTING = 'knn.algo_param.ef_search';

const load = createRequire(import.meta.url);

/**
 * The create-index body of an image index: `mappings/images.json` with a deployment's choices
 * applied.
 *
 * Engine, method and space type are always explicit, since their defaults differ between versions.
 * All choices need the k-NN plugin, which every distribution but the minimal one includes.
 *
 * @returns A fresh copy.
 * @throws {OptionError} `MAPPING_INVALID` for a combination that no engine accepts, with the
 *   reason.
 * @example
 * await client.indices.create({ index: 'images-000001', body: imageMapping({ engine: 'faiss' }) });
 */
export function imageMapping(options: ImageMappingOptions = {}): ImageIndexBody {
  const asked = settle(IMAGE_MAPPING_SPEC, options);
  const space = spaceOf(asked);
  checkSpace(space);
  checkMethod(space, asked);
  const body = structuredClone(load('../../mappings/images.json') as ImageIndexBody);
  const { index } = body.settings;
  index['number_of_shards'] = asked.numberOfShards;
  index['number_of_replicas'] = asked.numberOfReplicas;
  index[EF_SEARCH_SETTING] = asked.efSearch;
  if (asked.approximateThreshold !== undefined) {
    index['knn.advanced.approximate_threshold'] = asked.approximateThreshold;
  }
  const { _meta } = body.mappings;
  _meta['model'] = asked.model;
  if (asked.threshold !== undefined) _meta['threshold'] = asked.threshold;
  const properties = body.mappings['properties'] as Record<string, unknown>;
  properties['vector'] = vectorField(space, asked);
  properties['trimmed'] = vectorField(space, asked);
  if (asked.collages) {
    for (const name of PART_VIEWS) properties[name] = vectorField(space, asked);
  }
  if (asked.semantic) {
    const { id, dimension, made } = asked.semantic;
    if (asked.method === 'ivf') {
      throw refused('method ivf and a semantic model', 'A model of faiss is for one dimension.');
    }
    _meta['semantic'] = { id, ...made };
    properties['semantic'] = vectorField(semanticSpace(dimension), asked);
  }
  return body;
}

/**
 * How the vectors of an image index are compared, read from its create-index body or from the
 * mapping that OpenSearch returns.
 *
 * @returns Null if the body is not that of an image index.
 */
export function vectorSpaceOf(body: Record<string, unknown>): VectorSpace | null {
  const { mappings } = body as { mappings?: { properties?: { vector?: VectorField } } };
  const field = mappings?.properties?.vector;
  if (field?.type !== 'knn_vector') return null;
  return {
    dimension: Number(field.dimension),
    spaceType: (field.method?.space_type ?? field.space_type ?? 'l2') as SpaceType,
    dataType: (field.data_type ?? 'float').toLowerCase() as VectorDataType,
  };
}

/** Fields of the views of the pictures in an index, read from its create-index body or its mapping. */
export function viewFields(body: Record<string, unknown>): readonly string[] {
  return keepsCollages(body) ? VIEWS : VIEWS.slice(0, -PART_VIEWS.length);
}

/** Whether an index keeps the views of the parts of collages. */
export function keepsCollages(body: Record<string, unknown>): boolean {
  const { mappings } = body as { mappings?: { properties?: Record<string, unknown> } };
  return mappings?.properties?.[PART_VIEWS[0]] !== undefined;
}

/** What makes the vectors of an image index, read from its create-index body; null if it is not one. */
export function modelOf(
  body: Record<string, unknown>,
): { id: string; space: VectorSpace; threshold: number | null } | null {
  const space = vectorSpaceOf(body);
  const { mappings } = body as { mappings?: { _meta?: Record<string, unknown> } };
  const { model, threshold = null } = mappings?._meta ?? {};
  if (space === null || typeof model !== 'string') return null;
  return { id: model, space, threshold: threshold === null ? null : Number(threshold) };
}

/** What makes the second vectors of an image index, read from its create-index body; null if it has none. */
export function semanticOf(body: Record<string, unknown>): SemanticModel | null {
  const { mappings } = body as {
    mappings?: { _meta?: Record<string, unknown>; properties?: { semantic?: VectorField } };
  };
  const field = mappings?.properties?.semantic;
  const { id, ...made } = (mappings?._meta?.['semantic'] ?? {}) as Record<string, unknown>;
  if (field?.type !== 'knn_vector' || typeof id !== 'string') return null;
  return { id, dimension: Number(field.dimension), made };
}

/** Candidates considered per query in a graph of an index, read from its create-index body. */
export function efSearchOf(body: Record<string, unknown>): number {
  const { settings } = body as { settings?: { index?: Record<string, unknown> } };
  const { default: byDefault } = IMAGE_SETTINGS_SPEC.options.efSearch as { default: number };
  return Number(settings?.index?.[EF_SEARCH_SETTING] ?? byDefault);
}

interface VectorField {
  type?: string;
  dimension?: number | string;
  data_type?: string;
  space_type?: string;
  method?: { space_type?: string };
}

function spaceOf({ dimension, spaceType, dataType }: Asked): VectorSpace {
  const byDefault = dataType === 'binary' ? 'hamming' : DEFAULT_SPACE.spaceType;
  return { dimension, spaceType: spaceType ?? byDefault, dataType };
}

function vectorField(space: VectorSpace, options: Asked): Record<string, unknown> {
  const { engine, method, m, efConstruction, encoder, compression, modelId } = options;
  const { dimension, spaceType, dataType } = space;
  if (method === 'ivf') return { type: 'knn_vector', model_id: modelId };
  const parameters = {
    ...(method === 'hnsw' ? { m, ef_construction: efConstruction } : {}),
    ...(encoder ? { encoder: { parameters: {}, ...encoder } } : {}),
  };
  return {
    type: 'knn_vector',
    dimension,
    data_type: dataType,
    ...(compression === undefined ? {} : { compression_level: compression }),
    method: { name: method, engine, space_type: spaceType, parameters },
  };
}

function checkSpace({ dimension, spaceType, dataType }: VectorSpace): void {
  if (dataType === 'binary' && dimension % 8 !== 0) {
    throw refused(`dimension ${dimension} of binary vectors`, 'Use a multiple of 8.');
  }
  if ((spaceType === 'hamming') !== (dataType === 'binary')) {
    const hint = 'Use hamming with binary vectors, and binary vectors with hamming only.';
    throw refused(`spaceType ${quoteValue(spaceType)} with dataType ${quoteValue(dataType)}`, hint);
  }
}

/** Refuses what an engine refuses, or would accept and then fail to fill. */
function checkMethod({ dataType }: VectorSpace, options: Asked): void {
  const { engine, method, encoder, compression = '1x' } = options;
  const quantised = encoder !== undefined || compression !== '1x';
  if (method === 'ivf' && engine !== 'faiss') {
    throw refused(`method ivf with engine ${engine}`, 'Only faiss supports it.');
  }
  if (method === 'ivf' && !options.modelId) {
    throw refused(
      'method ivf without modelId',
      'Train a model first: POST _plugins/_knn/models/_train.',
    );
  }
  if (method === 'flat' && (engine !== 'lucene' || dataType !== 'float')) {
    throw refused(
      `method flat with engine ${engine} and ${dataType}`,
      'Only lucene supports it, for float vectors.',
    );
  }
  if (encoder && compression !== '1x') {
    throw refused(`encoder ${encoder.name} with compression ${compression}`, 'Use one of the two.');
  }
  if (quantised && dataType !== 'float') {
    throw refused(`compressed ${dataType} vectors`, 'Only float vectors can be compressed.');
  }
  if (encoder?.name === 'pq' && engine !== 'faiss') {
    throw refused(`encoder pq with engine ${engine}`, 'Only faiss supports it.');
  }
}

function refused(what: string, hint: string): OptionError {
  return new OptionError('MAPPING_INVALID', `No index can be made with ${what}`, hint);
}
