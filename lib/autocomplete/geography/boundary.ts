import { fieldError, quoteValue } from '../../errors.ts';
import { readPlaceRecord } from '../record/record.ts';
import { readPolygon, type Polygon } from './polygon.ts';

/** Administrative levels of boundaries, from wide to narrow. */
export type BoundaryLevel = 'country' | 'region' | 'city' | 'district';

/** Identity of a boundary. */
export interface BoundaryRef {
  /** Id of the place's record, if it has one. */
  id: string;
  /** The local official name. */
  name: string;
  /** Official names by language. */
  names: Readonly<Record<string, string>>;
  /** The widest of `levels`. */
  level: BoundaryLevel;
  /** All its levels, wide to narrow: a city-state is both country and city. */
  levels: readonly BoundaryLevel[];
  /** ISO 3166-1 alpha-2 code; null if the area has none. */
  country: string | null;
  /** Id of the containing boundary as stated by the source. */
  parent: string | null;
}

/** A checked boundary: its identity and its polygons. */
export interface Boundary {
  ref: BoundaryRef;
  polygons: readonly Polygon[];
  areaKm2: number;
}

/** Boundary levels from wide to narrow. */
export const BOUNDARY_LEVELS: readonly BoundaryLevel[] = Object.freeze([
  'country',
  'region',
  'city',
  'district',
] as const);

/**
 * Checks a GeoJSON Feature and prepares its polygons.
 *
 * Its properties are `level` or `levels`, and, as in a place record, `id`, `name` and optionally
 * `names`, `country` and `parent`. Others are ignored.
 *
 * @param raw - One Feature with a Polygon or MultiPolygon in WGS 84 degrees; not modified.
 * @throws {RecordError} `FEATURE_INVALID`, `LEVEL_INVALID`, and the codes of `readPlaceRecord` and
 *   `readPolygon`.
 */
export function readBoundary(raw: unknown): Boundary {
  const feature = objectOf(raw);
  const properties = objectOf(feature?.['properties']);
  if (feature?.['type'] !== 'Feature' || properties === null) {
    const hint = 'Give a GeoJSON Feature with properties';
    throw fieldError('FEATURE_INVALID', { field: null, value: raw }, 'is not a Feature', hint);
  }
  const { id, name, names, country, parent } = readPlaceRecord({ ...properties, kind: 'region' });
  const levels = readLevels(id, properties);
  const ref: BoundaryRef = {
    id,
    name,
    names: Object.fromEntries(
      names
        .filter(({ kind, language }) => kind === 'official' && language !== undefined)
        .map(({ text, language }) => [language!, text]),
    ),
    level: levels[0]!,
    levels,
    country: country ?? null,
    parent: parent ?? null,
  };
  const geometry = objectOf(feature['geometry']);
  const type = geometry?.['type'];
  const coordinates = geometry?.['coordinates'];
  const parts = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : null;
  if (!Array.isArray(parts) || parts.length === 0) {
    const what = `of ${quoteValue(id)} is not a polygon`;
    const hint = 'Use a Polygon or a MultiPolygon with coordinates';
    throw fieldError('GEOMETRY_INVALID', { field: 'geometry', value: type }, what, hint);
  }
  const polygons = parts.map((part) => readPolygon(part, quoteValue(id)));
  return { ref, polygons, areaKm2: polygons.reduce((sum, { areaKm2 }) => sum + areaKm2, 0) };
}

function readLevels(id: string, { level, levels }: Record<string, unknown>): BoundaryLevel[] {
  const given: unknown[] = Array.isArray(levels) ? levels : [levels ?? level];
  const known = BOUNDARY_LEVELS.filter((name) => given.includes(name));
  if (known.length === 0 || known.length !== given.length) {
    const what = `of ${quoteValue(id)} is not a boundary level`;
    const hint = `Use ${BOUNDARY_LEVELS.join(', ')}, each once`;
    throw fieldError('LEVEL_INVALID', { field: 'level', value: levels ?? level }, what, hint);
  }
  return known;
}

function objectOf(value: unknown): Record<string, unknown> | null {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return plain ? (value as Record<string, unknown>) : null;
}
