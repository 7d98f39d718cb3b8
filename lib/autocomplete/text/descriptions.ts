import { type AskedText, readAsked, type Unit, unitsOf, wantedOf } from '../long-text/asked.ts';
import {
  type FoundUnits,
  idfOf,
  type JudgedText,
  judgedText,
  saturated,
  unitFinder,
} from '../long-text/judged.ts';
import {
  type Fragment,
  fragmentsOf,
  type Marks,
  marksOf,
  type SnippetOptions,
} from '../long-text/snippets.ts';
import { DESCRIBED, type IndexedDescription } from '../record/descriptions.ts';
import type { TextHit, TextSearch, TextSource, TextTerm } from '../searches.ts';
import { matchAround, type TextMatch } from './match.ts';
import type { TextQuery } from './query.ts';
import { candidateOf, TEXT_RANKING, type TextCandidate } from './ranking.ts';
import type { TextSegment } from './segments.ts';
import type { TextContext } from './terms.ts';
import { unreadCount } from './unread.ts';

/** Weights of matches in descriptions. */
export const DESCRIPTION_RANKING: Readonly<{
  weight: number;
  bm25: number;
  phrase: number;
  near: number;
  nearWithin: number;
  k1: number;
  b: number;
  length: number;
  language: number;
}> = Object.freeze({
  /** Factor of the score of a name that has the same share of the text. */
  weight: 0.6,
  /** Most for BM25 of the description, which decides between descriptions with the same share. */
  bm25: 0.3,
  /** Most for parts of the text that are in the description as typed. */
  phrase: 0.1,
  /** If all of the text is within `within` characters. */
  near: 0.1,
  nearWithin: 60,
  k1: 1.2,
  b: 0.75,
  /** Words of a usual description, instead of the mean, which would require reading every place. */
  length: 60,
  /** The description is in the reader's language. */
  language: 0.05,
});

/** A query for descriptions. */
export interface AboutQuery extends AskedText {
  units: Unit[];
  /** Looks for them. */
  find: (text: JudgedText) => FoundUnits;
  /** Marked in fragments. */
  marks: Marks;
  /** Idf of each unit, over the places that have descriptions. */
  idf: number[];
  search: TextSearch;
}

/** A place found by its description. */
export interface DescribedCandidate extends TextCandidate {
  described: IndexedDescription;
}

/** Weight of one unit of idf in the whole numbers that engines add up. */
const UNIT = 100;

/**
 * Reads a query for descriptions; null if no place has one, or none has a word of the query.
 *
 * @param count - Returns the number of places with each term; see `PlaceSearches.countAbout`.
 */
export async function aboutQuery(
  query: TextQuery,
  context: Pick<TextContext, 'textStarts'>,
  count: (terms: readonly string[]) => Promise<number[]>,
): Promise<AboutQuery | null> {
  const asked = readAsked(query.looked, query.reader.language === 'ja' ? 'ja' : 'zh', context);
  const units = unitsOf(asked);
  if (units.length === 0) return null;
  const [places = 0, ...having] = await count([DESCRIBED, ...units.map(({ term }) => term)]);
  const idf = units.map((_, i) => idfOf(places, having[i]!));
  const own = units.flatMap(({ term }, i): TextTerm[] =>
    having[i] === 0
      ? []
      : [{ field: 'about', value: term, weight: Math.max(1, Math.round(UNIT * idf[i]!)) }],
  );
  if (own.length === 0) return null;
  const usual = Math.round(own.reduce((sum, { weight }) => sum + weight, 0) / own.length);
  const around = (query.searches[0]?.terms ?? []).filter(({ field }) => field === 'within');
  const terms = [...own, ...around.map((term) => ({ ...term, weight: usual }))];
  const limit = query.searches[0]?.limit ?? 0;
  const marks = marksOf(wantedOf(asked));
  const find = unitFinder(units);
  return { ...asked, units, find, marks, idf, search: { terms, limit, descriptions: true } };
}

/**
 * Judges every fetched place by its descriptions, and by the share of the text in names and
 * containers.
 *
 * @param names - Whether names count too.
 * @returns In no order.
 */
export function describedCandidates(
  query: TextQuery,
  about: AboutQuery,
  hits: readonly TextHit[],
  names: boolean,
): DescribedCandidate[] {
  const found = new Map<string, DescribedCandidate | null>();
  for (const { id, source } of hits) {
    if (!source.descriptions || found.get(id)) continue;
    found.set(id, describedCandidate(query, about, source, names));
  }
  return [...found.values()].filter((candidate) => candidate !== null);
}

/** Merges candidates, each place once with its better score; best first, ties by id. */
export function withDescribed(
  named: readonly TextCandidate[],
  described: readonly DescribedCandidate[],
): TextCandidate[] {
  const best = new Map<string, TextCandidate>();
  for (const candidate of named) best.set(candidate.source.id, candidate);
  for (const candidate of described) {
    const { id } = candidate.source;
    const other = best.get(id);
    const wins = !other || candidate.score.total > other.score.total;
    best.set(id, wins ? candidate : { ...other, described: candidate.described });
  }
  return [...best.values()].sort(
    (a, b) => b.score.total - a.score.total || (a.source.id < b.source.id ? -1 : 1),
  );
}

/** The fragments of a description around matches. */
export function fragmentsOfDescription(
  { text }: IndexedDescription,
  about: AboutQuery,
  options: SnippetOptions,
): Fragment[] {
  return fragmentsOf(text, about.marks, options);
}

function describedCandidate(
  query: TextQuery,
  about: AboutQuery,
  source: TextSource,
  names: boolean,
): DescribedCandidate | null {
  const around = sure(query, matchAround(query, names ? source : { ...source, names: [] }));
  const covered = new Set(around.segments.flatMap(({ start, end }) => range(start, end)));
  let best: Described | null = null;
  for (const description of source.descriptions ?? []) {
    const judged = judge(query, about, description, covered);
    if (judged.share > 0 && (!best || worth(judged) > worth(best))) best = judged;
  }
  if (!best) return null;
  const rest = (1 - around.coverage) * best.share;
  if (around.coverage + rest < TEXT_RANKING.least) return null;
  const match: TextMatch = { ...around, segments: [...around.segments, ...best.segments] };
  const description = DESCRIPTION_RANKING.weight * TEXT_RANKING.coverage * rest + best.detail;
  const candidate = candidateOf(query, source, match, { around: 0, unread: 0, description });
  return candidate && { ...candidate, described: best.description };
}

/** What a description has of a text. */
interface Described {
  description: IndexedDescription;
  /** Share of the weight that neither name nor containers account for, 0..1. */
  share: number;
  /** Score that decides between descriptions with the same share. */
  detail: number;
  segments: TextSegment[];
}

const worth = ({ share, detail }: Described): number =>
  DESCRIPTION_RANKING.weight * TEXT_RANKING.coverage * share + detail;

function judge(
  query: TextQuery,
  { units, find, idf, phrases }: AboutQuery,
  description: IndexedDescription,
  covered: ReadonlySet<number>,
): Described {
  const { k1, b, length, ...weights } = DESCRIPTION_RANKING;
  const text = judgedText(description.words);
  const { counts, stretch } = find(text);
  const damping = k1 * (1 - b + (b * words(description)) / length);
  const open = units.map(({ text: unit }) =>
    offsetsOf(query.key, unit).filter(
      (at) => !range(at, at + unit.length).every((each) => covered.has(each)),
    ),
  );
  const sums = { wanted: 0, met: 0, all: 0, bm25: 0 };
  const segments: TextSegment[] = [];
  units.forEach((unit, i) => {
    const often = counts[i]!;
    sums.all += idf[i]!;
    sums.bm25 += idf[i]! * (saturated(often, k1, damping) / (k1 + 1));
    if (open[i]!.length === 0) return;
    sums.wanted += idf[i]!;
    if (often === 0) return;
    sums.met += idf[i]!;
    for (const at of open[i]!) segments.push(segmentOf(at, unit.text.length));
  });
  if (sums.met === 0) return { description, share: 0, detail: 0, segments: [] };
  const long = phrases.filter((phrase) => phrase.length > 1);
  const standing = long.filter((phrase) => text.joined.includes(phrase)).length;
  const isNear = stretch <= weights.nearWithin;
  const fits = description.language?.slice(0, 2) === query.reader.language.slice(0, 2);
  const detail =
    (weights.bm25 * sums.bm25) / sums.all +
    (long.length > 0 ? (weights.phrase * standing) / long.length : 0) +
    (isNear ? weights.near : 0) +
    (fits ? weights.language : 0);
  return { description, share: sums.met / sums.wanted, detail, segments: joined(segments) };
}

/** The match without single characters of longer names. */
function sure(query: TextQuery, match: TextMatch): TextMatch {
  const segments = match.segments.filter(({ aligned, start, end }) => aligned || end - start > 1);
  if (segments.length === match.segments.length) return match;
  const length = query.key.replaceAll(' ', '').length;
  const coverage = 1 - unreadCount(query.key, segments) / length;
  const hasName = segments.some(({ part }) => part === 'name');
  return hasName ? { ...match, segments, coverage } : { segments, coverage, name: null, share: 0 };
}

function segmentOf(start: number, length: number): TextSegment {
  const end = start + length;
  return { part: 'description', start, end, at: 0, of: 0, met: [], aligned: true, value: length };
}

/** Overlapping and neighbouring pieces as one. */
function joined(segments: readonly TextSegment[]): TextSegment[] {
  const found: TextSegment[] = [];
  for (const segment of [...segments].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = found.at(-1);
    if (last && segment.start <= last.end) {
      last.end = Math.max(last.end, segment.end);
      last.value = last.end - last.start;
    } else found.push({ ...segment });
  }
  return found;
}

function offsetsOf(key: string, text: string): number[] {
  const found: number[] = [];
  for (let at = key.indexOf(text); at >= 0; at = key.indexOf(text, at + 1)) found.push(at);
  return found;
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function words({ words }: IndexedDescription): number {
  return words === '' ? 1 : words.split(/[\n ]/u).length;
}
