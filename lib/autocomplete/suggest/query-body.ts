import { EngineError } from '../../errors.ts';
import type { PlaceSource } from '../record/document.ts';
import { sourceFields, sourceOf } from '../host-fields.ts';
import type { GeoBox, KeySearch, PlaceFilter, PlaceHit } from '../searches.ts';

/** Most keys that an `edit` search may match, below the default limit of 1024 clauses. */
export const EDIT_EXPANSIONS = 1000;

/**
 * The OpenSearch search body of one key search: a filter, in the index's own order (`rank`, then
 * `id`), so that a search stops as soon as it has its documents.
 *
 * @param search - One of `passSearches`.
 * @param prefix - Prefix of the fields, as in `placeMapping`.
 * @example
 * placeSearchBody({ field: 'name', value: '板桥', match: 'prefix', limit: 32 }).query;
 * // => { bool: { filter: [{ match: { 'keys.name': '板桥' } }] } }
 */
export function placeSearchBody(
  search: KeySearch,
  filter: PlaceFilter = {},
  prefix = '',
): Record<string, unknown> & { query: unknown } {
  const clauses = keyClauses(search, prefix);
  const filters = [...clauses.filter];
  if (search.within !== undefined) filters.push({ terms: { [`${prefix}within`]: search.within } });
  if (search.countries) filters.push({ terms: { [`${prefix}country`]: search.countries } });
  filters.push(...filterClauses(filter, prefix));
  if (search.box) filters.push(boxClause(search.box, prefix));
  return {
    query: { bool: { ...clauses, filter: filters } },
    sort: [
      ...(search.match === 'beginning' ? [{ _score: 'desc' }] : []),
      { [`${prefix}rank`]: 'asc' },
      { [`${prefix}id`]: 'asc' },
    ],
    size: search.limit,
    track_total_hits: false,
    _source: sourceFields(prefix),
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
  prefix = '',
): Record<string, unknown>[] {
  return searches.flatMap((search) => [{ index }, placeSearchBody(search, filter, prefix)]);
}

/**
 * The hits of an `_msearch` or `_search` response, each place once, in order.
 *
 * @throws {EngineError} `ENGINE_FAILED` if one of the searches failed.
 */
export function readPlaceHits(
  response: {
    responses?: readonly SearchResponse[];
    hits?: SearchResponse['hits'];
    error?: unknown;
  },
  prefix = '',
): PlaceHit[] {
  const byId = new Map<string, PlaceHit>();
  for (const [search, { hits, error }] of (response.responses ?? [response]).entries()) {
    if (error !== undefined) {
      const hint = 'Look at the answer of the cluster.';
      throw new EngineError('ENGINE_FAILED', 'The cluster could not answer a search', hint);
    }
    for (const hit of hits?.hits ?? []) {
      const source = sourceOf<PlaceSource>(hit, prefix);
      if (!byId.has(source.id)) byId.set(source.id, { id: source.id, source, search });
    }
  }
  return [...byId.values()];
}

/** The part of an answer that is read. */
interface SearchResponse {
  hits?: { hits: readonly { _id?: unknown; _source?: unknown }[] };
  error?: unknown;
}

/** The key of a search as clauses of a bool query; those of a `beginning` score by the length of the longest. */
function keyClauses(
  { field, value, match, lengths = [] }: KeySearch,
  prefix: string,
): {
  filter: unknown[];
  must?: unknown[];
} {
  const keys = `${prefix}keys.${field}`;
  const whole = field === 'tail' ? keys : `${keys}.whole`;
  switch (match) {
    case 'whole':
      return { filter: [{ term: { [whole]: value } }] };
    case 'prefix': {
      const isTail = field === 'tail';
      return {
        filter: [isTail ? { prefix: { [whole]: value } } : { match: { [keys]: value } }],
      };
    }
    case 'beginning': {
      const queries = lengths.map((length) => ({
        constant_score: { filter: { term: { [whole]: value.slice(0, length) } }, boost: length },
      }));
      return { filter: [], must: [{ dis_max: { queries } }] };
    }
    case 'edit': {
      const fuzzy = {
        value,
        fuzziness: 1,
        prefix_length: 1,
        transpositions: true,
        max_expansions: EDIT_EXPANSIONS,
      };
      return { filter: [{ fuzzy: { [whole]: fuzzy } }] };
    }
  }
}

/** The filters of a query as clauses. */
export function filterClauses({ countries, kinds, box }: PlaceFilter, prefix = ''): unknown[] {
  const clauses: unknown[] = [];
  if (countries) clauses.push({ terms: { [`${prefix}country`]: countries } });
  if (kinds) clauses.push({ terms: { [`${prefix}kind`]: kinds } });
  if (box) clauses.push(boxClause(box, prefix));
  return clauses;
}

function boxClause(box: GeoBox, prefix: string): unknown {
  const corners = { top: box.north, left: box.west, bottom: box.south, right: box.east };
  return { geo_bounding_box: { [`${prefix}location`]: corners } };
}
