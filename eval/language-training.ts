// Trains the model of lib/analyzers/language-model.ts: logistic regression in two stages, with the
// same result on every run.
import { MAX_FEATURES, SLOTS, featuresOf } from '../lib/analyzers/language-features.ts';
import {
  LENGTH_CLASSES,
  type LanguageWeights,
  languageModel,
  lengthClass,
} from '../lib/analyzers/language-model.ts';
import { solve } from './linear-equations.ts';

/** A name with its label and the inputs of both stages. */
export interface Example {
  name: string;
  isJapanese: boolean;
  /** Kinds of things, and lists, that have the name. */
  kinds: readonly string[];
  sources: readonly string[];
  /** What the dictionaries say; null for a name of which only the first stage learns. */
  signals: readonly number[] | null;
}

/** Weights of the first stage before they are rounded. */
export interface FirstStage {
  slots: Float64Array;
  bias: number;
}

/** Training input of the first stage: features of all names in one array, from `starts[n]` to `starts[n + 1]`. */
interface Features {
  slots: Int32Array;
  starts: Uint32Array;
  isJapanese: Uint8Array;
  weights: Float64Array;
}

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/**
 * Step sizes, passes, regularisation towards the start and the weight of a kind (its size to the power of `KIND_POWER`)
 * were chosen by leaving kinds out.
 */
const PRETRAINING = { passes: 3, rate: 0.1, pull: 1e-4 };
const TRAINING = { passes: 4, rate: 0.03, pull: 3e-2 };
const KIND_POWER = 0.5;
/**
 * Weights learnt from lists of words are scaled up a little, since they generalise to new kinds of
 * names.
 */
const START_SCALE = 1.2;
const RIDGE = 3;

function featuresOfAll(
  names: readonly { name: string; isJapanese: boolean; weight: number }[],
): Features {
  const buffer = new Int32Array(MAX_FEATURES);
  const starts = new Uint32Array(names.length + 1);
  let slots = new Int32Array(names.length * 16 + MAX_FEATURES);
  names.forEach(({ name }, index) => {
    const start = starts[index]!;
    const count = featuresOf(name, buffer);
    if (start + count > slots.length) {
      const longer = new Int32Array(slots.length * 2);
      longer.set(slots);
      slots = longer;
    }
    slots.set(buffer.subarray(0, count), start);
    starts[index + 1] = start + count;
  });
  return {
    slots,
    starts,
    isJapanese: Uint8Array.from(names, ({ isJapanese }) => Number(isJapanese)),
    weights: balanced(names),
  };
}

/**
 * Weights that give both languages equal importance, since their shares in a user's names are
 * unknown; their mean is 1.
 */
function balanced(rows: readonly { isJapanese: boolean; weight: number }[]): Float64Array {
  const total = { zh: 0, ja: 0 };
  for (const { isJapanese, weight } of rows) total[isJapanese ? 'ja' : 'zh'] += weight;
  return Float64Array.from(
    rows,
    ({ isJapanese, weight }) => (weight * rows.length) / 2 / total[isJapanese ? 'ja' : 'zh'],
  );
}

/** Weights of examples by the number of names of their kind. */
function weighted(examples: readonly Example[]): (Example & { weight: number })[] {
  const kindOf = ({ kinds, isJapanese }: Example): string => `${kinds.join('+')} ${isJapanese}`;
  const counts = new Map<string, number>();
  for (const example of examples) {
    counts.set(kindOf(example), (counts.get(kindOf(example)) ?? 0) + 1);
  }
  return examples.map((example) => ({
    ...example,
    weight: counts.get(kindOf(example))! ** -KIND_POWER,
  }));
}

/** Shuffles the order of a pass deterministically. */
function shuffle(order: Uint32Array, seed: number): void {
  let state = seed >>> 0;
  for (let at = order.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
}

/** AdaGrad from `start`, regularised towards it. */
function descend(
  { slots, starts, isJapanese, weights }: Features,
  { passes, rate, pull }: typeof TRAINING,
  start: FirstStage,
): FirstStage {
  const found = start.slots.slice();
  const gradients = new Float64Array(SLOTS).fill(1e-2);
  let { bias } = start;
  const order = Uint32Array.from(isJapanese.keys());
  for (let pass = 0; pass < passes; pass++) {
    shuffle(order, pass + 1);
    for (const at of order) {
      const end = starts[at + 1]!;
      let score = bias;
      for (let index = starts[at]!; index < end; index++) score += found[slots[index]!]!;
      const error = (sigmoid(score) - isJapanese[at]!) * weights[at]!;
      bias -= 0.01 * error;
      for (let index = starts[at]!; index < end; index++) {
        const slot = slots[index]!;
        gradients[slot]! += error * error;
        const back = pull * (found[slot]! - start.slots[slot]!);
        found[slot]! -= (rate * (error + back)) / Math.sqrt(gradients[slot]!);
      }
    }
  }
  return { slots: found, bias };
}

/** Trains the first stage on lists of words alone. */
export function pretrain(
  names: readonly { name: string; language: 'zh' | 'ja'; weight: number }[],
): FirstStage {
  const features = featuresOfAll(
    names.map(({ name, language, weight }) => ({ name, isJapanese: language === 'ja', weight })),
  );
  const start = { slots: new Float64Array(SLOTS), bias: 0 };
  const { slots, bias } = descend(features, PRETRAINING, start);
  return { slots: slots.map((weight) => weight * START_SCALE), bias: bias * START_SCALE };
}

/** Trains the first stage, in the form that the package ships; the second stage is empty. */
export function trainFirst(examples: readonly Example[], start: FirstStage): LanguageWeights {
  const { slots, bias } = descend(featuresOfAll(weighted(examples)), TRAINING, start);
  // The few largest weights are clipped, so that the many small ones keep their precision.
  const sizes = slots
    .map(Math.abs)
    .filter((size) => size > 0)
    .sort();
  const step = (sizes[Math.floor(sizes.length * 0.9995)] ?? 1) / 127;
  const rounded = Int8Array.from(slots, (weight) =>
    Math.max(-127, Math.min(127, Math.round(weight / step))),
  );
  return {
    slots: Buffer.from(rounded.buffer).toString('base64'),
    step: Number(step.toPrecision(6)),
    bias: Number(bias.toPrecision(6)),
    calibration: Array.from({ length: LENGTH_CLASSES }, () => 1),
    signals: [],
  };
}

/** Ridge logistic regression by Newton's method. */
function logistic(
  inputs: readonly (readonly number[])[],
  labels: readonly boolean[],
  weights: readonly number[],
): number[] {
  const size = inputs[0]!.length;
  let found = new Array<number>(size).fill(0);
  for (let round = 0; round < 8; round++) {
    const gradient = found.map((weight) => RIDGE * weight);
    const curvature = found.map((_, row) => found.map((_, column) => (row === column ? RIDGE : 0)));
    inputs.forEach((input, index) => {
      let score = 0;
      for (let at = 0; at < size; at++) score += found[at]! * input[at]!;
      const share = sigmoid(score);
      const error = (share - Number(labels[index])) * weights[index]!;
      const bend = Math.max(share * (1 - share), 1e-6) * weights[index]!;
      for (let row = 0; row < size; row++) {
        const value = input[row]!;
        if (value === 0) continue;
        gradient[row]! += error * value;
        const line = curvature[row]!;
        for (let column = 0; column < size; column++)
          line[column]! += bend * value * input[column]!;
      }
    });
    const step = solve(curvature, gradient);
    found = found.map((weight, index) => weight - step[index]!);
  }
  return found.map((weight) => Number(weight.toPrecision(6)));
}

/** A name with the score of a first stage that had not seen its group. */
export interface Scored {
  example: Example & { signals: readonly number[] };
  group: string;
  score: number;
}

/** Names of groups with fewer than this are left out together. */
const MIN_GROUP = 50;

/**
 * Scores every name by first stages that had seen no name of its group.
 *
 * @param examples - Names with signals are scored, the others only learnt from.
 * @param groupsOf - Groups of a name: its kinds, its lists, or a part of a cross-validation.
 */
export function scoreHeldOut(
  examples: readonly Example[],
  start: FirstStage,
  groupsOf: (example: Example, index: number) => readonly string[],
): Scored[] {
  const groups = examples.map(groupsOf);
  const sizes = new Map<string, number>();
  for (const group of groups.flat()) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const merged = groups.map((own) => [
    ...new Set(own.map((group) => (sizes.get(group)! < MIN_GROUP ? 'others' : group))),
  ]);
  const titles = new Set(
    examples.flatMap(({ signals }, index) => (signals === null ? [] : merged[index]!)),
  );
  return [...titles].sort().flatMap((group) => {
    const isOut = examples.map((_, index) => merged[index]!.includes(group));
    const { score } = languageModel(
      trainFirst(
        examples.filter((_, index) => !isOut[index]),
        start,
      ),
    );
    return examples.flatMap((example, index): Scored[] =>
      isOut[index] && example.signals !== null
        ? [{ example: example as Scored['example'], group, score: score(example.name) }]
        : [],
    );
  });
}

/** Calibration of the first stage and weights of the second one, from scores of names that were not learnt from. */
export function fitStages(
  scored: readonly Scored[],
): Pick<LanguageWeights, 'calibration' | 'signals'> {
  const labels = scored.map(({ example }) => example.isJapanese);
  const weights = balanced(weighted(scored.map(({ example }) => example)));
  const calibration = Array.from({ length: LENGTH_CLASSES }, (_, size) => {
    const own = [...scored.keys()].filter(
      (index) => lengthClass(scored[index]!.example.name.length) === size,
    );
    if (own.length < MIN_GROUP) return 1;
    const [slope = 1] = logistic(
      own.map((index) => [scored[index]!.score]),
      own.map((index) => labels[index]!),
      own.map((index) => weights[index]!),
    );
    return slope;
  });
  const signals = logistic(
    scored.map(({ score, example }) => [score, ...example.signals]),
    labels,
    Array.from(weights),
  );
  return { calibration, signals };
}

/**
 * Trains both stages. What the score is worth is learnt from names of kinds that the first stage had not seen: on new kinds
 * it is worth less than on those that it knows.
 */
export function train(examples: readonly Example[], start: FirstStage): LanguageWeights {
  const scored = scoreHeldOut(examples, start, ({ kinds }) => kinds);
  return { ...trainFirst(examples, start), ...fitStages(scored) };
}
