import { distanceKm } from '../geography/distance.ts';
import { PLACE_KINDS, type PlaceKind } from '../place.ts';
import type { PlaceSource } from '../record/document.ts';
import type { Cover } from './judge.ts';

/** A place that was read in a part of a text, where another place may be meant by the rest. Positions are those of the key. */
export interface Neighbour {
  source: PlaceSource;
  from: number;
  to: number;
}

/** Kilometres within which a place is around another one that does not state it, by its kind. */
const AROUND_KM: Readonly<Partial<Record<PlaceKind, number>>> = Object.freeze({
  region: 150,
  city: 40,
  district: 15,
  town: 8,
});
/** The same for two places of one kind: 九龍 and 深水埗 are districts both. */
const ALIKE_KM = 5;
/** Neighbours of one query. */
const MOST = 16;

/** What was read as a whole name beside a rest. */
export function neighboursOf(
  found: Iterable<{ source: PlaceSource; cover: Cover }>,
): readonly Neighbour[] {
  const neighbours: Neighbour[] = [];
  for (const { source, cover } of found) {
    if (neighbours.length === MOST) break;
    if (cover.unread.length === 0 || cover.guess || !cover.own.whole || cover.own.short) continue;
    if (AROUND_KM[source.kind] === undefined || !source.location) continue;
    const name = cover.parts.findIndex(({ type }) => type === 'name');
    const next = cover.parts[name + 1];
    const { from, to } = cover.parts[name]!;
    neighbours.push({ source, from, to: next?.type === 'admin' ? next.to : to });
  }
  return neighbours;
}

/**
 * Whether a neighbour is around a place, though the record states no such container: 新界 around 元朗. It is not far
 * away, and of a wider kind; or of the same, and typed first.
 *
 * @param isFirst - The neighbour was typed in front of the place, in a text without commas.
 */
export function isAround({ source }: Neighbour, place: PlaceSource, isFirst: boolean): boolean {
  if (source.id === place.id) return false;
  const wider = PLACE_KINDS.indexOf(place.kind) - PLACE_KINDS.indexOf(source.kind);
  if (wider < 0 || (wider === 0 && !isFirst)) return false;
  const km = distanceKm(source.location, place.location);
  return km !== null && km <= (wider === 0 ? ALIKE_KM : AROUND_KM[source.kind]!);
}
