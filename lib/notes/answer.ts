import { idTerm, type NoteContext } from './document.ts';
import { NOTE_QUERY_DEFAULTS, NOTE_QUERY_SPEC, noteQuery, type NoteQueryOptions } from './query.ts';
import { countedTerms, rankNotes, type RankedNote, weighedTerms } from './rank.ts';
import type { NoteCounts, NoteHit, NoteSearch } from './searches.ts';
import {
  type Fragment,
  fragmentsOf,
  highlightsOf,
  type Range,
  SNIPPET_SPEC,
  type SnippetOptions,
} from './snippets.ts';
import { partOf } from '../options.ts';

/** A note as an answer tells it. */
export interface SearchedNote {
  id: string;
  title: string;
  /** Where the title has what was asked for, in UTF-16 offsets. */
  titleHighlights: Range[];
  /** Pieces of the body around the best matches, in order of the body. */
  fragments: Fragment[];
  tags: string[];
  /** ISO 8601; left out where it is unknown. */
  time?: string;
  sources: string[];
  /** Comparable within one answer only. */
  score: number;
}

/** The answer to a search of notes. */
export interface NoteAnswer {
  notes: SearchedNote[];
  /** Notes found, up to 200. */
  total: number;
  /** There may be others. */
  more: boolean;
}

/** Look-ups, as a caller binds them to its index. */
export interface NoteLookUps {
  find: (search: NoteSearch) => Promise<NoteHit[]>;
  count: (terms: readonly string[]) => Promise<NoteCounts>;
}

/** Share of the weight of a text that a note has at least. */
const LEAST = 0.2;

/**
 * Looks for notes: one look-up for counts, one for notes, one for the bodies of those that are shown.
 *
 * @throws {OptionError} See `noteQuery`.
 */
export async function answerNotes(
  text: string,
  options: NoteQueryOptions & SnippetOptions,
  context: NoteContext,
  { find, count }: NoteLookUps,
): Promise<NoteAnswer> {
  const query = noteQuery(text, partOf(NOTE_QUERY_SPEC, options), context);
  const terms = countedTerms(query);
  if (terms.length === 0 && query.readings.length === 0)
    return { notes: [], total: 0, more: false };
  const counts = await count(terms);
  const weighed = weighedTerms(query, counts);
  if (weighed.length === 0) return { notes: [], total: 0, more: false };
  const limit = NOTE_QUERY_DEFAULTS.window;
  const hits = await find({ terms: weighed, filter: query.filter, limit });
  const ranked = rankNotes(query, counts, hits).filter(({ score }) => score.coverage >= LEAST);
  const page = ranked.slice(query.from, query.from + query.limit);
  const wanted = new Map<string, number>();
  for (const phrase of query.phrases) if (phrase.length > 1) wanted.set(phrase, 2);
  for (const value of [...query.words, ...query.pairs, ...query.stems, ...query.characters])
    wanted.set(value, 1);
  const notes = await shown(page, wanted, partOf(SNIPPET_SPEC, options), find);
  return { notes, total: ranked.length, more: hits.length === limit };
}

/** Ranked notes with their snippets. */
export async function shown(
  page: readonly RankedNote[],
  wanted: ReadonlyMap<string, number>,
  options: SnippetOptions,
  find: NoteLookUps['find'],
): Promise<SearchedNote[]> {
  if (page.length === 0) return [];
  const any = page.map(({ hit }) => idTerm(hit.id));
  const whole = await find({ terms: [], filter: { any }, limit: any.length, bodies: true });
  const bodies = new Map(whole.map(({ id, body }) => [id, body ?? '']));
  return page.map(({ hit, score }) => {
    const { id, title, tags, time, sources } = hit;
    const note: SearchedNote = {
      id,
      title,
      titleHighlights: highlightsOf(title, [...wanted.keys()]),
      fragments: fragmentsOf(bodies.get(id) ?? '', wanted, options),
      tags,
      sources,
      score: score.total,
    };
    if (time !== undefined) note.time = new Date(time).toISOString();
    return note;
  });
}
