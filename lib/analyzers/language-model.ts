import { featuresOf, MAX_FEATURES } from './language-features.ts';
import { WEIGHTS } from './language-weights.ts';

/** Weights of both stages, as the training script writes them. */
export interface LanguageWeights {
  /** Int8 weights of the hashed features, base64. */
  slots: string;
  /** Value of one step of a slot weight. */
  step: number;
  bias: number;
  /** Slope and intercept that turn a score of the first stage into log-odds. */
  calibration: readonly [number, number];
  /** Weights of the second stage: the score of the first, then the signals of the dictionaries in order. */
  signals: readonly number[];
}

/** Log-odds of Japanese against Chinese by a name's characters alone, and with the dictionaries' signals. */
export interface LanguageModel {
  /** Score of the first stage, not calibrated. */
  score: (name: string) => number;
  /** Log-odds of a score. */
  fast: (score: number) => number;
  /** Log-odds of a score with the signals of `dictionarySignals`. */
  full: (score: number, signals: readonly number[]) => number;
}

/** Scores past this are as good as certain; the second stage was trained on scores inside it. */
const MAX_SCORE = 10;

const clamped = (score: number): number => Math.max(-MAX_SCORE, Math.min(MAX_SCORE, score));

/** The model of a set of weights. */
export function languageModel(weights: LanguageWeights): LanguageModel {
  const slots = new Int8Array(Buffer.from(weights.slots, 'base64'));
  const features = new Int32Array(MAX_FEATURES);
  const { step, bias, calibration, signals: second } = weights;
  return {
    score(name) {
      const count = featuresOf(name, features);
      let sum = 0;
      for (let at = 0; at < count; at++) sum += slots[features[at]!]!;
      return clamped(bias + sum * step);
    },
    fast: (score) => calibration[0] * score + calibration[1],
    full(score, signals) {
      let sum = score * second[0]!;
      for (let at = 0; at < signals.length; at++) sum += signals[at]! * second[at + 1]!;
      return sum;
    },
  };
}

let shipped: LanguageModel | undefined;

/** The model of the package's own weights, decoded on first use. */
export function shippedModel(): LanguageModel {
  return (shipped ??= languageModel(WEIGHTS));
}
