import type { MatchState } from './interpretations.ts';

/** How a score came about; the parts but those of `match` add up to `total`. */
export interface ScoreParts {
  /** How well the input meets the name: the sum of `of`. */
  match: number;
  importance: number;
  home: number;
  near: number;
  /** Taken off fine-grained places behind the first `RANKING.crowdAfter` of a list. */
  crowd: number;
  total: number;
  /** What `match` is made of, by the words of `RANKING`; only what counted. */
  of: Readonly<Partial<Record<MatchPart, number>>>;
}

/**
 * What a match is judged by. A text of several parts is worth what its `name` is, and what stands `around` it;
 * `unsure` is taken off where another place begins with the whole text, or has more of it.
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
  unread: number;
  unreadMost: number;
}> = Object.freeze({
  state: Object.freeze({ literal: 1, reading: 0.93, initials: 0.55, homophone: 0.35, edit: 0.2 }),
  /** The input is the whole name. Less for a single character. */
  whole: 0.5,
  /**
   * Of `whole`, the share that a whole reading in pinyin counts whatever the place; the rest is times its importance.
   * One syllable counts nothing: guang is rather
   * the beginning of 廣州 than all of 光.
   */
  wholeReading: 0.4,
  /** Times the share of the name that is typed. */
  share: 0.06,
  /** Times how easily a mistake is made (see `likeness`). */
  alike: 0.35,
  /** The match starts inside the name. */
  inner: -0.3,
  /** The m at the end of the input is ん: rather it begins ま, み, む, め or も. */
  nasal: -0.1,
  /** Uncommitted input or tones don't fit the name. */
  disagrees: -0.35,
  /** A spelling that is another's by its letters, or a reading that is not the place's: below any exact one. */
  habit: -0.45,
  /** u was typed for ü. */
  umlaut: -0.03,
  /** The keyboard is taken to be in the wrong mode. */
  keyboard: -0.3,
  /** The matched name is in the reader's language. */
  language: 0.08,
  colloquial: -0.06,
  /** The whole of an alias in Latin letters of no stated language: Santo is rather Santo Domingo than what has that alias. */
  untagged: -0.35,
  /** A code of a country or airport (BJ, SZ, TPE). */
  code: -0.25,
  /** The same for readers of Chinese, Japanese and Korean, who type initials and readings: bj is 北京. */
  codeTyped: -0.6,
  historic: -0.12,
  /** Times the importance of the place. */
  importance: 0.7,
  home: 0.25,
  /** At the reader's position; falls to half at `nearKm`. */
  near: 0.4,
  nearKm: 30,
  /** A town area or hamlet behind the first `crowdAfter` ones: they are not to fill a list. */
  crowd: -0.3,
  crowdAfter: 2,
  /** Parts that are not whole, where some place begins with the whole text: 北一 is rather 北一条 than 北18条. */
  unsure: -0.6,
  /** For each character that a place leaves unread more than another; at the most `unreadMost`. */
  unread: -0.25,
  unreadMost: -1.5,
});
