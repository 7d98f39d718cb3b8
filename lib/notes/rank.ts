import { oftenTerm, readingTerm, titleTerm } from './document.ts';
import type { NoteQuery } from './query.ts';
import type { NoteCounts, NoteHit, NoteTerm } from './searches.ts';
import { joinedLine } from './terms.ts';

/** Weights of the search of notes. `k1` and `b` are those of BM25. */
export const NOTE_RANKING: Readonly<{
  k1: number;
  b: number;
  word: number;
  pair: number;
  title: number;
  reading: number;
  phrase: number;
  near: number;
  nearWithin: number;
  coverage: number;
}> = Object.freeze({
  /** How soon more of the same counts less. */
  k1: 1.2,
  /** How much a long text has to have more of it. */
  b: 0.75,
  /** Times BM25 of words, and of pairs of characters. */
  word: 1,
  pair: 1,
  /** Times idf, for a word or pair of the title. */
  title: 3,
  /** Times the idf of a term that one note has: the text is how the title is read. */
  reading: 2,
  /** Times the mean idf of the text: a part of it stands in the note as it was typed. */
  phrase: 0.3,
  /** Times the mean idf of the text: all of it stands within so many characters. */
  near: 0.2,
  nearWithin: 120,
  /** Power of the share of the text that a note has. */
  coverage: 0.5,
});

/** Weight of a term in whole numbers for each unit of idf, as engines add them up. */
const UNIT = 100;

/** A term of a query, with the notes that have it. */
interface Unit {
  /** With its letter in front. */
  term: string;
  text: string;
  kind: 'word' | 'pair' | 'stem' | 'character';
}

function unitsOf({ words, pairs, stems, characters }: NoteQuery): Unit[] {
  return [
    ...words.map((text): Unit => ({ term: `w${text}`, text, kind: 'word' })),
    ...pairs.map((text): Unit => ({ term: `g${text}`, text, kind: 'pair' })),
    ...stems.map((text): Unit => ({ term: `p${text}`, text, kind: 'stem' })),
    ...characters.map((text): Unit => ({ term: `c${text}`, text, kind: 'character' })),
  ];
}

/** The terms whose counts `weighedTerms` and `rankNotes` want, in order. */
export function countedTerms(query: NoteQuery): string[] {
  return unitsOf(query).map(({ term }) => term);
}

/** ln(1 + (N - n + 0.5) / (n + 0.5)), as Lucene has it: never below 0. */
function idfOf(notes: number, having: number): number {
  return Math.log(1 + (Math.max(notes, having) - having + 0.5) / (having + 0.5));
}

/** What engines look for: about what `rankNotes` makes of it, in whole numbers. */
export function weighedTerms(query: NoteQuery, { notes, having }: NoteCounts): NoteTerm[] {
  const terms: NoteTerm[] = [];
  const add = (value: string, weight: number): void => {
    if (weight >= 1) terms.push({ value, weight: Math.round(weight) });
  };
  unitsOf(query).forEach(({ term, kind }, i) => {
    if (having[i] === 0) return;
    const own = kind === 'pair' ? NOTE_RANKING.pair : NOTE_RANKING.word;
    const weight = Math.max(1, own * UNIT * idfOf(notes, having[i]!));
    add(term, weight);
    add(oftenTerm(term), weight / 2);
    add(titleTerm(term), weight * NOTE_RANKING.title);
  });
  for (const reading of query.readings) {
    add(readingTerm(reading), NOTE_RANKING.reading * UNIT * idfOf(notes, 1));
  }
  return terms;
}

/** How the score of a note came about; the parts add up to `total` before `coverage` is taken. */
export interface NoteScore {
  /** BM25 over words and pairs. */
  bm25: number;
  title: number;
  reading: number;
  phrase: number;
  near: number;
  /** Share of the weight of the text that the note has, 0..1. */
  coverage: number;
  total: number;
}

/** A note with how it answers a text. */
export interface RankedNote {
  hit: NoteHit;
  score: NoteScore;
}

/**
 * Judges every fetched note again by its own text, so that all engines rank alike.
 *
 * BM25 (Robertson and Zaragoza 2009) over the words and pairs of the body, with counts over the whole index; what
 * the title has, what stands together or near, and the reading of the title add to it.
 *
 * @returns Best first, ties by id.
 */
export function rankNotes(
  query: NoteQuery,
  counts: NoteCounts,
  hits: readonly NoteHit[],
): RankedNote[] {
  const units = unitsOf(query);
  const idf = units.map((_, i) => idfOf(counts.notes, counts.having[i]!));
  const mean = counts.notes === 0 ? 1 : counts.length / counts.notes;
  const ranked = hits.map((hit) => ({ hit, score: scoreOf(query, { units, idf, mean }, hit) }));
  return ranked.sort((a, b) => b.score.total - a.score.total || (a.hit.id < b.hit.id ? -1 : 1));
}

interface Weighed {
  units: readonly Unit[];
  idf: readonly number[];
  /** Mean length of the notes of the index. */
  mean: number;
}

function scoreOf(query: NoteQuery, { units, idf, mean }: Weighed, hit: NoteHit): NoteScore {
  const { k1, b } = NOTE_RANKING;
  const body = textOf(hit.words.body);
  const title = textOf(hit.words.title);
  const damping = k1 * (1 - b + (b * hit.length) / Math.max(1, mean));
  const parts = { bm25: 0, title: 0, reading: 0, phrase: 0, near: 0 };
  let [met, wanted] = [0, 0];
  units.forEach((unit, i) => {
    const weight = unit.kind === 'pair' ? NOTE_RANKING.pair : NOTE_RANKING.word;
    const often = placesOf(...heardIn(body, unit)).length;
    const inTitle = placesOf(...heardIn(title, unit)).length > 0;
    wanted += weight * idf[i]!;
    if (often > 0 || inTitle) met += weight * idf[i]!;
    parts.bm25 += (weight * idf[i]! * often * (k1 + 1)) / (often + damping);
    if (inTitle) parts.title += weight * idf[i]! * NOTE_RANKING.title;
  });
  const typical = idf.length === 0 ? 0 : idf.reduce((sum, one) => sum + one, 0) / idf.length;
  for (const phrase of query.phrases) {
    if (phrase.length < 2) continue;
    const found = body.joined.includes(phrase) || title.joined.includes(phrase);
    if (found) parts.phrase += NOTE_RANKING.phrase * typical * Math.min(3, phrase.length / 2);
  }
  const places = units.map(({ text }) => placesOf(body.joined, text));
  if (places.length > 1 && places.every((list) => list.length > 0)) {
    const span = narrowest(places);
    if (span <= NOTE_RANKING.nearWithin) {
      parts.near = NOTE_RANKING.near * typical * (1 - span / (2 * NOTE_RANKING.nearWithin));
    }
  }
  const isRead = query.readings.some((reading) => hit.readings.includes(reading));
  if (isRead) parts.reading = NOTE_RANKING.reading * 5;
  const coverage = isRead ? 1 : wanted === 0 ? 0 : met / wanted;
  const sum = Object.values(parts).reduce((all, part) => all + part, 0);
  return { ...parts, coverage, total: sum * coverage ** NOTE_RANKING.coverage };
}

/** Word lines with a space around every word, and the same without spaces between unspaced characters. */
interface JudgedText {
  spaced: string;
  joined: string;
}

/** Characters of the words of a note that it is judged by; what is behind only finds it. */
const JUDGED_MAX = 200_000;

function textOf(lines: string): JudgedText {
  const judged = lines.length > JUDGED_MAX ? lines.slice(0, JUDGED_MAX) : lines;
  const joined = judged.split('\n').map(joinedLine).join('\n');
  return { spaced: ` ${judged.replaceAll('\n', ' \n ')} `, joined };
}

/** The form of a text that a unit is looked for in, and what is looked for. */
function heardIn(text: JudgedText, { text: unit, kind }: Unit): [within: string, value: string] {
  if (kind === 'pair' || kind === 'character') return [text.joined, unit];
  return [text.spaced, kind === 'word' ? ` ${unit} ` : ` ${unit}`];
}

function placesOf(within: string, value: string): number[] {
  const places: number[] = [];
  for (let at = within.indexOf(value); at >= 0; at = within.indexOf(value, at + 1)) {
    places.push(at);
  }
  return places;
}

/** The shortest stretch that has one of each list, by a window over all places in order. */
function narrowest(lists: readonly (readonly number[])[]): number {
  const all = lists.flatMap((list, of) => list.map((at) => ({ at, of })));
  all.sort((a, b) => a.at - b.at);
  const inside = new Array<number>(lists.length).fill(0);
  let [kinds, first, best] = [0, 0, Infinity];
  for (const { at, of } of all) {
    inside[of]! += 1;
    if (inside[of] === 1) kinds += 1;
    while (kinds === lists.length) {
      const oldest = all[first]!;
      best = Math.min(best, at - oldest.at);
      inside[oldest.of]! -= 1;
      if (inside[oldest.of] === 0) kinds -= 1;
      first += 1;
    }
  }
  return best;
}
