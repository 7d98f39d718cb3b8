import { PLACE_REBUILD_SPEC, type RebuildResult } from '../rebuild/options.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { DATA, ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { type Io, note } from './io.ts';
import { longRun } from './long-run.ts';
import { SHARDS } from './mapping-options.ts';
import { INDEX_ARGUMENT, JSON_OPTION, PLACES_ARGUMENT, QUIET_OPTION } from './options.ts';
import { IMAGE_REBUILD_OPTIONS, rebuildFromLive } from './rebuild-live.ts';
import { GEOGRAPHY, SOURCE_OPTIONS, sourceOf } from './source-options.ts';
import { lostText, movedText } from './swap-text.ts';

const RUN = flagsOf(
  PLACE_REBUILD_SPEC,
  [
    'boosts',
    'maxFailed',
    'deadLetters',
    'readings',
    'jyutping',
    'allowEmpty',
    'dryRun',
    'full',
    'verify',
    'prepareOnly',
    'keepFreshMs',
  ],
  { deadLetters: '<data>/dead-letters/<generation>.jsonl' },
);

const OPTIONS: readonly OptionSpec[] = [
  ...SOURCE_OPTIONS,
  ...GEOGRAPHY.options,
  ...ENGINE_OPTIONS,
  ...SHARDS.options,
  ...RUN.options,
  QUIET_OPTION,
  JSON_OPTION,
];

/** `suoyin index-rebuild places`: builds a new generation from its source, and swaps it in when complete. */
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

/** `suoyin index-rebuild resume places`: resumes an interrupted rebuild, but begins none. */
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
  const source = sourceOf(options, io);
  return longRun(options, io, {
    async work(signal, onProgress) {
      const { index, close } = await openIndex(options, io);
      try {
        const asked = { ...RUN.read(options), ...GEOGRAPHY.read(options), ...mode };
        return await index.rebuild(source, {
          ...asked,
          signal,
          onProgress,
          onLost: (generation) => {
            note(
              io,
              `suoyin: ${generation} lost a shard with a node; begun anew on the nodes left`,
            );
          },
        });
      } finally {
        await close();
      }
    },
    warnings: ({ warnings }) => warnings,
    summary: (result) => summaryOf(result, DATA.write(DATA.read(options))),
    interrupted: 'the live index is as it was before, the same command resumes',
  });
}

/** @param where - The flags that say where the index is. */
function summaryOf(result: RebuildResult, where: string): string[] {
  const { alias, generation, live, resumed, previous, records, documents, failed } = result;
  const { seconds, parents, lost, aliasesMoved, copied } = result;
  const places =
    copied > 0 ? `${documents} places (${copied} copied, unchanged)` : `${documents} places`;
  const done = `${places} from ${records} records in ${seconds.toFixed(1)} s`;
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
  lines.push(...lostText(lost), ...movedText(aliasesMoved));
  if (live && previous !== null) {
    lines.push(`${previous} is kept: ${`suoyin rollback places ${where}`.trim()}`);
  }
  if (failed > 0) {
    lines.push(`${failed} failed: ${result.deadLettersFile ?? 'no file was asked for'}`);
    for (const letter of result.deadLetters.slice(0, 3)) {
      lines.push(`  ${letter.file} line ${letter.line}: ${letter.message}`);
    }
  }
  return lines;
}
