import { fitsReader } from '../display/names.ts';
import { COVER_VALUES } from '../reading/cover-values.ts';
import type { IndexedDescription } from '../record/descriptions.ts';
import type { ReadText } from '../reading/read-text.ts';
import type { TextHit, TextSource } from '../searches.ts';
import { whereaboutsOf } from '../suggest/candidates.ts';
import { RANKING } from '../suggest/ranking.ts';
import { coverMatch, isCertain } from './cover.ts';
import { coverageMost, isBetter, matchText, type TextMatch } from './match.ts';
import type { TextQuery } from './query.ts';
import { isOtherNumber, unreadCount, unreadUnits, wholeWords } from './unread.ts';

/** The parts of the score of a text search, which add up to `total`. */
export interface TextScore {
  /** For the share of the text that the place accounts for. */
  coverage: number;
  /** For a whole name in the text. */
  whole: number;
  /** For the share of the name in the text. */
  share: number;
  /** For a matched name in the reader's language. */
  language: number;
  importance: number;
  home: number;
  near: number;
  /** Penalty of fine-grained places. */
  fine: number;
  /**
   * For what is around the name in a text that is read in parts: containers, kind words, a rest.
   */
  around: number;
  /** Penalty for leaving more of the text unread than another place. */
  unread: number;
  /** For the share of the text that only descriptions have; see `DESCRIPTION_RANKING`. */
  description: number;
  total: number;
}

/** A place with its match and score. */
export interface TextCandidate {
  source: TextSource;
  match: TextMatch;
  /** Kilometres from `near`, if both are known. */
  distanceKm?: number;
  score: TextScore;
  /** The matching description. */
  described?: IndexedDescription;
}

/** Score of a whole name in `coverOf`. */
const WHOLE_NAME = RANKING.state.literal + RANKING.share + RANKING.whole;

/** Weights of text search: first for the share of the text, then for choosing among namesakes. */
export const TEXT_RANKING: Readonly<{
  least: number;
  enough: number;
  coverage: number;
  whole: number;
  share: number;
  language: number;
  importance: number;
  home: number;
  near: number;
  nearKm: number;
  fine: number;
  unread: number;
  unreadMost: number;
}> = Object.freeze({
  /** Least share of the text that a hit must have. */
  least: 0.5,
  /**
   * Share of the text from which no mistake is assumed; it is below 1 because pieces that cut
   * through words count less.
   */
  enough: 0.8,
  /** Factor of the share of the text. */
  coverage: 3,
  whole: 0.4,
  /** Factor of the share of the name. */
  share: 0.5,
  language: 0.05,
  /** Factor of the importance of the place. */
  importance: 0.5,
  home: 0.15,
  /** At the reader's position; halves at `nearKm`. */
  near: 0.4,
  nearKm: 30,
  /** A town area or hamlet. */
  fine: -0.1,
  /**
   * For each character that a place read in parts leaves unread beyond what the best one leaves;
   * at most `unreadMost`.
   */
  unread: -0.25,
  unreadMost: -1.5,
});

/** A place that a text means, and how it matches. */
export type MeantText = readonly [source: TextSource, match: TextMatch];

/**
 * Judges every fetched document by its stored names, so that all engines rank alike.
 *
 * @param mistakes - Whether a name may have one wrong character; only for the last search of a
 *   query.
 * @param read - The text read in parts. Containers named in it filter: if some place is in them,
 *   places with only pieces of the text are dropped.
 * @returns In any order; each place once.
 */
export function textsMeant(
  query: TextQuery,
  hits: readonly TextHit[],
  mistakes: boolean,
  read?: ReadText,
): MeantText[] {
  const parts = read && !hits.some(({ source }) => isNameOf(source, read)) ? read : undefined;
  const met = new Map<string, Met>();
  const seen = new Set<TextSource>();
  for (const { id, source } of hits) {
    if (met.has(id) || seen.size === seen.add(source).size) continue;
    const whole = parts ? coverMatch(query, parts, source) : null;
    const mayDo = whole !== null || coverageMost(query, source) >= TEXT_RANKING.least;
    const found = mayDo ? matchText(query, source, mistakes) : null;
    // Too few pieces of a place that has no whole name count nowhere.
    const isEnough = found && (whole ?? found.coverage >= TEXT_RANKING.least);
    const pieces = isEnough && !isOtherNumber(query, found) ? found : null;
    if (pieces || whole) met.set(id, { source, pieces, whole });
  }
  return matchesOf(query, [...met.values()], parts).filter(
    ([source, match]) =>
      (match.read || match.coverage >= TEXT_RANKING.least) && !isTooFar(query, source),
  );
}

/** Outside the radius that is asked for. */
function isTooFar(query: TextQuery, source: TextSource): boolean {
  return query.radiusKm !== undefined && whereaboutsOf(query, source, TEXT_RANKING) === null;
}

/** @returns Best first, ties by id. */
export function rankTexts(query: TextQuery, meant: readonly MeantText[]): TextCandidate[] {
  const unread = ({ segments }: TextMatch): number => unreadCount(query.key, segments);
  const least = Math.min(...meant.flatMap(([, match]) => (match.read ? [unread(match)] : [])));
  return meant
    .flatMap(([source, match]) => {
      const left = unread(match);
      // Beside places that are read in parts, pieces leave a rest as these do.
      const rest =
        left > 0 && least < Infinity ? COVER_VALUES.rest + COVER_VALUES.restUnit * left : 0;
      const more = match.read ? TEXT_RANKING.unread * (left - least) : 0;
      const candidate = candidateOf(query, source, match, {
        around: match.read ? match.read.value - WHOLE_NAME : rest,
        unread: Math.max(TEXT_RANKING.unreadMost, more),
        description: 0,
      });
      return candidate ?? [];
    })
    .sort((a, b) => b.score.total - a.score.total || (a.source.id < b.source.id ? -1 : 1));
}

/** What is one name of a place is not read in parts. */
function isNameOf({ names }: TextSource, { typed }: ReadText): boolean {
  return names.some(({ kind, key, text }) => kind !== 'misspelling' && (key ?? text) === typed.key);
}

/** A place that has something of a text: in pieces, by a whole name, or both. */
interface Met {
  source: TextSource;
  pieces: TextMatch | null;
  whole: TextMatch | null;
}

/**
 * The better match of each place. Where containers or a kind were named, only whole parts of the text count; and a
 * rest counts only where no place has all of the text.
 */
function matchesOf(
  query: TextQuery,
  met: readonly Met[],
  read: ReadText | undefined,
): [TextSource, TextMatch][] {
  const sure = met.flatMap(({ whole }) => (whole?.read?.sure ? [whole] : []));
  const spans = read ? namedContainers(query, read) : [];
  const named = new Set(spans.flat());
  const leavesNamed = ({ segments }: TextMatch): boolean => {
    if (named.size === 0) return false;
    const open = unreadUnits(query.key, segments);
    // What is known is no mistake for another name.
    const isWrong = (at: number): boolean =>
      segments.some(({ wrong }) => wrong !== undefined && wrong[0] <= at && at < wrong[1]);
    return open.some((at) => named.has(at)) || [...named].some(isWrong);
  };
  const filters = sure.some((match) => !leavesNamed(match));
  const isMeant = (match: TextMatch): boolean => {
    if (!filters || match.read?.inside || !leavesNamed(match)) return true;
    // A name that is all that is left may be elsewhere: people err about where a place is.
    const open = new Set(unreadUnits(query.key, match.segments));
    const isWhole = (span: readonly number[]): boolean =>
      span.every((at) => open.has(at)) || !span.some((at) => open.has(at));
    return (
      match.read !== undefined && [...open].every((at) => named.has(at)) && spans.every(isWhole)
    );
  };
  const best = met.flatMap(({ source, pieces, whole }): [TextSource, TextMatch][] => {
    const loose = pieces && sure.length > 0 ? wholeWords(query, pieces) : pieces;
    const [match, other] = [whole, loose].filter((m) => m !== null && isMeant(m)) as TextMatch[];
    if (!match) return [];
    return [[source, other && isBetter(other, match) ? other : match]];
  });
  if (!best.some(([, match]) => !match.read?.guess && hasAll(query, match))) return best;
  return best.filter(([, match]) => !match.read || hasAll(query, match));
}

/** Nothing of the text is left, but for pieces across words. */
export function hasAll({ key }: TextQuery, { read, coverage, segments }: TextMatch): boolean {
  return read ? unreadCount(key, segments) === 0 : coverage >= TEXT_RANKING.enough;
}

/** Containers that the likeliest reading has for certain: the offsets of each in the key of the query. */
function namedContainers({ key, starts, ends }: TextQuery, read: ReadText): number[][] {
  const { readings, typed } = read;
  const parts = readings[0]?.parts ?? [];
  const named = parts.filter((part) => part.type === 'container' && isCertain(read, part));
  return named.map(({ from, to }) => {
    const [start, end] = [typed.starts[from]!, typed.ends[to - 1]!];
    const isIn = (at: number): boolean => starts[at]! >= start && ends[at]! <= end;
    return Array.from(starts.keys()).filter((at) => isIn(at) && key[at] !== ' ');
  });
}

/** A match with its score; null where it is too far away. */
export function candidateOf(
  query: TextQuery,
  source: TextSource,
  match: TextMatch,
  reading: Pick<TextScore, 'around' | 'unread' | 'description'>,
): TextCandidate | null {
  const whereabouts = whereaboutsOf(query, source, TEXT_RANKING);
  if (whereabouts === null) return null;
  const { home, near, distanceKm } = whereabouts;
  const { language } = query.reader;
  // That a name is whole says little where half of the text is left over.
  const sure = match.coverage ** 2;
  const parts = {
    coverage: TEXT_RANKING.coverage * match.coverage,
    whole: match.share === 1 ? TEXT_RANKING.whole * sure : 0,
    share: TEXT_RANKING.share * match.share * sure,
    language: match.name && fitsReader(match.name, language) ? TEXT_RANKING.language : 0,
    importance: TEXT_RANKING.importance * source.importance,
    home,
    near,
    fine: source.granularity === undefined ? 0 : TEXT_RANKING.fine,
    ...reading,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  const candidate: TextCandidate = { source, match, score: { ...parts, total } };
  if (distanceKm !== undefined) candidate.distanceKm = distanceKm;
  return candidate;
}
