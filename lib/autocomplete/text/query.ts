import { fold, foldWithOffsets } from '../../analyzers/fold.ts';
import { OPTION_INVALID, settle, type Spec } from '../../options.ts';
import type { ReadText } from '../reading/read-text.ts';
import type { TextTerm, TextSearch, PlaceFilter } from '../searches.ts';
import { SEPARATOR } from '../suggest/interpretations.ts';
import {
  placeQuery,
  type PlaceQuery,
  type PlaceQueryOptions,
  PLACE_QUERY_SPEC,
} from '../suggest/query.ts';
import { languageOfInput } from '../suggest/reader.ts';
import { crossedGrams, type TextContext, textGrams, textWords } from './terms.ts';

/** What a caller may say about a text search. Everything is optional. */
export interface TextQueryOptions extends Omit<
  PlaceQueryOptions,
  'sessionToken' | 'doublePinyin' | 'namesakes'
> {
  /** Hits to pass over, 0..`TEXT_QUERY_DEFAULTS.window`, default 0. */
  from?: number;
  /** Where the text is looked for: `names` with categories and containers, `descriptions`. Default names. */
  in?: readonly SearchedPart[];
}

/** What of a place is searched. */
export type SearchedPart = 'names' | 'descriptions';

/** Defaults and limits of a text search. */
export const TEXT_QUERY_DEFAULTS: Readonly<{ window: number; maxLength: number }> = Object.freeze({
  /** Documents that are fetched and ranked, and so the last that paging reaches. */
  window: 300,
  /** UTF-16 units of folded text that are looked at, letters twice as many; what comes behind them is left out. */
  maxLength: 64,
});

const {
  sessionToken: _,
  doublePinyin: __,
  namesakes: ___,
  ...PLACE_OPTIONS
} = PLACE_QUERY_SPEC.options;

/** Options of `textQuery`. */
export const TEXT_QUERY_SPEC: Spec<TextQueryOptions, 'limit' | 'explain' | 'from' | 'in'> = {
  code: OPTION_INVALID,
  options: {
    ...PLACE_OPTIONS,
    from: {
      type: 'whole',
      min: 0,
      max: TEXT_QUERY_DEFAULTS.window,
      code: 'FROM_INVALID',
      default: 0,
      help: 'places to skip',
    },
    in: {
      type: 'list',
      items: { type: 'text', choices: ['names', 'descriptions'], help: '' },
      least: 1,
      most: 2,
      default: ['names'],
      help: 'where the text is looked for',
    },
  },
};

/** A text as it is looked for. */
export interface TextQuery extends Pick<PlaceQuery, 'reader' | 'limit' | 'explain'> {
  text: string;
  /** The beginning of it that is looked at. */
  looked: string;
  /** Folded parts with spaces between. */
  key: string;
  /** Offsets in `key` at which a word starts, and those behind its last: where a name may begin and end. */
  cuts: ReadonlySet<number>;
  /** UTF-16 offsets in `text` of each unit of `key`; of a space, of what stands between two parts. */
  starts: readonly number[];
  ends: readonly number[];
  from: number;
  in: readonly SearchedPart[];
  near?: { lat: number; lon: number };
  radiusKm?: number;
  filter: PlaceFilter;
  /** The second is only worth a look where the first found no place that has all of the text. */
  searches: readonly TextSearch[];
}

/** Names of containers that one text is taken to hold, beside those that are written in it as records have them. */
const MOST_CONTAINERS = 32;

/** Longest name of a container that is looked for inside text without spaces. */
const CONTAINER_LENGTH = 10;

/**
 * Reads a text to search for: names, categories and containers in any order, with or without spaces.
 *
 * @param text - Anything; blank text finds nothing.
 * @param context - Words by the same dictionaries as the documents'; without them by grams only.
 * @param read - The text as it is read in parts: containers in it are looked for by the names that records have.
 * @throws {OptionError} `FROM_INVALID`, and as `placeQuery`.
 * @example
 * textQuery('清水寺 京都', { language: 'ja' }).key; // => '清水寺 京都'
 */
export function textQuery(
  text: string,
  options: TextQueryOptions = {},
  context: Pick<TextContext, 'textStarts'> = {},
  read?: ReadText,
): TextQuery {
  const settled = settle(TEXT_QUERY_SPEC, options);
  const { from, in: where, language = languageOfInput(text), ...rest } = settled;
  const { reader, limit, explain, filter, near, radiusKm } = placeQuery('', { ...rest, language });
  const field = reader.language === 'ja' ? 'ja' : 'zh';
  const parts = partsOf(text);
  const words = parts.map(([part]) => textWords(part, field, context));
  const key = words.map((part) => part.join('')).join(' ');
  const query: TextQuery = {
    text,
    looked: lookedAt(text),
    key,
    cuts: cutsOf(words),
    ...offsetsOf(parts),
    reader,
    limit,
    from,
    in: where,
    explain,
    filter,
    searches: key === '' ? [] : searchesOf(key, field, words.flat(), read),
  };
  if (near) query.near = near;
  if (radiusKm !== undefined) query.radiusKm = radiusKm;
  return query;
}

const LETTERS = /^[\p{Script=Latin}\d ]+$/u;

/** What stands between separators, with where it begins, up to the length that is looked at. */
function partsOf(text: string): [part: string, at: number][] {
  const parts: [string, number][] = [];
  let length = 0;
  let at = 0;
  for (const part of text.slice(0, 4 * TEXT_QUERY_DEFAULTS.maxLength).split(SEPARATOR)) {
    at = text.indexOf(part, at);
    const key = fold(part);
    if (key !== '') {
      length += (LETTERS.test(key) ? key.length / 2 : key.length) + 1;
      if (length > TEXT_QUERY_DEFAULTS.maxLength + 1) break;
      parts.push([part, at]);
    }
    at += part.length;
  }
  return parts;
}

/** The beginning of a text that is looked at. */
export function lookedAt(text: string): string {
  const last = partsOf(text).at(-1);
  return last ? text.slice(0, last[1] + last[0].length) : '';
}

function offsetsOf(
  parts: readonly [part: string, at: number][],
): Pick<TextQuery, 'starts' | 'ends'> {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [part, at] of parts) {
    if (starts.length > 0) {
      starts.push(ends.at(-1)!);
      ends.push(at);
    }
    const folded = foldWithOffsets(part);
    for (let unit = 0; unit < folded.key.length; unit++) {
      if (folded.key[unit] === ' ') continue;
      starts.push(at + folded.starts[unit]!);
      ends.push(at + folded.ends[unit]!);
    }
  }
  return { starts, ends };
}

function cutsOf(words: readonly (readonly string[])[]): Set<number> {
  const cuts = new Set<number>();
  let at = 0;
  for (const part of words) {
    cuts.add(at);
    for (const word of part) cuts.add((at += word.length));
    at += 1;
  }
  return cuts;
}

/** Units of text up to which a whole window is ranked, letters twice as many. */
const WHOLE_WINDOW = 12;

/** A long text is compared with fewer places, so that it costs little more than a short one. */
function windowOf(key: string): number {
  const { window } = TEXT_QUERY_DEFAULTS;
  const units = LETTERS.test(key) ? key.length / 2 : key.length;
  return Math.ceil(window * Math.min(1, WHOLE_WINDOW / units));
}

function searchesOf(
  key: string,
  field: 'zh' | 'ja',
  words: readonly string[],
  read: ReadText | undefined,
): TextSearch[] {
  const grams = textGrams(key);
  const terms = new Map<string, TextTerm>();
  const add = (term: TextTerm): void => {
    const name = `${term.field} ${term.value}`;
    if (!terms.has(name)) terms.set(name, term);
  };
  for (const value of words) add({ field, value, weight: 2 * value.length });
  for (const value of grams.pairs) add({ field: 'grams', value, weight: 2 * value.length });
  for (const value of containersIn(key)) add({ field: 'within', value, weight: 2 * value.length });
  for (const [value, length] of read ? containersRead(read) : []) {
    add({ field: 'within', value, weight: 2 * length });
  }
  const literal = [...terms.values()];
  for (const value of [...grams.gaps, ...crossedGrams(grams)]) {
    add({ field: 'grams', value, weight: 3 });
  }
  const all = [...terms.values()];
  const limit = windowOf(key);
  return (all.length === literal.length ? [literal] : [literal, all]).map((terms) => ({
    terms,
    limit,
  }));
}

/** Names that every document in a container has, of those that were read in whatever script; with what was typed of them. */
function containersRead({ readings, containers }: ReadText): Map<string, number> {
  const found = new Map<string, number>();
  for (const { chain, parts } of readings) {
    const around = new Set((chain ?? []).flatMap((index) => [index, ...containers.chain(index)]));
    for (const part of parts) {
      if (part.type !== 'container') continue;
      for (const posting of part.edge.postings) {
        if (found.size === MOST_CONTAINERS) return found;
        const value = containers.mainKey(posting >> 2);
        if (!around.has(posting >> 2) || found.has(value)) continue;
        found.set(value, part.edge.length);
      }
    }
  }
  return found;
}

/** Every piece of a key that may be the name of a container. */
function containersIn(key: string): string[] {
  const found: string[] = [];
  for (const part of key.split(' ')) {
    if (/^\p{Script=Latin}/u.test(part) || LETTERS.test(part)) continue;
    for (let start = 0; start < part.length; start++) {
      const end = Math.min(part.length, start + CONTAINER_LENGTH);
      for (let stop = start + 2; stop <= end; stop++) found.push(part.slice(start, stop));
    }
  }
  if (/[\p{Script=Latin}\d]/u.test(key)) {
    const words = key.split(' ');
    for (let start = 0; start < words.length; start++) {
      for (let stop = start + 1; stop <= Math.min(words.length, start + 3); stop++) {
        found.push(words.slice(start, stop).join(' '));
      }
    }
  }
  return found;
}
