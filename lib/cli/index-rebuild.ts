import { embedded } from '../engines/embedded/index.ts';
import { PlaceIndex } from '../place-index.ts';
import type { RebuildResult } from '../rebuild/options.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { note, print, printJson } from './io.ts';
import {
  BOUNDARIES_OPTION,
  CORRECTIONS_OPTION,
  SOURCE_OPTION,
  ALIAS_OPTION,
  DATA_OPTION,
  DEFAULT_DATA,
  JSON_OPTION,
  parseMaxFailed,
} from './options.ts';
import { progressView } from './progress.ts';

interface Flags {
  source: string[];
  boundaries?: string;
  corrections?: string;
  data: string;
  alias: string;
  maxFailed?: number;
  deadLetters?: string;
  readings?: 'data' | 'dictionary';
  allowEmpty?: true;
  dryRun?: true;
  quiet?: true;
  json?: true;
}

/** `suoyin index-rebuild places`: a new generation from its source, swapped in when complete. */
export const indexRebuildCommand: CommandSpec = {
  name: 'index-rebuild',
  summary: 'build an index from its source and swap it in; queries go on meanwhile',
  args: [{ name: '<index>', description: 'what to build', choices: ['places'] }],
  options: [
    SOURCE_OPTION,
    BOUNDARIES_OPTION,
    CORRECTIONS_OPTION,
    DATA_OPTION,
    ALIAS_OPTION,
    {
      flags: '--max-failed <n>',
      description: 'records that may fail, a count or a share (default: 0.1%)',
      parse: parseMaxFailed,
    },
    {
      flags: '--dead-letters <file>',
      description: 'where failed records go (default: <data>/dead-letters/<generation>.jsonl)',
    },
    {
      flags: '--no-dictionary-readings',
      description: 'leave Japanese names without a reading where the data has none',
    },
    { flags: '--allow-empty', description: 'swap in an index without any place' },
    { flags: '--dry-run', description: 'read and check everything, write nothing' },
    { flags: '--quiet', description: 'no progress' },
    JSON_OPTION,
  ],
  examples: [
    'suoyin index-rebuild places --source places.jsonl.gz --boundaries outlines.geojson.gz',
    'suoyin index-rebuild places --source places.jsonl --max-failed 50 --dry-run',
  ],
  async run({ options }, io) {
    const { data, alias, json, quiet, source, dictionaryReadings, ...flags } =
      options as unknown as Flags & { dictionaryReadings: boolean };
    const signal = io.onInterrupt();
    const view = progressView(io, { quiet: quiet ?? false });
    const index = new PlaceIndex(embedded({ dataDir: data }), { alias, dataDir: data });
    try {
      const result = await index.rebuild(source, {
        ...flags,
        readings: dictionaryReadings ? 'dictionary' : 'data',
        signal,
        onProgress: (progress) => {
          view.show(progress);
        },
      });
      view.stop();
      for (const warning of result.warnings) note(io, `suoyin: ${warning}`);
      if (json) await printJson(io, result);
      else await print(io, summaryOf(result, data));
      return EXIT.done;
    } catch (error) {
      view.stop();
      if (!signal.aborted) throw error;
      note(io, `suoyin: interrupted; ${alias} is as it was before`);
      return EXIT.interrupted;
    } finally {
      await index.close();
    }
  },
};

function summaryOf(result: RebuildResult, data: string): string {
  const { alias, generation, previous, records, documents, failed, seconds, parents } = result;
  const lines = [
    generation === null
      ? `dry run: ${documents} places would go into ${alias}, from ${records} records`
      : `${alias} is now ${generation}: ${documents} places from ${records} records in ${seconds.toFixed(1)} s`,
    `parents: ${Object.entries(parents)
      .map(([from, n]) => `${n} ${from}`)
      .join(', ')}`,
  ];
  if (generation !== null && previous !== null) {
    const where = data === DEFAULT_DATA ? '' : ` --data ${data}`;
    lines.push(`${previous} is kept: suoyin rollback places${where}`);
  }
  if (failed > 0) {
    lines.push(`${failed} failed: ${result.deadLettersFile ?? 'no file was asked for'}`);
    for (const letter of result.deadLetters.slice(0, 3)) {
      lines.push(`  ${letter.file} line ${letter.line}: ${letter.message}`);
    }
  }
  return lines.join('\n');
}
