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
  const clauses = keyClauses(search);
  const filters = [...clauses.filter];
  if (search.within !== undefined) filters.push({ terms: { within: search.within } });
  if (search.countries) filters.push({ terms: { country: search.countries } });
  filters.push(...filterClauses(filter));
  if (search.box) filters.push(boxClause(search.box));
  return {
    query: { bool: { ...clauses, filter: filters } },
    sort: [
      ...(search.match === 'beginning' ? [{ _score: 'desc' }] : []),
      { rank: 'asc' },
      { id: 'asc' },
    ],
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
  for (const [search, { hits, error }] of (response.responses ?? [response]).entries()) {
    if (error !== undefined) {
      const hint = 'Look at the answer of the cluster.';
      throw new EngineError('ENGINE_FAILED', 'OpenSearch could not answer a search', hint);
    }
    for (const { _source } of hits?.hits ?? []) {
      const source = _source as PlaceSource;
      if (!byId.has(source.id)) byId.set(source.id, { id: source.id, source, search });
    }
  }
  return [...byId.values()];
}

/** The key of a search as clauses of a bool query; those of a `beginning` score by the length of the longest. */
function keyClauses({ field, value, match, lengths = [] }: KeySearch): {
  filter: unknown[];
  must?: unknown[];
} {
  const whole = field === 'tail' ? 'keys.tail' : `keys.${field}.whole`;
  switch (match) {
    case 'whole':
      return { filter: [{ term: { [whole]: value } }] };
    case 'prefix': {
      const isTail = field === 'tail';
      return {
        filter: [isTail ? { prefix: { [whole]: value } } : { match: { [`keys.${field}`]: value } }],
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
