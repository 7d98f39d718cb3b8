import { numberedKey } from '../reading/numbers.ts';
import { type Cover, coverOf, isMistake, isPlain } from '../reading/judge.ts';
import type { ReadText } from '../reading/read-text.ts';
import { ANCHOR_LIMITS, anchorSearch, anchorsOf } from '../reading/anchors.ts';
import type { Neighbour } from '../reading/neighbours.ts';
import { mistakeAnchors } from '../reading/mistakes.ts';
import type { PlaceSource } from '../record/document.ts';
import type { KeyField } from '../record/document.ts';
import type { KeySearch, PlaceHit } from '../searches.ts';
import { type Candidate, ranked, uncrowded, whereaboutsOf } from './candidates.ts';
import type { MatchState } from './interpretations.ts';
import type { NameMatch } from './match.ts';
import { PLACE_QUERY_DEFAULTS, type PlaceQuery, scopesOf } from './query.ts';
import { RANKING } from './ranking.ts';

/**
 * Key searches for the readings of a text: for places that cover all of it, and for places that
 * leave a rest.
 */
export interface ReadingSearches {
  whole: KeySearch[];
  rest: KeySearch[];
}

/** The searches for the parts of a text, without those of the first pass. */
export function readingSearches(query: PlaceQuery, read: ReadText): ReadingSearches {
  const found: ReadingSearches = { whole: [], rest: [] };
  if (isNumber(query.key)) return found;
  const asked = new Set(query.passes[0]!.map(({ field, value }) => `${field} ${value}`));
  const { window } = PLACE_QUERY_DEFAULTS;
  for (const anchor of anchorsOf(read.typed, read.readings, read.containers)) {
    const { field, value, chain, match } = anchor;
    if (chain === null && match !== 'beginning' && asked.has(`${field} ${value}`)) continue;
    // Places that leave a rest are not fetched in larger numbers for a larger page.
    const limit = anchor.rest ? window : Math.max(window, query.limit);
    const search = anchorSearch(anchor, read.containers, limit);
    // A prefix search is preceded by one for whole names.
    const searches =
      match === 'prefix' ? [{ ...search, match: 'whole' as const }, search] : [search];
    const scopes = chain === null ? scopesOf(query) : [{}];
    const into = anchor.rest ? found.rest : found.whole;
    for (const scope of scopes) into.push(...searches.map((one) => ({ ...one, ...scope })));
  }
  return found;
}

/** The searches for mistakes in a text of several parts. */
export function mistakeSearches(query: PlaceQuery, read: ReadText): KeySearch[] {
  if (isNumber(query.key) || read.spans.length === 0) return [];
  const { window: limit } = PLACE_QUERY_DEFAULTS;
  const meant = anchorsOf(read.typed, read.readings, read.containers);
  return [...mistakeAnchors(read.spans), ...meant.filter(({ chain }) => chain !== null)]
    .slice(0, ANCHOR_LIMITS.anchors)
    .map((anchor) => anchorSearch(anchor, read.containers, limit));
}

/** A text that is one number is not read in parts: 10 is not 1 with a rest. */
function isNumber(key: string): boolean {
  return /^\d+$/.test(numberedKey(key).text);
}

/** False only if a place can't be laid over a text, as most of those can't that are fetched for mistakes. */
export function mayCover(
  read: ReadText,
  { place, source }: Pick<PlaceHit, 'place' | 'source'>,
): boolean {
  const presence = place?.presenceIn(read) ?? 'name';
  if (presence === 'name') return true;
  if (source.kind === 'station' && read.mayCallStation) return true;
  // Containers that the table lacks may stand before the beginning of a name.
  return (
    presence === 'part' &&
    source.parents.some(({ id }) => read.containers.indexOf(id) === undefined)
  );
}

/**
 * The candidate of a place for a text of several parts. Null if it does not fit, or if the text is
 * simply one of its names, which the passes of a query judge.
 */
export function composedCandidate(
  query: PlaceQuery,
  read: ReadText,
  source: PlaceSource,
  neighbours: readonly Neighbour[] = [],
): Candidate | null {
  const cover = coverOf(read, source, query.reader.language, neighbours);
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

/** Members of a match that are constant for parts of a text. */
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

/** The match of a name for explanations and highlights. */
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
 * Merges candidates of whole names and of parts. Candidates that leave a rest count only if none
 * covers all of the text, and those that cover more come first, so that the deepest known place
 * does.
 *
 * @param plain - Candidates of the passes.
 * @param composed - Not mutated.
 */
export function merged(plain: readonly Candidate[], composed: readonly Candidate[]): Candidate[] {
  const byId = new Map<string, Candidate>();
  for (const each of [...plain, ...weighed(plain, composed)]) {
    const candidate = uncrowded(each);
    const there = byId.get(candidate.source.id);
    if (!there || candidate.parts.total > there.parts.total) {
      byId.set(candidate.source.id, candidate);
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
  const longest = longestNames(kept);
  const shallow = shallowOf(kept);
  return kept.map((candidate) => {
    const more = RANKING.unread * (candidate.cover!.unreadWeight - least);
    let unsure = Math.max(RANKING.unreadMost, more);
    if (isTornApart(candidate.cover!, longest)) unsure += RANKING.torn;
    if (shallow.has(candidate)) unsure += RANKING.shallow;
    if (begun) unsure += doubt(candidate.cover!);
    if (unsure === 0) return candidate;
    const { match, total, of } = candidate.parts;
    const parts = { ...candidate.parts, match: match + unsure, total: total + unsure };
    return { ...candidate, parts: { ...parts, of: { ...of, unsure } } };
  });
}

/** How much less the cover of a place may be worth and still count as about as good as that of its container. */
const ABOUT_AS_GOOD = 0.3;

/** Candidates that contain a place which leaves less of the text unread. */
function shallowOf(candidates: readonly Candidate[]): ReadonlySet<Candidate> {
  const byId = new Map(candidates.map((candidate) => [candidate.source.id, candidate]));
  const found = new Set<Candidate>();
  for (const { source, cover } of candidates) {
    if (!cover!.own.whole || cover!.guess) continue;
    for (const { id } of source.parents) {
      const around = byId.get(id);
      if (!around || around.cover!.unreadWeight <= cover!.unreadWeight) continue;
      if (cover!.value >= around.cover!.value - ABOUT_AS_GOOD) found.add(around);
    }
  }
  return found;
}

/**
 * Ends of the longest names (except of stations) that occur literally in the text, by their
 * beginning.
 */
function longestNames(candidates: readonly Candidate[]): ReadonlyMap<number, number> {
  const longest = new Map<number, number>();
  for (const { cover, source } of candidates) {
    const { from, to, whole, layer } = cover!.own;
    if (source.kind === 'station') continue;
    if (whole && layer === 'name') longest.set(from, Math.max(to, longest.get(from) ?? 0));
  }
  return longest;
}

/** Whether a name with the kind word after it is part of another place's name: 博多駅前. */
function isTornApart({ parts, own }: Cover, longest: ReadonlyMap<number, number>): boolean {
  const kind = parts.find(({ type, from }) => type === 'kind' && from >= own.to);
  return kind !== undefined && (longest.get(own.from) ?? 0) >= kind.to;
}

/** Penalty of a reading in parts if some place begins with the whole text. */
function doubt({ partial, parts, own }: Cover): number {
  const named = parts.filter(({ type }) => type === 'name' || type === 'admin').length;
  if (partial || named === parts.length) return RANKING.unsure;
  return own.whole ? 0 : RANKING.unsure / 4;
}

/** Whether the place begins with everything that was typed, literally or by its reading. */
export function beginsWithAll({ best }: Candidate): boolean {
  const { interpretation, agrees } = best;
  const { state, field } = interpretation;
  return agrees && (state === 'literal' || state === 'reading') && field !== 'inner';
}
