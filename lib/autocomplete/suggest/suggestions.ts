import { checkOptions, OPTION_INVALID, partOf, type Spec } from '../../options.ts';
import { LABEL_STYLES_OPTION, labelApart, placeLabel, type LabelStyle } from '../display/label.ts';
import { displayName, officialName } from '../display/names.ts';
import type { CountryNames } from '../geography/countries.ts';
import type { NameKind, PlaceKind } from '../place.ts';
import type { IndexedName, KeyField } from '../record/document.ts';
import { round } from '../rounding.ts';
import type { KeySearch, PlaceFilter, PlaceHit } from '../searches.ts';
import { type Candidate, rankCandidates, type ScoreParts } from './candidates.ts';
import type { MatchState } from './interpretations.ts';
import { matchRanges, type MatchRange, type NameMatch } from './match.ts';
import {
  passSearches,
  PLACE_QUERY_SPEC,
  placeQuery,
  type PlaceQuery,
  type PlaceQueryOptions,
} from './query.ts';

/** What a person sees. */
export interface Suggestion {
  id: string;
  /** The name that was meant, in the reader's language: 板橋. */
  name: string;
  /** The official name in the reader's language: 板橋區. */
  officialName: string;
  /** Name, parent city, country: 板橋, 新北市, 台灣. No two labels of a list are equal. */
  label: string;
  kind: PlaceKind;
  /** ISO 3166-1 alpha-2, null where unknown. */
  country: string | null;
  /** Half-open UTF-16 ranges of `name` that the input stands for; empty where it met another name only. */
  matches: MatchRange[];
  /** The name that the input met, where it is not the one shown (漢城 for 首爾). */
  matchedName?: string;
  /** Present where no source states `officialName`: it was turned into the reader's script. */
  converted?: true;
  location?: { lat: number; lon: number };
  /** Kilometres from `near`. */
  distanceKm?: number;
  /** Higher is better; comparable within one list only. */
  score: number;
  sessionToken?: string;
  /** With `explain`: which name was met, how, and how the score came about. */
  explain?: MatchExplanation;
}

/** Why a place was suggested, and why there. */
export interface MatchExplanation extends ScoreParts {
  matchedName: string;
  nameKind: NameKind;
  state: MatchState;
  field: KeyField;
  /** Folded text that was looked for in `field`. */
  value: string;
  /** Folded container that was typed beside it. */
  within?: string;
  /** The input is the whole name. */
  whole: boolean;
}

/** What a host may replace in labels. */
export interface SuggestionOptions {
  /** Default: CLDR. */
  countryNames?: CountryNames;
  /** Default: `LABEL_STYLES`. */
  labelStyles?: Readonly<Record<string, LabelStyle>>;
}

/** Options of `suggestionsFrom`. */
export const SUGGESTION_SPEC: Spec<SuggestionOptions> = {
  code: OPTION_INVALID,
  options: {
    countryNames: {
      type: 'object',
      like: ['nameOf'],
      otherwise: 'CLDR',
      help: 'names of countries, and which places show one',
    },
    labelStyles: LABEL_STYLES_OPTION,
  },
};

/** Options of `answerPlaceQuery`. */
export const PLACE_ANSWER_SPEC: Spec<PlaceQueryOptions & SuggestionOptions, 'limit' | 'explain'> = {
  code: OPTION_INVALID,
  options: { ...PLACE_QUERY_SPEC.options, ...SUGGESTION_SPEC.options },
};

/**
 * The suggestions in an engine's hits: one a place, ranked, with labels that can be told apart.
 *
 * @param query - What the hits are an answer to.
 * @param hits - In any order; a place more than once counts once.
 * @returns At most `query.limit`, best first.
 */
export function suggestionsFrom(
  query: PlaceQuery,
  hits: readonly PlaceHit[],
  options: SuggestionOptions = {},
): Suggestion[] {
  checkOptions(SUGGESTION_SPEC, options);
  return labelled(query, rankCandidates(query, hits), options);
}

/**
 * Answers a query through any engine: runs its passes until one finds a whole name, then ranks all.
 *
 * @param search - Runs key searches under a filter and returns the documents found.
 * @example
 * await answerPlaceQuery('板橋', {}, (searches, filter) => engine.findByKeys('places', searches, filter));
 */
export async function answerPlaceQuery(
  text: string,
  options: PlaceQueryOptions & SuggestionOptions,
  search: (searches: KeySearch[], filter: PlaceFilter) => Promise<PlaceHit[]>,
): Promise<Suggestion[]> {
  checkOptions(PLACE_ANSWER_SPEC, options);
  const query = placeQuery(text, partOf(PLACE_QUERY_SPEC, options));
  const hits: PlaceHit[] = [];
  let candidates: Candidate[] = [];
  for (const [done, pass] of query.passes.entries()) {
    hits.push(...(await search(passSearches(query, pass), query.filter)));
    candidates = rankCandidates(query, hits, done + 1);
    if (isAnswered(query, candidates, done)) break;
  }
  return labelled(query, candidates, options);
}

const LATIN = /^\p{Script=Latin}/u;

/**
 * A whole name ends the search; before mistakes are looked for, the beginning of one does too. The
 * beginning of a hamlet's name or of a spelling in some language is too little: 東施 is rather 東勢 than 東施厝坪.
 */
function isAnswered(query: PlaceQuery, candidates: readonly Candidate[], done: number): boolean {
  const sure = candidates.filter(({ matches }) => {
    const { agrees, interpretation } = matches[0]!;
    return agrees && interpretation.state !== 'initials';
  });
  if (sure.some(({ matches }) => matches[0]!.whole)) return true;
  if (query.passes[done + 1] !== query.passes.at(-1)) return false;
  return sure.some(({ source, matches }) => {
    const { kind, text } = matches[0]!.name;
    return source.granularity === undefined && !(kind === 'colloquial' && LATIN.test(text));
  });
}

/** A candidate on its way to a label. */
interface Row {
  candidate: Candidate;
  name: IndexedName;
  official: IndexedName;
  label: string;
}

function labelled(
  query: PlaceQuery,
  candidates: readonly Candidate[],
  options: SuggestionOptions,
): Suggestion[] {
  const { language } = query.reader;
  // Namesakes in one place can't be told apart: some are dropped, so label a few more than asked for.
  const rows = candidates.slice(0, query.limit * 2).map((candidate): Row => ({
    candidate,
    name: displayName(candidate.source, candidate.matches, language),
    official: officialName(candidate.source, language),
    label: '',
  }));
  labelApart(rows, (row, detail) => {
    if (detail !== 'short') row.name = row.official;
    const { source, matches } = row.candidate;
    const typed = { text: query.text, within: matches[0]!.interpretation.within };
    return placeLabel(source, row.name.text, { ...options, language, typed, detail });
  });
  const seen = new Set<string>();
  return rows
    .filter(({ label }) => !seen.has(label) && seen.add(label))
    .slice(0, query.limit)
    .map((row) => toSuggestion(query, row));
}

function toSuggestion(query: PlaceQuery, { candidate, name, official, label }: Row): Suggestion {
  const { source, matches, parts } = candidate;
  const suggestion: Suggestion = {
    id: source.id,
    name: name.text,
    officialName: official.text,
    label,
    kind: source.kind,
    country: source.country ?? null,
    matches: rangesIn(name, matches),
    score: round(parts.total),
  };
  if (suggestion.matches.length === 0) suggestion.matchedName = matches[0]!.name.text;
  if (official.made && !source.names.some((n) => !n.made && n.text === official.text)) {
    suggestion.converted = true;
  }
  if (source.location) {
    const { lat, lon } = source.location;
    suggestion.location = { lat, lon };
  }
  if (candidate.distanceKm !== undefined) suggestion.distanceKm = candidate.distanceKm;
  if (query.sessionToken !== undefined) suggestion.sessionToken = query.sessionToken;
  if (query.explain) suggestion.explain = explanationOf(matches[0]!, parts);
  return suggestion;
}

function explanationOf(match: NameMatch, parts: ScoreParts): MatchExplanation {
  const { name, interpretation, whole } = match;
  return {
    matchedName: name.text,
    nameKind: name.kind,
    state: interpretation.state,
    field: interpretation.field,
    whole,
    value: interpretation.value,
    ...(interpretation.within !== undefined && { within: interpretation.within }),
    match: round(parts.match),
    importance: round(parts.importance),
    home: round(parts.home),
    near: round(parts.near),
    crowd: round(parts.crowd),
    total: round(parts.total),
    of: Object.fromEntries(Object.entries(parts.of).map(([part, n]) => [part, round(n)])),
  };
}

/** Ranges in the shown name, by the best reading of the input that meets it. */
function rangesIn(name: IndexedName, matches: readonly NameMatch[]): MatchRange[] {
  for (const interpretation of new Set(matches.map((m) => m.interpretation))) {
    const ranges = matchRanges(name, interpretation);
    if (ranges.length > 0) return ranges;
  }
  return [];
}
