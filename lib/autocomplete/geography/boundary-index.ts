import Flatbush from 'flatbush';
import type { Boundary } from './boundary.ts';
import { coversPoint, degreesOf, edgeKm } from './polygon.ts';

/** Finds the areas that contain a point, and those near it. */
export interface BoundaryIndex<A extends Boundary> {
  /** Areas that contain the point, each once; the edge counts as inside. lon within ±180. */
  covering(lon: number, lat: number): A[];
  /**
   * Areas whose edge is within `km` kilometres, with that distance in kilometres; also across the
   * antimeridian.
   */
  near(lon: number, lat: number, km: number): Map<A, number>;
}

/**
 * Indexes the polygons of areas by their bounding boxes, each part of a MultiPolygon separately.
 */
export function indexBoundaries<A extends Boundary>(areas: readonly A[]): BoundaryIndex<A> {
  const parts = areas.flatMap((area) => area.polygons.map((polygon) => ({ area, polygon })));
  const tree = parts.length === 0 ? null : new Flatbush(parts.length);
  for (const { polygon } of parts) {
    tree!.add(polygon.west, polygon.south, polygon.east, polygon.north);
  }
  tree?.finish();

  function cover(lon: number, lat: number, found: A[]): void {
    for (const i of tree?.search(lon, lat, lon, lat) ?? []) {
      const { area, polygon } = parts[i]!;
      if (!found.includes(area) && coversPoint(polygon, lon, lat)) found.push(area);
    }
  }

  return {
    covering(lon, lat) {
      const found: A[] = [];
      cover(lon, lat, found);
      if (Math.abs(lon) === 180) cover(-lon, lat, found);
      return found;
    },
    near(lon, lat, km) {
      const found = new Map<A, number>();
      const reach = degreesOf(km, lat);
      for (const x of [lon, lon + 360, lon - 360]) {
        if (x - reach.lon > 180 || x + reach.lon < -180) continue;
        const box = [x - reach.lon, lat - reach.lat, x + reach.lon, lat + reach.lat] as const;
        for (const i of tree?.search(...box) ?? []) {
          const { area, polygon } = parts[i]!;
          const distance = edgeKm(polygon, x, lat, found.get(area) ?? km);
          if (distance <= km) found.set(area, distance);
        }
      }
      return found;
    },
  };
}
