import { sizeRatio } from '../record/importance.ts';
import type { PlaceSource } from '../record/document.ts';
import type { Candidate } from './candidates.ts';

/** Provinces there are what their plain names say: 吉林 is 吉林省, 제주 the island. */
const REGION_IS_MEANT: ReadonlySet<string> = new Set(['CN', 'KR', 'KP']);
/**
 * A city has at least this share of the people of the region that it stands before. Capitals of Japan's prefectures have
 * .14 and more (山口), cities that only share the name .1 and less (沖縄, 栃木).
 */
const LEAST_SHARE = 0.11;
/** A city that is met worse than its region by more is not what was typed. */
const AS_WELL = 0.1;
/** How far a city that is put before its region scores above it. */
const AHEAD = 0.001;

/**
 * Puts cities directly before the region of their name that they lie in, where that was met as well.
 *
 * @param candidates - Best first; not modified.
 */
export function citiesFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  let sorted = candidates;
  for (const region of candidates) {
    if (region.source.kind !== 'region') continue;
    // Who typed 大阪府 means it.
    const least = region.parts.match - AS_WELL;
    const city = sorted.find(
      ({ source, parts }) => parts.match >= least && isCityOf(source, region.source),
    );
    if (city === undefined || sorted.indexOf(city) < sorted.indexOf(region)) continue;
    const rest = sorted.filter((candidate) => candidate !== city);
    const { parts } = city;
    const total = region.parts.total + AHEAD;
    const importance = parts.importance + total - parts.total;
    rest.splice(rest.indexOf(region), 0, { ...city, parts: { ...parts, importance, total } });
    sorted = rest;
  }
  return sorted;
}

function isCityOf(city: PlaceSource, region: PlaceSource): boolean {
  return (
    city.kind === 'city' &&
    city.parents.some(({ id }) => id === region.id) &&
    !REGION_IS_MEANT.has(region.country ?? '') &&
    sizeRatio(city, region) >= LEAST_SHARE &&
    sharesName(city, region)
  );
}

function sharesName(a: PlaceSource, b: PlaceSource): boolean {
  const keys = new Set(keysOf(a));
  return keysOf(b).some((key) => keys.has(key));
}

function keysOf({ names }: PlaceSource): string[] {
  return names
    .filter(({ kind }) => kind === 'official' || kind === 'short')
    .map(({ text, key = text }) => key);
}
