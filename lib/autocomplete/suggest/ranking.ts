import type { MatchState } from './interpretations.ts';

/** The parts of a score, which add up to `total`; `of` has the parts of `match`. */
export interface ScoreParts {
  /** How well the input matches the name: the sum of `of`. */
  match: number;
  importance: number;
  home: number;
  near: number;
  /** Penalty of fine-grained places after the first `RANKING.crowdAfter` of a list. */
  crowd: number;
  total: number;
  /** The parts of `match`, with the names of `RANKING`; parts of 0 are absent. */
  of: Readonly<Partial<Record<MatchPart, number>>>;
}

/**
 * The parts of the score of a match. A text of several parts scores its `name` and what is
 * `around` it; `unsure` is a penalty if another place begins with the whole text or covers more of
 * it.
 */
export type MatchPart =
  | 'state'
  | 'alike'
  | 'share'
  | 'whole'
  | 'inner'
  | 'nasal'
  | 'disagrees'
  | 'habit'
  | 'umlaut'
  | 'language'
  | 'colloquial'
  | 'untagged'
  | 'code'
  | 'historic'
  | 'name'
  | 'around'
  | 'keyboard'
  | 'unsure';

/**
 * Weights of the ranking, all on one scale: a whole official name in the reader's language scores
 * about 1.6 before importance (0..0.6), home and nearness are added.
 */
export const RANKING: Readonly<{
  state: Readonly<Record<MatchState, number>>;
  whole: number;
  share: number;
  alike: number;
  inner: number;
  nasal: number;
  disagrees: number;
  habit: number;
  umlaut: number;
  keyboard: number;
  language: number;
  colloquial: number;
  untagged: number;
  code: number;
  codeTyped: number;
  historic: number;
  wholeReading: number;
  importance: number;
  home: number;
  near: number;
  nearKm: number;
  crowd: number;
  crowdAfter: number;
  unsure: number;
  torn: number;
  shallow: number;
  unread: number;
  unreadMost: number;
}> = Object.freeze({
  state: Object.freeze({ literal: 1, reading: 0.93, initials: 0.55, homophone: 0.35, edit: 0.2 }),
  /** Score of a whole name. Less for a single character. */
  whole: 0.5,
  /**
   * Share of `whole` that a whole reading in pinyin always gets; the remainder is multiplied by
   * the importance of the place. A single syllable gets nothing: guang is more likely the beginning
   * of 廣州 than all of 光.
   */
  wholeReading: 0.4,
  /** Factor of the share of the name that was typed. */
  share: 0.06,
  /** Factor of `likeness` for a mistake. */
  alike: 0.35,
  /** For a match that starts inside the name. */
  inner: -0.3,
  /** For an m at the end of the input read as ん: more likely it begins ま, み, む, め or も. */
  nasal: -0.1,
  /** For uncommitted input or tones that don't fit the name. */
  disagrees: -0.35,
  /**
   * For a spelling with the letters of another, or a reading that is not the place's: below any
   * exact match.
   */
  habit: -0.45,
  /** For u typed instead of ü. */
  umlaut: -0.03,
  /** For the assumption that the keyboard was in the wrong mode. */
  keyboard: -0.3,
  /** For a matched name in the reader's language. */
  language: 0.08,
  colloquial: -0.06,
  /**
   * For a whole alias in Latin letters without a language: Santo more likely means Santo Domingo
   * than a place with that alias.
   */
  untagged: -0.35,
  /** For a code of a country or airport (BJ, SZ, TPE). */
  code: -0.25,
  /**
   * The same for readers of Chinese, Japanese and Korean, who type initials and readings: bj means
   * 北京.
   */
  codeTyped: -0.6,
  historic: -0.12,
  /** Factor of the importance of the place. */
  importance: 0.7,
  home: 0.25,
  /** At the reader's position; halves at `nearKm`. */
  near: 0.4,
  nearKm: 30,
  /**
   * For a town area or hamlet after the first `crowdAfter` ones, so that they don't fill the list.
   */
  crowd: -0.3,
  crowdAfter: 2,
  /**
   * For incomplete parts if some place begins with the whole text: 北一 more likely means 北一条 than
   * 北18条.
   */
  unsure: -0.6,
  /** For a name whose kind word belongs to the name of another place: 博多駅前 is not 博多駅. */
  torn: -0.3,
  /** For a place with a rest of which a place within it reads more and fits about as well: 香港 in 香港旺角…. */
  shallow: -0.5,
  /**
   * For each character that a place leaves unread beyond what the best one leaves; at most
   * `unreadMost`.
   */
  unread: -0.25,
  unreadMost: -1.5,
});
