import Flatbush from 'flatbush';
import { OptionError, RecordError, quoteValue } from '../errors.ts';
import { coversPoint, degreesOf, edgeKm, readPolygon, type Polygon } from './polygon.ts';

/** What a boundary stands for, from wide to narrow. */
export type BoundaryLevel = 'country' | 'region' | 'city' | 'district';

/** Who a boundary is. */
export interface BoundaryRef {
  /** The same as the place's id, where the place has a record. */
  id: string;
  name: string;
  /** Official names by language. */
  names: Readonly<Record<string, string>>;
  level: BoundaryLevel;
  /** All levels it serves, wide to narrow: a city-state is country and city. */
  levels: readonly BoundaryLevel[];
  /** ISO 3166-1 alpha-2 code; null where the area has none. */
  country: string | null;
  /** Id of the containing boundary as the source states it. */
  parent: string | null;
}

export interface BoundaryParents {
  country: BoundaryRef | null;
  region: BoundaryRef | null;
  city: BoundaryRef | null;
  district: BoundaryRef | null;
  /** Present where the point lies in none of the areas of these levels: the nearest was taken, so far away. */
  nearest?: { levels: BoundaryLevel[]; km: number };
  /** Areas of the chosen levels that contain the point as well, and lost. */
  rivals: BoundaryRef[];
}

export interface NearestOptions {
  nearestKm?: number;
}

export interface Boundaries {
  readonly size: number;
  readonly failures: readonly RecordError[];
  get(id: string): BoundaryRef | undefined;
  parentsOf(
    point: { lat: number; lon: number; country?: string | undefined },
    options?: NearestOptions,
  ): BoundaryParents;
}

export const BOUNDARY_DEFAULTS: Readonly<{ nearestKm: number; outlineKm: number }> = Object.freeze({
  nearestKm: 20,
  outlineKm: 10,
});

const LEVELS: readonly BoundaryLevel[] = ['country', 'region', 'city', 'district'];

interface Area {
  ref: BoundaryRef;
  parent: Area | null;
  widest: number;
  narrowest: number;
  polygons: Polygon[];
  areaKm2: number;
}

export function readBoundaries(features: Iterable<unknown>): Boundaries {
  const areas: Area[] = [];
  const byId = new Map<string, Area>();
  const failures: RecordError[] = [];
  for (const f of features as any) {
    try {
      const p = f.properties;
      const levels = (p.levels ?? [p.level]) as BoundaryLevel[];
      const ranks = levels.map((l) => LEVELS.indexOf(l));
      const cs = f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates;
      const polygons = cs.map((c: unknown) => readPolygon(c, p.id));
      const area: Area = {
        ref: {
          id: p.id,
          name: p.name,
          names: p.names,
          level: p.level,
          levels,
          country: p.country,
          parent: p.parent,
        },
        parent: null,
        widest: Math.min(...ranks),
        narrowest: Math.max(...ranks),
        polygons,
        areaKm2: polygons.reduce((s: number, q: Polygon) => s + q.areaKm2, 0),
      };
      areas.push(area);
      byId.set(p.id, area);
    } catch (e) {
      failures.push(e as RecordError);
    }
  }
  for (const a of areas) {
    const parent = a.ref.parent === null ? undefined : byId.get(a.ref.parent);
    if (parent && parent.widest < a.widest) a.parent = parent;
  }
  const owners: Area[] = [];
  const polygons: Polygon[] = [];
  for (const a of areas)
    for (const p of a.polygons) {
      owners.push(a);
      polygons.push(p);
    }
  const tree = new Flatbush(polygons.length);
  for (const p of polygons) tree.add(p.west, p.south, p.east, p.north);
  tree.finish();

  const covering = (lon: number, lat: number): Area[] => {
    const found: Area[] = [];
    for (const i of tree.search(lon, lat, lon, lat)) {
      if (!found.includes(owners[i]!) && coversPoint(polygons[i]!, lon, lat))
        found.push(owners[i]!);
    }
    return found;
  };
  const near = (lon: number, lat: number, km: number): Map<Area, number> => {
    const d = degreesOf(km, lat);
    const found = new Map<Area, number>();
    for (const shift of [0, 360, -360]) {
      const x = lon + shift;
      if (x - d.lon > 180 || x + d.lon < -180) continue;
      for (const i of tree.search(x - d.lon, lat - d.lat, x + d.lon, lat + d.lat)) {
        const a = owners[i]!;
        const e = edgeKm(polygons[i]!, x, lat, found.get(a) ?? km);
        if (e < (found.get(a) ?? Infinity) && e <= km) found.set(a, e);
      }
    }
    return found;
  };
  return {
    size: areas.length,
    failures,
    get: (id) => byId.get(id)?.ref,
    covering,
    near,
    areas,
  } as any;
}
