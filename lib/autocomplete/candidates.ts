import type { PlaceSource } from './document.ts';
import type { Interpretation, MatchState } from './interpretations.ts';
import { matchNames, type NameMatch } from './match.ts';
import { fitsReader } from './names.ts';
import type { PlaceHit, PlaceQuery } from './query.ts';

/** How a score came about; the parts add up to `total`. */
export interface ScoreParts {
  /** How well the input meets the name. */
  match: number;
  importance: number;
  home: number;
  near: number;
  total: number;
}

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
  inner: number;
  qualified: number;
  stripped: number;
  disagrees: number;
  language: number;
  colloquial: number;
  historic: number;
  importance: number;
  home: number;
  near: number;
  nearKm: number;
}> = Object.freeze({
  state: Object.freeze({ literal: 1, reading: 0.93, initials: 0.55, homophone: 0.35, edit: 0.2 }),
  /** The input is the whole name. Less for a single character. */
  whole: 0.5,
  /** Times the share of the name that is typed. */
  share: 0.1,
  /** The match starts inside the name. */
  inner: -0.3,
  /** Parent and child were typed together. */
  qualified: -0.05,
  /** The input had a suffix that the name lacks. */
  stripped: -0.1,
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
  return [...byId.values()].sort(
    (a, b) => b.parts.total - a.parts.total || (a.source.id < b.source.id ? -1 : 1),
  );
}

function candidateOf(
  query: PlaceQuery,
  source: PlaceSource,
  interpretations: readonly Interpretation[],
): Candidate | null {
  const scored = interpretations
    .flatMap((interpretation) => matchNames(source, interpretation))
    .map((match) => ({ match, score: matchScore(query, match) }))
    .sort((a, b) => b.score - a.score);
  if (scored.length === 0) return null;
  const { score } = scored[0]!;
  const distanceKm = distance(query.near, source.location);
  if (query.radiusKm !== undefined && !(distanceKm !== null && distanceKm <= query.radiusKm)) {
    return null;
  }
  const home = query.reader.home.includes(source.country ?? '') ? RANKING.home : 0;
  const near = distanceKm === null ? 0 : RANKING.near / (1 + distanceKm / RANKING.nearKm);
  const importance = RANKING.importance * source.importance;
  const total = score + importance + home + near;
  const candidate: Candidate = {
    source,
    matches: scored.map((s) => s.match),
    parts: { match: score, importance, home, near, total },
  };
  if (distanceKm !== null) candidate.distanceKm = Math.round(distanceKm * 10) / 10;
  return candidate;
}

function matchScore(query: PlaceQuery, match: NameMatch): number {
  const { interpretation, name } = match;
  let score = RANKING.state[interpretation.state] + RANKING.share * match.share;
  if (match.whole) score += RANKING.whole * wholeWeight(interpretation.value);
  if (match.offset > 0) score += RANKING.inner;
  if (interpretation.within !== undefined) score += RANKING.qualified;
  if (interpretation.stripped) score += RANKING.stripped;
  if (!match.agrees) score += RANKING.disagrees;
  if (fitsReader(name, query.reader.language)) score += RANKING.language;
  if (name.kind === 'colloquial') score += RANKING.colloquial;
  if (name.kind === 'historic' || name.kind === 'misspelling') score += RANKING.historic;
  return score;
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
