import type { NoteCounts, NoteFilter, NoteHit, NoteSearch } from './searches.ts';

/**
 * The search body of a look-up of notes. Each term adds its weight, a whole number, so that the score is the
 * same on every engine.
 */
export function noteSearchBody({
  terms,
  filter,
  limit,
  bodies,
}: NoteSearch): Record<string, unknown> {
  const clauses = filterClauses(filter);
  const should = terms.map(({ value, weight }) => ({
    constant_score: { filter: { term: { terms: value } }, boost: weight },
  }));
  const minimum = should.length > 0 ? { should, minimum_should_match: 1 } : {};
  return {
    query: { bool: { filter: clauses, ...minimum } },
    sort: [{ _score: 'desc' }, { rank: 'asc' }, { id: 'asc' }],
    size: limit,
    track_total_hits: false,
    _source: { excludes: bodies ? ['terms'] : ['body', 'terms'] },
  };
}

/** The hits of a response to `noteSearchBody`, in order. */
export function readNoteHits(response: {
  hits?: { hits: readonly { _source?: unknown }[] };
}): NoteHit[] {
  return (response.hits?.hits ?? []).map(({ _source }) => _source as NoteHit);
}

/** The search body that counts notes, words and the notes that have each term. */
export function noteCountsBody(terms: readonly string[]): Record<string, unknown> {
  const having = Object.fromEntries(
    terms.map((value, i) => [`t${i}`, { filter: { term: { terms: value } } }]),
  );
  return {
    size: 0,
    track_total_hits: true,
    query: { match_all: {} },
    aggs: { length: { sum: { field: 'length' } }, ...having },
  };
}

/** The counts of a response to `noteCountsBody`. */
export function readNoteCounts(response: Record<string, unknown>, terms: number): NoteCounts {
  const { hits, aggregations = {} } = response as {
    hits: { total: { value: number } };
    aggregations?: Record<string, { value?: number; doc_count?: number }>;
  };
  return {
    notes: hits.total.value,
    length: aggregations['length']?.value ?? 0,
    having: Array.from({ length: terms }, (_, i) => aggregations[`t${i}`]?.doc_count ?? 0),
  };
}

function filterClauses({ all = [], any, from, before }: NoteFilter): unknown[] {
  const clauses: unknown[] = all.map((value) => ({ term: { terms: value } }));
  if (any) clauses.push({ terms: { terms: any } });
  if (from !== undefined || before !== undefined) {
    const range = {
      ...(from === undefined ? {} : { gte: from }),
      ...(before === undefined ? {} : { lt: before }),
    };
    clauses.push({ range: { time: range } });
  }
  return clauses;
}
