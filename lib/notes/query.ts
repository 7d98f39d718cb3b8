import { fold } from '../analyzers/fold.ts';
import { type AskedText, readAsked } from '../autocomplete/long-text/asked.ts';
import type { WordLanguage } from '../autocomplete/long-text/terms.ts';
import { languageOfInput } from '../autocomplete/suggest/reader.ts';
import type { TextContext } from '../autocomplete/text/terms.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { OPTION_INVALID, settle, type Spec } from '../options.ts';
import { tagTerm } from './document.ts';
import { typedReadings } from './readings.ts';
import type { NoteFilter } from './searches.ts';
import { timeOfIso } from './time.ts';

/** Options of a search of notes. */
export interface NoteQueryOptions {
  /** Number of notes to skip, 0..200. Default 0. */
  from?: number;
  /** 1..100. Default 10. */
  limit?: number;
  /** Only notes with all of these tags. */
  tags?: readonly string[];
  /** Only notes written at this time or later: ISO 8601. Without an offset it is UTC. */
  since?: string;
  /** Only notes written before this time: ISO 8601. */
  until?: string;
  /**
   * Language of the query, for the segmentation of Han characters. Default: detected by
   * characters.
   */
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
      help: 'notes to skip',
    },
    limit: {
      type: 'whole',
      min: 1,
      max: 100,
      default: NOTE_QUERY_DEFAULTS.limit,
      code: 'LIMIT_INVALID',
      help: 'most notes',
    },
    tags: {
      type: 'list',
      items: { type: 'text', maxLength: 100, help: '' },
      most: 20,
      flag: '--tag <tag>',
      repeats: true,
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

/** A prepared search of notes; only the counts of the index are missing. */
export interface NoteQuery extends AskedText {
  from: number;
  limit: number;
  filter: NoteFilter;
  /** Readings that a title may have. */
  readings: string[];
}

/**
 * Prepares a search of notes.
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
  return {
    from,
    limit,
    filter: filterOf({ tags, since, until }),
    ...readAsked(asked, languageOf(asked, language), context),
    readings: typedReadings(asked),
  };
}

function languageOf(text: string, stated: string | undefined): WordLanguage {
  const language = stated ?? languageOfInput(text);
  return language.startsWith('ja') ? 'ja' : 'zh';
}

/** @throws {OptionError} `OPTION_INVALID` for a time that does not exist. */
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
    const milliseconds = timeOfIso(value);
    if (milliseconds !== null) return milliseconds;
    const what = `${name} ${quoteValue(value)} is no time`;
    throw new OptionError(OPTION_INVALID, what, 'Give ISO 8601, such as 2026-11-29.');
  };
  const [from, before] = [time('since'), time('until')];
  if (from !== undefined) filter.from = from;
  if (before !== undefined) filter.before = before;
  return filter;
}
