import { wantedOf } from '../autocomplete/long-text/asked.ts';
import { idTerm, type NoteContext } from './document.ts';
import { NOTE_QUERY_DEFAULTS, NOTE_QUERY_SPEC, noteQuery, type NoteQueryOptions } from './query.ts';
import { countedTerms, rankNotes, type RankedNote, weighedTerms } from './rank.ts';
import type { NoteCounts, NoteHit, NoteSearch } from './searches.ts';
import {
  type Fragment,
  fragmentsOf,
  highlightsOf,
  type Marks,
  marksOf,
  type Range,
  SNIPPET_SPEC,
  type SnippetOptions,
} from '../autocomplete/long-text/snippets.ts';
import { partOf } from '../options.ts';
import { type Pause, TURN_UNITS } from '../turns.ts';

/** A note in an answer. */
export interface SearchedNote {
  id: string;
  title: string;
  /** Ranges of the title that match the query, in UTF-16 offsets. */
  titleHighlights: Range[];
  /** Pieces of the body around the best matches, in order of the body. */
  fragments: Fragment[];
  tags: string[];
  /** ISO 8601; absent if unknown. */
  time?: string;
  sources: string[];
  /** Comparable within one answer only. */
  score: number;
}

/** The answer to a search of notes. */
export interface NoteAnswer {
  notes: SearchedNote[];
  /** Number of notes found, up to 200. */
  total: number;
  /** Whether there may be others. */
  more: boolean;
}

/** Look-ups bound to an index. */
export interface NoteLookUps {
  find: (search: NoteSearch) => Promise<NoteHit[]>;
  count: (terms: readonly string[]) => Promise<NoteCounts>;
  /** Called after each note that was judged or shown. */
  pause: Pause;
}

/** Least share of the weight of a query that a note must have. */
const LEAST = 0.2;

/**
 * Searches notes: one look-up for counts, one for notes, one for the bodies of those that are
 * shown.
 *
 * @throws {OptionError} See `noteQuery`.
 */
export async function answerNotes(
  text: string,
  options: NoteQueryOptions & SnippetOptions,
  context: NoteContext,
  lookUps: NoteLookUps,
): Promise<NoteAnswer> {
  const { find, count, pause } = lookUps;
  const query = noteQuery(text, partOf(NOTE_QUERY_SPEC, options), context);
  const terms = countedTerms(query);
  if (terms.length === 0 && query.readings.length === 0)
    return { notes: [], total: 0, more: false };
  const counts = await count(terms);
  const weighed = weighedTerms(query, counts);
  if (weighed.length === 0) return { notes: [], total: 0, more: false };
  const limit = NOTE_QUERY_DEFAULTS.window;
  const hits = await find({ terms: weighed, filter: query.filter, limit });
  const judged = await rankNotes(query, counts, hits, pause);
  const ranked = judged.filter(({ score }) => score.coverage >= LEAST);
  const page = ranked.slice(query.from, query.from + query.limit);
  const marks = marksOf(wantedOf(query));
  const notes = await shown(page, marks, partOf(SNIPPET_SPEC, options), lookUps);
  return { notes, total: ranked.length, more: hits.length === limit };
}

/** Cost of the snippets of one note, however short it is, in units of judging. */
const SHOWN_UNITS = TURN_UNITS / 16;

/** Ranked notes with their snippets. */
export async function shown(
  page: readonly RankedNote[],
  marks: Marks,
  options: SnippetOptions,
  { find, pause }: NoteLookUps,
): Promise<SearchedNote[]> {
  if (page.length === 0) return [];
  const any = page.map(({ hit }) => idTerm(hit.id));
  const whole = await find({ terms: [], filter: { any }, limit: any.length, bodies: true });
  const bodies = new Map(whole.map(({ id, body }) => [id, body ?? '']));
  const notes: SearchedNote[] = [];
  for (const { hit, score } of page) {
    const { id, title, tags, time, sources } = hit;
    const body = bodies.get(id) ?? '';
    const note: SearchedNote = {
      id,
      title,
      titleHighlights: highlightsOf(title, marks),
      fragments: fragmentsOf(body, marks, options),
      // The hit may belong to the engine, so copy its tags.
      tags: [...tags],
      sources: [...sources],
      score: score.total,
    };
    if (time !== undefined) note.time = new Date(time).toISOString();
    notes.push(note);
    await pause(body.length + SHOWN_UNITS);
  }
  return notes;
}
