import { EngineError } from '../../errors.ts';
import type { PlaceSource } from '../record/document.ts';
import type { GeoBox, KeySearch, PlaceFilter, PlaceHit } from '../searches.ts';

/** Fields of a document that a hit does not need. */
const NOT_IN_HITS = ['keys', 'zh', 'ja', 'grams'];

/** Keys that an `edit` search may match, under the 1024 clauses that a query may have by default. */
const EDIT_EXPANSIONS = 1000;

/**
 * The OpenSearch search body of one key search: a filter, in the index's own order (`rank`, then `id`),
 * so that a search stops as soon as it has its documents.
 *
 * @param search - One of `passSearches`.
 * @example
 * placeSearchBody({ field: 'name', value: '板桥', match: 'prefix', limit: 32 }).query;
 * // => { bool: { filter: [{ match: { 'keys.name': '板桥' } }] } }
 */
export function placeSearchBody(
  search: KeySearch,
  filter: PlaceFilter = {},
): Record<string, unknown> & { query: unknown } {
  const filters: unknown[] = [keyClause(search)];
  if (search.within !== undefined) filters.push({ term: { within: search.within } });
  if (search.countries) filters.push({ terms: { country: search.countries } });
  filters.push(...filterClauses(filter));
  if (search.box) filters.push(boxClause(search.box));
  return {
    query: { bool: { filter: filters } },
    sort: [{ rank: 'asc' }, { id: 'asc' }],
    size: search.limit,
    track_total_hits: false,
    _source: { excludes: NOT_IN_HITS },
  };
}

/**
 * The lines of an `_msearch` request for the searches of a pass.
 *
 * @param index - Alias or index name.
 */
export function placeSearchBodies(
  index: string,
  searches: readonly KeySearch[],
  filter: PlaceFilter = {},
): Record<string, unknown>[] {
  return searches.flatMap((search) => [{ index }, placeSearchBody(search, filter)]);
}

/**
 * The hits of an `_msearch` or `_search` response, each place once, in order.
 *
 * @throws {EngineError} `ENGINE_FAILED` where one of the searches failed.
 */
export function readPlaceHits(response: {
  responses?: readonly { hits?: { hits: readonly { _source?: unknown }[] }; error?: unknown }[];
  hits?: { hits: readonly { _source?: unknown }[] };
  error?: unknown;
}): PlaceHit[] {
  const byId = new Map<string, PlaceHit>();
  for (const { hits, error } of response.responses ?? [response]) {
    if (error !== undefined) {
      const hint = 'Look at the answer of the cluster.';
      throw new EngineError('ENGINE_FAILED', 'OpenSearch could not answer a search', hint);
    }
    for (const { _source } of hits?.hits ?? []) {
      const source = _source as PlaceSource;
      if (!byId.has(source.id)) byId.set(source.id, { id: source.id, source });
    }
  }
  return [...byId.values()];
}

function keyClause({ field, value, match }: KeySearch): unknown {
  const whole = field === 'tail' ? 'keys.tail' : `keys.${field}.whole`;
  switch (match) {
    case 'whole':
      return { term: { [whole]: value } };
    case 'prefix':
      return field === 'tail'
        ? { prefix: { [whole]: value } }
        : { match: { [`keys.${field}`]: value } };
    case 'edit':
      return {
        fuzzy: {
          [whole]: {
            value,
            fuzziness: 1,
            prefix_length: 1,
            transpositions: true,
            max_expansions: EDIT_EXPANSIONS,
          },
        },
      };
  }
}

/** The hard limits of a query as clauses. */
export function filterClauses({ countries, kinds, box }: PlaceFilter): unknown[] {
  const clauses: unknown[] = [];
  if (countries) clauses.push({ terms: { country: countries } });
  if (kinds) clauses.push({ terms: { kind: kinds } });
  if (box) clauses.push(boxClause(box));
  return clauses;
}

function boxClause(box: GeoBox): unknown {
  return {
    geo_bounding_box: {
      location: { top: box.north, left: box.west, bottom: box.south, right: box.east },
    },
  };
}
