import { placeQuery, type PlaceQueryOptions } from '../autocomplete/query.ts';
import type { PlaceKind } from '../autocomplete/record.ts';
import { OptionError, RecordError, quoteValue } from '../errors.ts';
import type { PlaceIndex } from '../place-index.ts';
import { readJsonLines } from '../rebuild/json-lines.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print, printJson } from './io.ts';
import { JSON_OPTION, numberFor, parseList, parseNear } from './options.ts';
import { suggestionTable } from './suggestion-table.ts';

interface Flags {
  language?: string;
  near?: { lat: number; lon: number };
  radius?: number;
  limit?: number;
  countries?: string[];
  kinds?: PlaceKind[];
  queries?: string;
  data: string;
  alias: string;
  explain?: true;
  json?: true;
}

/** `suoyin suggest`: places for what was typed, one query or a file of them. */
export const suggestCommand: CommandSpec = {
  name: 'suggest',
  summary: 'find places by what is typed of a name',
  args: [{ name: '[query]', description: 'what is typed; left out with --queries' }],
  options: [
    { flags: '--language <tag>', description: 'of the reader: zh-Hant, zh-Hans, ja, ko, en' },
    { flags: '--near <lat,lon>', description: 'nearer places first', parse: parseNear },
    {
      flags: '--radius <km>',
      description: 'only places so near to --near',
      parse: numberFor('--radius'),
    },
    {
      flags: '--limit <n>',
      description: 'suggestions at the most (default: 10)',
      parse: numberFor('--limit'),
    },
    { flags: '--countries <codes>', description: 'only of these: TW,JP', parse: parseList },
    { flags: '--kinds <kinds>', description: 'only of these: city,station', parse: parseList },
    {
      flags: '--queries <file>',
      description: 'JSON lines {"query","language","near"}; a JSON array a line comes out',
    },
    ...ENGINE_OPTIONS,
    { flags: '--explain', description: 'say how each score came about; implies --json' },
    JSON_OPTION,
  ],
  examples: [
    'suoyin suggest 板橋 --language zh-Hant --near 25.01,121.46',
    'suoyin suggest banq --json --limit 3',
    'suoyin suggest --queries typed.jsonl > answers.jsonl',
  ],
  async run({ args, options }, io) {
    const flags = options as unknown as Flags;
    const [query] = args as [string | undefined];
    if ((query === undefined) === (flags.queries === undefined)) {
      const what = query === undefined ? 'No query was given' : 'A query and --queries were given';
      throw new OptionError('QUERY_MISSING', what, 'Give one of the two: suoyin suggest 板橋');
    }
    // Wrong flags are misuse once, and not the fault of every line.
    placeQuery('', queryOptions(flags));
    const { index, close } = await openIndex(options, io, { readOnly: true });
    try {
      if (flags.queries !== undefined) return await answerFile(index, flags.queries, flags, io);
      const suggestions = await index.suggest(query!, queryOptions(flags));
      if (flags.json || flags.explain) await printJson(io, suggestions);
      else await print(io, suggestionTable(suggestions, { bold: io.color }));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

function queryOptions(flags: Flags): PlaceQueryOptions {
  const options: PlaceQueryOptions = {};
  if (flags.language !== undefined) options.language = flags.language;
  if (flags.near) options.near = flags.near;
  if (flags.radius !== undefined) options.radiusKm = flags.radius;
  if (flags.limit !== undefined) options.limit = flags.limit;
  if (flags.countries) options.countries = flags.countries;
  if (flags.kinds) options.kinds = flags.kinds;
  if (flags.explain) options.explain = true;
  return options;
}

/** One array for every line, empty for a line that can't be answered, so that the two files stay in step. */
async function answerFile(index: PlaceIndex, path: string, flags: Flags, io: Io): Promise<number> {
  let bad = 0;
  for await (const { line, value, error } of readJsonLines(path)) {
    try {
      if (error) throw error;
      const { query, options } = readQueryLine(value, line);
      await printJson(io, await index.suggest(query, { ...queryOptions(flags), ...options }));
    } catch (fault) {
      if (!(fault instanceof RecordError || fault instanceof OptionError)) throw fault;
      bad += 1;
      note(io, `suoyin: ${path} line ${line}: ${fault.message} [${fault.code}]`);
      await printJson(io, []);
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
  return new RecordError('QUERY_LINE_INVALID', field, value, what, hint);
}
