import { OptionError } from '../errors.ts';
import type { RebuildResult } from '../rebuild/options.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print, printJson } from './io.ts';
import {
  BOUNDARIES_OPTION,
  CORRECTIONS_OPTION,
  DEFAULT_DATA,
  durationFor,
  INDEX_ARGUMENT,
  JSON_OPTION,
  parseMaxFailed,
  PLACES_ARGUMENT,
  QUIET_OPTION,
} from './options.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { SHARD_OPTIONS } from './mapping-options.ts';
import { type SourceFlags, SOURCE_OPTIONS, sourceOf } from './source-options.ts';
import { progressView } from './progress.ts';
import { IMAGE_REBUILD_OPTIONS, rebuildFromLive } from './rebuild-live.ts';

interface Flags extends SourceFlags {
  boundaries?: string;
  corrections?: string;
  maxFailed?: number;
  deadLetters?: string;
  dictionaryReadings: boolean;
  allowEmpty?: true;
  dryRun?: true;
  swap: boolean;
  keepFresh?: number;
  quiet?: true;
  json?: true;
}

const OPTIONS: readonly OptionSpec[] = [
  ...SOURCE_OPTIONS,
  BOUNDARIES_OPTION,
  CORRECTIONS_OPTION,
  ...ENGINE_OPTIONS,
  ...SHARD_OPTIONS,
  {
    flags: '--max-failed <n>',
    description:
      'records that may fail, a count or a share (default: 0.1%, or up to 10 that are at most 10%)',
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
  { flags: '--no-swap', description: 'build and verify only; index-rebuild swap does the rest' },
  {
    flags: '--keep-fresh <time>',
    description: 'write to the former generation too for this long, for a rollback: 24h',
    parse: durationFor('--keep-fresh'),
  },
  QUIET_OPTION,
  JSON_OPTION,
];

/** `suoyin index-rebuild places`: a new generation from its source, swapped in when complete. */
export const rebuildRunCommand: CommandSpec = {
  name: 'run',
  summary: 'build an index from its source and swap it in; resumes where a run was cut off',
  args: [INDEX_ARGUMENT],
  options: [...OPTIONS, ...IMAGE_REBUILD_OPTIONS],
  examples: [
    'suoyin index-rebuild places --source places.jsonl.gz --boundaries outlines.geojson.gz',
    'suoyin index-rebuild places --source places.jsonl --max-failed 50 --dry-run',
    'suoyin index-rebuild images --min-recall 0.99',
    'suoyin index-rebuild places --source places.jsonl --engine opensearch --node https://host:9200 --user-env OS_USER',
  ],
  run: ({ args: [name], options }, io) =>
    name === 'images' || name === 'notes'
      ? rebuildFromLive(name, options, io)
      : rebuild(options, io, {}),
};

/** `suoyin index-rebuild resume places`: only resumes a rebuild that was cut off. */
export const rebuildResumeCommand: CommandSpec = {
  name: 'resume',
  summary: 'resume a rebuild that was cut off; never begins one',
  args: [PLACES_ARGUMENT],
  options: OPTIONS,
  examples: ['suoyin index-rebuild resume places --source places.jsonl.gz'],
  run: ({ options }, io) => rebuild(options, io, { resumeOnly: true }),
};

async function rebuild(
  options: Readonly<Record<string, unknown>>,
  io: Io,
  mode: { resumeOnly?: true },
): Promise<number> {
  const { json, quiet, source, dictionaryReadings, swap, keepFresh, ...flags } =
    options as unknown as Flags;
  if (!source) {
    const hint = 'Give a file of records: --source places.jsonl.gz';
    throw new OptionError('SOURCE_MISSING', 'A rebuild of places has no --source', hint);
  }
  const signal = io.onInterrupt();
  const view = progressView(io, { quiet: quiet ?? false });
  const { index, alias, close, data } = await openIndex(options, io);
  try {
    const result = await index.rebuild(sourceOf({ ...flags, source }, io), {
      ...rebuildFlags(flags),
      ...mode,
      readings: dictionaryReadings ? 'dictionary' : 'data',
      prepareOnly: !swap,
      ...(keepFresh === undefined ? {} : { keepFreshMs: keepFresh }),
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
    note(io, `suoyin: interrupted; ${alias} is as it was before, the same command goes on`);
    return EXIT.interrupted;
  } finally {
    await close();
  }
}

type RebuildFlags = Pick<
  Flags,
  'boundaries' | 'corrections' | 'maxFailed' | 'deadLetters' | 'allowEmpty' | 'dryRun'
>;

function rebuildFlags(flags: RebuildFlags): RebuildFlags {
  const { boundaries, corrections, maxFailed, deadLetters, allowEmpty, dryRun } = flags;
  const given = { boundaries, corrections, maxFailed, deadLetters, allowEmpty, dryRun };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function summaryOf(result: RebuildResult, data: string): string[] {
  const { alias, generation, live, resumed, previous, records, documents, failed } = result;
  const { seconds, parents } = result;
  const done = `${documents} places from ${records} records in ${seconds.toFixed(1)} s`;
  const how = resumed ? ', resumed where it was cut off' : '';
  const lines = [
    generation === null
      ? `dry run: ${documents} places would go into ${alias}, from ${records} records`
      : live
        ? `${alias} is now ${generation}: ${done}${how}`
        : `${generation} is complete and verified: ${done}${how}; swap it in: suoyin index-rebuild swap places`,
    `parents: ${Object.entries(parents)
      .map(([from, n]) => `${n} ${from}`)
      .join(', ')}`,
  ];
  if (live && previous !== null) {
    const where = data === DEFAULT_DATA ? '' : ` --data ${data}`;
    lines.push(`${previous} is kept: suoyin rollback places${where}`);
  }
  if (failed > 0) {
    lines.push(`${failed} failed: ${result.deadLettersFile ?? 'no file was asked for'}`);
    for (const letter of result.deadLetters.slice(0, 3)) {
      lines.push(`  ${letter.file} line ${letter.line}: ${letter.message}`);
    }
  }
  return lines;
}
