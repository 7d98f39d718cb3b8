import type { IndexedName, PlaceSource } from '../record/document.ts';
import type { PlaceHit } from '../searches.ts';
import type { Interpretation } from './interpretations.ts';
import { type JudgedName, judgedName, type JudgedPlace, judgedPlace } from './judged-place.ts';
import { type Meeting, meets, type NameMatch, newMeeting } from './match.ts';
import type { PlaceQuery } from './query.ts';
import { type MatchPart, RANKING, type ScoreParts } from './ranking.ts';
import type { ReaderLanguage } from './reader.ts';
import { numbersDiffer } from '../reading/numbers.ts';
import type { Cover } from '../reading/judge.ts';

/** A place that the input may mean, scored. */
export interface Candidate {
  source: PlaceSource;
  /** The best way in which the input met a name of the place. */
  best: NameMatch;
  /** Every way, best first. */
  matches: () => readonly NameMatch[];
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
  const judge = new Judge(query);
  judge.take(hits);
  return judge.ranked(passes);
}

/** An interpretation as names are judged by it. */
interface Probe {
  interpretation: Interpretation;
  /** First unit of a key that it meets; -1 where that may be any. */
  first: number;
  state: number;
  /** What a whole name is worth. */
  whole: number;
}

/** A place under judgement. */
interface Judged {
  source: PlaceSource;
  place: JudgedPlace;
  /** Passes that it was judged by. */
  passes: number;
  score: number;
  best: NameMatch | null;
  candidate: Candidate | null;
}

/** Judges the places of a query as they come, each once a pass. */
export class Judge {
  readonly #query: PlaceQuery;
  readonly #probes: (readonly Probe[])[] = [];
  readonly #judged = new Map<string, Judged>();
  readonly #meeting: Meeting = newMeeting();

  constructor(query: PlaceQuery) {
    this.#query = query;
  }

  /** Adds places; those that are known are not looked at again. */
  take(hits: Iterable<PlaceHit>): void {
    for (const { id, source } of hits) {
      if (this.#judged.has(id)) continue;
      this.#judged.set(id, {
        source,
        place: judgedPlace(source),
        passes: 0,
        score: -Infinity,
        best: null,
        candidate: null,
      });
    }
  }

  /** Places that the first passes of the query meet, best first, ties by id. */
  ranked(passes: number): Candidate[] {
    const found: Candidate[] = [];
    for (const judged of this.#judged.values()) {
      for (; judged.passes < passes; judged.passes++) this.#judge(judged, judged.passes);
      if (judged.candidate) found.push(judged.candidate);
    }
    return ranked(found);
  }

  #probesOf(pass: number): readonly Probe[] {
    return (this.#probes[pass] ??= (this.#query.passes[pass] ?? []).map(probeOf));
  }

  #judge(judged: Judged, pass: number): void {
    const before = judged.best;
    this.#eachMatch(judged.place, pass, (name, interpretation, score) => {
      if (score <= judged.score) return;
      judged.score = score;
      judged.best = { name, interpretation, ...this.#meeting };
    });
    const { best } = judged;
    if (best && best !== before) judged.candidate = this.#candidateOf(judged, best, pass + 1);
  }

  /** Tells each name that an interpretation of a pass meets, and what that is worth; how is in `#meeting` meanwhile. */
  #eachMatch(
    place: JudgedPlace,
    pass: number,
    tell: (name: IndexedName, interpretation: Interpretation, score: number) => void,
  ): void {
    const { key, reader } = this.#query;
    const { language } = reader;
    for (const probe of this.#probesOf(pass)) {
      const { interpretation, first } = probe;
      if (first >= 0 && !place.mayMeet(interpretation.field, first)) continue;
      for (const name of place.names) {
        if (!meets(name, interpretation, this.#meeting)) continue;
        if (changesNumber(key, interpretation, name)) continue;
        const worth = worthOf(probe, this.#meeting, name, {
          language,
          importance: place.importance,
        });
        tell(name.name, interpretation, worth.score);
      }
    }
  }

  #candidateOf(
    { source, place, score }: Judged,
    best: NameMatch,
    passes: number,
  ): Candidate | null {
    const query = this.#query;
    const whereabouts = whereaboutsOf(query, source, RANKING);
    if (whereabouts === null) return null;
    const { home, near, distanceKm } = whereabouts;
    const importance = RANKING.importance * source.importance;
    const total = score + importance + home + near;
    const reader = { language: query.reader.language, importance: source.importance };
    const of = query.explain
      ? worthOf(
          probeOf(best.interpretation),
          best,
          judgedName(best.name, source.country),
          reader,
        ).of()
      : NO_PARTS;
    const candidate: Candidate = {
      source,
      best,
      matches: () => this.#matches(place, passes),
      parts: { match: score, importance, home, near, crowd: 0, total, of },
    };
    if (distanceKm !== undefined) candidate.distanceKm = distanceKm;
    return candidate;
  }

  #matches(place: JudgedPlace, passes: number): NameMatch[] {
    const scored: { match: NameMatch; score: number }[] = [];
    for (let pass = 0; pass < passes; pass++) {
      this.#eachMatch(place, pass, (name, interpretation, score) => {
        scored.push({ match: { name, interpretation, ...this.#meeting }, score });
      });
    }
    return scored.sort((a, b) => b.score - a.score).map(({ match }) => match);
  }
}

const NO_PARTS: ScoreParts['of'] = Object.freeze({});

function probeOf(interpretation: Interpretation): Probe {
  const { value, match, state } = interpretation;
  return {
    interpretation,
    first: match === 'edit' || value === '' ? -1 : value.charCodeAt(0),
    state: RANKING.state[state],
    whole: RANKING.whole * wholeWeight(value),
  };
}

/** Best first, ties by the importance of the container, then by id; fine-grained places behind the first few are put back. */
export function ranked(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort(byScore);
  let fine = 0;
  let isCrowded = false;
  for (const [at, candidate] of sorted.entries()) {
    if (candidate.source.granularity === undefined) continue;
    fine += 1;
    if (fine <= RANKING.crowdAfter) continue;
    const { crowd } = RANKING;
    const parts = { ...candidate.parts, crowd, total: candidate.parts.total + crowd };
    sorted[at] = { ...candidate, parts };
    isCrowded = true;
  }
  return isCrowded ? sorted.sort(byScore) : sorted;
}

function byScore(a: Candidate, b: Candidate): number {
  return (
    b.parts.total - a.parts.total ||
    containerImportance(b.source) - containerImportance(a.source) ||
    (a.source.id < b.source.id ? -1 : 1)
  );
}

/** Of namesakes that are alike otherwise (중구), that of the largest city comes first. */
function containerImportance({ parents }: PlaceSource): number {
  let most = 0;
  for (const { kind, importance = 0 } of parents) {
    if (kind !== 'country' && importance > most) most = importance;
  }
  return most;
}

/** An edit that turns one number into another is no mistake of typing. */
function changesNumber(key: string, { state }: Interpretation, name: JudgedName): boolean {
  return state === 'edit' && numbersDiffer(key, name.key);
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

/** Adds up what a match is worth, and keeps what it is made of. */
class Worth {
  score = 0;
  readonly #parts: MatchPart[] = [];
  readonly #worth: number[] = [];

  clear(): this {
    this.score = 0;
    this.#parts.length = this.#worth.length = 0;
    return this;
  }

  add(part: MatchPart, worth: number): void {
    this.score += worth;
    this.#parts.push(part);
    this.#worth.push(worth);
  }

  of(): ScoreParts['of'] {
    return Object.fromEntries(this.#parts.map((part, i) => [part, this.#worth[i]!]));
  }
}

const worth = new Worth();

/** One syllable is more often the beginning of a name than a name. */
function readingWeight({ pinyin = '' }: IndexedName, importance: number): number {
  const least = RANKING.wholeReading;
  return pinyin.includes(' ') ? least + (1 - least) * importance : 0;
}

/** Languages whose readers type readings and initials in Latin letters. */
const TYPES_READINGS = /^(?:zh|ja|ko)/;

/** What a match is worth; good until the next call. */
function worthOf(
  { interpretation, state, whole }: Probe,
  match: Meeting,
  name: JudgedName,
  { language, importance }: { language: ReaderLanguage; importance: number },
): Worth {
  const { kind } = name.name;
  worth.clear();
  worth.add('state', state);
  worth.add('share', RANKING.share * match.share);
  if (match.alike !== undefined) worth.add('alike', RANKING.alike * match.alike);
  if (match.whole) {
    const isReading = interpretation.field === 'pinyin' && interpretation.state === 'reading';
    worth.add('whole', isReading ? whole * readingWeight(name.name, importance) : whole);
    if (name.isUntagged && !name.isCode) worth.add('untagged', RANKING.untagged);
  }
  if (name.isCode)
    worth.add('code', TYPES_READINGS.test(language) ? RANKING.codeTyped : RANKING.code);
  if (match.offset > 0) worth.add('inner', RANKING.inner);
  if (interpretation.nasal) worth.add('nasal', RANKING.nasal);
  if (match.weak) worth.add(match.weak, RANKING[match.weak]);
  if (!match.agrees) worth.add('disagrees', RANKING.disagrees);
  if (name.fits(language)) worth.add('language', RANKING.language);
  if (kind === 'colloquial') worth.add('colloquial', RANKING.colloquial);
  if (kind === 'historic' || kind === 'misspelling') worth.add('historic', RANKING.historic);
  return worth;
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
