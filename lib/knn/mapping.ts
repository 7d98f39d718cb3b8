import { createRequire } from 'node:module';
import { OptionError, quoteValue } from '../errors.ts';
import { DEFAULT_SPACE, type SpaceType, type VectorDataType, type VectorSpace } from './space.ts';

/** A complete create-index body of OpenSearch. */
export interface ImageIndexBody {
  settings: Record<string, unknown> & { index: Record<string, unknown> };
  mappings: Record<string, unknown> & { _meta: Record<string, unknown> };
}

/** What a deployment can choose about an image index. */
export interface ImageMappingOptions extends Partial<VectorSpace> {
  /** Primary shards, 1..1024. Default 1: enough for about ten million pictures. */
  numberOfShards?: number;
  /** Replicas of each shard, 0..1024. Default 1. */
  numberOfReplicas?: number;
  /**
   * What the vectors were made with; an index takes vectors of one model only. Default `dct-c-132`.
   */
  model?: string;
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
  encoder?: { name: 'sq' | 'pq'; parameters?: Record<string, unknown> };
  /** Instead of an encoder: how much the vectors of the first pass are compressed. Default `1x`. */
  compression?: '1x' | '2x' | '4x' | '8x' | '16x' | '32x';
  /**
   * Segments with fewer documents are searched exactly instead of by a graph; faiss only. Default
   * 0.
   */
  approximateThreshold?: number;
}

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
  const space = { ...DEFAULT_SPACE, ...given(options) };
  checkSpace(space);
  checkMethod(space, options);
  const body = structuredClone(load('../../mappings/images.json') as ImageIndexBody);
  const { index } = body.settings;
  index['number_of_shards'] = options.numberOfShards ?? index['number_of_shards'];
  index['number_of_replicas'] = options.numberOfReplicas ?? index['number_of_replicas'];
  index['knn.algo_param.ef_search'] = options.efSearch ?? index['knn.algo_param.ef_search'];
  if (options.approximateThreshold !== undefined) {
    index['knn.advanced.approximate_threshold'] = options.approximateThreshold;
  }
  const { _meta } = body.mappings;
  _meta['model'] = options.model ?? _meta['model'];
  const properties = body.mappings['properties'] as Record<string, unknown>;
  properties['vector'] = vectorField(space, options);
  properties['trimmed'] = vectorField(space, options);
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

interface VectorField {
  type?: string;
  dimension?: number | string;
  data_type?: string;
  space_type?: string;
  method?: { space_type?: string };
}

function given(options: ImageMappingOptions): Partial<VectorSpace> {
  const { dimension, spaceType, dataType } = options;
  const binary = dataType === 'binary' && spaceType === undefined;
  return {
    ...(dimension === undefined ? {} : { dimension }),
    ...(dataType === undefined ? {} : { dataType }),
    ...(binary ? { spaceType: 'hamming' as const } : {}),
    ...(spaceType === undefined ? {} : { spaceType }),
  };
}

function vectorField(space: VectorSpace, options: ImageMappingOptions): Record<string, unknown> {
  const { engine = 'lucene', method = 'hnsw', m = 16, efConstruction = 100 } = options;
  const { encoder, compression, modelId } = options;
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
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > 16_000) {
    throw refused(`dimension ${quoteValue(dimension)}`, 'Use a whole number from 1 to 16000.');
  }
  if (dataType === 'binary' && dimension % 8 !== 0) {
    throw refused(`dimension ${dimension} of binary vectors`, 'Use a multiple of 8.');
  }
  if ((spaceType === 'hamming') !== (dataType === 'binary')) {
    const hint = 'Use hamming with binary vectors, and binary vectors with hamming only.';
    throw refused(`spaceType ${quoteValue(spaceType)} with dataType ${quoteValue(dataType)}`, hint);
  }
  if (!['l2', 'cosinesimil', 'innerproduct', 'hamming'].includes(spaceType)) {
    throw refused(
      `spaceType ${quoteValue(spaceType)}`,
      'Use l2, cosinesimil, innerproduct or hamming.',
    );
  }
  if (!['float', 'byte', 'binary'].includes(dataType)) {
    throw refused(`dataType ${quoteValue(dataType)}`, 'Use float, byte or binary.');
  }
}

/** Refuses what an engine refuses, or would accept and then fail to fill. */
function checkMethod({ dataType }: VectorSpace, options: ImageMappingOptions): void {
  const { engine = 'lucene', method = 'hnsw', encoder, compression = '1x' } = options;
  const quantised = encoder !== undefined || compression !== '1x';
  if (!['lucene', 'faiss'].includes(engine)) {
    const hint = 'Use lucene or faiss; OpenSearch 3.0 and later cannot create nmslib indexes.';
    throw refused(`engine ${quoteValue(engine)}`, hint);
  }
  if (!['hnsw', 'ivf', 'flat'].includes(method)) {
    throw refused(`method ${quoteValue(method)}`, 'Use hnsw, ivf or flat.');
  }
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
  checkNumber('m', options.m, 2, 100);
  checkNumber('efConstruction', options.efConstruction, 2, 4096);
  checkNumber('efSearch', options.efSearch, 1, 10_000);
  checkNumber('numberOfShards', options.numberOfShards, 1, 1024);
  checkNumber('numberOfReplicas', options.numberOfReplicas, 0, 1024);
}

function checkNumber(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return;
  throw refused(`${name} ${quoteValue(value)}`, `Use a whole number from ${min} to ${max}.`);
}

function refused(what: string, hint: string): OptionError {
  return new OptionError('MAPPING_INVALID', `No index can be made with ${what}`, hint);
}
