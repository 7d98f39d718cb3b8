import { Containers } from '../autocomplete/reading/containers.ts';
import type { PlaceQueryOptions } from '../autocomplete/suggest/query.ts';
import { OptionError, RecordError, quoteValue } from '../errors.ts';
import type { PlaceIndex } from '../place-index.ts';
import { readJsonLines } from '../source/json-lines.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, printJson } from './io.ts';

/** Flags of every command that searches for places, except those of the query itself. */
export interface QueryFlags {
  queries?: string;
  explain?: true;
  json?: true;
}

/** Options of the library that every command has that searches for places. */
export const QUERY_NAMES = [
  'language',
  'near',
  'radiusKm',
  'limit',
  'countries',
  'kinds',
  'explain',
] as const;

/** Warns that an index has no table of containers, without which most texts of several parts can't be read. */
export async function noteMissingTable(index: PlaceIndex, io: Io): Promise<void> {
  if ((await index.containers()) !== Containers.NONE) return;
  const what = `${index.alias} has no table of containers`;
  note(io, `suoyin: ${what}, so texts of several parts are read in part; run index-rebuild`);
}

/**
 * Answers every line of a file of queries. A line that can't be answered gets `empty`, so that line n of the output
 * answers line n of the input.
 *
 * @returns The exit code.
 */
export async function answerLines(
  path: string,
  io: Io,
  options: {
    answer: (query: string, options: PlaceQueryOptions) => Promise<unknown>;
    empty: unknown;
  },
): Promise<number> {
  let bad = 0;
  for await (const { line, value, error } of readJsonLines(path, { pipe: true })) {
    try {
      if (error) throw error;
      const { query, options: own } = readQueryLine(value, line);
      await printJson(io, await options.answer(query, own));
    } catch (fault) {
      if (!(fault instanceof RecordError || fault instanceof OptionError)) throw fault;
      bad += 1;
      note(io, `suoyin: ${path} line ${line}: ${fault.message} [${fault.code}]`);
      await printJson(io, options.empty);
    }
  }
  return bad > 0 ? EXIT.failed : EXIT.done;
}

function readQueryLine(
  value: unknown,
  line: number,
): { query: string; options: PlaceQueryOptions } {
  const fields = (typeof value === 'object' ? value : null) as Record<string, unknown> | null;
  const query = fields?.['query'];
  if (fields === null || typeof query !== 'string') {
    throw fault('query', query, `Line ${line} has no text as its query`, 'Give {"query": "板橋"}.');
  }
  const options: PlaceQueryOptions = {};
  const language = fields['language'] ?? fields['lang'];
  if (typeof language === 'string') options.language = language;
  else if (language !== undefined && language !== null) {
    throw fault(
      'language',
      language,
      `language ${quoteValue(language)} is not a tag`,
      'Use zh-Hant.',
    );
  }
  const near = fields['near'];
  if (near !== undefined && near !== null) options.near = readNear(near);
  if (typeof fields['limit'] === 'number') options.limit = fields['limit'];
  const { countries } = fields as { countries?: unknown };
  if (Array.isArray(countries)) options.countries = countries.map(String);
  return { query, options };
}

function readNear(near: unknown): { lat: number; lon: number } {
  const pair = Array.isArray(near) ? { lat: near[0] as unknown, lon: near[1] as unknown } : near;
  const { lat, lon } = pair as { lat?: unknown; lon?: unknown };
  if (typeof lat === 'number' && typeof lon === 'number') return { lat, lon };
  throw fault('near', near, `near ${quoteValue(near)} is not a position`, 'Use {"lat", "lon"}.');
}

function fault(field: string, value: unknown, what: string, hint: string): RecordError {
  return new RecordError('QUERY_LINE_INVALID', what, hint, { field, value });
}
