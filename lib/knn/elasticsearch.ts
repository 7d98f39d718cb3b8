import { OptionError } from '../errors.ts';
import { probeSlots } from './describe/hash.ts';
import { EF_SEARCH_SETTING, efSearchOf, semanticOf, vectorSpaceOf, viewFields } from './mapping.ts';
import { HITS_MAX, type HashSearch, type VectorSearch } from './query.ts';
import { filterClauses, hashSearchBody, page } from './query-body.ts';
import { semanticSpace, type SpaceType, type VectorDataType, type VectorSpace } from './space.ts';

type Body = Record<string, unknown>;

/** Distance measures, by their names in Elasticsearch. */
const SIMILARITY: Readonly<Record<SpaceType, string>> = {
  cosinesimil: 'cosine',
  l2: 'l2_norm',
  innerproduct: 'max_inner_product',
  hamming: 'l2_norm',
};
const ELEMENT_TYPE: Readonly<Record<VectorDataType, string>> = {
  float: 'float',
  byte: 'byte',
  binary: 'bit',
};
/** Kinds of graph, by how much the vectors of the first pass are compressed. */
const GRAPH: Readonly<Record<string, string>> = {
  '1x': 'hnsw',
  '4x': 'int8_hnsw',
  '8x': 'int4_hnsw',
  '32x': 'bbq_hnsw',
};
/** Most dimensions of a `dense_vector`: 4096 elements; an element of type `bit` holds eight. */
const DIMENSIONS_MAX: Readonly<Record<VectorDataType, number>> = {
  float: 4096,
  byte: 4096,
  binary: 32_768,
};

/** The hash as bits, which the server copies from the field of 64 digits. */
const HASH_FIELD = { type: 'keyword', copy_to: 'dctBits' };
const BITS_FIELD = {
  type: 'dense_vector',
  dims: 256,
  element_type: 'bit',
  index: true,
  similarity: 'l2_norm',
  index_options: { type: 'flat' },
};

/** First version that leaves vectors out of `_source` by default; earlier ones don't know the setting. */
const HIDES_VECTORS = [9, 2] as const;

interface IndexBody {
  settings?: Body & { index?: Body };
  mappings?: Body & { _meta?: Body; properties?: Record<string, Body> };
}

/**
 * Converts a create-index body of `placeMapping` or `imageMapping` to Elasticsearch: vectors become `dense_vector`,
 * and `_meta` keeps the number of candidates per query. A body without vectors stays the same.
 *
 * @param version - Of the server, 8.15 or later. Default: the newest.
 * @throws {OptionError} `MAPPING_INVALID` for what Elasticsearch lacks: faiss, encoders, compression 2x and
 *   16x, more than 4096 dimensions (binary: 32768).
 * @example
 * await client.indices.create({ index: 'images-000001', ...elasticsearchBody(imageMapping()) });
 */
export function elasticsearchBody(indexBody: object, version = 'newest'): Body {
  const space = vectorSpaceOf(indexBody as Body);
  const { settings, mappings, ...rest } = indexBody as IndexBody;
  if (space === null) return { ...indexBody };
  const index = Object.fromEntries(
    Object.entries(settings?.index ?? {}).filter(([key]) => !/^knn\b/.test(key)),
  );
  if (hidesVectors(version)) index['mapping.exclude_source_vectors'] = false;
  const properties: Record<string, Body> = { ...mappings?.properties };
  for (const view of viewFields(indexBody as Body))
    properties[view] = denseVector(space, properties[view] as KnnVector);
  const semantic = semanticOf(indexBody as Body);
  if (semantic) {
    const field = properties['semantic'] as KnnVector;
    properties['semantic'] = denseVector(semanticSpace(semantic.dimension), field);
  }
  properties['dctHash'] = HASH_FIELD;
  properties['dctBits'] = BITS_FIELD;
  const _meta = { ...mappings?._meta, ef_search: efSearchOf(indexBody as Body) };
  return {
    ...rest,
    settings: { ...settings, index },
    mappings: { ...mappings, _meta, properties },
  };
}

/** The inverse of `elasticsearchBody`; also for the mapping alone, as Elasticsearch returns it. */
export function bodyOfElasticsearch(body: Body): Body {
  const { settings, mappings } = body as IndexBody;
  const { dctBits, ...properties } = mappings?.properties ?? {};
  if (dctBits === undefined) return body;
  for (const view of viewFields(body))
    properties[view] = knnVector(properties[view] as unknown as DenseVector);
  const { semantic } = properties;
  if (semantic) properties['semantic'] = knnVector(semantic as unknown as DenseVector);
  properties['dctHash'] = { type: 'keyword' };
  const { ef_search: efSearch, ..._meta } = mappings?._meta ?? {};
  const { mapping: _, ...index } = settings?.index ?? {};
  return {
    settings: { ...settings, index: { ...index, knn: true, [EF_SEARCH_SETTING]: efSearch } },
    mappings: { ...mappings, _meta, properties },
  };
}

/** A `knn_vector` as suoyin makes it. */
interface KnnVector extends Body {
  compression_level?: string;
  /** Absent for `ivf`, whose model has it all. */
  method?: {
    name: string;
    engine: string;
    parameters: { m?: number; ef_construction?: number; encoder?: object };
  };
}

/** A `dense_vector` as suoyin makes it. */
interface DenseVector {
  dims: number;
  element_type?: string;
  similarity: string;
  index_options: { type: string; m?: number; ef_construction?: number };
}

function denseVector({ dimension, spaceType, dataType }: VectorSpace, field: KnnVector): Body {
  const { method, compression_level: compression = '1x' } = field;
  if (method?.engine !== 'lucene') {
    throw refused('engine faiss', 'Leave it out; compression 4x, 8x or 32x saves memory.');
  }
  const { m, ef_construction, encoder } = method.parameters;
  if (encoder) throw refused('an encoder', 'Use compression 4x, 8x or 32x instead.');
  if (GRAPH[compression] === undefined) {
    throw refused(`compression ${compression}`, 'Use 1x, 4x, 8x or 32x.');
  }
  const most = DIMENSIONS_MAX[dataType];
  if (dimension > most) {
    throw refused(
      `vectors of ${dimension} dimensions`,
      `A ${dataType} vector has at most ${most}.`,
    );
  }
  const isFlat = method.name === 'flat';
  return {
    type: 'dense_vector',
    dims: dimension,
    element_type: ELEMENT_TYPE[dataType],
    index: true,
    similarity: SIMILARITY[spaceType],
    // Always named, since the default differs between versions.
    index_options: isFlat ? { type: 'flat' } : { type: GRAPH[compression], m, ef_construction },
  };
}

function knnVector({ dims, element_type, similarity, index_options }: DenseVector): Body {
  const dataType = keyOf(ELEMENT_TYPE, element_type ?? 'float');
  const { type, m, ef_construction } = index_options;
  const isFlat = type === 'flat';
  const compression = isFlat ? '1x' : keyOf(GRAPH, type);
  return {
    type: 'knn_vector',
    dimension: dims,
    data_type: dataType,
    ...(compression === '1x' ? {} : { compression_level: compression }),
    method: {
      name: isFlat ? 'flat' : 'hnsw',
      engine: 'lucene',
      space_type: dataType === 'binary' ? 'hamming' : keyOf(SIMILARITY, similarity),
      parameters: isFlat ? {} : { m, ef_construction },
    },
  };
}

function keyOf<K extends string>(table: Readonly<Record<K, string>>, value: string): K {
  return (Object.keys(table) as K[]).find((key) => table[key] === value)!;
}

function hidesVectors(version: string): boolean {
  const [major = 0, minor = 0] =
    version === 'newest' ? HIDES_VECTORS : version.split('.').map(Number);
  return major > HIDES_VECTORS[0] || (major === HIDES_VECTORS[0] && minor >= HIDES_VECTORS[1]);
}

function refused(what: string, hint: string): OptionError {
  return new OptionError('MAPPING_INVALID', `Elasticsearch can't index with ${what}`, hint);
}

/** Scores by vector functions of the server, in Painless. */
const SCORES: Readonly<Record<SpaceType, readonly [distance: string, score: string]>> = {
  cosinesimil: ['cosineSimilarity', '(1 + d) / 2'],
  l2: ['l2norm', '1 / (1 + d * d)'],
  innerproduct: ['dotProduct', 'd < 0 ? 1 / (1 - d) : 1 + d'],
  hamming: ['hamming', '1 / (1 + d)'],
};

/**
 * As `vectorSearchBody`, for Elasticsearch.
 *
 * @param efSearch - Candidates considered if the search does not say. Default 100.
 * @param views - As of `vectorSearchBody`.
 */
export function elasticsearchVectorBody(
  { spaceType }: VectorSpace,
  search: VectorSearch,
  efSearch = 100,
  views: readonly string[] = viewFields({}),
): Body {
  const { vectors, limit, exact = false } = search;
  const filter = filterClauses(search);
  const [distance, score] = SCORES[spaceType];
  const candidates = Math.min(HITS_MAX, Math.max(limit, search.efSearch ?? efSearch));
  const queries = vectors.flatMap((vector) =>
    views.map((field) => {
      if (exact) {
        const query = { bool: { filter: [{ exists: { field } }, ...filter] } };
        const source = `double d = ${distance}(params.v, '${field}'); return ${score};`;
        return { script_score: { query, script: { source, params: { v: vector } } } };
      }
      const among = filter.length === 0 ? {} : { filter: { bool: { filter } } };
      const knn = { field, query_vector: vector, k: limit, num_candidates: candidates };
      return { knn: { ...knn, ...among } };
    }),
  );
  return page(limit, { dis_max: { queries } });
}

/** As `hashSearchBody`, for Elasticsearch: bits are compared by the server, without a script. */
export function elasticsearchHashBody(search: HashSearch): Body {
  const { value, maxDistance = 0, limit } = search;
  if (maxDistance === 0) return hashSearchBody(search);
  const filter = [{ terms: { slots: probeSlots(value) } }, ...filterClauses(search)];
  const near = { field: 'dctBits', query_vector: value, similarity: maxDistance };
  // The server breaks ties in its own order, so it returns all and the page cuts them by id.
  const all = { k: HITS_MAX, num_candidates: HITS_MAX };
  return page(limit, { knn: { ...near, ...all, filter: { bool: { filter } } } });
}
