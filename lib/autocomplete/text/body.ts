import type { PlaceFilter, TextHit, TextSearch, TextSource, TextTerm } from '../searches.ts';
import { filterClauses } from '../suggest/query-body.ts';

/**
 * The OpenSearch search body of a text search. Each term adds its weight, a whole number, so that the
 * score is the same on every engine.
 *
 * @param search - One of `textQuery(...).searches`.
 */
export function textSearchBody(
  search: TextSearch,
  filter: PlaceFilter = {},
): Record<string, unknown> & { query: unknown } {
  const own = search.terms.filter(({ field }) => field !== 'within');
  // A bool without clauses would match everything.
  const any =
    own.length === 0
      ? { match_none: {} }
      : { bool: { should: own.map(termClause), minimum_should_match: 1 } };
  const should = search.terms.map((term) => ({
    constant_score: { filter: termClause(term), boost: term.weight },
  }));
  return {
    query: { bool: { filter: [any, ...filterClauses(filter)], should } },
    sort: [{ _score: 'desc' }, { rank: 'asc' }, { id: 'asc' }],
    size: search.limit,
    track_total_hits: false,
    _source: { excludes: ['keys', 'grams'] },
  };
}

/** The hits of a `_search` response to `textSearchBody`, in order. */
export function readTextHits(response: {
  hits?: { hits: readonly { _source?: unknown }[] };
}): TextHit[] {
  return (response.hits?.hits ?? []).map(({ _source }) => {
    const source = _source as TextSource;
    return { id: source.id, source };
  });
}

function termClause({ field, value }: TextTerm): unknown {
  return { term: { [field]: value } };
}
