import { OptionError, RecordError, SearchError } from '../errors.ts';
import type { ImageIndex } from '../image-index.ts';
import { FIELD_TEXT, fieldsOf } from '../knn/field-text.ts';
import type { SimilarImage, SimilarOptions } from '../knn/similar/similar.ts';
import { defined } from '../options.ts';
import { readTextLines } from '../source/json-lines.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import {
  ALLOW_ADDRESS_OPTION,
  LIMIT_OPTIONS,
  type LimitFlags,
  limitsOf,
} from './images-options.ts';
import { type Io, note, print, printJson } from './io.ts';
import { JSON_OPTION, fieldFor, numberFor } from './options.ts';

interface Flags extends LimitFlags {
  limit?: number;
  maxDistance?: number;
  filter?: [string, string[]][];
  exact?: true;
  turned?: true;
  allowAddress?: string[];
  queries?: string;
  json?: true;
}

/** `suoyin similar`: pictures like one, or like each of a file of them. */
export const similarCommand: CommandSpec = {
  name: 'similar',
  summary: 'find copies of a picture, edited ones too, and the pictures most like it',
  args: [{ name: '[picture]', description: 'path or URL; left out with --queries' }],
  options: [
    {
      flags: '--limit <n>',
      description: 'pictures at the most (default: 10)',
      parse: numberFor('--limit'),
    },
    {
      flags: '--max-distance <d>',
      description: 'only vectors as near: up to 0.1 a copy, over 0.8 none (default: any)',
      parse: numberFor('--max-distance'),
    },
    {
      flags: '--filter <name=value>',
      description: `only pictures with this field: ${FIELD_TEXT}; may come more than once`,
      repeat: true,
      parse: fieldFor('--filter'),
    },
    { flags: '--exact', description: 'compare every vector, without a graph' },
    {
      flags: '--turned',
      description:
        'turned and inverted copies and parts too, even where a plain copy is told; takes four times as long',
    },
    ...LIMIT_OPTIONS,
    ALLOW_ADDRESS_OPTION,
    {
      flags: '--queries <file>',
      description: 'a path or URL a line; a JSON array a line comes out',
    },
    ...ENGINE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    'suoyin similar photo.jpg',
    'suoyin similar https://example.com/photo.jpg --filter country=JP --json',
    'suoyin similar --queries photos.txt > similar.jsonl',
  ],
  async run({ args, options }, io) {
    const flags = options as unknown as Flags;
    const [picture] = args as [string | undefined];
    if ((picture === undefined) === (flags.queries === undefined)) {
      const what =
        picture === undefined ? 'No picture was given' : 'A picture and --queries were given';
      throw new OptionError('QUERY_MISSING', what, 'Give one of the two: suoyin similar photo.jpg');
    }
    const { allowAddress: allowAddresses, maxBytes } = flags;
    const images = { limits: limitsOf(flags), fetch: defined({ allowAddresses, maxBytes }) };
    const { index, close } = await openImages(options, io, { readOnly: true, images });
    try {
      if (flags.queries !== undefined) return await answerFile(index, flags.queries, flags, io);
      const found = await index.similar(picture!, similarOptions(flags));
      if (flags.json) await printJson(io, found);
      else await print(io, found.length === 0 ? 'nothing like it' : found.map(lineOf));
      return EXIT.done;
    } finally {
      await close();
    }
  },
};

/** A picture as one line: rule, distance, bits, id; nothing in place of a distance that there is none of. */
export function lineOf({ rule, distance, bits, id }: SimilarImage): string {
  const far = distance === null ? '' : distance.toFixed(3);
  const differing = bits === null ? '' : `${bits} bits`;
  return `${rule.padEnd(11)}  ${far.padStart(5)}  ${differing.padStart(8)}  ${id}`;
}

function similarOptions({ limit, maxDistance, filter, exact, turned }: Flags): SimilarOptions {
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(maxDistance === undefined ? {} : { maxDistance }),
    ...(filter ? { filter: fieldsOf(filter) } : {}),
    ...(exact ? { exact } : {}),
    ...(turned ? { turned } : {}),
  };
}

/** One array for every line, empty for a picture that can't be had, so that the two files stay in step. */
async function answerFile(index: ImageIndex, path: string, flags: Flags, io: Io): Promise<number> {
  let bad = 0;
  for await (const { line, text } of readTextLines(path)) {
    if (text.trim() === '') continue;
    try {
      await printJson(io, await index.similar(text.trim(), similarOptions(flags)));
    } catch (fault) {
      if (!(fault instanceof SearchError) || !isOfPicture(fault)) throw fault;
      bad += 1;
      note(io, `suoyin: ${path} line ${line}: ${fault.message} [${fault.code}]`);
      await printJson(io, []);
    }
  }
  return bad > 0 ? EXIT.failed : EXIT.done;
}

/** Whether a picture is at fault, and not the index or an option. */
function isOfPicture(fault: SearchError): boolean {
  return ['FetchError', 'ImageError'].includes(fault.name) || fault instanceof RecordError;
}
