import { judgedUnitsOf, type Unit, unitsOf } from '../autocomplete/long-text/asked.ts';
import {
  type FoundUnits,
  idfOf,
  type JudgedText,
  judgedText,
  saturated,
  unitFinder,
} from '../autocomplete/long-text/judged.ts';
import type { Pause } from '../turns.ts';
import { oftenTerm, readingTerm, titleTerm } from './document.ts';
import type { NoteQuery } from './query.ts';
import type { NoteCounts, NoteHit, NoteTerm } from './searches.ts';

/** Weights of the search of notes. `k1` and `b` are those of BM25. */
export const NOTE_RANKING: Readonly<{
  k1: number;
  b: number;
  word: number;
  pair: number;
  across: number;
  part: number;
  title: number;
  reading: number;
  phrase: number;
  near: number;
  nearWithin: number;
}> = Object.freeze({
  /** Saturation of term frequency. */
  k1: 1.2,
  /** Normalization by length. */
  b: 0.75,
  /** Factor of the idf of words, and of pairs of characters in them. */
  word: 1,
  pair: 1,
  /** Factor for pairs that cross the end of a word. */
  across: 0.3,
  /** Factor for single Han characters of longer words. */
  part: 0.4,
  /** Factor of idf for a word or pair in the title. */
  title: 3,
  /**
   * Factor of the idf of a term that only one note has, if the query is the reading of the title.
   */
  reading: 2,
  /** Factor of the mean idf of the query, if the note contains a part of it as typed. */
  phrase: 0.3,
  /**
   * Factor of the mean idf of the query, if the note contains all of it within `within`
   * characters.
   */
  near: 0.2,
  nearWithin: 120,
});

function factorOf({ kind }: Unit): number {
  if (kind === 'across' || kind === 'part' || kind === 'pair') return NOTE_RANKING[kind];
  return NOTE_RANKING.word;
}

/** Weight of one unit of idf in the whole numbers that engines add up. */
const UNIT = 100;

/** Most units to search by: the rarest, so that a long query costs little more than a short one. */
const SOUGHT_MAX = 32;
/** Most index entries to read for them, beyond the first few units. */
const ENTRIES_MAX = 50_000;
const ALWAYS_SOUGHT = 4;

/** The terms whose counts `weighedTerms` and `rankNotes` want, in order. */
export function countedTerms(query: NoteQuery): string[] {
  return judgedUnitsOf(query).map(({ term }) => term);
}

/** The weighted terms for engines: an approximation of `rankNotes` in whole numbers. */
export function weighedTerms(query: NoteQuery, { notes, having }: NoteCounts): NoteTerm[] {
  const terms: NoteTerm[] = [];
  const add = (value: string, weight: number): void => {
    if (weight >= 1) terms.push({ value, weight: Math.round(weight) });
  };
  for (const { count, ...unit } of soughtUnits(query, having)) {
    const { term } = unit;
    const weight = Math.max(1, factorOf(unit) * UNIT * idfOf(notes, count));
    add(term, weight);
    add(oftenTerm(term), weight / 2);
    add(titleTerm(term), weight * NOTE_RANKING.title);
  }
  for (const reading of query.readings) {
    add(readingTerm(reading), NOTE_RANKING.reading * UNIT * idfOf(notes, 1));
  }
  return terms;
}

function soughtUnits(query: NoteQuery, having: readonly number[]): (Unit & { count: number })[] {
  const counted = unitsOf(query).map((unit, i) => ({ ...unit, count: having[i]! }));
  const there = counted.filter(({ count }) => count > 0).sort((a, b) => a.count - b.count);
  let entries = 0;
  return there
    .slice(0, SOUGHT_MAX)
    .filter(({ count }, i) => (entries += count) <= ENTRIES_MAX || i < ALWAYS_SOUGHT);
}

/** The parts of the score of a note, which add up to `total`. */
export interface NoteScore {
  /** BM25 of words, pairs and characters. */
  bm25: number;
  title: number;
  reading: number;
  phrase: number;
  near: number;
  /** Share of the weight of the query that the note has, 0..1. */
  coverage: number;
  total: number;
}

/** A note with its score for a query. */
export interface RankedNote {
  hit: NoteHit;
  score: NoteScore;
}

/**
 * Judges every fetched note again by its own text, so that all engines rank alike.
 *
 * BM25 (Robertson and Zaragoza 2009) of the words and pairs of the body, with counts of the whole
 * index. Matches in the title, phrases, proximity, and the reading of the title add to it.
 *
 * @param pause - Called after each note.
 * @returns Best first, ties by id.
 */
export async function rankNotes(
  query: NoteQuery,
  counts: NoteCounts,
  hits: readonly NoteHit[],
  pause: Pause,
): Promise<RankedNote[]> {
  const units = judgedUnitsOf(query);
  const idf = units.map((_, i) => idfOf(counts.notes, counts.having[i]!));
  const mean = counts.notes === 0 ? 1 : counts.length / counts.notes;
  const weighed = { units, find: unitFinder(units), idf, mean };
  const ranked: RankedNote[] = [];
  for (const hit of hits) {
    ranked.push({ hit, score: scoreOf(query, weighed, hit) });
    await pause(hit.words.body.length);
  }
  return ranked.sort((a, b) => b.score.total - a.score.total || (a.hit.id < b.hit.id ? -1 : 1));
}

interface Weighed {
  units: readonly Unit[];
  find: (text: JudgedText) => FoundUnits;
  idf: readonly number[];
  /** Mean length of the notes in the index. */
  mean: number;
}

function scoreOf(query: NoteQuery, { units, find, idf, mean }: Weighed, hit: NoteHit): NoteScore {
  const { k1, b } = NOTE_RANKING;
  const body = judgedText(hit.words.body);
  const title = judgedText(hit.words.title);
  const ofBody = find(body);
  const ofTitle = find(title);
  const damping = k1 * (1 - b + (b * hit.length) / Math.max(1, mean));
  const parts = { bm25: 0, title: 0, reading: 0, phrase: 0, near: 0 };
  let [met, wanted, factors] = [0, 0, 0];
  units.forEach((unit, i) => {
    const weight = factorOf(unit);
    const often = ofBody.counts[i]!;
    const inTitle = ofTitle.counts[i]! > 0;
    wanted += weight * idf[i]!;
    factors += weight;
    if (often > 0 || inTitle) met += weight * idf[i]!;
    parts.bm25 += weight * idf[i]! * saturated(often, k1, damping);
    if (inTitle) parts.title += weight * idf[i]! * NOTE_RANKING.title;
  });
  const typical = factors === 0 ? 0 : wanted / factors;
  for (const phrase of query.phrases) {
    if (phrase.length < 2) continue;
    const found = body.joined.includes(phrase) || title.joined.includes(phrase);
    if (found) parts.phrase += NOTE_RANKING.phrase * typical * Math.min(3, phrase.length / 2);
  }
  const { stretch } = ofBody;
  if (stretch <= NOTE_RANKING.nearWithin) {
    parts.near = NOTE_RANKING.near * typical * (1 - stretch / (2 * NOTE_RANKING.nearWithin));
  }
  const isRead = query.readings.some((reading) => hit.readings.includes(reading));
  if (isRead) parts.reading = NOTE_RANKING.reading * 5;
  const coverage = isRead ? 1 : wanted === 0 ? 0 : met / wanted;
  const total = Object.values(parts).reduce((all, part) => all + part, 0);
  return { ...parts, coverage, total };
}
