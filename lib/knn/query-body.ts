import { probeSlots } from './describe/hash.ts';
import { filterTerms, type HashSearch, type VectorSearch } from './query.ts';
import { viewFields } from './mapping.ts';
import type { VectorSpace } from './space.ts';

/** Scores by the differing bits of two hashes of 64 hexadecimal digits, in Painless. */
const HAMMING = `
  String hash = doc['dctHash'].value;
  int distance = 0;
  for (int i = 0; i < 4; i++) {
    long part = Long.parseUnsignedLong(hash.substring(16 * i, 16 * i + 16), 16);
    distance += Long.bitCount(part ^ Long.parseUnsignedLong(params.value.substring(16 * i, 16 * i + 16), 16));
  }
  return 1.0 / (1 + distance);`;

/**
 * The body of a `_search` that finds the nearest pictures, for a client of your own; read the
 * response with `readImageHits`.
 *
 * Every view of the query is compared with every view of the pictures; the best pair counts.
 *
 * @param views - Fields of the views; see `viewFields`. Default: those of an index without `collages`.
 */
export function vectorSearchBody(
  space: VectorSpace,
  search: VectorSearch,
  views: readonly string[] = viewFields({}),
): Record<string, unknown> {
  const { vectors, limit, exact = false, efSearch } = search;
  const filter = filterClauses(search);
  const clauses = vectors.flatMap((vector) =>
    views.map((field) => {
      if (exact) return exactClause(space, field, vector, filter);
      const clause = {
        vector,
        k: limit,
        ...(filter.length === 0 ? {} : { filter: { bool: { filter } } }),
        ...(efSearch === undefined ? {} : { method_parameters: { ef_search: efSearch } }),
      };
      return { knn: { [field]: clause } };
    }),
  );
  return page(limit, { dis_max: { queries: clauses } });
}

/**
 * The body of a `_search` that finds pictures by hash, for a client of your own.
 *
 * If two hashes differ by at most 31 bits, one of their 16 slots of 16 bits differs by at most one
 * bit. So 272 terms find every such picture, and a script counts the bits of these only: no scan
 * and no plugin is needed.
 */
export function hashSearchBody(search: HashSearch): Record<string, unknown> {
  const { field, value, maxDistance = 0, limit } = search;
  const filter = filterClauses(search);
  if (maxDistance === 0) {
    const same = { bool: { filter: [{ term: { [field]: value } }, ...filter] } };
    return page(limit, { constant_score: { filter: same } });
  }
  const near = { bool: { filter: [{ terms: { slots: probeSlots(value) } }, ...filter] } };
  const script = { source: HAMMING, params: { value } };
  // Half a bit of tolerance, since scores have single precision.
  const query = { script_score: { query: near, script, min_score: 1 / (1.5 + maxDistance) } };
  return page(limit, query);
}

function exactClause(
  { spaceType }: VectorSpace,
  field: string,
  vector: readonly number[],
  filter: readonly object[],
): object {
  return {
    script_score: {
      query: { bool: { filter: [{ exists: { field } }, ...filter] } },
      script: {
        lang: 'knn',
        source: 'knn_score',
        params: { field, query_value: vector, space_type: spaceType },
      },
    },
  };
}

/** A filter of pictures as clauses of a query. */
export function filterClauses({ filter }: Pick<VectorSearch, 'filter'>): object[] {
  return filterTerms(filter).map((terms) => ({ terms: { terms } }));
}

/** A search for the best hits; ties in order of id. */
export function page(size: number, query: object): Record<string, unknown> {
  return { size, query, sort: [{ _score: 'desc' }, { id: 'asc' }], track_total_hits: false };
}
