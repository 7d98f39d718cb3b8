import { OptionError } from '../../errors.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';

/** Two pictures that a person has labelled as copies or not. */
export interface LabelledPair {
  /** As `distanceBetween` measures it. */
  distance: number;
  same: boolean;
}

/** A threshold, and what it does on the pairs that it was chosen on and on others. */
export interface ProposedThreshold {
  threshold: number;
  copies: number;
  strangers: number;
  /** Share of the copies within the threshold, 0..1. */
  recall: number;
  /** Pairs of strangers within it. */
  wrong: number;
  /** The nearest pair of strangers. */
  nearestWrong: number;
  /**
   * The same on pairs that the threshold was not chosen on, by five-fold cross-validation.
   */
  unseen: { recall: number; wrong: number };
  /** Recall and wrong pairs at other thresholds: those that let through 0, 1, 3, 10, ... pairs of strangers. */
  others: { threshold: number; recall: number; wrong: number }[];
}

/** Options of `proposeThreshold`. */
export interface ProposeOptions {
  /** Share of the pairs of strangers that may be within the threshold, 0..1. Default 0. */
  maxWrong?: number;
}

/** Options of `proposeThreshold`. */
export const PROPOSE_SPEC: Spec<ProposeOptions> = {
  code: OPTION_INVALID,
  options: {
    maxWrong: {
      type: 'number',
      min: 0,
      max: 1,
      otherwise: '0',
      help: 'share of the pairs of strangers that may be within the threshold',
    },
  },
};

/** Pairs of each kind below which a threshold would be a guess. */
const LEAST = 10;
const FOLDS = 5;

/**
 * Proposes the `threshold` of a model: halfway between the nearest pair of strangers that must stay out and the
 * farthest copy before it.
 *
 * @throws {OptionError} `PAIRS_TOO_FEW` with fewer than 10 pairs of copies or of strangers.
 */
export function proposeThreshold(
  pairs: readonly LabelledPair[],
  options: ProposeOptions = {},
): ProposedThreshold {
  checkOptions(PROPOSE_SPEC, options);
  const { maxWrong = 0 } = options;
  const copies = pairs.filter(({ same }) => same).length;
  const strangers = pairs.length - copies;
  if (Math.min(copies, strangers) < LEAST) {
    const what = `${copies} pairs of copies and ${strangers} of strangers are too few`;
    throw new OptionError('PAIRS_TOO_FEW', what, `Give at least ${LEAST} of each.`);
  }
  const threshold = chosen(pairs, maxWrong);
  const unseen = { found: 0, wrong: 0 };
  for (let fold = 0; fold < FOLDS; fold++) {
    const left = pairs.filter((_, at) => at % FOLDS === fold);
    const limit = chosen(
      pairs.filter((_, at) => at % FOLDS !== fold),
      maxWrong,
    );
    unseen.found += within(left, limit).copies;
    unseen.wrong += within(left, limit).strangers;
  }
  const nearest = distancesOf(pairs, false);
  const steps = [0, 1, 3, 10, 30, 100, 300, 1000].filter((step) => step < nearest.length);
  const tell = (limit: number): { threshold: number; recall: number; wrong: number } => {
    const found = within(pairs, limit);
    return { threshold: limit, recall: found.copies / copies, wrong: found.strangers };
  };
  return {
    ...tell(threshold),
    copies,
    strangers,
    nearestWrong: nearest[0]!,
    unseen: { recall: unseen.found / copies, wrong: unseen.wrong },
    others: steps.map((step) => tell(limitBefore(pairs, step))),
  };
}

function chosen(pairs: readonly LabelledPair[], maxWrong: number): number {
  return limitBefore(pairs, Math.floor(maxWrong * distancesOf(pairs, false).length));
}

/** Halfway between the pair of strangers with this number and the farthest copy before it. */
function limitBefore(pairs: readonly LabelledPair[], wrong: number): number {
  const strangers = distancesOf(pairs, false);
  const copies = distancesOf(pairs, true);
  const out = strangers[wrong];
  if (out === undefined) return copies.at(-1) ?? 0;
  const before = copies.filter((distance) => distance < out).at(-1);
  const near = wrong === 0 ? before : Math.max(before ?? -Infinity, strangers[wrong - 1]!);
  // If all strangers are nearer than any copy, nothing is within the threshold.
  return near === undefined ? out - Math.abs(out) * 1e-6 : (near + out) / 2;
}

function distancesOf(pairs: readonly LabelledPair[], same: boolean): number[] {
  return pairs
    .filter((pair) => pair.same === same)
    .map(({ distance }) => distance)
    .sort((a, b) => a - b);
}

function within(
  pairs: readonly LabelledPair[],
  limit: number,
): { copies: number; strangers: number } {
  const near = pairs.filter(({ distance }) => distance <= limit);
  const copies = near.filter(({ same }) => same).length;
  return { copies, strangers: near.length - copies };
}
