import { checkOptions, type CustomOption, OPTION_INVALID, type Spec } from '../../options.ts';
import type { PlaceKind, PlaceName, PlaceRecord } from '../place.ts';
import type { Boundaries } from './boundaries.ts';
import { BOUNDARY_LEVELS, type BoundaryLevel, type BoundaryRef } from './boundary.ts';
import type { Correction } from './corrections.ts';

/** Sources of parents, besides the record. */
export interface ParentSources {
  lookup(id: string): PlaceRecord | undefined;
  boundaries?: Boundaries | null;
  corrections?: ReadonlyMap<string, Correction>;
}

const orNull = (
  like: string,
  wanted: string,
  help: string,
): CustomOption & { default?: undefined } => ({
  type: 'custom',
  fits: (value) => value === null || (typeof value === 'object' && like in value),
  wanted,
  otherwise: 'none',
  help,
});

/** Options of `resolveParents`. */
export const PARENTS_SPEC: Spec<ParentSources> = {
  code: OPTION_INVALID,
  options: {
    lookup: { type: 'function', required: true, help: 'the record of an id' },
    boundaries: orNull('parentsOf', 'what readBoundaries returns, or null', 'outlines'),
    corrections: orNull('get', 'a Map of corrections by id', 'parents set by hand'),
  },
};

/** Something about a place's parents that a person should check. */
export interface ParentIssue {
  /**
   * - `PARENT_NOT_FOUND`: a stated or corrected parent is not a known place
   * - `PARENT_CYCLE`: the stated parents form a cycle
   * - `PARENT_MISMATCH`: outlines and the record put the place into different cities
   * - `PARENT_RIVALS`: several areas of a level contain the point
   * - `PARENT_NEAREST`: no area contains the point, so the nearest one was used
   * - `PARENT_NONE`: the place has no parent and is not a country
   */
  code:
    | 'PARENT_NOT_FOUND'
    | 'PARENT_CYCLE'
    | 'PARENT_MISMATCH'
    | 'PARENT_RIVALS'
    | 'PARENT_NEAREST'
    | 'PARENT_NONE';
  /** The ids or the distance concerned; may be empty. */
  detail: string;
}

/**
 * What decided: a correction, the place's own outline, outlines around its point, or its record.
 */
export type ParentOrigin = 'correction' | 'boundary' | 'geometry' | 'stated' | 'none';

/** The containers of a record, and issues with them. */
export interface ResolvedParents {
  /** Nearest first. */
  parents: PlaceRecord[];
  from: ParentOrigin;
  issues: ParentIssue[];
}

/** Longest chain of parents: country, region, city, district, and room to spare. */
const MAX_DEPTH = 16;

/**
 * Kinds that are points; the others are areas, for which the record is more reliable than their
 * point.
 */
const POINTS: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['town', 'station', 'poi']);

/**
 * Finds the containers of a record. The first of these decides: a correction; the place's own
 * outline; for towns, stations and points of interest, the outlines around the point; what the
 * record states; for the other kinds, the outlines around the point.
 *
 * A stated parent is kept if it is narrower than the outlines and in the same city.
 */
export function resolveParents(record: PlaceRecord, sources: ParentSources): ResolvedParents {
  checkOptions(PARENTS_SPEC, sources);
  const issues: ParentIssue[] = [];
  const correction = sources.corrections?.get(record.id);
  if (correction) {
    const parents = chainFrom(record, correction.parent ?? undefined, sources, issues);
    return { parents, from: 'correction', issues };
  }
  const own = sources.boundaries?.get(record.id);
  if (own && own.parent !== null && placeOf(own.parent, sources)) {
    const parents = chainFrom(record, own.parent, sources, issues);
    return { parents, from: 'boundary', issues };
  }
  const stated = chainFrom(record, record.parent, sources, issues);
  const around = record.kind === 'country' ? [] : geometricChain(record, sources, issues);
  const cityOf = (chain: readonly PlaceRecord[]): PlaceRecord | undefined =>
    chain.find((place) => place.kind === 'city');
  const cities = [cityOf(stated), cityOf(around)];
  if (cities[0] && cities[1] && cities[0].id !== cities[1].id) {
    const detail = `record: ${cities[0].id}, outlines: ${cities[1].id}`;
    issues.push({ code: 'PARENT_MISMATCH', detail });
  }
  const useGeometry =
    around.length > 0 &&
    (stated.length === 0 || (POINTS.has(record.kind) && cities[1] !== undefined));
  if (useGeometry) {
    const agrees = cities[1] !== undefined && stated.some(({ id }) => id === cities[1]!.id);
    const parents = agrees && stated.length > around.length ? stated : around;
    return { parents, from: 'geometry', issues };
  }
  if (stated.length > 0) return { parents: stated, from: 'stated', issues };
  if (record.kind !== 'country') issues.push({ code: 'PARENT_NONE', detail: '' });
  return { parents: [], from: 'none', issues };
}

/** The place with an id, followed by its stated containers. */
function chainFrom(
  record: PlaceRecord,
  first: string | undefined,
  sources: ParentSources,
  issues: ParentIssue[],
): PlaceRecord[] {
  const chain: PlaceRecord[] = [];
  for (let id = first; id !== undefined && chain.length < MAX_DEPTH;) {
    if (id === record.id || chain.some((place) => place.id === id)) {
      issues.push({ code: 'PARENT_CYCLE', detail: id });
      return [];
    }
    const place = placeOf(id, sources);
    if (!place) {
      issues.push({ code: 'PARENT_NOT_FOUND', detail: id });
      break;
    }
    chain.push(place);
    const correction = sources.corrections?.get(id);
    id = correction ? (correction.parent ?? undefined) : place.parent;
  }
  return chain;
}

/** The areas around a record's point that are wider than the record itself. */
function geometricChain(
  record: PlaceRecord,
  sources: ParentSources,
  issues: ParentIssue[],
): PlaceRecord[] {
  const { boundaries } = sources;
  if (!boundaries || !record.location) return [];
  const { country } = record;
  const found = boundaries.parentsOf({ ...record.location, country });
  if (country !== undefined && found.country?.country && found.country.country !== country) {
    return [];
  }
  const levels = BOUNDARY_LEVELS.slice(0, levelsAbove(record.kind)).reverse();
  const refs = levels
    .map((level: BoundaryLevel) => found[level])
    .filter((ref): ref is BoundaryRef => ref !== null && ref.id !== record.id);
  if (found.rivals.length > 0) {
    issues.push({ code: 'PARENT_RIVALS', detail: found.rivals.map((ref) => ref.id).join(', ') });
  }
  if (found.nearest) {
    issues.push({ code: 'PARENT_NEAREST', detail: `${found.nearest.km.toFixed(1)} km` });
  }
  const ids = new Set(refs.map((ref) => ref.id));
  return Array.from(ids, (id) => placeOf(id, sources)!);
}

function levelsAbove(kind: PlaceKind): number {
  const own = BOUNDARY_LEVELS.indexOf(kind as BoundaryLevel);
  return own < 0 ? BOUNDARY_LEVELS.length : own;
}

/** A place by id: its record, else a place made from its outline. */
function placeOf(id: string, sources: ParentSources): PlaceRecord | undefined {
  const { boundaries } = sources;
  const record = sources.lookup(id);
  if (record) return record;
  const ref = boundaries?.get(id);
  if (!ref) return undefined;
  const names = Object.entries(ref.names).map(([language, text]): PlaceName => {
    return { text, language, kind: 'official' };
  });
  const local = names.find((name) => name.text === ref.name);
  const place: PlaceRecord = {
    id,
    name: ref.name,
    names: [local ?? { text: ref.name, kind: 'official' }, ...names.filter((n) => n !== local)],
    kind: ref.level,
  };
  if (ref.country !== null) place.country = ref.country;
  if (ref.parent !== null) place.parent = ref.parent;
  return place;
}
