import { fitsReader } from '../display/names.ts';
import type { PlaceSource } from '../record/document.ts';
import type { PlaceHit } from '../searches.ts';
import type { Interpretation } from './interpretations.ts';
import { matchNames, type NameMatch } from './match.ts';
import type { PlaceQuery } from './query.ts';
import { type MatchPart, RANKING, type ScoreParts } from './ranking.ts';
import { numbersDiffer } from '../reading/numbers.ts';
import type { Cover } from '../reading/judge.ts';

/** A place that the input may mean, scored. */
export interface Candidate {
  source: PlaceSource;
  /** Every way in which the input met a name of the place, best first; at least one. */
  matches: readonly NameMatch[];
  /** Kilometres from `near`, where both are known. */
  distanceKm?: number;
  parts: ScoreParts;
  /** How it was laid over a text of several parts. */
  cover?: Cover;
  /** The text that it was found by, where that is not the one typed; `guess`: a keyboard in the wrong mode. */
  read?: { text: string; guess: boolean };
}

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
  return ranked([...byId.values()]);
}

/** Best first, ties by id; fine-grained places behind the first few are put back. Changes their scores. */
export function ranked(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort(byScore);
  sorted
    .filter(({ source }) => source.granularity !== undefined)
    .slice(RANKING.crowdAfter)
    .forEach(({ parts }) => {
      parts.crowd = RANKING.crowd;
      parts.total += RANKING.crowd;
    });
  return sorted.sort(byScore);
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
    .filter((match) => !changesNumber(query.key, match))
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

/** An edit that turns one number into another is no mistake of typing. */
function changesNumber(key: string, { interpretation, name }: NameMatch): boolean {
  return interpretation.state === 'edit' && numbersDiffer(key, name.key ?? name.text);
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
  if (interpretation.nasal) of.nasal = RANKING.nasal;
  if (match.weak) of[match.weak] = RANKING[match.weak];
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
