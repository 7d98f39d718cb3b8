import type { DoublePinyinLayout } from '../analyzers/double-pinyin.ts';
import type { PlaceKind } from '../autocomplete/place.ts';
import type { Namesakes, PlaceQueryOptions } from '../autocomplete/suggest/query.ts';
import { OptionError, RecordError, quoteValue } from '../errors.ts';
import { readJsonLines } from '../source/json-lines.ts';
import type { OptionSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, printJson } from './io.ts';
import { numberFor, parseList, parseNear } from './options.ts';

/** Flags of every command that asks for places. */
export interface QueryFlags {
  language?: string;
  near?: { lat: number; lon: number };
  radius?: number;
  limit?: number;
  countries?: string[];
  kinds?: PlaceKind[];
  doublePinyin?: DoublePinyinLayout;
  namesakes?: Namesakes;
  queries?: string;
  explain?: true;
  json?: true;
}

/** Options that `QueryFlags` come from, but for those of how to print. */
export const QUERY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--language <tag>', description: 'of the reader: zh-Hant, zh-Hans, ja, ko, en' },
  { flags: '--near <lat,lon>', description: 'nearer places first', parse: parseNear },
  {
    flags: '--radius <km>',
    description: 'only places so near to --near',
    parse: numberFor('--radius'),
  },
  {
    flags: '--limit <n>',
    description: 'places at the most (default: 10)',
    parse: numberFor('--limit'),
  },
  { flags: '--countries <codes>', description: 'only of these: TW,JP', parse: parseList },
  { flags: '--kinds <kinds>', description: 'only of these: city,station', parse: parseList },
];

/** What the flags say about a query. */
export function queryOptions(flags: QueryFlags): PlaceQueryOptions {
  const options: PlaceQueryOptions = {};
  if (flags.language !== undefined) options.language = flags.language;
  if (flags.near) options.near = flags.near;
  if (flags.radius !== undefined) options.radiusKm = flags.radius;
  if (flags.limit !== undefined) options.limit = flags.limit;
  if (flags.countries) options.countries = flags.countries;
  if (flags.kinds) options.kinds = flags.kinds;
  if (flags.doublePinyin !== undefined) options.doublePinyin = flags.doublePinyin;
  if (flags.namesakes !== undefined) options.namesakes = flags.namesakes;
  if (flags.explain) options.explain = true;
  return options;
}

/**
 * Answers every line of a file of queries, with `empty` for a line that can't be answered, so that the
 * two files stay in step.
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
  for await (const { line, value, error } of readJsonLines(path)) {
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
    throw fault('language', language, `language ${quoteValue(language)} is no tag`, 'Use zh-Hant.');
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
