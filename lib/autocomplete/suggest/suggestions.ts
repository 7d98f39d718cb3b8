import { OPTION_INVALID, type Spec } from '../../options.ts';
import { labelApart, labelKey, placeLabel } from '../display/label.ts';
import {
  LABEL_STYLES_OPTION,
  type LabelPreset,
  type LabelStyles,
} from '../display/label-styles.ts';
import { displayName, officialName } from '../display/names.ts';
import type { CountryNames } from '../geography/countries.ts';
import type { NameKind, PlaceKind } from '../place.ts';
import type { IndexedName, KeyField } from '../record/document.ts';
import { round } from '../rounding.ts';
import type { Cover } from '../reading/judge.ts';
import type { Candidate } from './candidates.ts';
import { citiesFirst } from './namesakes.ts';
import type { MatchState } from './interpretations.ts';
import { matchRanges, type MatchRange, type NameMatch } from './match.ts';
import type { PlaceQuery } from './query.ts';
import type { ScoreParts } from './ranking.ts';

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
  /** Half-open UTF-16 ranges of what was typed that the place has nothing for; absent where it has all of it. */
  unread?: MatchRange[];
  /**
   * Present where what was typed is taken for a mistake: the same sound in other characters, one edit away, or a
   * keyboard in the wrong mode.
   */
  guess?: true;
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
  /** What the text stands for, where the keyboard was in the wrong mode or double pinyin was typed. */
  readAs?: string;
  /** What the parts of the text were read as, where there are several. */
  reading?: ExplainedPart[];
  /** The input is the whole name. */
  whole: boolean;
}

/** A part of a text and what it was read as. */
export interface ExplainedPart {
  part: 'name' | 'container' | 'kind' | 'operator' | 'admin' | 'rest';
  /** As it was typed. */
  text: string;
}

/** What a host may replace in labels. */
export interface SuggestionOptions {
  /** Default: CLDR. */
  countryNames?: CountryNames;
  /** A preset (`commas`, `address`), or styles by language. Default: `commas`. */
  labelStyles?: LabelStyles | LabelPreset;
}

/** Options of `labelled`, and of what ends in it. */
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

/** A candidate on its way to a label. */
interface Row {
  candidate: Candidate;
  matches: readonly NameMatch[];
  name: IndexedName;
  official: IndexedName;
  label: string;
}

/** Suggestions of ranked candidates, with labels that can be told apart; at most `query.limit`. */
export function labelled(
  query: PlaceQuery,
  candidates: readonly Candidate[],
  options: SuggestionOptions,
): Suggestion[] {
  const { language, home } = query.reader;
  // Namesakes in one place can't be told apart: some are dropped, so label a few more than asked for.
  const ordered = query.namesakes === 'city' ? citiesFirst(candidates) : candidates;
  const rows = ordered.slice(0, query.limit * 2).map((candidate): Row => {
    const { source } = candidate;
    const matches = candidate.matches();
    const official = officialName(source, language, options.countryNames);
    return {
      candidate,
      matches,
      name: displayName(source, matches, { language, official }),
      official,
      label: '',
    };
  });
  labelApart(
    rows,
    (row, detail) => {
      if (detail !== 'short') row.name = row.official;
      const { source } = row.candidate;
      const text = row.candidate.read?.text ?? query.text;
      const typed = { text, within: containersTyped(row.candidate) };
      return placeLabel(source, row.name.text, { ...options, language, home, typed, detail });
    },
    ({ candidate }) => candidate.source.kind,
  );
  const seen = new Set<string>();
  return rows
    .filter(({ label }) => !seen.has(labelKey(label)) && seen.add(labelKey(label)))
    .slice(0, query.limit)
    .map((row) => toSuggestion(query, row));
}

function toSuggestion(query: PlaceQuery, row: Row): Suggestion {
  const { candidate, matches, name, official, label } = row;
  const { source, best, parts } = candidate;
  const suggestion: Suggestion = {
    id: source.id,
    name: name.text,
    officialName: official.text,
    label,
    kind: source.kind,
    country: source.country ?? null,
    matches: rangesIn(name, matches, source.country),
    score: round(parts.total),
  };
  if (suggestion.matches.length === 0) suggestion.matchedName = best.name.text;
  if (official.made && !source.names.some((n) => !n.made && n.text === official.text)) {
    suggestion.converted = true;
  }
  if (source.location) {
    const { lat, lon } = source.location;
    suggestion.location = { lat, lon };
  }
  if (candidate.distanceKm !== undefined) suggestion.distanceKm = candidate.distanceKm;
  const { unread } = candidate.cover ?? { unread: [] };
  if (unread.length > 0) suggestion.unread = unread;
  const { state } = best.interpretation;
  const guesses = state === 'edit' || state === 'homophone';
  if (guesses || candidate.cover?.guess || candidate.read?.guess) suggestion.guess = true;
  if (query.sessionToken !== undefined) suggestion.sessionToken = query.sessionToken;
  if (query.explain) suggestion.explain = explanationOf(query, candidate);
  return suggestion;
}

function explanationOf(query: PlaceQuery, candidate: Candidate): MatchExplanation {
  const { best, parts, cover, read } = candidate;
  const { name, interpretation, whole } = best;
  return {
    matchedName: name.text,
    nameKind: name.kind,
    state: interpretation.state,
    field: interpretation.field,
    whole,
    value: interpretation.value,
    ...(read && { readAs: read.text }),
    ...(cover && { reading: explainedParts(read?.text ?? query.text, cover) }),
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
function rangesIn(
  name: IndexedName,
  matches: readonly NameMatch[],
  country: string | undefined,
): MatchRange[] {
  for (const interpretation of new Set(matches.map((m) => m.interpretation))) {
    const ranges = matchRanges(name, interpretation, country);
    if (ranges.length > 0) return ranges;
  }
  return [];
}

function explainedParts(text: string, { parts, positions }: Cover): ExplainedPart[] {
  return parts.map(({ type, from, to }) => ({
    part: type,
    text: text.slice(positions.starts[from], positions.ends[to - 1]),
  }));
}

/** What was typed of containers, folded. */
function containersTyped({ cover }: Candidate): string[] {
  const parts = cover?.parts.filter(({ type }) => type === 'container') ?? [];
  return parts.map(({ from, to }) => cover!.positions.key.slice(from, to));
}
