type Position = number[];
type Ring = Position[];

/** Degrees of latitude from which on a point counts as the pole. */
const POLE = 89.9;

/**
 * The parts of a polygon west and east of longitude 180, none of which crosses it (RFC 7946, 3.1.9).
 *
 * Where two neighbours of a ring are more than 180 degrees apart, the ring crosses that meridian between
 * them. A ring around a pole is closed along it.
 */
export function cutAtAntimeridian(polygon: readonly Ring[]): Ring[][] {
  const rings = polygon.map(unrolled);
  const longitudes = rings.flat().map(([lon]) => lon!);
  const [west, east] = [least(longitudes), -least(longitudes.map((lon) => -lon))];
  if (west >= -180 && east <= 180) return [rings];
  const parts: Ring[][] = [];
  for (let turn = Math.floor((west + 180) / 360); turn * 360 - 180 < east; turn += 1) {
    const from = turn * 360 - 180;
    const cut = rings
      .map((ring) => within(within(ring, from, 1), from + 360, -1))
      .filter((ring) => ring.length > 3)
      .map((ring) => ring.map(([lon, lat]) => [lon! - turn * 360, lat!]));
    // Without its outer ring, holes are none.
    if (cut.length > 0 && within(within(rings[0]!, from, 1), from + 360, -1).length > 3) {
      parts.push(cut);
    }
  }
  return parts;
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b), Infinity);
}

/** A ring whose longitudes run on beyond 180, and that is closed over the pole if it goes around one. */
function unrolled(ring: Ring): Ring {
  let turn = 0;
  const open = ring.flatMap(([lon, lat], i): Ring => {
    const [before, beside] = ring[i - 1] ?? [lon!, lat!];
    // Where a plane map is closed along the pole, an edge may be as long as the world.
    if (Math.abs(lat!) > POLE && Math.abs(beside!) > POLE && Math.abs(lon! - before!) > 180) {
      return [
        [(before! + lon!) / 2 + turn, lat!],
        [lon! + turn, lat!],
      ];
    }
    if (lon! - before! > 180) turn -= 360;
    if (before! - lon! > 180) turn += 360;
    return [[lon! + turn, lat!]];
  });
  if (turn === 0) return open;
  const pole = 90 * Math.sign(open.reduce((sum, [, lat]) => sum + lat!, 0));
  return [...open, [open.at(-1)![0]!, pole], [open[0]![0]!, pole], open[0]!];
}

/** The part of a closed ring on one side of a meridian (Sutherland and Hodgman), closed. */
function within(ring: Ring, meridian: number, side: 1 | -1): Ring {
  const result: Ring = [];
  const depth = ([lon]: Position): number => (lon! - meridian) * side;
  ring.forEach((point, i) => {
    const before = ring[i - 1];
    if (before && depth(before) * depth(point) < 0) {
      const share = depth(before) / (depth(before) - depth(point));
      result.push([meridian, before[1]! + (point[1]! - before[1]!) * share]);
    }
    if (depth(point) >= 0) result.push(point);
  });
  const [first, last] = [result[0], result.at(-1)];
  if (first && last && (first[0] !== last[0] || first[1] !== last[1])) result.push(first);
  return result.every((point) => depth(point) === 0) ? [] : result;
}
