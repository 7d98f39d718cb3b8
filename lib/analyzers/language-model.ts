import { featuresOf, MAX_FEATURES } from './language-features.ts';
import { WEIGHTS } from './language-weights.ts';

/** Weights of both stages, as written by the training script. */
export interface LanguageWeights {
  /** Int8 weights of the hashed features, base64. */
  slots: string;
  /** Value of one unit of a slot weight. */
  step: number;
  bias: number;
  /**
   * Log-odds per unit of first-stage score, for names of up to 2, 3, 4, and more characters. An intercept would fit the
   * kinds of the labelled names better, but new kinds worse.
   */
  calibration: readonly number[];
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
  /** Log-odds for a first-stage score and a name length in UTF-16 code units. */
  fast: (score: number, length: number) => number;
  /**
   * Log-odds for a score and the signals of `dictionarySignals`: the mean of both stages, since on new kinds of names
   * they make different mistakes.
   */
  full: (score: number, length: number, signals: readonly number[]) => number;
}

/**
 * Bound of a score: beyond it the language is practically certain, and the second stage was trained
 * within it.
 */
const MAX_SCORE = 10;

const clamped = (score: number): number => Math.max(-MAX_SCORE, Math.min(MAX_SCORE, score));

/** Number of calibrations. */
export const LENGTH_CLASSES = 4;

/** Index of the calibration for names of this many UTF-16 code units. */
export const lengthClass = (length: number): number =>
  Math.max(0, Math.min(LENGTH_CLASSES - 1, length - 2));

/** Makes a model from a set of weights. */
export function languageModel(weights: LanguageWeights): LanguageModel {
  const slots = Int8Array.from(atob(weights.slots), (byte) => byte.charCodeAt(0));
  const features = new Int32Array(MAX_FEATURES);
  const { step, bias, calibration, signals: second } = weights;
  const fast = (score: number, length: number): number => calibration[lengthClass(length)]! * score;
  return {
    score(name) {
      const count = featuresOf(name, features);
      let sum = 0;
      for (let at = 0; at < count; at++) sum += slots[features[at]!]!;
      return clamped(bias + sum * step);
    },
    fast,
    full(score, length, signals) {
      let sum = score * second[0]!;
      for (let at = 0; at < signals.length; at++) sum += signals[at]! * second[at + 1]!;
      return (sum + fast(score, length)) / 2;
    },
  };
}

let shipped: LanguageModel | undefined;

/** The model of the package's own weights, decoded on first use. */
export function shippedModel(): LanguageModel {
  return (shipped ??= languageModel(WEIGHTS));
}
