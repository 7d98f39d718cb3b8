import { OptionError, quoteValue, RecordError } from '../errors.ts';
import type { ImageIndex } from '../image-index.ts';
import { numbersOf } from '../ingest/vectors/vector-records.ts';
import {
  type LabelledPair,
  type ProposedThreshold,
  proposeThreshold,
} from '../knn/similar/propose-threshold.ts';
import { DEFAULT_SPACE, distanceBetween, type SpaceType, vectorFault } from '../knn/space.ts';
import { readJsonLines } from '../source/json-lines.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openImages } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { print, printJson } from './io.ts';
import { JSON_OPTION, numberFor } from './options.ts';

interface Flags {
  space?: SpaceType;
  maxWrong?: number;
  json?: true;
}

/** `suoyin images threshold`: proposes the threshold of a model from labelled pairs. */
export const imagesThresholdCommand: CommandSpec = {
  name: 'threshold',
  summary:
    'propose the threshold of a model of your own from pairs that are known to be copies or not',
  args: [
    {
      name: '<pairs>',
      description:
        'JSON lines { "a", "b", "same": true or false }, at least 10 of each, where a and b are vectors, or ids of the index',
    },
  ],
  options: [
    ...ENGINE_OPTIONS,
    {
      flags: '--space <name>',
      description: 'how vectors are compared (default: as the index does, else cosinesimil)',
      choices: ['cosinesimil', 'l2', 'innerproduct', 'hamming'],
    },
    {
      flags: '--max-wrong <share>',
      description: 'share of the pairs of strangers that may count as copies (default: 0)',
      parse: numberFor('--max-wrong'),
    },
    JSON_OPTION,
  ],
  examples: ['suoyin images threshold pairs.jsonl --alias clip'],
  async run({ args, options }, io) {
    const { space, maxWrong, json } = options as Flags;
    const path = args[0] as string;
    const { space: _, ...flags } = options;
    // Pairs that are vectors themselves need no index.
    const opened = (await namesIds(path)) ? await openImages(flags, io, { to: 'read' }) : null;
    try {
      const pairs = await pairsOf(path, space ?? null, opened?.index ?? null);
      const proposed = proposeThreshold(pairs, maxWrong === undefined ? {} : { maxWrong });
      if (json) await printJson(io, proposed);
      else await print(io, thresholdLines(proposed));
      return EXIT.done;
    } finally {
      await opened?.close();
    }
  },
};

async function namesIds(path: string): Promise<boolean> {
  for await (const { value } of readJsonLines(path)) {
    const { a, b } = (value ?? {}) as { a?: unknown; b?: unknown };
    if (typeof a === 'string' || typeof b === 'string') return true;
  }
  return false;
}

/**
 * Reads labelled pairs and measures the distance of each.
 *
 * @param spaceType - Null: that of the index, or the cosine without an index.
 * @param index - Where ids are looked up; null if no pair has ids.
 * @throws {RecordError} `PAIR_INVALID`, with the line.
 */
export async function pairsOf(
  path: string,
  spaceType: SpaceType | null,
  index: ImageIndex | null,
): Promise<LabelledPair[]> {
  const pairs: LabelledPair[] = [];
  for await (const { line, value, error } of readJsonLines(path)) {
    if (error) throw error;
    const { a, b, same } = (value ?? {}) as Record<string, unknown>;
    const [left, right] = await Promise.all([a, b].map((one) => vectorOf(one, index)));
    if (!left || !right || typeof same !== 'boolean') {
      throw invalid(line, value, 'has no two vectors and no "same"');
    }
    const type = spaceType ?? index?.space.spaceType ?? DEFAULT_SPACE.spaceType;
    const bits = type === 'hamming' ? 8 : 1;
    const space = {
      dimension: left.length * bits,
      spaceType: type,
      dataType: type === 'hamming' ? ('binary' as const) : ('float' as const),
    };
    const fault = vectorFault(space, left) ?? vectorFault(space, right);
    if (fault !== null) throw invalid(line, value, `has a vector that ${fault}`);
    pairs.push({ distance: distanceBetween(space, left, right), same });
  }
  return pairs;
}

async function vectorOf(given: unknown, index: ImageIndex | null): Promise<number[] | null> {
  if (typeof given !== 'string') return numbersOf(given);
  const document = await index?.get(given);
  if (document?.vector) return document.vector;
  const what = `There is no vector of ${quoteValue(given)} in the index`;
  throw new OptionError('IMAGE_UNKNOWN', what, 'Add it first: suoyin images add vectors.jsonl.');
}

function invalid(line: number, value: unknown, what: string): RecordError {
  const hint = 'Give { "a": [...], "b": [...], "same": true } a line.';
  return new RecordError('PAIR_INVALID', `Line ${line} ${what}`, hint, { field: null, value });
}

/** A proposal as lines of text. */
export function thresholdLines(proposed: ProposedThreshold): string[] {
  const { threshold, copies, strangers, recall, wrong, nearestWrong, unseen, others } = proposed;
  return [
    `threshold ${number(threshold)}: ${share(recall)} of ${copies} copies, ${wrong} of ${strangers} strangers; the nearest of these ${number(nearestWrong)}`,
    `on pairs that it was not chosen on: ${share(unseen.recall)}, ${unseen.wrong} wrong`,
    ...others.map((one) => `  ${number(one.threshold)}: ${share(one.recall)}, ${one.wrong} wrong`),
  ];
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
