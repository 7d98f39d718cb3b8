import { OPTION_INVALID, type Spec } from '../../options.ts';
import { labelApart, type LabelDetail, placeLabel, standApart } from '../display/label.ts';
import {
  isOfficial,
  LABEL_STYLES_OPTION,
  type LabelPreset,
  type LabelStyles,
} from '../display/label-styles.ts';
import { displayName, officialName, writtenFor } from '../display/names.ts';
import type { CountryNames } from '../geography/countries.ts';
import type { NameKind, PlaceKind } from '../place.ts';
import type { IndexedName, KeyField } from '../record/document.ts';
import { round } from '../rounding.ts';
import type { Cover } from '../reading/judge.ts';
import type { Candidate } from './candidates.ts';
import { namesakesInOrder } from './namesakes.ts';
import type { MatchState } from './interpretations.ts';
import { matchRanges, type MatchRange, type NameMatch } from './match.ts';
import type { PlaceQuery } from './query.ts';
import { RANKING, type ScoreParts } from './ranking.ts';

/** A suggestion to show. */
export interface Suggestion {
  id: string;
  /** The name that was meant, in the reader's language: 板橋. */
  name: string;
  /** The official name in the reader's language: 板橋區. */
  officialName: string;
  /** Name, parent city, country: 板橋, 新北市, 台灣. No two labels of a list are equal. */
  label: string;
  kind: PlaceKind;
  /** ISO 3166-1 alpha-2; null if unknown. */
  country: string | null;
  /**
   * Half-open UTF-16 ranges of `name` that the input matches; empty if it only matches another
   * name.
   */
  matches: MatchRange[];
  /** The matched name, if it is not the one shown (漢城 for 首爾). */
  matchedName?: string;
  /**
   * Present if the record does not state `officialName`, which was converted to the reader's
   * script.
   */
  converted?: true;
  location?: { lat: number; lon: number };
  /** Kilometres from `near`. */
  distanceKm?: number;
  /** Higher is better; comparable within one list only. */
  score: number;
  /**
   * The rest: half-open UTF-16 ranges of the input that the place does not account for; absent
   * without a rest.
   */
  unread?: MatchRange[];
  /**
   * Present if the input is assumed to have a mistake: a homophone, one edit, or a keyboard in the
   * wrong mode.
   */
  guess?: true;
  sessionToken?: string;
  /** With `explain`: the matched name, how it matched, and the parts of the score. */
  explain?: MatchExplanation;
}

/** Why a place was suggested at its position. */
export interface MatchExplanation extends ScoreParts {
  matchedName: string;
  nameKind: NameKind;
  state: MatchState;
  field: KeyField;
  /** Folded text that was searched in `field`. */
  value: string;
  /** The text that was meant, for a keyboard in the wrong mode or double pinyin. */
  readAs?: string;
  /** Part of `importance` that was learned from use; absent if 0. */
  learned?: number;
  /** How the parts of the text were read, if there are several. */
  reading?: ExplainedPart[];
  /** Whether the input is the whole name. */
  whole: boolean;
}

/** A part of a text and its meaning. */
export interface ExplainedPart {
  part: 'name' | 'container' | 'kind' | 'operator' | 'admin' | 'rest';
  /** The part as typed. */
  text: string;
}

/** Options of labels. */
export interface SuggestionOptions {
  /** Default: CLDR. */
  countryNames?: CountryNames;
  /** A preset (`commas`, `address`), or styles by language. Default: `commas`. */
  labelStyles?: LabelStyles | LabelPreset;
}

/** Options of `labelled`, and of functions that call it. */
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

/** A candidate that is getting its label. */
interface Row {
  candidate: Candidate;
  matches: readonly NameMatch[];
  name: IndexedName;
  official: IndexedName;
  label: string;
}

/** Suggestions of ranked candidates, with distinct labels; at most `query.limit`. */
export function labelled(
  query: PlaceQuery,
  candidates: readonly Candidate[],
  options: SuggestionOptions,
): Suggestion[] {
  const { language, home } = query.reader;
  const rowOf = (candidate: Candidate): Row => {
    const { source } = candidate;
    const matches = candidate.matches();
    const official = officialName(source, language, options.countryNames);
    const row: Row = {
      candidate,
      matches,
      name: writtenFor(displayName(source, matches, { language, official }), language),
      official: writtenFor(official, language),
      label: '',
    };
    row.label = labelOf(row, 'short');
    return row;
  };
  const labelOf = (row: Row, detail: LabelDetail): string => {
    if (detail !== 'short') row.name = row.official;
    const { source } = row.candidate;
    const { text: name } = isOfficial(language, options.labelStyles) ? row.official : row.name;
    const text = row.candidate.read?.text ?? query.text;
    const hasKind = row.candidate.cover?.parts.some(({ type }) => type === 'kind') ?? false;
    const typed = { text, within: containersTyped(row.candidate), hasKind };
    return placeLabel(source, name, { ...options, language, home, typed, detail });
  };
  const kindOf = ({ candidate }: Row): PlaceKind => candidate.source.kind;
  const ordered = namesakesInOrder(candidates, query.namesakes);
  const rows = ordered.slice(0, query.limit).map(rowOf);
  if (!standApart(rows, kindOf)) {
    // Namesakes with the same container and label are shown once, so a few more are labelled than
    // requested.
    rows.push(...ordered.slice(query.limit, query.limit * 2).map(rowOf));
    labelApart(rows, labelOf, kindOf);
  }
  const seen = new Set<string>();
  return rows
    .filter(({ label }) => !seen.has(label) && seen.add(label))
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
  const { best, parts, cover, read, source } = candidate;
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
    ...(source.learned !== undefined && { learned: round(RANKING.importance * source.learned) }),
    home: round(parts.home),
    near: round(parts.near),
    crowd: round(parts.crowd),
    total: round(parts.total),
    of: Object.fromEntries(Object.entries(parts.of).map(([part, n]) => [part, round(n)])),
  };
}

/** Matched ranges of the shown name, by the best match of the input. */
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

/** Typed names of containers, folded. */
function containersTyped({ cover }: Candidate): string[] {
  const parts = cover?.parts.filter(({ type }) => type === 'container') ?? [];
  return parts.map(({ from, to }) => cover!.positions.key.slice(from, to));
}
