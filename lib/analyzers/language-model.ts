import { featuresOf, MAX_FEATURES } from './language-features.ts';
import { WEIGHTS } from './language-weights.ts';

/** Weights of both stages, as written by the training script. */
export interface LanguageWeights {
  /** Int8 weights of the hashed features, base64. */
  slots: string;
  /** Value of one unit of a slot weight. */
  step: number;
  bias: number;
  /** Slope and intercept that convert a score of the first stage to log-odds. */
  calibration: readonly [number, number];
  /**
   * Weights of the second stage: for the score of the first stage, then for the signals of the
   * dictionaries in order.
   */
  signals: readonly number[];
}

/**
 * Computes the log-odds of Japanese against Chinese, from a name's characters alone or with the
 * signals of the dictionaries.
 */
export interface LanguageModel {
  /** Score of the first stage, uncalibrated, -10..10. */
  score: (name: string) => number;
  /** Log-odds for a score of the first stage. */
  fast: (score: number) => number;
  /** Log-odds for a score together with the signals of `dictionarySignals`. */
  full: (score: number, signals: readonly number[]) => number;
}

/**
 * Scores are limited to this: beyond it they are practically certain, and the second stage was
 * trained within it.
 */
const MAX_SCORE = 10;

const clamped = (score: number): number => Math.max(-MAX_SCORE, Math.min(MAX_SCORE, score));

/** Makes a model from a set of weights. */
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
