import type { PlaceKind, PlaceRecord } from '../place.ts';
import { round } from '../rounding.ts';

/** How likely a place of a kind is meant when nothing else is known of it, 0..1. */
const PRIOR: Readonly<Record<PlaceKind, number>> = {
  country: 0.9,
  region: 0.6,
  city: 0.5,
  district: 0.4,
  town: 0.35,
  station: 0.3,
  poi: 0.25,
};

/** Inhabitants of the largest city: full marks. */
const LARGEST = 4e7;
/** What a fine-grained record (town area, hamlet) keeps of its importance. */
const FINE = 0.3;

/**
 * How likely a reader means this place when its name alone does not tell, 0..1.
 *
 * Half from the kind, half from the logarithm of the population; a place without a stated
 * population counts as a small one of its kind.
 */
export function importanceOf(
  place: Pick<PlaceRecord, 'kind' | 'population' | 'granularity'>,
): number {
  const prior = PRIOR[place.kind];
  const size =
    place.population === undefined || place.population === 0
      ? prior * 0.8
      : Math.min(1, Math.log10(1 + place.population) / Math.log10(LARGEST));
  const importance = (prior + size) / 2;
  return round(place.granularity === undefined ? importance : importance * FINE);
}

/**
 * The engine-side order of a place: 0 first; the more important first, ties in the order of a hash
 * of the id, so that it does not depend on the order of loading.
 *
 * @returns A safe integer: 1,001 steps of importance times 2^42, plus 42 bits of FNV-1a.
 * @see https://datatracker.ietf.org/doc/draft-eastlake-fnv/
 */
export function rankOf(importance: number, id: string): number {
  const step = Math.round((1 - importance) * 1000);
  return (
    step * 2 ** 42 +
    (fnv1a(id, 0x811c9dc5) & 0x1fffff) * 2 ** 21 +
    (fnv1a(id, 0x2f4d3b1) & 0x1fffff)
  );
}

function fnv1a(text: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
