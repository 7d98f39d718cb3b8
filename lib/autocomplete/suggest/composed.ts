import { numberedKey } from '../reading/numbers.ts';
import { type Cover, coverOf, isMistake, isPlain } from '../reading/judge.ts';
import type { ReadText } from '../reading/read-text.ts';
import { ANCHOR_LIMITS, anchorSearch, anchorsOf } from '../reading/anchors.ts';
import { mistakeAnchors } from '../reading/mistakes.ts';
import type { PlaceSource } from '../record/document.ts';
import type { KeyField } from '../record/document.ts';
import type { KeySearch } from '../searches.ts';
import { type Candidate, ranked, whereaboutsOf } from './candidates.ts';
import type { MatchState } from './interpretations.ts';
import type { NameMatch } from './match.ts';
import { PLACE_QUERY_DEFAULTS, type PlaceQuery, scopesOf } from './query.ts';
import { RANKING } from './ranking.ts';

/** Key searches of the readings of a text: those of places that have all of it, and of places that leave a rest. */
export interface ReadingSearches {
  whole: KeySearch[];
  rest: KeySearch[];
}

/** What to look up for the parts of a text, less what the first pass looks up anyway. */
export function readingSearches(query: PlaceQuery, read: ReadText): ReadingSearches {
  const found: ReadingSearches = { whole: [], rest: [] };
  if (isNumber(query.key)) return found;
  const asked = new Set(query.passes[0]!.map(({ field, value }) => `${field} ${value}`));
  const limit = Math.max(PLACE_QUERY_DEFAULTS.window, query.limit);
  for (const anchor of anchorsOf(read.typed, read.readings, read.containers)) {
    const { field, value, chain, match } = anchor;
    if (chain === null && match !== 'beginning' && asked.has(`${field} ${value}`)) continue;
    const search = anchorSearch(anchor, read.containers, limit);
    // Whole names come first where a beginning is looked for.
    const searches =
      match === 'prefix' ? [{ ...search, match: 'whole' as const }, search] : [search];
    const scopes = chain === null ? scopesOf(query) : [{}];
    const into = anchor.rest ? found.rest : found.whole;
    for (const scope of scopes) into.push(...searches.map((one) => ({ ...one, ...scope })));
  }
  return found;
}

/** What to look up for the mistakes in a text of several parts. */
export function mistakeSearches(query: PlaceQuery, read: ReadText): KeySearch[] {
  if (isNumber(query.key) || read.spans.length === 0) return [];
  const limit = Math.max(PLACE_QUERY_DEFAULTS.window, query.limit);
  const meant = anchorsOf(read.typed, read.readings, read.containers);
  return [...mistakeAnchors(read.spans), ...meant.filter(({ chain }) => chain !== null)]
    .slice(0, ANCHOR_LIMITS.anchors)
    .map((anchor) => anchorSearch(anchor, read.containers, limit));
}

/** A text that is one number says nothing in parts: 10 is no 1 with something behind. */
function isNumber(key: string): boolean {
  return /^\d+$/.test(numberedKey(key).text);
}

/**
 * A place laid over a text of several parts; null where it does not fit, or the text is one plain name of
 * it, which the passes of a query judge.
 */
export function composedCandidate(
  query: PlaceQuery,
  read: ReadText,
  source: PlaceSource,
): Candidate | null {
  const cover = coverOf(read, source, query.reader.language);
  if (!cover || isPlain(cover)) return null;
  const whereabouts = whereaboutsOf(query, source, RANKING);
  if (whereabouts === null) return null;
  const { home, near, distanceKm } = whereabouts;
  const importance = RANKING.importance * source.importance;
  const of = { name: cover.own.value, around: cover.value - cover.own.value };
  const total = cover.value + importance + home + near;
  const best = matchOf(cover);
  const candidate: Candidate = {
    source,
    best,
    matches: () => [best],
    parts: { match: cover.value, importance, home, near, crowd: 0, total, of },
    cover,
  };
  if (distanceKm !== undefined) candidate.distanceKm = distanceKm;
  return candidate;
}

/** What parts of a text have in common with whole texts. */
const MET = { offset: 0, agrees: true, alike: undefined, weak: undefined } as const;

const FIELDS: Readonly<Record<string, KeyField>> = {
  pinyin: 'pinyin',
  zhuyin: 'zhuyin',
  romaji: 'romaji',
  kana: 'romaji',
  derived: 'inner',
  taiwan: 'taiwan',
  choseong: 'choseong',
};

/** As what the name of a reading is told and shown. */
function matchOf({ own: edge, positions }: Cover): NameMatch {
  const { name, layer, key, whole, share, from, to } = edge;
  const own = name.key ?? name.text;
  if (isMistake(edge)) {
    const typed = positions.key.slice(from, to);
    const sounds = layer === 'homophone';
    const interpretation = sounds
      ? ({ state: 'homophone', field: 'pinyin', value: key, match: 'whole' } as const)
      : ({ state: 'edit', field: 'name', value: typed, match: 'edit' } as const);
    return { name, interpretation, whole, share, ...MET };
  }
  if (layer === 'uncommitted') {
    const { key: typed, uncommitted } = positions;
    const value = typed.slice(from, uncommitted);
    const tail = typed.slice(uncommitted);
    const interpretation = {
      state: 'reading',
      field: 'name',
      value,
      match: 'prefix',
      tail,
    } as const;
    return { name, interpretation, whole, share, ...MET };
  }
  const isLiteral = ['name', 'number', 'derived'].includes(layer) || own === key;
  const field = isLiteral && layer !== 'derived' ? 'name' : (FIELDS[layer] ?? 'name');
  const state: MatchState = isLiteral ? 'literal' : layer === 'choseong' ? 'initials' : 'reading';
  const length = Math.max(1, Math.round(share * key.length));
  const met = layer === 'number' || layer === 'namesake' ? own : key;
  const value = whole ? met : met.slice(0, length);
  const interpretation = { state, field, value, match: whole ? 'whole' : 'prefix' } as const;
  return { name, interpretation, whole, share, ...MET };
}

/**
 * Whole names, and what is read in parts, as one list. What leaves a rest counts only where nothing has
 * all of the text; and who has more of it comes first, so that the deepest known place does.
 *
 * @param plain - Candidates of the passes.
 * @param composed - Not mutated.
 */
export function merged(plain: readonly Candidate[], composed: readonly Candidate[]): Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const candidate of [...plain, ...weighed(plain, composed)]) {
    const { crowd } = candidate.parts;
    const parts = { ...candidate.parts, crowd: 0, total: candidate.parts.total - crowd };
    const there = byId.get(candidate.source.id);
    if (!there || parts.total > there.parts.total) {
      byId.set(candidate.source.id, { ...candidate, parts });
    }
  }
  return ranked([...byId.values()]);
}

function weighed(plain: readonly Candidate[], composed: readonly Candidate[]): Candidate[] {
  const isRead = ({ unreadWeight, own, partial, guess }: Cover): boolean =>
    unreadWeight === 0 && own.whole && !partial && !guess;
  const begun = plain.some(beginsWithAll);
  const onlyWhole = begun || composed.some(({ cover }) => isRead(cover!));
  const kept = composed.filter(({ cover }) => !onlyWhole || cover!.unreadWeight === 0);
  const least = Math.min(...kept.map(({ cover }) => cover!.unreadWeight));
  return kept.map((candidate) => {
    const more = RANKING.unread * (candidate.cover!.unreadWeight - least);
    let unsure = Math.max(RANKING.unreadMost, more);
    if (begun) unsure += doubt(candidate.cover!);
    if (unsure === 0) return candidate;
    const { match, total, of } = candidate.parts;
    const parts = { ...candidate.parts, match: match + unsure, total: total + unsure };
    return { ...candidate, parts: { ...parts, of: { ...of, unsure } } };
  });
}

/** What is taken off a reading in parts where some place begins with the whole text. */
function doubt({ partial, parts, own }: Cover): number {
  const named = parts.filter(({ type }) => type === 'name' || type === 'admin').length;
  if (partial || named === parts.length) return RANKING.unsure;
  return own.whole ? 0 : RANKING.unsure / 4;
}

/** The place begins with all that was typed, literally or by its reading. */
export function beginsWithAll({ best }: Candidate): boolean {
  const { interpretation, agrees } = best;
  const { state, field } = interpretation;
  return agrees && (state === 'literal' || state === 'reading') && field !== 'inner';
}
