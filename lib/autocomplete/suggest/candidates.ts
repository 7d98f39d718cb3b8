import type { IndexedName, ParentRef, PlaceSource } from '../record/document.ts';
import type { PlaceHit } from '../searches.ts';
import type { Interpretation } from './interpretations.ts';
import { type JudgedName, type JudgedPlace, keyedName } from './judged-place.ts';
import { type Meeting, type NameMatch, newMeeting } from './match.ts';
import { judgedPlace } from './named-place.ts';
import type { PlaceQuery } from './query.ts';
import { type MatchPart, RANKING, type ScoreParts } from './ranking.ts';
import type { ReaderLanguage } from './reader.ts';
import { beginsStationWord, endsInLesserWord } from '../reading/kind-words.ts';
import { numbersDiffer } from '../reading/numbers.ts';
import { ZHUYIN_BY_PINYIN } from '../../analyzers/syllables.ts';
import { distanceKm } from '../geography/distance.ts';
import type { Cover } from '../reading/judge.ts';

/** A place that the input may mean, scored. */
export interface Candidate {
  source: PlaceSource;
  /** The best match of the input with a name of the place. */
  best: NameMatch;
  /** Every match, best first. */
  matches: () => readonly NameMatch[];
  /** Kilometres from `near`, if both are known. */
  distanceKm?: number;
  parts: ScoreParts;
  /** How the place covers a text of several parts. */
  cover?: Cover;
  /**
   * The text that it was found by, if not the one typed; `guess`: a keyboard in the wrong mode is
   * assumed.
   */
  read?: { text: string; guess: boolean };
}

/** An interpretation prepared for judging names. */
interface Probe {
  interpretation: Interpretation;
  state: number;
  /** Score of a whole name. */
  whole: number;
  /** Whether uncommitted input after it begins a word for a station. */
  beginsStation: boolean;
  /** No match scores more. */
  most: number;
}

/** A match whose name is read only when needed. */
class Met implements NameMatch {
  readonly interpretation: Interpretation;
  readonly whole: boolean;
  readonly share: number;
  readonly offset: number;
  readonly agrees: boolean;
  readonly alike: number | undefined;
  readonly weak: Meeting['weak'];
  readonly #judged: JudgedName;

  constructor(judged: JudgedName, interpretation: Interpretation, meeting: Meeting) {
    this.#judged = judged;
    this.interpretation = interpretation;
    this.whole = meeting.whole;
    this.share = meeting.share;
    this.offset = meeting.offset;
    this.agrees = meeting.agrees;
    this.alike = meeting.alike;
    this.weak = meeting.weak;
  }

  get name(): IndexedName {
    return this.#judged.name;
  }
}

/** State of a place that is being judged. */
interface Judged {
  source: PlaceSource;
  place: JudgedPlace;
  /** Number of passes that it was judged by. */
  passes: number;
  score: number;
  best: NameMatch | null;
  candidate: Candidate | null;
}

/** Judges the places of a query as they arrive, each once per pass. */
export class Judge {
  readonly #query: PlaceQuery;
  readonly #probes: (readonly Probe[])[] = [];
  readonly #judged = new Map<string, Judged>();
  readonly #meeting: Meeting = newMeeting();

  constructor(query: PlaceQuery) {
    this.#query = query;
  }

  /** Adds places; known ones are skipped. */
  take(hits: Iterable<PlaceHit>): void {
    for (const { id, source, place } of hits) {
      if (this.#judged.has(id)) continue;
      this.#judged.set(id, {
        source,
        place: place ?? judgedPlace(source),
        passes: 0,
        score: -Infinity,
        best: null,
        candidate: null,
      });
    }
  }

  /** Places that match in the first `passes` of the query, best first, ties by id. */
  ranked(passes: number): Candidate[] {
    for (let pass = 0; pass < passes; pass++) this.#judgeBy(pass);
    const found: Candidate[] = [];
    for (const { candidate } of this.#judged.values()) if (candidate) found.push(candidate);
    return ranked(found);
  }

  #probesOf(pass: number): readonly Probe[] {
    return (this.#probes[pass] ??= (this.#query.passes[pass] ?? []).map(probeOf));
  }

  /** Judges the places that were not yet judged by a pass: by one interpretation after the other, if it may be better. */
  #judgeBy(pass: number): void {
    const open = [...this.#judged.values()].filter((judged) => judged.passes === pass);
    if (open.length === 0) return;
    for (const probe of this.#probesOf(pass)) {
      for (const judged of open) {
        if (probe.most <= judged.score) continue;
        this.#eachMatch(judged, probe, (name, score) => {
          if (score <= judged.score) return;
          judged.score = score;
          judged.best = new Met(name, probe.interpretation, this.#meeting);
        });
      }
    }
    for (const judged of open) {
      judged.passes += 1;
      const { best, candidate } = judged;
      if (best && best !== candidate?.best) {
        judged.candidate = this.#candidateOf(judged, best, judged.passes);
      }
    }
  }

  /** Calls back for each name that matches, with its score; `#meeting` then has the details. */
  #eachMatch(
    { place, source }: Pick<Judged, 'place' | 'source'>,
    probe: Probe,
    tell: (name: JudgedName, score: number) => void,
  ): void {
    const { key, reader } = this.#query;
    const { interpretation } = probe;
    place.meet(interpretation, this.#meeting, (name) => {
      if (changesNumber(key, interpretation, name)) return;
      // 新宿え more likely means 新宿駅 than another continuation.
      if (probe.beginsStation && this.#meeting.share === 1 && source.kind === 'station') {
        this.#meeting.agrees = true;
      }
      const score = worthOf(probe, this.#meeting, name, {
        language: reader.language,
        importance: place.importance,
      });
      tell(name, score);
    });
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
    const of = query.explain ? this.#partsOf(best, source) : NO_PARTS;
    const candidate: Candidate = {
      source,
      best,
      matches: () => this.#matches({ place, source }, passes),
      parts: { match: score, importance, home, near, crowd: 0, total, of },
    };
    if (distanceKm !== undefined) candidate.distanceKm = distanceKm;
    return candidate;
  }

  #partsOf(best: NameMatch, { country, importance }: PlaceSource): ScoreParts['of'] {
    const parts: [MatchPart, number][] = [];
    const name = keyedName(best.name, country);
    const { language } = this.#query.reader;
    worthOf(probeOf(best.interpretation), best, name, { language, importance, parts });
    return Object.fromEntries(parts);
  }

  #matches(judged: Pick<Judged, 'place' | 'source'>, passes: number): NameMatch[] {
    const scored: { match: NameMatch; score: number }[] = [];
    for (let pass = 0; pass < passes; pass++) {
      for (const probe of this.#probesOf(pass)) {
        this.#eachMatch(judged, probe, (name, score) => {
          scored.push({ match: new Met(name, probe.interpretation, this.#meeting), score });
        });
      }
    }
    return scored.sort((a, b) => b.score - a.score).map(({ match }) => match);
  }
}

const NO_PARTS: ScoreParts['of'] = Object.freeze({});

function probeOf(interpretation: Interpretation): Probe {
  const { value, field, state, tail, nasal } = interpretation;
  const whole = RANKING.whole * wholeWeight(value);
  let most = RANKING.state[state] + RANKING.share + RANKING.language + ROUNDING;
  // What stands inside a name is never all of it.
  most += field === 'inner' ? RANKING.inner : whole;
  if (state === 'edit') most += RANKING.alike;
  if (nasal) most += RANKING.nasal;
  return {
    interpretation,
    state: RANKING.state[state],
    whole,
    beginsStation: tail !== undefined && beginsStationWord(tail),
    most,
  };
}

/** More than the sum of a score changes with the order of its parts. */
const ROUNDING = 1e-9;

/**
 * Sorts best first, ties by the importance of the container, then by id. Fine-grained places after
 * the first few are moved down.
 */
export function ranked(candidates: readonly Candidate[]): Candidate[] {
  const sorted = [...candidates].sort(byScore);
  let fine = 0;
  let isCrowded = false;
  for (let at = 0; at < sorted.length; at++) {
    const candidate = sorted[at]!;
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

/** A candidate with nothing taken off for standing behind others of its kind. */
export function uncrowded(candidate: Candidate): Candidate {
  const { crowd, total } = candidate.parts;
  if (crowd === 0) return candidate;
  return { ...candidate, parts: { ...candidate.parts, crowd: 0, total: total - crowd } };
}

function byScore(a: Candidate, b: Candidate): number {
  return (
    b.parts.total - a.parts.total ||
    Number(isLesser(a.source)) - Number(isLesser(b.source)) ||
    containerImportance(b.source) - containerImportance(a.source) ||
    (a.source.id < b.source.id ? -1 : 1)
  );
}

/** Sources give one kind to areas of two levels: ㅎㅇㄷ is rather 해운대구 than 화양동. */
function isLesser({ names, kind, country }: PlaceSource): boolean {
  let is = lesser.get(names);
  if (is !== undefined) return is;
  const name = names.find((one) => one.kind === 'official');
  is = name !== undefined && endsInLesserWord(name.key ?? name.text, kind, country ?? '');
  lesser.set(names, is);
  return is;
}

/** By names, as long as these are kept: lists of equals are compared many times. */
const lesser = new WeakMap<readonly IndexedName[], boolean>();

/** By lists of containers, as long as these are kept. */
const mostImportant = new WeakMap<readonly ParentRef[], number>();

/** Among otherwise equal namesakes (중구), that of the largest city comes first. */
function containerImportance({ parents }: PlaceSource): number {
  let most = mostImportant.get(parents);
  if (most !== undefined) return most;
  most = 0;
  for (const { kind, importance = 0 } of parents) {
    if (kind !== 'country' && importance > most) most = importance;
  }
  mostImportant.set(parents, most);
  return most;
}

/** An edit that changes a number is not a typing mistake. */
function changesNumber(key: string, { state }: Interpretation, name: JudgedName): boolean {
  return state === 'edit' && numbersDiffer(key, name.key);
}

/** Score for the location of a place, and its distance. */
export interface Whereabouts {
  home: number;
  near: number;
  /** Kilometres from `near`, rounded to a tenth, if both are known. */
  distanceKm?: number;
}

/**
 * The score of a place for being at the reader's home and near; null if it is outside the radius.
 *
 * @param weights - near: score at the reader's position; halves at `nearKm`.
 */
export function whereaboutsOf(
  query: Pick<PlaceQuery, 'reader' | 'near' | 'radiusKm'>,
  { country, location }: PlaceSource,
  weights: { home: number; near: number; nearKm: number },
): Whereabouts | null {
  const km = distanceKm(query.near, location);
  if (query.radiusKm !== undefined && !(km !== null && km <= query.radiusKm)) return null;
  const home = query.reader.home.includes(country ?? '') ? weights.home : 0;
  if (km === null) return { home, near: 0 };
  const near = weights.near / (1 + km / weights.nearKm);
  return { home, near, distanceKm: Math.round(km * 10) / 10 };
}

/** Adds up the score of a match, and records its parts where they are to be explained. */
class Worth {
  score = 0;
  #parts: [MatchPart, number][] | null = null;

  clear(parts: [MatchPart, number][] | null): void {
    this.score = 0;
    this.#parts = parts;
  }

  add(part: MatchPart, worth: number): void {
    this.score += worth;
    this.#parts?.push([part, worth]);
  }
}

const worth = new Worth();

/** A single syllable is more often the beginning of a name than a whole name. */
function readingWeight({ hasSyllables }: JudgedName, importance: number): number {
  const least = RANKING.wholeReading;
  return hasSyllables ? least + (1 - least) * importance : 0;
}

/** Languages whose users type readings and initials in Latin letters. */
const TYPES_READINGS = /^(?:zh|ja|ko)/;

/**
 * The score of a match.
 *
 * @param reader - importance: of the place; parts: takes the parts of the score.
 */
function worthOf(
  { interpretation, state, whole }: Probe,
  match: Meeting,
  name: JudgedName,
  reader: { language: ReaderLanguage; importance: number; parts?: [MatchPart, number][] },
): number {
  const { language, importance, parts = null } = reader;
  const { kind } = name;
  worth.clear(parts);
  worth.add('state', state);
  worth.add('share', RANKING.share * match.share);
  if (match.alike !== undefined) worth.add('alike', RANKING.alike * match.alike);
  if (match.whole) {
    const isReading = interpretation.field === 'pinyin' && interpretation.state === 'reading';
    const isSyllable = language.startsWith('zh') && ZHUYIN_BY_PINYIN.has(interpretation.value);
    if (isReading) worth.add('whole', whole * readingWeight(name, importance));
    // To who types pinyin, nan is rather the beginning of 南京 than all of Nan in Thailand.
    else if (!isSyllable || name.fits(language)) worth.add('whole', whole);
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
  return worth.score;
}

/** One Han character or two letters are more often the beginning of a name than a whole name. */
function wholeWeight(value: string): number {
  const length = Array.from(value).length;
  const enough = /\p{Script=Latin}/u.test(value) ? 3 : 2;
  return Math.min(1, length / enough);
}
