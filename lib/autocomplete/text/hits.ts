import { foldWithOffsets } from '../../analyzers/fold.ts';
import { checkOptions, OPTION_INVALID, partOf, type Spec } from '../../options.ts';
import { labelApart, type LabelDetail, placeLabel } from '../display/label.ts';
import { isOfficial } from '../display/label-styles.ts';
import { isShownTo, officialName, writtenFor } from '../display/names.ts';
import { type Fragment, SNIPPET_SPEC, type SnippetOptions } from '../long-text/snippets.ts';
import type { PlaceKind } from '../place.ts';
import { type IndexedName, plainSource } from '../record/document.ts';
import { round } from '../rounding.ts';
import { type Containers, CONTAINERS_OPTION } from '../reading/containers.ts';
import { ReadText } from '../reading/read-text.ts';
import type { KeySearch, PlaceFilter, PlaceHit, TextHit, TextSearch } from '../searches.ts';
import { mistakeSearches, readingSearches } from '../suggest/composed.ts';
import type { MatchRange } from '../suggest/match.ts';
import { placeQuery } from '../suggest/query.ts';
import { SUGGESTION_SPEC, type SuggestionOptions } from '../suggest/suggestions.ts';
import { matchText, type TextMatch } from './match.ts';
import {
  lookedAt,
  TEXT_QUERY_SPEC,
  textQuery,
  type TextQuery,
  type TextQueryOptions,
} from './query.ts';
import {
  hasAll,
  type MeantText,
  rankTexts,
  type TextCandidate,
  type TextScore,
  textsMeant,
} from './ranking.ts';
import type { TextPart } from './segments.ts';
import type { TextContext } from './terms.ts';
import {
  aboutQuery,
  type DescribedCandidate,
  describedCandidates,
  fragmentsOfDescription,
  withDescribed,
} from './descriptions.ts';
import { unreadCount, unreadUnits } from './unread.ts';

/** A text of a place that matched, with ranges to emphasise. */
export interface TextHighlight {
  part: TextPart;
  /** The matched name or category as written, or a container in its stored, folded form. */
  text: string;
  /** Half-open UTF-16 ranges of `text`. */
  ranges: MatchRange[];
}

/** A place that a text search found. */
export interface TextResult {
  id: string;
  /** The matched name if the reader can read it, else the official one. */
  name: string;
  /** The official name in the reader's language. */
  officialName: string;
  /** Name, parent city, country. */
  label: string;
  kind: PlaceKind;
  /** ISO 3166-1 alpha-2; null if unknown. */
  country: string | null;
  categories: string[];
  location?: { lat: number; lon: number };
  /** Kilometres from `near`. */
  distanceKm?: number;
  /** Higher is better; comparable within one list only. */
  score: number;
  /** Half-open UTF-16 ranges of `name`; empty if another name or a category matched. */
  matches: MatchRange[];
  /** Every text of the place that matched. */
  highlights: TextHighlight[];
  /** The matching description, if descriptions are searched. */
  description?: {
    /** BCP 47 tag; absent if unknown. */
    language?: string;
    /** Fragments around matches, in order. */
    fragments: Fragment[];
  };
  /**
   * The rest: half-open UTF-16 ranges of the input that the place does not account for; absent
   * without a rest.
   */
  unread?: MatchRange[];
  /** Present if a character of the input is assumed to be a mistake. */
  guess?: true;
  /** With `explain`: the meaning of each piece of the text, and the parts of the score. */
  explain?: TextExplanation;
}

/** Why a place was found at its position. */
export interface TextExplanation extends TextScore {
  /** The matched name; null if only a category matched. */
  matchedName: string | null;
  pieces: { text: string; part: TextPart; aligned: boolean; value: number }[];
}

/** A page of results of a text search. */
export interface TextAnswer {
  /** Number of places found, at most `TEXT_QUERY_DEFAULTS.window` for each search. */
  total: number;
  /** Whether there may be more than `total`. */
  more: boolean;
  hits: TextResult[];
}

/** Options of `answerTextQuery`. */
export interface TextAnswerOptions extends TextQueryOptions, SuggestionOptions, SnippetOptions {
  /** Table of containers, for reading texts of several parts. Default: no containers. */
  containers?: Containers;
}

/** The look-ups of a text search. */
export interface TextLookUps {
  byTerms: (search: TextSearch, filter: PlaceFilter) => Promise<TextHit[]>;
  byKeys: (searches: KeySearch[], filter: PlaceFilter) => Promise<PlaceHit[]>;
  /** Returns the number of places with each term in their descriptions. */
  countAbout: (terms: readonly string[]) => Promise<number[]>;
}

/** Options of `answerTextQuery`. */
export const TEXT_ANSWER_SPEC: Spec<
  TextAnswerOptions,
  'limit' | 'explain' | 'from' | 'in' | 'fragments' | 'fragmentLength'
> = {
  code: OPTION_INVALID,
  options: {
    ...TEXT_QUERY_SPEC.options,
    ...SUGGESTION_SPEC.options,
    ...SNIPPET_SPEC.options,
    containers: CONTAINERS_OPTION,
  },
};

/**
 * Answers a text search through any engine: looks up all of its terms; then, where no place has the whole text, what
 * its parts may name (see `readQuery`) or be a mistake for, and at last names with one character wrong. Judges what
 * comes, and cuts out the page.
 *
 * @param engine - Each call runs its searches under a filter and returns the documents found; at most three calls.
 * @example
 * await answerTextQuery('清水寺 京都', {}, {}, {
 *   byTerms: (search, filter) => engine.findByTerms('places', search, filter),
 *   byKeys: (searches, filter) => engine.findByKeys('places', searches, filter),
 * });
 */
export async function answerTextQuery(
  text: string,
  options: TextAnswerOptions,
  context: Pick<TextContext, 'textStarts'>,
  engine: TextLookUps,
): Promise<TextAnswer> {
  checkOptions(TEXT_ANSWER_SPEC, options);
  const read = new ReadText(lookedAt(text), options.containers);
  const query = textQuery(text, partOf(TEXT_QUERY_SPEC, options), context, read);
  const named = query.in.includes('names');
  const [terms, mistakes] = named ? query.searches : [];
  const about = query.in.includes('descriptions')
    ? await aboutQuery(query, context, engine.countAbout)
    : null;
  let found: Found = { hits: [], meant: [], mistakes: false, read };
  const take = (hits: readonly TextHit[], of: Partial<Found> = {}): void => {
    found = { ...found, ...of, hits: [...found.hits, ...hits] };
    found.meant = textsMeant(query, found.hits, found.mistakes, found.read);
  };
  const some = (holds: (match: TextMatch) => boolean): boolean =>
    found.meant.some(([, match]) => holds(match));
  if (terms) {
    const asked = about ? { ...terms, descriptions: true as const } : terms;
    take(...(await byTerms(query, asked, engine)));
  }
  const described: DescribedCandidate[] = [];
  if (about) {
    const [hits, { last }] = await byTerms(query, about.search, engine);
    described.push(...describedCandidates(query, about, [...found.hits, ...hits], named));
    found.last ??= last;
  }
  if (terms && !some(({ segments }) => unreadCount(query.key, segments) === 0)) {
    take(await byParts(query, read, engine));
  }
  const isAnswered = (): boolean =>
    some((match) => hasAll(query, match)) ||
    described.some(({ match }) => unreadCount(query.key, match.segments) === 0);
  if (terms && !isAnswered()) {
    const [hits, of] = mistakes ? await byTerms(query, mistakes, engine) : [[], {}];
    take(hits, { ...of, mistakes: true, read: read.mistaken() });
  }
  const { last } = found;
  const ranked = rankTexts(query, found.meant);
  const candidates = about ? withDescribed(ranked, described) : ranked;
  const page = candidates.slice(query.from, query.from + query.limit);
  const rows = page.map((candidate) => rowOf(query, candidate, found.mistakes, options));
  const { language, home } = query.reader;
  const labelOf = ({ candidate, name, official }: Row, detail: LabelDetail): string => {
    const isShort = detail === 'short' && !isOfficial(language, options.labelStyles);
    const shown = isShort ? name : official;
    const typed = { text: query.text };
    const how = { ...options, language, home, typed, detail };
    return placeLabel(candidate.source, shown.text, how);
  };
  for (const row of rows) row.label = labelOf(row, 'short');
  labelApart(rows, labelOf, ({ candidate }) => candidate.source.kind);
  const more = last !== undefined && candidates.some(({ source }) => source.id === last);
  const cut = partOf(SNIPPET_SPEC, options);
  const fragments = ({ candidate: { described } }: Row): Fragment[] =>
    described && about ? fragmentsOfDescription(described, about, cut) : [];
  const hits = rows.map((row) => resultOf(query, row, fragments(row)));
  return { total: candidates.length, more, hits };
}

/** The state of a text search. */
interface Found {
  hits: readonly TextHit[];
  /** The places that are meant, with their matches, in any order. */
  meant: readonly MeantText[];
  /** Whether names may have one wrong character. */
  mistakes: boolean;
  /** The text as it is read: with mistakes at last. */
  read: ReadText;
  /** The last document of a search that found as many as it may. */
  last?: string | undefined;
}

async function byTerms(
  { filter }: TextQuery,
  search: TextSearch,
  engine: TextLookUps,
): Promise<[TextHit[], Pick<Found, 'last'>]> {
  const hits = await engine.byTerms(search, filter);
  return [hits, { last: hits.length === search.limit ? hits.at(-1)?.id : undefined }];
}

/** Places that parts of the text may name, in any script, or be a mistake for. */
async function byParts(query: TextQuery, read: ReadText, engine: TextLookUps): Promise<TextHit[]> {
  const { reader, limit, filter, near, radiusKm } = query;
  const { language, home } = reader;
  const where = { ...(near && { near }), ...(radiusKm !== undefined && { radiusKm }) };
  const asked = placeQuery(read.typed.text, { language, home, limit, ...where });
  const { whole, rest } = readingSearches(asked, read);
  const searches = [...whole, ...rest, ...mistakeSearches(asked, read.mistaken())];
  if (searches.length === 0) return [];
  const hits = await engine.byKeys(searches, filter);
  return hits.map(({ id, source }) => ({ id, source: { ...plainSource(source), zh: [], ja: [] } }));
}

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
  const shownName =
    met && (met === official || isShownTo(met, source, { language, official })) ? met : official;
  const shown =
    shownName === met ? match : matchText(query, { ...source, names: [shownName] }, mistakes);
  const name = writtenFor(shownName, language);
  const pieces = (shown?.segments ?? []).flatMap((s) => (s.part === 'name' ? s.met : []));
  const matches = rangesIn(name.text, pieces);
  return { candidate, name, official: writtenFor(official, language), matches, label: '' };
}

function resultOf(
  query: TextQuery,
  { candidate, name, official, matches, label }: Row,
  fragments: Fragment[],
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
  const unread = unreadIn(query, candidate);
  if (unread.length > 0) result.unread = unread;
  const { described } = candidate;
  if (described) {
    const { language } = described;
    result.description = language === undefined ? { fragments } : { language, fragments };
  }
  if (candidate.match.segments.some(({ wrong }) => wrong)) result.guess = true;
  if (query.explain) result.explain = explanationOf(query, candidate);
  return result;
}

/** Ranges of the input that a place does not account for, including what is beyond `maxLength`. */
function unreadIn(query: TextQuery, { match }: TextCandidate): MatchRange[] {
  const { key, starts, ends, text } = query;
  const ranges = unreadUnits(key, match.segments).map((at): MatchRange => [starts[at]!, ends[at]!]);
  const beyond = text.slice(ends.at(-1) ?? 0);
  if (/[\p{L}\p{N}]/u.test(beyond)) ranges.push([ends.at(-1)!, text.trimEnd().length]);
  const joined: MatchRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    const between = last && text.slice(last[1], range[0]);
    if (last && !/[\p{L}\p{N}]/u.test(between!)) last[1] = Math.max(last[1], range[1]);
    else joined.push(range);
  }
  return joined;
}

function highlightsOf({ source, match }: TextCandidate): TextHighlight[] {
  const pieces = new Map<string, { part: TextPart; text: string; met: [number, number][] }>();
  for (const { part, of, met } of match.segments) {
    const text = {
      name: match.name?.text,
      category: source.categories?.[of],
      container: source.within[of],
      kind: undefined,
      description: undefined,
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
