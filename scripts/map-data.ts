// `npx tsx scripts/map-data.ts`: writes lib/server/page/world.json, the outlines on the map of the playground,
// from world-atlas (ISC) of Natural Earth (public domain). East Asia keeps its detail at 1:50m; the rest is coarse.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Feature, MultiPolygon as Shapes, Polygon as Shape } from 'geojson';
import polylabel from 'polylabel';
import { feature } from 'topojson-client';
import type { GeometryCollection, MultiPolygon, Polygon, Topology } from 'topojson-specification';
import { countryCodeOf } from '../lib/autocomplete/geography/country-codes.ts';

type Point = [number, number];
type Country = Polygon<{ name: string }> | MultiPolygon<{ name: string }>;

const SOURCE = new URL('../node_modules/world-atlas/countries-50m.json', import.meta.url);
const TARGET = fileURLToPath(new URL('../lib/server/page/world.json', import.meta.url));
/**
 * Smallest triangle of a point to keep, and smallest island, in square degrees: in East Asia and
 * elsewhere.
 */
const LEAST = { near: { triangle: 0.0007, island: 0.002 }, far: { triangle: 0.12, island: 0.4 } };
/** Integers are hundredths of a degree. */
const SCALE = 100;
const ANTARCTICA = '010';

const isNear = ([lon, lat]: Point): boolean => lon > 99 && lon < 147 && lat > 0 && lat < 47;
const leastAt = (point: Point): typeof LEAST.near => (isNear(point) ? LEAST.near : LEAST.far);

const topology = JSON.parse(readFileSync(SOURCE, 'utf8')) as Topology<{
  countries: GeometryCollection<{ name: string }>;
}>;
const arcs = topology.arcs.map((arc) => simplified(decoded(arc as Point[])));
const used = new Map<number, number>();
const countries = topology.objects.countries.geometries
  .filter(({ id }) => id !== ANTARCTICA)
  .map((geometry) => {
    const country = geometry as Country;
    const polygons = country.type === 'Polygon' ? [country.arcs] : country.arcs;
    const rings = polygons.flat().filter((ring) => isKept(pointsOf(ring)));
    const [x, y] = labelOf(country);
    const code = country.id === undefined ? null : countryCodeOf(String(country.id));
    return { code: code ?? '', at: [x, y].map(scaled), rings: rings.map((ring) => ring.map(kept)) };
  })
  .filter(({ rings }) => rings.length > 0);
const shapes = [...used.keys()].map((index) => delta(arcs[index]!));
writeFileSync(TARGET, JSON.stringify({ scale: SCALE, arcs: shapes, countries }));
console.log(
  `${shapes.length} arcs, ${countries.length} countries, ${readFileSync(TARGET).length} bytes`,
);

function decoded(arc: Point[]): Point[] {
  const { scale, translate } = topology.transform!;
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    [x, y] = [x + dx, y + dy];
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

/**
 * Visvalingam's algorithm: the point with the smallest triangle is removed first. Ends, where arcs
 * meet, are kept.
 */
function simplified(arc: Point[]): Point[] {
  const points = [...arc];
  const isRing = String(arc[0]) === String(arc.at(-1));
  const fewest = isRing ? 4 : 2;
  while (points.length > fewest) {
    let [index, share] = [-1, 1];
    for (let i = 1; i < points.length - 1; i++) {
      const [a, b, c] = points.slice(i - 1, i + 2) as [Point, Point, Point];
      const area = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2;
      const part = area / leastAt(b).triangle;
      if (part < share) [index, share] = [i, part];
    }
    if (index < 0) break;
    points.splice(index, 1);
  }
  return points;
}

function pointsOf(ring: readonly number[]): Point[] {
  return ring.flatMap((index) => (index < 0 ? [...arcs[~index]!].reverse() : arcs[index]!));
}

function isKept(points: Point[]): boolean {
  const size = (at: 0 | 1): number => {
    const values = points.map((point) => point[at]);
    return Math.max(...values) - Math.min(...values);
  };
  return size(0) * size(1) > leastAt(points[0]!).island;
}

/** The number of an arc in the output. */
function kept(index: number): number {
  const plain = index < 0 ? ~index : index;
  const number = used.get(plain) ?? used.size;
  used.set(plain, number);
  return index < 0 ? ~number : number;
}

/** The point farthest inside the largest part, for the label. */
function labelOf(country: Country): Point {
  const { geometry } = feature(topology, country) as Feature<Shape | Shapes>;
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const largest = parts.reduce((a, b) => (areaOf(b[0]!) > areaOf(a[0]!) ? b : a));
  const [x = 0, y = 0] = polylabel(largest, 0.5);
  return [x, y];
}

function areaOf(ring: number[][]): number {
  let sum = 0;
  for (const [i, [x = 0, y = 0]] of ring.entries()) {
    const [nextX = 0, nextY = 0] = ring[(i + 1) % ring.length]!;
    sum += x * nextY - nextX * y;
  }
  return Math.abs(sum / 2);
}

function scaled(value: number): number {
  return Math.round(value * SCALE);
}

/** x, y of the first point, then differences; zero differences are left out. */
function delta(points: Point[]): number[] {
  const written: number[] = [];
  let [x, y] = [0, 0];
  for (const [lon, lat] of points) {
    const [toX, toY] = [scaled(lon), scaled(lat)];
    if (written.length > 2 && toX === x && toY === y) continue;
    written.push(toX - x, toY - y);
    [x, y] = [toX, toY];
  }
  return written;
}
