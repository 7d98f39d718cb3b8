import { fold } from '../analyzers/fold.ts';
import { languageOfInput } from '../autocomplete/suggest/reader.ts';
import type { TextContext } from '../autocomplete/text/terms.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { OPTION_INVALID, settle, type Spec } from '../options.ts';
import { tagTerm } from './document.ts';
import { typedReadings } from './readings.ts';
import type { NoteFilter } from './searches.ts';
import { isStopWord } from './stop-words.ts';
import {
  isHanCharacter,
  isTermWord,
  joinedLine,
  pairsOf,
  stemsOf,
  wordLines,
  type WordLanguage,
} from './terms.ts';

/** What notes are looked for. */
export interface NoteQueryOptions {
  /** Notes to pass over, 0..200. Default 0. */
  from?: number;
  /** 1..100. Default 10. */
  limit?: number;
  /** Only notes with all of these tags. */
  tags?: readonly string[];
  /** Only notes written at this time or later: ISO 8601. */
  since?: string;
  /** Only notes written before this time: ISO 8601. */
  until?: string;
  /** Of the text: how Han characters alone are cut into words. Default: told by its characters. */
  language?: string;
}

/** Bounds of a search of notes: UTF-16 code units of a text, and notes that are judged. */
export const NOTE_QUERY_DEFAULTS: Readonly<{
  maxLength: number;
  window: number;
  from: number;
  limit: number;
}> = Object.freeze({ maxLength: 256, window: 200, from: 0, limit: 10 });

const TIME = {
  type: 'text',
  pattern: /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/,
  maxLength: 40,
  wanted: 'a time in ISO 8601, such as 2026-11-29',
} as const;

/** Options of a search of notes. */
export const NOTE_QUERY_SPEC: Spec<NoteQueryOptions, 'from' | 'limit'> = {
  code: OPTION_INVALID,
  options: {
    from: {
      type: 'whole',
      min: 0,
      max: NOTE_QUERY_DEFAULTS.window,
      default: NOTE_QUERY_DEFAULTS.from,
      code: 'FROM_INVALID',
      help: 'notes to pass over',
    },
    limit: {
      type: 'whole',
      min: 1,
      max: 100,
      default: NOTE_QUERY_DEFAULTS.limit,
      code: 'LIMIT_INVALID',
      help: 'notes at the most',
    },
    tags: {
      type: 'list',
      items: { type: 'text', maxLength: 100, help: '' },
      most: 20,
      help: 'only notes with all of these tags',
    },
    since: { ...TIME, help: 'only notes written at this time or later' },
    until: { ...TIME, help: 'only notes written before this time' },
    language: {
      type: 'text',
      maxLength: 40,
      otherwise: 'told by the characters of the text',
      help: 'of the text: how Han characters alone are cut into words',
    },
  },
};

/** A search of notes, worked out but for the counts of the index. */
export interface NoteQuery {
  from: number;
  limit: number;
  filter: NoteFilter;
  /** Words that notes are judged by, folded, each once. */
  words: string[];
  /** Pairs of neighbouring characters, each once. */
  pairs: string[];
  /** Beginnings of Korean words. */
  stems: string[];
  /** Han characters that are words of their own. */
  characters: string[];
  /** Readings that a title may have. */
  readings: string[];
  /** Each part of the text between spaces, as a phrase is looked for in `joinedLine`. */
  phrases: string[];
}

/**
 * Reads what notes are looked for.
 *
 * @throws {OptionError} `FROM_INVALID`, `LIMIT_INVALID`, `OPTION_INVALID`.
 */
export function noteQuery(
  text: string,
  options: NoteQueryOptions,
  context: TextContext,
): NoteQuery {
  const { from, limit, tags = [], since, until, language } = settle(NOTE_QUERY_SPEC, options);
  const asked = text.slice(0, NOTE_QUERY_DEFAULTS.maxLength).toWellFormed();
  const lines = wordLines(asked, languageOf(asked, language), context);
  const sets = {
    words: new Set<string>(),
    pairs: new Set<string>(),
    stems: new Set<string>(),
    characters: new Set<string>(),
    phrases: new Set<string>(),
  };
  const all = lines.split(/[\n ]/u).filter((word) => word !== '');
  for (const line of lines === '' ? [] : lines.split('\n')) {
    const words = line.split(' ');
    for (const word of words) {
      if (isTermWord(word)) sets.words.add(word);
      else if (isHanCharacter(word) && !isStopWord(word)) sets.characters.add(word);
      const stem = stemsOf(word).at(-1);
      if (stem !== undefined) sets.stems.add(stem);
    }
    for (const pair of pairsOf(words)) sets.pairs.add(pair);
  }
  for (const part of asked.split(/\s+/u)) {
    const phrase = wordLines(part, languageOf(asked, language), context);
    if (phrase !== '') sets.phrases.add(joinedLine(phrase.replaceAll('\n', ' ')));
  }
  // Titles have the words of grammar, too.
  if (sets.words.size + sets.pairs.size + sets.stems.size + sets.characters.size === 0) {
    for (const word of all) sets.words.add(word);
  }
  return {
    from,
    limit,
    filter: filterOf({ tags, since, until }),
    words: [...sets.words],
    pairs: [...sets.pairs],
    stems: [...sets.stems],
    characters: [...sets.characters],
    phrases: [...sets.phrases],
    readings: typedReadings(asked),
  };
}

function languageOf(text: string, stated: string | undefined): WordLanguage {
  const language = stated ?? languageOfInput(text);
  return language.startsWith('ja') ? 'ja' : 'zh';
}

/** @throws {OptionError} `OPTION_INVALID` for a time that no calendar has. */
function filterOf(given: {
  tags: readonly string[];
  since: string | undefined;
  until: string | undefined;
}): NoteFilter {
  const filter: NoteFilter = {};
  const tags = given.tags.filter((tag) => fold(tag) !== '' || tag.trim() !== '');
  if (tags.length > 0) filter.all = tags.map(tagTerm);
  const time = (name: 'since' | 'until'): number | undefined => {
    const value = given[name];
    if (value === undefined) return undefined;
    const milliseconds = new Date(value).getTime();
    if (!Number.isNaN(milliseconds)) return milliseconds;
    const what = `${name} ${quoteValue(value)} is no time`;
    throw new OptionError(OPTION_INVALID, what, 'Give ISO 8601, such as 2026-11-29.');
  };
  const [from, before] = [time('since'), time('until')];
  if (from !== undefined) filter.from = from;
  if (before !== undefined) filter.before = before;
  return filter;
}
