import { foldWithOffsets } from '../../analyzers/fold.ts';
import { checkOptions, OPTION_INVALID, partOf, type Spec } from '../../options.ts';
import { labelApart, placeLabel } from '../display/label.ts';
import { isShownTo, officialName } from '../display/names.ts';
import type { PlaceKind } from '../place.ts';
import type { IndexedName } from '../record/document.ts';
import { round } from '../rounding.ts';
import type { PlaceFilter, TextHit, TextSearch } from '../searches.ts';
import type { MatchRange } from '../suggest/match.ts';
import { SUGGESTION_SPEC, type SuggestionOptions } from '../suggest/suggestions.ts';
import { matchText, type TextPart } from './match.ts';
import {
  TEXT_QUERY_DEFAULTS,
  TEXT_QUERY_SPEC,
  textQuery,
  type TextQuery,
  type TextQueryOptions,
} from './query.ts';
import { rankTexts, type TextCandidate, type TextScore } from './ranking.ts';
import type { TextContext } from './terms.ts';

/** A text of a place that a search met, with what to emphasise in it. */
export interface TextHighlight {
  part: TextPart;
  /** As it is written: the name or category that was met; a container as it is stored, folded. */
  text: string;
  /** Half-open UTF-16 ranges of `text`. */
  ranges: MatchRange[];
}

/** A place that a text search found. */
export interface TextResult {
  id: string;
  /** The name that was met where the reader reads it, else the official one. */
  name: string;
  /** The official name in the reader's language. */
  officialName: string;
  /** Name, parent city, country. */
  label: string;
  kind: PlaceKind;
  /** ISO 3166-1 alpha-2, null where unknown. */
  country: string | null;
  categories: string[];
  location?: { lat: number; lon: number };
  /** Kilometres from `near`. */
  distanceKm?: number;
  /** Higher is better; comparable within one list only. */
  score: number;
  /** Half-open UTF-16 ranges of `name`; empty where another name or a category was met. */
  matches: MatchRange[];
  /** Every text of the place that was met. */
  highlights: TextHighlight[];
  /** With `explain`: which piece of the text stands for what, and how the score came about. */
  explain?: TextExplanation;
}

/** Why a place was found, and why there. */
export interface TextExplanation extends TextScore {
  /** The name that was met, null where only a category was. */
  matchedName: string | null;
  pieces: { text: string; part: TextPart; aligned: boolean; value: number }[];
}

/** A page of what a text search found. */
export interface TextAnswer {
  /** Places found, at most `TEXT_QUERY_DEFAULTS.window` of each search. */
  total: number;
  /** True where there may be more than `total`. */
  more: boolean;
  hits: TextResult[];
}

/** Options of `answerTextQuery`. */
export const TEXT_ANSWER_SPEC: Spec<
  TextQueryOptions & SuggestionOptions,
  'limit' | 'explain' | 'from'
> = {
  code: OPTION_INVALID,
  options: { ...TEXT_QUERY_SPEC.options, ...SUGGESTION_SPEC.options },
};

/**
 * Answers a text search through any engine: looks up all of its terms, then, where no place has the
 * whole text, also names with one character wrong; judges what comes, and cuts out the page.
 *
 * @param match - Runs one search under a filter and returns the documents found.
 * @example
 * await answerTextQuery('清水寺 京都', {}, {}, (search, filter) => engine.findByTerms('places', search, filter));
 */
export async function answerTextQuery(
  text: string,
  options: TextQueryOptions & SuggestionOptions,
  context: Pick<TextContext, 'textStarts'>,
  match: (search: TextSearch, filter: PlaceFilter) => Promise<TextHit[]>,
): Promise<TextAnswer> {
  checkOptions(TEXT_ANSWER_SPEC, options);
  const query = textQuery(text, partOf(TEXT_QUERY_SPEC, options), context);
  let hits: TextHit[] = [];
  let candidates: TextCandidate[] = [];
  let mistakes = false;
  let more = false;
  for (const [pass, search] of query.searches.entries()) {
    const found = await match(search, query.filter);
    mistakes = pass > 0;
    hits = [...hits, ...found];
    candidates = rankTexts(query, hits, mistakes);
    const last = found.at(-1)?.id;
    more =
      found.length === TEXT_QUERY_DEFAULTS.window &&
      candidates.some(({ source }) => source.id === last);
    if (candidates.some(({ match }) => match.coverage >= ENOUGH)) break;
  }
  const page = candidates.slice(query.from, query.from + query.limit);
  const rows = page.map((candidate) => rowOf(query, candidate, mistakes, options));
  const { language, home } = query.reader;
  labelApart(
    rows,
    ({ candidate, name, official }, detail) => {
      const shown = detail === 'short' ? name : official;
      const typed = { text: query.text };
      return placeLabel(candidate.source, shown.text, {
        ...options,
        language,
        home,
        typed,
        detail,
      });
    },
    ({ candidate }) => candidate.source.kind,
  );
  return { total: candidates.length, more, hits: rows.map((row) => resultOf(query, row)) };
}

/** Share of the text that tells that nothing in it is a mistake: what is left off is for pieces across words. */
const ENOUGH = 0.8;

interface Row {
  candidate: TextCandidate;
  name: IndexedName;
  official: IndexedName;
  matches: MatchRange[];
  label: string;
}

function rowOf(
  query: TextQuery,
  candidate: TextCandidate,
  mistakes: boolean,
  { countryNames }: SuggestionOptions,
): Row {
  const { source, match } = candidate;
  const { language } = query.reader;
  const official = officialName(source, language, countryNames);
  const met = match.name;
  const name =
    met && (met === official || isShownTo(met, source, { language, official })) ? met : official;
  const shown = name === met ? match : matchText(query, { ...source, names: [name] }, mistakes);
  const pieces = (shown?.segments ?? []).flatMap((s) => (s.part === 'name' ? s.met : []));
  return { candidate, name, official, matches: rangesIn(name.text, pieces), label: '' };
}

function resultOf(
  query: TextQuery,
  { candidate, name, official, matches, label }: Row,
): TextResult {
  const { source, score, distanceKm } = candidate;
  const result: TextResult = {
    id: source.id,
    name: name.text,
    officialName: official.text,
    label,
    kind: source.kind,
    country: source.country ?? null,
    categories: source.categories ?? [],
    score: round(score.total),
    matches,
    highlights: highlightsOf(candidate),
  };
  if (source.location) result.location = { lat: source.location.lat, lon: source.location.lon };
  if (distanceKm !== undefined) result.distanceKm = distanceKm;
  if (query.explain) result.explain = explanationOf(query, candidate);
  return result;
}

function highlightsOf({ source, match }: TextCandidate): TextHighlight[] {
  const pieces = new Map<string, { part: TextPart; text: string; met: [number, number][] }>();
  for (const { part, of, met } of match.segments) {
    const text = {
      name: match.name?.text,
      category: source.categories?.[of],
      container: source.within[of],
      kind: undefined,
    }[part];
    if (text === undefined) continue;
    const there = pieces.get(`${part} ${of}`) ?? { part, text, met: [] };
    there.met.push(...met.map(([start, end]): [number, number] => [start, end]));
    pieces.set(`${part} ${of}`, there);
  }
  return [...pieces.values()].map(({ part, text, met }) => ({
    part,
    text,
    ranges: rangesIn(text, met),
  }));
}

/** Pieces of a folded text as ranges of the text; neighbours joined. */
function rangesIn(text: string, pieces: readonly (readonly [number, number])[]): MatchRange[] {
  const { starts, ends } = foldWithOffsets(text);
  const ranges = pieces
    .filter(([start, end]) => end > start)
    .map(([start, end]): MatchRange => [starts[start] ?? 0, ends[end - 1] ?? text.length])
    .sort((a, b) => a[0] - b[0]);
  const joined: MatchRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else joined.push(range);
  }
  return joined;
}

function explanationOf(query: TextQuery, { match, score }: TextCandidate): TextExplanation {
  const parts = Object.entries(score) as [keyof TextScore, number][];
  const rounded = Object.fromEntries(parts.map(([part, n]) => [part, round(n)]));
  return {
    ...(rounded as unknown as TextScore),
    matchedName: match.name?.text ?? null,
    pieces: match.segments.map(({ start, end, part, aligned, value }) => ({
      text: query.key.slice(start, end),
      part,
      aligned,
      value: round(value),
    })),
  };
}
