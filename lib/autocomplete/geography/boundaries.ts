import { OptionError, RecordError, quoteValue } from '../../errors.ts';
import { leastOf } from '../../extremes.ts';
import { defaultsOf, type NumberOption, settle, type Spec } from '../../options.ts';
import { indexBoundaries, type BoundaryIndex } from './boundary-index.ts';
import {
  BOUNDARY_LEVELS,
  readBoundary,
  type Boundary,
  type BoundaryLevel,
  type BoundaryRef,
} from './boundary.ts';

/** The areas that contain a point, one per level, consistent with each other. */
export interface BoundaryParents {
  country: BoundaryRef | null;
  region: BoundaryRef | null;
  city: BoundaryRef | null;
  district: BoundaryRef | null;
  /**
   * Present if no area of these levels contains the point (coast, harbour, a gap between two
   * outlines), so that the nearest one is used, `km` kilometres away.
   */
  nearest?: { levels: BoundaryLevel[]; km: number };
  /** Areas that also contain the point but lost to another area of their level. */
  rivals: BoundaryRef[];
}

/** A point to locate. `country` (ISO code) decides if areas of two countries contain it. */
export interface BoundaryPoint {
  lat: number;
  lon: number;
  country?: string | undefined;
}

/** Tolerances in kilometres, 0..1000; see `BOUNDARY_DEFAULTS`. */
export interface BoundaryOptions {
  nearestKm?: number;
  outlineKm?: number;
}

/** Indexed outlines. */
export interface Boundaries {
  /** Number of boundaries that were read. */
  readonly size: number;
  /** Errors of the features that were refused, in order, each with field, value and hint. */
  readonly failures: readonly RecordError[];
  /** The boundary with an id. */
  get(id: string): BoundaryRef | undefined;
  /**
   * Finds the country, region, city and district that a point belongs to.
   *
   * @param point - lat -90..90; lon beyond ±180 is wrapped.
   * @throws {OptionError} `POINT_INVALID`.
   */
  parentsOf(point: BoundaryPoint): BoundaryParents;
  /**
   * Finds all boundaries that contain a point, smallest first; a point on the edge counts as
   * inside.
   *
   * @throws {OptionError} `POINT_INVALID`.
   */
  covering(point: BoundaryPoint): BoundaryRef[];
}

const kilometres = (byDefault: number, help: string): NumberOption & { default: number } => ({
  type: 'number',
  min: 0,
  max: 1000,
  unit: 'km',
  default: byDefault,
  help,
});

/** Options of `readBoundaries`. */
export const BOUNDARY_SPEC: Spec<BoundaryOptions, 'nearestKm' | 'outlineKm'> = {
  code: 'DISTANCE_INVALID',
  options: {
    nearestKm: kilometres(25, 'a point outside all areas takes the nearest area within'),
    outlineKm: kilometres(5, 'largest error of a coarse country outline'),
  },
};

/**
 * - `nearestKm`, kilometres: a point outside all areas takes the nearest area within this distance.
 *   Of 834 world cities outside the 1:50m outlines, 99 % are within 10 km of one, and the nearest
 *   one is right for 98 %.
 * - `outlineKm`, kilometres: largest error of a coarse country outline. Of 118 world cities that
 *   1:50m outlines put into the wrong country, all but the disputed ones are within 5 km of their
 *   own.
 */
export const BOUNDARY_DEFAULTS: Readonly<Required<BoundaryOptions>> = defaultsOf(BOUNDARY_SPEC);

const [COUNTRY, REGION, CITY] = [0, 1, 2] as const;
/**
 * Narrower areas that fill this share of an area count as covering all of it: 1:50m coasts are
 * imprecise.
 */
const TILED_SHARE = 0.9;
/**
 * Edges whose distances differ by less count as equally near: then the narrower or smaller area
 * wins.
 */
const SAME_EDGE_KM = 0.05;

interface Area extends Boundary {
  parent: Area | null;
  ranks: number[];
  widest: number;
  narrowest: number;
  /** True if narrower areas fill it, so that a point in it must be in one of them. */
  tiled: boolean;
}

/** An area and its containers, by rank (index into `BOUNDARY_LEVELS`). */
interface Chain {
  leaf: Area;
  at: (Area | undefined)[];
  country: string | null;
}

interface Nearest {
  chain: Chain;
  km: number;
}

/**
 * Reads outlines and indexes them for lookups by point.
 *
 * Bad features are skipped and reported in `failures`. A ring that crosses the antimeridian is
 * refused (cut it at ±180, RFC 7946 3.1.9); one that crosses itself is not detected.
 *
 * @param features - GeoJSON Features (the array, not the FeatureCollection); see `readBoundary`.
 *   Iterated once, not kept.
 * @param options - `nearestKm` and `outlineKm`, 0..1000 kilometres; see `BOUNDARY_DEFAULTS`.
 * @throws {OptionError} `FEATURES_INVALID`, `DISTANCE_INVALID`.
 * @example
 * const square = [[[121, 24], [122, 24], [122, 25], [121, 25], [121, 24]]];
 * const boundaries = readBoundaries([{
 *   type: 'Feature',
 *   properties: { id: 'tw:1', name: '甲市', level: 'city', country: 'TW' },
 *   geometry: { type: 'Polygon', coordinates: square },
 * }]);
 * boundaries.parentsOf({ lat: 24.5, lon: 121.5 }).city?.name;
 * // => '甲市'
 */
export function readBoundaries(
  features: Iterable<unknown>,
  options: BoundaryOptions = {},
): Boundaries {
  const limits = settle(BOUNDARY_SPEC, options);
  const { areas, failures } = readAreas(features);
  const index = indexBoundaries([...areas.values()]);
  return {
    size: areas.size,
    failures,
    get: (id) => areas.get(id)?.ref,
    parentsOf(point) {
      const { lon, lat } = readPoint(point);
      return parentsAt({ index, limits, lon, lat, country: point.country?.toUpperCase() });
    },
    covering(point) {
      const { lon, lat } = readPoint(point);
      const found = index.covering(lon, lat).sort((a, b) => a.areaKm2 - b.areaKm2);
      return found.map((area) => area.ref);
    },
  };
}

interface Question {
  index: BoundaryIndex<Area>;
  limits: Required<BoundaryOptions>;
  lon: number;
  lat: number;
  country: string | undefined;
}

function parentsAt(question: Question): BoundaryParents {
  const { index, limits, lon, lat, country } = question;
  const covering = index.covering(lon, lat);
  const best = bestChain(question, covering);
  let near: Nearest | null = null;
  if (country !== undefined && best?.country !== country) {
    const km = best ? limits.outlineKm : limits.nearestKm;
    near = nearestChain(question, km, (chain) => chain.country === country);
  }
  if (!near && (!best || best.leaf.tiled)) {
    near = nearestChain(question, limits.nearestKm, (chain, km) => {
      if (!best || chain.at.includes(best.leaf)) return true;
      // Only the country's coarse outline contains the point, although it has finer ones: it may
      // extend too far.
      const coarse = best.leaf.narrowest === COUNTRY && best.country !== country;
      return coarse && km <= limits.outlineKm;
    });
  }
  return parentsIn(near?.chain ?? best, covering, near?.km);
}

function bestChain(question: Question, covering: Area[]): Chain | null {
  const { index, limits, lon, lat, country } = question;
  const chains = covering.map((area) => chainOf(area, covering));
  const disputed = chains.some((chain) => chain.country !== chains[0]!.country);
  const close = disputed ? index.near(lon, lat, limits.outlineKm) : null;
  const cost = (chain: Chain): number[] => {
    const outline = chain.at[COUNTRY];
    const claim = close && outline && !covering.includes(outline) && !close.has(outline);
    return [
      chain.country === country ? 0 : 1,
      claim ? 1 : 0,
      breaksOf(chain, covering),
      -chain.leaf.narrowest,
      chain.leaf.areaKm2,
    ];
  };
  let best: { chain: Chain; cost: number[] } | null = null;
  for (const chain of chains) {
    const next = { chain, cost: cost(chain) };
    if (!best || isLess(next.cost, best.cost)) best = next;
  }
  return best?.chain ?? null;
}

function nearestChain(
  { index, lon, lat }: Question,
  limitKm: number,
  accept: (chain: Chain, km: number) => boolean,
): Nearest | null {
  const found: Nearest[] = [];
  for (const [area, km] of index.near(lon, lat, limitKm)) {
    const chain = area.tiled ? null : chainOf(area, []);
    if (chain && accept(chain, km)) found.push({ chain, km });
  }
  const reach = leastOf(found.map(({ km }) => km)) + SAME_EDGE_KM;
  let best: Nearest | null = null;
  for (const near of found) {
    if (near.km > reach) continue;
    const cost = [-near.chain.leaf.narrowest, near.km, near.chain.leaf.areaKm2];
    const least = best && [-best.chain.leaf.narrowest, best.km, best.chain.leaf.areaKm2];
    if (!least || isLess(cost, least)) best = near;
  }
  return best;
}

function chainOf(leaf: Area, covering: readonly Area[]): Chain {
  const at: (Area | undefined)[] = [];
  const take = (area: Area): void => {
    for (let up: Area | null = area; up; up = up.parent) {
      for (const rank of up.ranks) at[rank] ??= up;
    }
  };
  take(leaf);
  for (let rank = leaf.widest - 1; rank >= 0; rank--) {
    if (at[rank]) continue;
    const found = covering.filter(
      (area) =>
        area.ranks.includes(rank) &&
        (area.ref.country === null ||
          leaf.ref.country === null ||
          area.ref.country === leaf.ref.country),
    );
    if (found.length > 0) take(found.reduce((a, b) => (b.areaKm2 < a.areaKm2 ? b : a)));
  }
  return { leaf, at, country: leaf.ref.country ?? at[COUNTRY]?.ref.country ?? null };
}

/**
 * How often a chain disagrees with the outlines: containers that do not contain the point, and a
 * tiled leaf none of whose parts contains it.
 */
function breaksOf({ leaf, at }: Chain, covering: readonly Area[]): number {
  let breaks = leaf.tiled ? 1 : 0;
  for (const rank of [REGION, CITY]) {
    const area = at[rank];
    if (area && !covering.includes(area)) breaks++;
  }
  return breaks;
}

function parentsIn(chain: Chain | null, covering: Area[], km: number | undefined): BoundaryParents {
  const ref = (rank: number): BoundaryRef | null => chain?.at[rank]?.ref ?? null;
  const [country, region, city, district] = [ref(0), ref(1), ref(2), ref(3)];
  const at = chain?.at ?? [];
  const rivals = covering.filter(
    (area) => !at.includes(area) && area.ranks.some((rank) => at[rank] !== undefined),
  );
  const parents = { country, region, city, district, rivals: rivals.map((area) => area.ref) };
  if (km === undefined) return parents;
  const levels = BOUNDARY_LEVELS.filter((_, rank) => at[rank] && !covering.includes(at[rank]));
  return { ...parents, nearest: { levels, km } };
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((value, at) => value !== b[at]);
  return i >= 0 && a[i]! < b[i]!;
}

function readPoint({ lat, lon }: BoundaryPoint): { lat: number; lon: number } {
  if (!Number.isFinite(lat) || Math.abs(lat) > 90 || !Number.isFinite(lon)) {
    const what = `lat ${quoteValue(lat)}, lon ${quoteValue(lon)} is not a position`;
    const hint = 'Give degrees: lat from -90 to 90, then lon.';
    throw new OptionError('POINT_INVALID', what, hint);
  }
  return { lat, lon: Math.abs(lon) <= 180 ? lon : lon - 360 * Math.round(lon / 360) };
}

function readAreas(features: Iterable<unknown>): {
  areas: Map<string, Area>;
  failures: RecordError[];
} {
  if (typeof (features as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function') {
    const what = `${quoteValue(features)} is not a list of features`;
    const hint = 'Give the array under "features" of the FeatureCollection.';
    throw new OptionError('FEATURES_INVALID', what, hint);
  }
  const areas = new Map<string, Area>();
  const failures: RecordError[] = [];
  for (const feature of features) {
    try {
      const boundary = readBoundary(feature);
      const { id, levels } = boundary.ref;
      if (areas.has(id)) {
        const what = `id ${quoteValue(id)} is taken by an earlier feature`;
        const hint = 'Join the parts into one MultiPolygon; the first was kept.';
        throw new RecordError('ID_DUPLICATE', what, hint, { field: 'id', value: id });
      }
      const ranks = levels.map((level) => BOUNDARY_LEVELS.indexOf(level));
      const [widest, narrowest] = [ranks[0]!, ranks.at(-1)!];
      areas.set(id, { ...boundary, parent: null, ranks, widest, narrowest, tiled: false });
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      failures.push(error);
    }
  }
  const filled = new Map<Area, number>();
  for (const area of areas.values()) {
    const parent = area.ref.parent === null ? undefined : areas.get(area.ref.parent);
    if (!parent || parent.widest >= area.widest) continue;
    area.parent = parent;
    filled.set(parent, (filled.get(parent) ?? 0) + area.areaKm2);
  }
  for (const [area, km2] of filled) area.tiled = km2 >= TILED_SHARE * area.areaKm2;
  return { areas, failures };
}
