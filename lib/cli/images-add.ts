import { OptionError, quoteValue } from '../errors.ts';
import type { ImageIndex } from '../image-index.ts';
import { decoderProcesses } from '../ingest/decode/decoder-processes.ts';
import type { FetchSettings } from '../ingest/fetch/fetch.ts';
import { FETCH_LIMITS_SPEC } from '../ingest/fetch/limits.ts';
import type { FailedPicture } from '../ingest/queue/failed-pictures.ts';
import { listSources } from '../ingest/stores/source-files.ts';
import { INGEST_SPEC, type IngestOptions, type IngestResult } from '../ingest/work/pipeline.ts';
import { defined } from '../options.ts';
import { lettersPath } from '../source/dead-letters.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import {
  ADDRESSES,
  DECODING,
  MAX_BYTES,
  STORE_OPTIONS,
  THUMBNAIL_OPTIONS,
  thumbnailsOf,
} from './images-options.ts';
import { type TakenVectors, takeVectors, vectorLines } from './images-vectors.ts';
import { type Io, note } from './io.ts';
import { longRun } from './long-run.ts';
import { GRAPH, imageMappingOf, SHARDS } from './mapping-options.ts';
import { MODEL_OPTIONS, refuseThreshold, SEMANTIC } from './model-options.ts';
import { JSON_OPTION, QUIET_OPTION } from './options.ts';
import { runLine } from './run-line.ts';

const INGEST = flagsOf(
  INGEST_SPEC,
  ['run', 'concurrency', 'keepQuery', 'maxAttempts', 'perHost', 'again', 'deadLetters'],
  { deadLetters: '<data>/dead-letters/<alias>.jsonl' },
);
const FIELDS = flagsOf(INGEST_SPEC, ['fields']);
const TIMEOUT = flagsOf(FETCH_LIMITS_SPEC, ['totalMs']);

/** Options of commands that ingest pictures. */
export const TAKE_OPTIONS: readonly OptionSpec[] = [
  ...STORE_OPTIONS,
  ...THUMBNAIL_OPTIONS,
  { flags: '--country <code>', description: 'short for --field country=<code>' },
  ...FIELDS.options,
  ...ADDRESSES.options,
  ...DECODING.options,
  ...MAX_BYTES.options,
  ...TIMEOUT.options,
  ...INGEST.options,
  ...SEMANTIC.options,
  QUIET_OPTION,
  JSON_OPTION,
];

/** `suoyin images add`: ingests pictures, or resumes those that wait. */
export const imagesAddCommand: CommandSpec = {
  name: 'add',
  summary: 'take pictures in; without sources: resume those that wait',
  args: [
    {
      name: '[sources...]',
      description:
        'pictures, folders, URLs; .txt files with one of these a line, .jsonl files with records { source, id, fields }; or vectors of your own: .jsonl with { id, vector, fields }, .npy, .parquet',
    },
  ],
  options: [
    ...ENGINE_OPTIONS,
    ...SHARDS.options,
    ...GRAPH.options,
    ...TAKE_OPTIONS,
    ...MODEL_OPTIONS,
    {
      flags: '--ids <file>',
      description: 'an id a line for the rows of a .npy (default: <file name>#<row>)',
    },
    {
      flags: '--strict',
      description: 'files of a folder that are no picture, or of a format that is not read, fail',
    },
  ],
  examples: [
    'suoyin images add photos/ --country TW --thumbnails thumbnails --thumbnails s3://bucket/thumbnails',
    'suoyin images add urls.txt pictures.jsonl.gz --concurrency 32',
    'suoyin images add tw.txt --run tw-2026-12 --country TW',
    'suoyin images add https://intranet.example/a.jpg --allow-address 10.1.0.0/16',
    'suoyin images add vectors.npy --ids ids.txt --model-id clip-vit-b32 --dimension 512 --threshold 0.1 --alias photos',
    'suoyin images add',
  ],
  run({ args, options }, io) {
    const { strict = false } = options as { strict?: true };
    const names = (args[0] ?? []) as string[];
    const sources = listSources(names, { strict });
    return takeIn(options, io, () => ({ sources, names, done: () => Promise.resolve() }));
  },
};

/** What to ingest, and what to do afterwards. */
export interface Taken {
  sources: AsyncIterable<unknown>;
  /** Sources as the user named them. */
  names: readonly string[];
  done: (result: IngestResult) => Promise<void>;
}

/**
 * Ingests pictures as `images add` does, and reports the result.
 *
 * @param taken - Returns what to ingest, given the path of the file of dead letters.
 */
export function takeIn(
  options: Readonly<Record<string, unknown>>,
  io: Io,
  taken: (lettersPath: string) => Taken,
): Promise<number> {
  return longRun<IngestResult | TakenVectors>(options, io, {
    async work(signal, onProgress) {
      const decoder = decoderProcesses();
      const limits = DECODING.read(options);
      const images = { decoder, limits };
      const opened = await openImages(options, io, { images });
      const { engine, index, alias, data, model, close } = opened;
      try {
        if (model !== null) await refuseThreshold(engine, alias, options);
        if (Object.keys(imageMappingOf(options)).length > 0) await tellDifference(index, io);
        const settings = INGEST.read(options);
        const deadLetters = settings.deadLetters ?? lettersPath(data, engine, alias);
        const { sources, names, done } = taken(deadLetters);
        if (model !== null) {
          const { ids } = options as { ids?: string };
          const letters = settings.deadLetters ?? lettersPath(data, engine, `${alias}-vectors`);
          const how = { model, names, ids, signal, onProgress, deadLetters: letters };
          return await takeVectors(index, { ...how, ...givenFields(options) });
        }
        refuseVectors(names);
        const result = await index.ingest(sources, {
          ...settings,
          ...thumbnailsOf(options, decoder.thumbnail),
          ...givenFields(options),
          fetch: fetchOf(options),
          deadLetters,
          signal,
          onProgress,
        });
        await done(result);
        return result;
      } finally {
        await decoder.close();
        await close();
      }
    },
    warnings: (result) => ('files' in result ? result.warnings : []),
    summary: (result) => ('files' in result ? vectorLines(result) : summaryOf(result)),
    hasFailed: ({ failed }) => failed > 0,
    interrupted: 'what is not done waits: suoyin images add resumes',
  });
}

function fetchOf(options: Readonly<Record<string, unknown>>): FetchSettings {
  return { ...ADDRESSES.read(options), ...MAX_BYTES.read(options), ...TIMEOUT.read(options) };
}

/** @throws {OptionError} `MODEL_OPTION_INVALID` for a file of vectors, since no flag names their model. */
function refuseVectors(names: readonly string[]): void {
  const vectors = names.find((name) => /\.(?:npy|parquet)$/i.test(name));
  if (vectors === undefined) return;
  const what = `${quoteValue(vectors)} holds vectors of a model of yours, which is not named`;
  const hint = 'Give --model-id, --dimension, --space and --threshold.';
  throw new OptionError('MODEL_OPTION_INVALID', what, hint);
}

/** Reports flags that differ from the index, which keeps its settings until it is rebuilt. */
async function tellDifference(index: ImageIndex, io: Io): Promise<void> {
  const { live, changes } = await index.plan();
  if (changes.length === 0) return;
  const reasons = changes.map(({ reason }) => reason).join(', ');
  note(
    io,
    `suoyin: ${live} was made otherwise: ${reasons}; suoyin index-rebuild images changes it`,
  );
}

function givenFields(options: Readonly<Record<string, unknown>>): Pick<IngestOptions, 'fields'> {
  const { country } = options as { country?: string };
  const { fields } = FIELDS.read(options);
  return country === undefined ? defined({ fields }) : { fields: { country, ...fields } };
}

/** What went wrong, and with which picture, as the user named it. */
function failureOf({ source, id, message, code }: FailedPicture): string {
  const name = id !== null && source.endsWith(id) ? id : source;
  return `${message.includes(source) ? '' : `${name}: `}${message} [${code}]`;
}

function summaryOf(result: IngestResult): string[] {
  const { added, changed, unchanged, failed, left, warnings, hostsOff, seconds } = result;
  const counts = `${added} added, ${changed} changed, ${unchanged} unchanged, ${failed} failed`;
  const lines = [`${counts} in ${seconds.toFixed(1)} s`];
  for (const [code, count] of Object.entries(warnings)) lines.push(`${count} went in as ${code}`);
  const passed = Object.entries(result.passedOver).sort(([, a], [, b]) => b - a);
  if (passed.length > 0) {
    const total = passed.reduce((sum, [, count]) => sum + count, 0);
    const kinds = passed.map(([kind, count]) => `${count} ${kind}`).join(', ');
    lines.push(`${total} files passed over: ${kinds} (--strict makes them failures)`);
  }
  if (result.run) lines.push(runLine(result.run));
  if (left > 0) lines.push(`${left} wait for another try: suoyin images add resumes`);
  for (const { host, reason } of hostsOff) lines.push(`${host} is switched off: ${reason}`);
  if (failed > 0) {
    lines.push(`failed: ${result.deadLettersFile ?? 'no file was asked for'}`);
    for (const letter of result.deadLetters.slice(0, 3)) lines.push(`  ${failureOf(letter)}`);
  }
  return lines;
}
