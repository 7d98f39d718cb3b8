import polylabel from 'polylabel';

/** Degrees, WGS 84. */
export interface Point {
  lat: number;
  lon: number;
}

type Position = readonly number[];

/** Share of an area's size that its label point may be off by. */
const PRECISION = 0.01;
/** Geometries within each other; more is no map. */
const MAX_DEPTH = 8;

/**
 * Where the label of a GeoJSON geometry stands: a point itself, the middle of a line, the pole of
 * inaccessibility of the largest part of an area.
 *
 * @param geometry - Unchecked.
 * @returns Null if it has no usable coordinates.
 */
export function labelPoint(geometry: unknown, depth = 0): Point | null {
  const { type, coordinates, geometries } = (geometry ?? {}) as {
    type?: unknown;
    coordinates?: unknown;
    geometries?: unknown;
  };
  switch (type) {
    case 'Point':
      return pointOf(coordinates);
    case 'MultiPoint':
    case 'LineString':
      return middleOf(coordinates);
    case 'MultiLineString':
      return middleOf(listOf(coordinates)[0]);
    case 'Polygon':
      return insideOf(coordinates);
    case 'MultiPolygon': {
      const parts = listOf(coordinates).map((part) => ({ part, size: sizeOf(part) }));
      const largest = parts.reduce((a, b) => (b.size > a.size ? b : a), { part: null, size: -1 });
      return insideOf(largest.part);
    }
    case 'GeometryCollection':
      if (depth >= MAX_DEPTH) return null;
      return (
        listOf(geometries)
          .map((each) => labelPoint(each, depth + 1))
          .find((point) => point !== null) ?? null
      );
    default:
      return null;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function pointOf(value: unknown): Point | null {
  const [lon, lat] = listOf(value);
  if (typeof lon !== 'number' || typeof lat !== 'number') return null;
  return { lat: rounded(lat), lon: rounded(lon) };
}

function middleOf(value: unknown): Point | null {
  const points = listOf(value);
  return pointOf(points[Math.floor(points.length / 2)]);
}

function ringsOf(value: unknown): Position[][] {
  return listOf(value)
    .map((ring) => listOf(ring).filter(isPosition))
    .filter((ring) => ring.length >= 3);
}

function isPosition(value: unknown): value is Position {
  return pointOf(value) !== null;
}

function insideOf(value: unknown): Point | null {
  const rings = ringsOf(value);
  if (rings.length === 0) return null;
  const size = sizeOf(rings);
  return pointOf(polylabel(rings, Math.max(size * PRECISION, 1e-6)));
}

/** The longer side of what bounds a polygon, in degrees. */
function sizeOf(value: unknown): number {
  const [outer = []] = ringsOf(value);
  let [west, east, south, north] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of outer) {
    west = Math.min(west, x!);
    east = Math.max(east, x!);
    south = Math.min(south, y!);
    north = Math.max(north, y!);
  }
  return outer.length === 0 ? -1 : Math.max(east - west, north - south);
}

/** To a centimetre. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e7) / 1e7;
}
