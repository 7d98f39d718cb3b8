import { sizeRatio } from '../record/importance.ts';
import type { PlaceSource } from '../record/document.ts';
import type { Candidate } from './candidates.ts';
import type { Namesakes } from './query.ts';

/** Countries where a plain name means the province: 吉林 is 吉林省, 제주 the island. */
const REGION_IS_MEANT: ReadonlySet<string> = new Set(['CN', 'KR', 'KP']);
/**
 * Least share of a region's people that a city must have to come before it. Capitals of Japan's
 * prefectures have .14 and more (山口), cities that only share the name .1 and less (沖縄, 栃木).
 */
const LEAST_SHARE = 0.11;
/** A place that matches worse than its namesake by more than this was not meant. */
const AS_WELL = 0.1;
/** Score difference given to a place that is moved before its namesake. */
const AHEAD = 0.001;

/**
 * Moves cities directly before the region of the same name around them, or that region before them,
 * if both match equally well.
 *
 * @param candidates - Best first; not modified.
 * @param meant - Which comes first; in China and Korea always the region.
 */
export function namesakesInOrder(
  candidates: readonly Candidate[],
  meant: Namesakes,
): readonly Candidate[] {
  let sorted = candidates;
  for (const region of candidates) {
    if (region.source.kind !== 'region') continue;
    const city = sorted.find(({ source }) => isCityOf(source, region.source));
    if (city === undefined) continue;
    const regionFirst = meant === 'region' || REGION_IS_MEANT.has(region.source.country ?? '');
    const [first, second] = regionFirst ? [region, city] : [city, region];
    if (sorted.indexOf(first) < sorted.indexOf(second)) continue;
    // 大阪府 was typed explicitly.
    if (first.parts.match < second.parts.match - AS_WELL) continue;
    if (!regionFirst && sizeRatio(city.source, region.source) < LEAST_SHARE) continue;
    const rest = sorted.filter((candidate) => candidate !== first);
    const { parts } = first;
    const total = second.parts.total + AHEAD;
    const importance = parts.importance + total - parts.total;
    rest.splice(rest.indexOf(second), 0, { ...first, parts: { ...parts, importance, total } });
    sorted = rest;
  }
  return sorted;
}

function isCityOf(city: PlaceSource, region: PlaceSource): boolean {
  return (
    city.kind === 'city' &&
    city.parents.some(({ id }) => id === region.id) &&
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
