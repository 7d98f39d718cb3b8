import { sourceFields, sourceOf } from '../host-fields.ts';
import type { PlaceFilter, TextHit, TextSearch, TextSource, TextTerm } from '../searches.ts';
import { filterClauses } from '../suggest/query-body.ts';

/**
 * Most clauses of a search: of a text of 64 characters without spaces. OpenSearch takes 1024
 * (`indices.query.bool.max_clause_count`), Elasticsearch as many as its memory allows, and at least as many.
 */
export const TEXT_CLAUSES_MAX = 900;

/**
 * The OpenSearch search body of a text search. Each term adds its weight, a whole number, so that the
 * score is the same on every engine.
 *
 * @param search - One of `textQuery(...).searches`.
 * @param prefix - Of the fields, as `placeMapping` has it.
 */
export function textSearchBody(
  search: TextSearch,
  filter: PlaceFilter = {},
  prefix = '',
): Record<string, unknown> & { query: unknown } {
  const clauseOf = ({ field, value }: TextTerm): unknown => ({
    term: { [`${prefix}${field}`]: value },
  });
  const own = new Map<string, string[]>();
  for (const { field, value } of search.terms) {
    if (field === 'within') continue;
    if (!own.has(field)) own.set(field, []);
    own.get(field)!.push(value);
  }
  // One clause for each field, since their number is limited (`TEXT_CLAUSES_MAX`).
  const having = [...own].map(([field, values]) => ({
    terms: { [`${prefix}${field}`]: values },
  }));
  // A bool without clauses would match everything.
  const any =
    having.length === 0
      ? { match_none: {} }
      : { bool: { should: having, minimum_should_match: 1 } };
  const should = search.terms.map((term) => ({
    constant_score: { filter: clauseOf(term), boost: term.weight },
  }));
  return {
    query: { bool: { filter: [any, ...filterClauses(filter, prefix)], should } },
    sort: [{ _score: 'desc' }, { [`${prefix}rank`]: 'asc' }, { [`${prefix}id`]: 'asc' }],
    size: search.limit,
    track_total_hits: false,
    _source: sourceFields(prefix, ['zh', 'ja', ...(search.descriptions ? ['descriptions'] : [])]),
  };
}

/** The search body that counts the places with each term of their descriptions. */
export function aboutCountsBody(terms: readonly string[]): Record<string, unknown> {
  const having = terms.map((about, i) => [`t${i}`, { filter: { term: { about } } }] as const);
  return { size: 0, track_total_hits: false, aggs: Object.fromEntries(having) };
}

/** The counts of a response to `aboutCountsBody`. */
export function readAboutCounts(response: Record<string, unknown>, terms: number): number[] {
  const { aggregations = {} } = response as {
    aggregations?: Record<string, { doc_count?: number }>;
  };
  return Array.from({ length: terms }, (_, i) => aggregations[`t${i}`]?.doc_count ?? 0);
}

/** The hits of a `_search` response to `textSearchBody`, in order. */
export function readTextHits(
  response: { hits?: { hits: readonly { _id?: unknown; _source?: unknown }[] } },
  prefix = '',
): TextHit[] {
  return (response.hits?.hits ?? []).map((hit) => {
    const source = sourceOf<TextSource>(hit, prefix);
    return { id: source.id, source };
  });
}
