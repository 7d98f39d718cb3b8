import { fitsReader } from '../display/names.ts';
import type { PlaceSource } from '../record/document.ts';
import type { PlaceHit } from '../searches.ts';
import type { Interpretation, MatchState } from './interpretations.ts';
import { matchNames, type NameMatch } from './match.ts';
import type { PlaceQuery } from './query.ts';

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

/** What a match is judged by. */
export type MatchPart =
  | 'state'
  | 'alike'
  | 'share'
  | 'whole'
  | 'inner'
  | 'qualified'
  | 'partial'
  | 'stripped'
  | 'nasal'
  | 'disagrees'
  | 'language'
  | 'colloquial'
  | 'historic';

/** A place that the input may mean, scored. */
export interface Candidate {
  source: PlaceSource;
  /** Every way in which the input met a name of the place, best first; at least one. */
  matches: readonly NameMatch[];
  /** Kilometres from `near`, where both are known. */
  distanceKm?: number;
  parts: ScoreParts;
}

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
  qualified: number;
  partial: number;
  stripped: number;
  nasal: number;
  disagrees: number;
  language: number;
  colloquial: number;
  historic: number;
  importance: number;
  home: number;
  near: number;
  nearKm: number;
  crowd: number;
  crowdAfter: number;
}> = Object.freeze({
  state: Object.freeze({ literal: 1, reading: 0.93, initials: 0.55, homophone: 0.35, edit: 0.2 }),
  /** The input is the whole name. Less for a single character. */
  whole: 0.5,
  /** Times the share of the name that is typed. */
  share: 0.1,
  /** Times how easily a mistake is made (see `likeness`). */
  alike: 0.35,
  /** The match starts inside the name. */
  inner: -0.3,
  /** Parent and child were typed together. */
  qualified: -0.05,
  /** The parent only in part. */
  partial: -0.5,
  /** The input had a suffix that the name lacks; nothing where it said what kind of place is meant. */
  stripped: -0.1,
  /** The m at the end of the input is ん: rather it begins ま, み, む, め or も. */
  nasal: -0.1,
  /** Uncommitted input or tones don't fit the name. */
  disagrees: -0.35,
  /** The matched name is in the reader's language. */
  language: 0.08,
  colloquial: -0.06,
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
});

/**
 * Groups hits by place, finds the best match of each, and ranks: best first, ties by id.
 *
 * @param passes - How many passes of the query the hits answer; the others don't count as matches.
 */
export function rankCandidates(
  query: PlaceQuery,
  hits: readonly PlaceHit[],
  passes: number = query.passes.length,
): Candidate[] {
  const interpretations = query.passes.slice(0, passes).flat();
  const byId = new Map<string, Candidate>();
  for (const { id, source } of hits) {
    if (byId.has(id)) continue;
    const candidate = candidateOf(query, source, interpretations);
    if (candidate) byId.set(id, candidate);
  }
  const ranked = [...byId.values()].sort(byScore);
  ranked
    .filter(({ source }) => source.granularity !== undefined)
    .slice(RANKING.crowdAfter)
    .forEach(({ parts }) => {
      parts.crowd = RANKING.crowd;
      parts.total += RANKING.crowd;
    });
  return ranked.sort(byScore);
}

function byScore(a: Candidate, b: Candidate): number {
  return b.parts.total - a.parts.total || (a.source.id < b.source.id ? -1 : 1);
}

function candidateOf(
  query: PlaceQuery,
  source: PlaceSource,
  interpretations: readonly Interpretation[],
): Candidate | null {
  const scored = interpretations
    .flatMap((interpretation) => matchNames(source, interpretation))
    .map((match) => ({ match, ...matchScore(query, match) }))
    .sort((a, b) => b.score - a.score);
  if (scored.length === 0) return null;
  const whereabouts = whereaboutsOf(query, source, RANKING);
  if (whereabouts === null) return null;
  const { home, near, distanceKm } = whereabouts;
  const { score, of } = scored[0]!;
  const importance = RANKING.importance * source.importance;
  const total = score + importance + home + near;
  const candidate: Candidate = {
    source,
    matches: scored.map((s) => s.match),
    parts: { match: score, importance, home, near, crowd: 0, total, of },
  };
  if (distanceKm !== undefined) candidate.distanceKm = distanceKm;
  return candidate;
}

/** What where a place lies adds to its score, and how far that is. */
export interface Whereabouts {
  home: number;
  near: number;
  /** Kilometres from `near`, to a tenth; where both are known. */
  distanceKm?: number;
}

/**
 * What a place scores for lying at the reader's home and near; null where it is out of the radius.
 *
 * @param weights - near: at the reader's position; falls to half at `nearKm`.
 */
export function whereaboutsOf(
  query: Pick<PlaceQuery, 'reader' | 'near' | 'radiusKm'>,
  { country, location }: PlaceSource,
  weights: { home: number; near: number; nearKm: number },
): Whereabouts | null {
  const km = distance(query.near, location);
  if (query.radiusKm !== undefined && !(km !== null && km <= query.radiusKm)) return null;
  const home = query.reader.home.includes(country ?? '') ? weights.home : 0;
  if (km === null) return { home, near: 0 };
  const near = weights.near / (1 + km / weights.nearKm);
  return { home, near, distanceKm: Math.round(km * 10) / 10 };
}

function matchScore(query: PlaceQuery, match: NameMatch): { score: number; of: ScoreParts['of'] } {
  const { interpretation, name, alike } = match;
  const of: Partial<Record<MatchPart, number>> = {
    state: RANKING.state[interpretation.state],
    share: RANKING.share * match.share,
  };
  if (alike !== undefined) of.alike = RANKING.alike * alike;
  if (match.whole) of.whole = RANKING.whole * wholeWeight(interpretation.value);
  if (match.offset > 0) of.inner = RANKING.inner;
  if (interpretation.within !== undefined) of.qualified = RANKING.qualified;
  if (interpretation.partial) of.partial = RANKING.partial;
  if (interpretation.stripped && !interpretation.kinds) of.stripped = RANKING.stripped;
  if (interpretation.nasal) of.nasal = RANKING.nasal;
  if (!match.agrees) of.disagrees = RANKING.disagrees;
  if (fitsReader(name, query.reader.language)) of.language = RANKING.language;
  if (name.kind === 'colloquial') of.colloquial = RANKING.colloquial;
  if (name.kind === 'historic' || name.kind === 'misspelling') of.historic = RANKING.historic;
  return { score: Object.values(of).reduce((sum, part) => sum + part, 0), of };
}

/** One Han character or two letters are more often the beginning of a name than a name. */
function wholeWeight(value: string): number {
  const length = Array.from(value).length;
  const enough = /\p{Script=Latin}/u.test(value) ? 3 : 2;
  return Math.min(1, length / enough);
}

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance in kilometres (haversine), null where a point is unknown. */
function distance(
  from: { lat: number; lon: number } | undefined,
  to: { lat: number; lon: number } | undefined,
): number | null {
  if (!from || !to) return null;
  const rad = Math.PI / 180;
  const dLat = (to.lat - from.lat) * rad;
  const dLon = (to.lon - from.lon) * rad;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
