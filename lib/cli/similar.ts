import { OptionError, quoteValue, RecordError, SearchError } from '../errors.ts';
import type { ImageIndex } from '../image-index.ts';
import type { ImageModel, SimilarCallOptions } from '../image-options.ts';
import { numbersOf } from '../ingest/vectors/vector-records.ts';
import { SIMILAR_SPEC, type SimilarImage } from '../knn/similar/similar.ts';
import { readTextLines } from '../source/json-lines.ts';
import { parseJson } from '../source/json-value.ts';
import { readWhole } from '../source/named-files.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { ADDRESSES, DECODING, MAX_BYTES } from './images-options.ts';
import { thresholdNote } from './images-vectors.ts';
import { type Io, note, print, printJson } from './io.ts';
import { SEMANTIC, THRESHOLD_OPTION } from './model-options.ts';
import { notingPartial, PARTIAL } from './partial.ts';
import { JSON_OPTION } from './options.ts';

const SIMILAR = flagsOf(SIMILAR_SPEC, ['limit', 'maxDistance', 'filter', 'exact', 'turned']);

interface Flags {
  id?: string;
  vector?: string;
  queries?: string;
  json?: true;
}

/** `suoyin similar`: finds pictures like one, or like each of a file of them. */
export const similarCommand: CommandSpec = {
  name: 'similar',
  summary: 'find copies of a picture, edited ones too, and the pictures most like it',
  args: [{ name: '[picture]', description: 'path or URL; left out with --queries' }],
  options: [
    ...SIMILAR.options,
    ...PARTIAL.options,
    ...DECODING.options,
    ...MAX_BYTES.options,
    ...ADDRESSES.options,
    { flags: '--id <id>', description: 'like this picture of the index' },
    {
      flags: '--vector <file>',
      description: 'vectors of your own: like the vector in this file, a JSON array of numbers',
    },
    {
      flags: '--queries <file>',
      description:
        'a path or URL a line, or JSON: a vector, or { "id" } of the index; a JSON array a line comes out',
    },
    ...SEMANTIC.options,
    THRESHOLD_OPTION,
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    'suoyin similar photo.jpg',
    'suoyin similar https://example.com/photo.jpg --filter country=JP --json',
    'suoyin similar --queries photos.txt > similar.jsonl',
    'suoyin similar --alias clip --vector query.json',
  ],
  async run({ args, options }, io) {
    const flags = options as unknown as Flags;
    const [picture] = args as [string | undefined];
    const ways = [picture, flags.id, flags.vector, flags.queries];
    const given = ways.filter((one) => one !== undefined).length;
    if (given !== 1) {
      const what =
        given === 0 ? 'No picture was given' : `${given} ways to name a picture were given`;
      const hint = 'Give one: suoyin similar photo.jpg, --id, --vector or --queries.';
      throw new OptionError('QUERY_MISSING', what, hint);
    }
    const fetch = { ...ADDRESSES.read(options), ...MAX_BYTES.read(options) };
    const images = { limits: DECODING.read(options), fetch };
    const asked = { ...SIMILAR.read(options), ...PARTIAL.read(options) };
    const { index, model, close } = await openImages(options, io, { to: 'read', images });
    try {
      if (model?.threshold === null) note(io, `suoyin: ${thresholdNote(model.id)}`);
      if (flags.queries !== undefined) {
        return await answerFile(index, { path: flags.queries, model }, asked, io);
      }
      const query = flags.id !== undefined ? { id: flags.id } : pictureOf(picture, flags, model);
      const found = notingPartial(await index.similar(query, asked), io);
      if (flags.json) await printJson(io, found);
      else await print(io, found.length === 0 ? 'nothing like it' : found.map(lineOf));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

function pictureOf(
  picture: string | undefined,
  { vector }: Flags,
  model: ImageModel | null,
): string | { vector: number[] } {
  if (vector !== undefined) return { vector: vectorIn(readWhole(vector), vector) };
  refuseEmbedding(picture!, model);
  return picture!;
}

/** @throws {OptionError} `MODEL_MISSING`: the command line has no model to make a vector with. */
function refuseEmbedding(picture: string, model: ImageModel | null): void {
  if (model === null) return;
  const what = `The command line can't make the vector of ${quoteValue(picture)} by ${model.id}`;
  throw new OptionError('MODEL_MISSING', what, 'Give --vector or --id.');
}

function vectorIn(text: string, name: string): number[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Reported below.
  }
  const vector = numbersOf(value);
  if (vector) return vector;
  const what = `${quoteValue(name)} holds no vector`;
  throw new OptionError('VECTOR_INVALID', what, 'Give a JSON array of numbers.');
}

/** A picture as one line: rule, distance, bits, id. The distance is empty if there is none. */
export function lineOf({ rule, distance, bits, id }: SimilarImage): string {
  const far = distance === null ? '' : distance.toFixed(3);
  const differing = bits === null ? '' : `${bits} bits`;
  return `${rule.padEnd(11)}  ${far.padStart(5)}  ${differing.padStart(8)}  ${id}`;
}

/** Prints one array per line, empty for a picture that can't be obtained, so that output and input lines match. */
async function answerFile(
  index: ImageIndex,
  { path, model }: { path: string; model: ImageModel | null },
  asked: SimilarCallOptions,
  io: Io,
): Promise<number> {
  let bad = 0;
  for await (const { line, text } of readTextLines(path, { pipe: true })) {
    if (text.trim() === '') continue;
    try {
      const found = await index.similar(queryOf(text.trim(), model), asked);
      await printJson(io, notingPartial(found, io));
    } catch (fault) {
      if (!(fault instanceof SearchError) || !isOfPicture(fault)) throw fault;
      bad += 1;
      note(io, `suoyin: ${path} line ${line}: ${fault.message} [${fault.code}]`);
      await printJson(io, []);
    }
  }
  return bad > 0 ? EXIT.failed : EXIT.done;
}

/** A line of queries: a path, an address, a vector, or the id of an indexed picture as `{ "id": ... }`. */
function queryOf(
  line: string,
  model: ImageModel | null,
): string | { id: string } | { vector: number[] } {
  if (line.startsWith('[')) return { vector: vectorIn(line, line) };
  if (line.startsWith('{')) {
    const { value } = parseJson(Buffer.from(line), { line: 1, column: 1 }) ?? {};
    const { id, vector } = (value ?? {}) as { id?: unknown; vector?: unknown };
    const numbers = numbersOf(vector);
    if (numbers) return { vector: numbers };
    if (typeof id === 'string') return { id };
  }
  refuseEmbedding(line, model);
  return line;
}

/** Whether the picture is at fault, and not the index or an option. */
function isOfPicture(fault: SearchError): boolean {
  const ofQuery = ['VECTOR_INVALID', 'IMAGE_UNKNOWN'].includes(fault.code);
  return (
    ['FetchError', 'ImageError'].includes(fault.name) || fault instanceof RecordError || ofQuery
  );
}
