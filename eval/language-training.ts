// Trains the model of lib/analyzers/language-model.ts: logistic regression in two stages, with the
// same result on every run.
import { MAX_FEATURES, SLOTS, featuresOf } from '../lib/analyzers/language-features.ts';
import { type LanguageWeights, languageModel } from '../lib/analyzers/language-model.ts';
import { solve } from './linear-equations.ts';

/** A name with its label and the inputs of both stages. */
export interface Example {
  name: string;
  isJapanese: boolean;
  sources: readonly string[];
  signals: readonly number[];
}

/** Training input of the first stage. */
interface Weighted {
  slots: Int32Array;
  isJapanese: boolean;
  weight: number;
}

/** Weights of the first stage before they are rounded. */
export interface FirstStage {
  slots: Float64Array;
  bias: number;
}

const buffer = new Int32Array(MAX_FEATURES);
const slotsOf = (name: string): Int32Array => buffer.slice(0, featuresOf(name, buffer));
const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));

/**
 * Step sizes, passes and regularisation towards the start were chosen by cross-validation with
 * sources left out.
 */
const PRETRAINING = { passes: 3, rate: 0.1, pull: 1e-4 };
const TRAINING = { passes: 8, rate: 0.07, pull: 1e-2 };
/**
 * Weights learnt from the dictionaries are scaled up a little, since they generalise to new kinds
 * of names.
 */
const START_SCALE = 1.2;
const RIDGE = 3;
const FOLDS = 4;

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
  examples: readonly Weighted[],
  { passes, rate, pull }: typeof TRAINING,
  start: FirstStage,
): FirstStage {
  const slots = start.slots.slice();
  const gradients = new Float64Array(SLOTS).fill(1e-2);
  let { bias } = start;
  const order = Uint32Array.from(examples.keys());
  for (let pass = 0; pass < passes; pass++) {
    shuffle(order, pass + 1);
    for (const at of order) {
      const example = examples[at]!;
      let score = bias;
      for (const slot of example.slots) score += slots[slot]!;
      const error = (sigmoid(score) - Number(example.isJapanese)) * example.weight;
      bias -= 0.01 * error;
      for (const slot of example.slots) {
        gradients[slot]! += error * error;
        const back = pull * (slots[slot]! - start.slots[slot]!);
        slots[slot]! -= (rate * (error + back)) / Math.sqrt(gradients[slot]!);
      }
    }
  }
  return { slots, bias };
}

/** Trains the first stage on the nouns of the dictionaries alone. */
export function pretrain(
  names: readonly { name: string; language: 'zh' | 'ja'; weight: number }[],
): FirstStage {
  const examples = names.map(({ name, language, weight }) => ({
    slots: slotsOf(name),
    isJapanese: language === 'ja',
    weight,
  }));
  const start = { slots: new Float64Array(SLOTS), bias: 0 };
  const { slots, bias } = descend(examples, PRETRAINING, start);
  return { slots: slots.map((weight) => weight * START_SCALE), bias: bias * START_SCALE };
}

/**
 * Weights that give both languages equal importance, since their shares in a user's names are
 * unknown.
 */
function balance(examples: readonly Example[]): { zh: number; ja: number } {
  const ja = examples.filter(({ isJapanese }) => isJapanese).length;
  const half = examples.length / 2;
  return { zh: half / Math.max(1, examples.length - ja), ja: half / Math.max(1, ja) };
}

/** Trains the first stage, in the form that the package ships; the second stage is empty. */
export function trainFirst(examples: readonly Example[], start: FirstStage): LanguageWeights {
  const weights = balance(examples);
  const { slots, bias } = descend(
    examples.map(({ name, isJapanese }) => ({
      slots: slotsOf(name),
      isJapanese,
      weight: isJapanese ? weights.ja : weights.zh,
    })),
    TRAINING,
    start,
  );
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
    calibration: [1, 0],
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

/**
 * Trains both stages. The second is trained on scores of first stages that had not seen the name,
 * since those of the final one would be too good.
 */
export function train(examples: readonly Example[], start: FirstStage): LanguageWeights {
  const scores = new Float64Array(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const { score } = languageModel(
      trainFirst(
        examples.filter((_, index) => index % FOLDS !== fold),
        start,
      ),
    );
    examples.forEach(({ name }, index) => {
      if (index % FOLDS === fold) scores[index] = score(name);
    });
  }
  const { zh, ja } = balance(examples);
  const labels = examples.map(({ isJapanese }) => isJapanese);
  const weights = labels.map((isJapanese) => (isJapanese ? ja : zh));
  const [intercept = 0, slope = 1] = logistic(
    Array.from(scores, (score) => [1, score]),
    labels,
    weights,
  );
  const signals = logistic(
    examples.map((example, index) => [scores[index]!, ...example.signals]),
    labels,
    weights,
  );
  return { ...trainFirst(examples, start), calibration: [slope, intercept], signals };
}
