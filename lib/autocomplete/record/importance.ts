import type { PlaceKind, PlaceRecord } from '../place.ts';
import { round } from '../rounding.ts';

/** How likely a place of this kind is meant if nothing else is known about it, 0..1. */
const PRIOR: Readonly<Record<PlaceKind, number>> = {
  country: 0.9,
  region: 0.6,
  city: 0.5,
  district: 0.4,
  town: 0.35,
  station: 0.3,
  poi: 0.25,
};

/** Inhabitants of the largest city, which get the full score. */
const LARGEST = 4e7;
/** Factor on the importance of fine-grained records (town area, hamlet). */
const FINE = 0.3;

/**
 * How likely a reader means this place rather than a namesake, 0..1.
 *
 * Half of it comes from the kind, half from the importance that the record states, else from the
 * logarithm of the population. A place without either counts as a small one of its kind. What was learned from
 * use is added.
 */
export function importanceOf(
  place: Pick<PlaceRecord, 'kind' | 'population' | 'importance' | 'granularity' | 'learned'>,
): number {
  const prior = PRIOR[place.kind];
  const size = place.importance ?? sizeOf(place.population, prior);
  const importance = (prior + size) / 2;
  const stated = place.granularity === undefined ? importance : importance * FINE;
  return round(Math.min(1, stated + (place.learned ?? 0)));
}

function sizeOf(population: number | undefined, prior: number): number {
  if (population === undefined || population === 0) return prior * 0.8;
  return Math.min(1, Math.log10(1 + population) / Math.log10(LARGEST));
}

/** How large a place is beside another one: the ratio of their populations, as far as `importanceOf` tells. */
export function sizeRatio(
  a: Pick<PlaceRecord, 'kind' | 'learned'> & { importance: number },
  b: Pick<PlaceRecord, 'kind' | 'learned'> & { importance: number },
): number {
  const size = ({ kind, importance, learned = 0 }: typeof a): number =>
    2 * (importance - learned) - PRIOR[kind];
  return LARGEST ** (size(a) - size(b));
}

/**
 * The sort key of a place for engines, lower first: by importance, then by a hash of the id, so
 * that the order does not depend on the order of loading.
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
