import type { ImageIndex } from '../image-index.ts';
import { decoderProcesses } from '../ingest/decode/decoder-processes.ts';
import type { FailedPicture } from '../ingest/queue/failed-pictures.ts';
import { listSources } from '../ingest/stores/source-files.ts';
import { INGEST_SPEC, type IngestOptions, type IngestResult } from '../ingest/work/pipeline.ts';
import { FIELD_TEXT, fieldsOf } from '../knn/field-text.ts';
import { defined } from '../options.ts';
import { lettersPath } from '../source/dead-letters.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import {
  ALLOW_ADDRESS_OPTION,
  LIMIT_OPTIONS,
  type LimitFlags,
  limitsOf,
  THUMBNAILS_OPTION,
  thumbnailsOf,
} from './images-options.ts';
import { type Io, note, print, printJson } from './io.ts';
import { GRAPH_OPTIONS, imageMappingOf, SHARD_OPTIONS } from './mapping-options.ts';
import { durationFor, fieldFor, JSON_OPTION, numberFor, QUIET_OPTION } from './options.ts';
import { progressView } from './progress.ts';

interface Flags extends LimitFlags {
  thumbnails?: string;
  concurrency: number;
  country?: string;
  field?: [string, string[]][];
  allowAddress?: string[];
  again?: true;
  strict?: true;
  timeout?: number;
  tries?: number;
  perHost?: number;
  keepQuery?: true;
  deadLetters?: string;
  quiet?: true;
  json?: true;
}

/** Options of commands that take pictures in. */
export const TAKE_OPTIONS: readonly OptionSpec[] = [
  THUMBNAILS_OPTION,
  {
    flags: '--concurrency <n>',
    description: 'pictures worked on at a time',
    parse: numberFor('--concurrency'),
    default: INGEST_SPEC.options.concurrency.default,
  },
  { flags: '--country <code>', description: 'short for --field country=<code>' },
  {
    flags: '--field <name=value>',
    description: `kept with every picture, and to filter by: ${FIELD_TEXT}; may come more than once`,
    parse: fieldFor('--field'),
    repeat: true,
  },
  ALLOW_ADDRESS_OPTION,
  {
    flags: '--keep-query',
    description: 'ids keep the query of a URL, where pictures are told apart by it',
  },
  ...LIMIT_OPTIONS,
  {
    flags: '--timeout <time>',
    description: 'for a whole fetch: 90s, 15m (default: 60s)',
    parse: durationFor('--timeout'),
  },
  {
    flags: '--tries <n>',
    description: 'per picture, at the most (default: 4)',
    parse: numberFor('--tries'),
  },
  {
    flags: '--per-host <n>',
    description: 'concurrent fetches from one host (default: 4)',
    parse: numberFor('--per-host'),
  },
  { flags: '--again', description: 'describe pictures again that have not changed' },
  {
    flags: '--dead-letters <file>',
    description: 'where failed pictures go (default: <data>/dead-letters/<alias>.jsonl)',
  },
  QUIET_OPTION,
  JSON_OPTION,
];

/** `suoyin images add`: takes pictures in, or resumes those that wait. */
export const imagesAddCommand: CommandSpec = {
  name: 'add',
  summary: 'take pictures in; without sources: resume those that wait',
  args: [
    {
      name: '[sources...]',
      description:
        'pictures, folders, URLs; .txt files with one of these a line, .jsonl files with records { source, id, fields }',
    },
  ],
  options: [
    ...ENGINE_OPTIONS,
    ...SHARD_OPTIONS,
    ...GRAPH_OPTIONS,
    ...TAKE_OPTIONS,
    {
      flags: '--strict',
      description: 'files of a folder that are no picture, or of a format that is not read, fail',
    },
  ],
  examples: [
    'suoyin images add photos/ --country TW --thumbnails thumbnails',
    'suoyin images add urls.txt pictures.jsonl.gz --concurrency 32',
    'suoyin images add https://intranet.example/a.jpg --allow-address 10.1.0.0/16',
    'suoyin images add',
  ],
  run({ args, options }, io) {
    const { strict = false } = options as { strict?: true };
    const sources = listSources((args[0] ?? []) as string[], { strict });
    return takeIn(options, io, () => ({ sources, done: () => Promise.resolve() }));
  },
};

/** What is taken in, and what is done when it has been. */
export interface Taken {
  sources: AsyncIterable<unknown>;
  done: (result: IngestResult) => Promise<void>;
}

/**
 * Takes pictures in as `images add` does, and says how it went.
 *
 * @param taken - What, by the path of the dead letters.
 */
export async function takeIn(
  options: Record<string, unknown>,
  io: Io,
  taken: (lettersPath: string) => Taken,
): Promise<number> {
  const { json, quiet, again, keepQuery, ...flags } = options as unknown as Flags;
  const signal = io.onInterrupt();
  const view = progressView(io, { quiet: quiet ?? false });
  const decoder = decoderProcesses();
  const { engine, index, alias, data, close } = await openImages(options, io, {
    readOnly: false,
    images: { decoder, limits: limitsOf(flags) },
  });
  try {
    if (Object.keys(imageMappingOf(options)).length > 0) await tellDifference(index, io);
    const deadLetters = flags.deadLetters ?? lettersPath(data, engine, alias);
    const { sources, done } = taken(deadLetters);
    const result = await index.ingest(sources, {
      ...thumbnailsOf(flags.thumbnails, decoder.thumbnail),
      ...givenFields(flags),
      fetch: {
        allowAddresses: flags.allowAddress ?? [],
        ...defined({ maxBytes: flags.maxBytes, totalMs: flags.timeout }),
      },
      ...defined({ maxAttempts: flags.tries, perHost: flags.perHost }),
      concurrency: flags.concurrency,
      again: again ?? false,
      keepQuery: keepQuery ?? false,
      deadLetters,
      signal,
      onProgress: (progress) => {
        view.show(progress);
      },
    });
    view.stop();
    await done(result);
    if (json) await printJson(io, result);
    else await print(io, summaryOf(result));
    return result.failed > 0 ? EXIT.tooManyFailed : EXIT.done;
  } catch (error) {
    view.stop();
    if (!signal.aborted) throw error;
    note(io, 'suoyin: interrupted; what is not done waits: suoyin images add goes on');
    return EXIT.interrupted;
  } finally {
    await decoder.close();
    await close();
  }
}

/** An index that is there keeps its settings until it is rebuilt. */
async function tellDifference(index: ImageIndex, io: Io): Promise<void> {
  const { live, changes } = await index.plan();
  if (changes.length === 0) return;
  const reasons = changes.map(({ reason }) => reason).join(', ');
  note(
    io,
    `suoyin: ${live} was made otherwise: ${reasons}; suoyin index-rebuild images changes it`,
  );
}

function givenFields({ country, field = [] }: Flags): Pick<IngestOptions, 'fields'> {
  const given = country === undefined ? field : [['country', [country]] as const, ...field];
  return given.length === 0 ? {} : { fields: fieldsOf(given) };
}

/** What went wrong, with the picture that it went wrong with as it was named. */
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
  if (left > 0) lines.push(`${left} wait for another try: suoyin images add goes on`);
  for (const { host, reason } of hostsOff) lines.push(`${host} is switched off: ${reason}`);
  if (failed > 0) {
    lines.push(`failed: ${result.deadLettersFile ?? 'no file was asked for'}`);
    for (const letter of result.deadLetters.slice(0, 3)) lines.push(`  ${failureOf(letter)}`);
  }
  return lines;
}
