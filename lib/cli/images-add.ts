import type { ImageIndex } from '../image-index.ts';
import { decoderProcesses } from '../ingest/decode/decoder-processes.ts';
import type { FailedPicture } from '../ingest/queue/failed-pictures.ts';
import { listSources } from '../ingest/stores/source-files.ts';
import { INGEST_SPEC, type IngestOptions, type IngestResult } from '../ingest/work/pipeline.ts';
import { FIELD_TEXT, fieldsOf } from '../knn/field-text.ts';
import { lettersPath } from '../source/dead-letters.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { ALLOW_ADDRESS_OPTION, THUMBNAILS_OPTION, thumbnailsOf } from './images-options.ts';
import { type Io, note, print, printJson } from './io.ts';
import { GRAPH_OPTIONS, imageMappingOf, SHARD_OPTIONS } from './mapping-options.ts';
import { fieldFor, JSON_OPTION, numberFor, QUIET_OPTION } from './options.ts';
import { progressView } from './progress.ts';

interface Flags {
  thumbnails?: string;
  concurrency: number;
  country?: string;
  field?: [string, string[]][];
  allowAddress?: string[];
  again?: true;
  keepQuery?: true;
  deadLetters?: string;
  quiet?: true;
  json?: true;
}

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
    { flags: '--again', description: 'describe pictures again that have not changed' },
    {
      flags: '--dead-letters <file>',
      description: 'where failed pictures go (default: <data>/dead-letters/<alias>.jsonl)',
    },
    QUIET_OPTION,
    JSON_OPTION,
  ],
  examples: [
    'suoyin images add photos/ --country TW --thumbnails thumbnails',
    'suoyin images add urls.txt pictures.jsonl.gz --concurrency 32',
    'suoyin images add https://intranet.example/a.jpg --allow-address 10.1.0.0/16',
    'suoyin images add',
  ],
  async run({ args, options }, io) {
    const { json, quiet, again, keepQuery, ...flags } = options as unknown as Flags;
    const signal = io.onInterrupt();
    const view = progressView(io, { quiet: quiet ?? false });
    const decoder = decoderProcesses();
    const { engine, index, alias, data, close } = await openImages(options, io, {
      readOnly: false,
      images: { decoder },
    });
    try {
      if (Object.keys(imageMappingOf(options)).length > 0) await tellDifference(index, io);
      const result = await index.ingest(listSources((args[0] ?? []) as string[]), {
        ...thumbnailsOf(flags.thumbnails, decoder.thumbnail),
        ...givenFields(flags),
        fetch: { allowAddresses: flags.allowAddress ?? [] },
        concurrency: flags.concurrency,
        again: again ?? false,
        keepQuery: keepQuery ?? false,
        deadLetters: flags.deadLetters ?? lettersPath(data, engine, alias),
        signal,
        onProgress: (progress) => {
          view.show(progress);
        },
      });
      view.stop();
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
  },
};

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
  if (left > 0) lines.push(`${left} wait for another try: suoyin images add goes on`);
  for (const { host, reason } of hostsOff) lines.push(`${host} is switched off: ${reason}`);
  if (failed > 0) {
    lines.push(`failed: ${result.deadLettersFile ?? 'no file was asked for'}`);
    for (const letter of result.deadLetters.slice(0, 3)) lines.push(`  ${failureOf(letter)}`);
  }
  return lines;
}
