import { OPTION_INVALID, type Spec } from '../options.ts';
import { CALL_OPTIONS, type CallOptions } from '../partial.ts';
import { type NoteLookUps, type SearchedNote, shown } from './answer.ts';
import type { NoteDocument } from './document.ts';
import { countedTerms, rankNotes, weighedTerms } from './rank.ts';
import type { NoteQuery } from './query.ts';
import { marksOf } from '../autocomplete/long-text/snippets.ts';
import { termCounts } from '../autocomplete/long-text/terms.ts';

/** Options of `NoteIndex.like`. */
export interface LikeOptions extends CallOptions {
  /** 1..100. Default 10. */
  limit?: number;
}

/** Options of `NoteIndex.like`. */
export const LIKE_SPEC: Spec<LikeOptions, 'limit'> = {
  code: OPTION_INVALID,
  options: {
    limit: {
      type: 'whole',
      min: 1,
      max: 100,
      default: 10,
      code: 'LIMIT_INVALID',
      help: 'most notes',
    },
    ...CALL_OPTIONS,
  },
};

/**
 * How many of the most frequent terms of a note are counted, and how many of the most distinctive
 * are used.
 */
const COUNTED = 150;
const TELLING = 25;

/** Notes that share the distinctive words of a note (highest tf-idf), most similar first. */
export async function likeness(
  note: NoteDocument,
  { limit }: { limit: number },
  lookUps: NoteLookUps,
): Promise<SearchedNote[]> {
  const { find, count, pause } = lookUps;
  const query = await tellingQuery(note, count);
  const counts = await count(countedTerms(query));
  const terms = weighedTerms(query, counts);
  if (terms.length === 0) return [];
  const hits = await find({ terms, filter: query.filter, limit: limit + 1 });
  const judged = await rankNotes(query, counts, hits, pause);
  const ranked = judged.filter(({ hit }) => hit.id !== note.id);
  const wanted = new Map([...query.words, ...query.pairs].map((value) => [value, 1]));
  return shown(ranked.slice(0, limit), marksOf(wanted), {}, lookUps);
}

async function tellingQuery(note: NoteDocument, count: NoteLookUps['count']): Promise<NoteQuery> {
  const { words } = note;
  const all = termCounts(`${words.title}\n${words.body}`.trim()).counts;
  const frequent = [...all].filter(([term]) => /^[wg]/.test(term));
  frequent.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = frequent.slice(0, COUNTED);
  const { notes, having } = await count(kept.map(([term]) => term));
  const weighed = kept.map(([term, often], i) => ({
    term,
    weight: (1 + Math.log(often)) * Math.log(1 + notes / Math.max(1, having[i]!)),
  }));
  weighed.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1));
  const telling = weighed.slice(0, TELLING).map(({ term }) => term);
  const of = (letter: string): string[] =>
    telling.filter((term) => term.startsWith(letter)).map((term) => term.slice(1));
  return {
    from: 0,
    limit: TELLING,
    filter: {},
    words: of('w'),
    pairs: of('g'),
    across: [],
    stems: [],
    characters: [],
    parts: [],
    readings: [],
    phrases: [],
  };
}
