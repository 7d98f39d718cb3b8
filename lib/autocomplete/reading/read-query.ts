import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import { PLACE_QUERY_DEFAULTS } from '../suggest/query.ts';
import { type Containers, CONTAINERS_OPTION } from './containers.ts';
import { ReadText } from './read-text.ts';
import type { RawPart } from './readings.ts';

/** A part of a text, and what it is taken for. */
export interface ReadingPart {
  /**
   * - `name`: of the place, or what no index holds: which of the two, only places can tell
   * - `container`: a country, region, city or district that contains the place, or the place itself
   * - `kind`: a word for what is meant (駅, station); `operator`: one before it (JR, 台鐵)
   * - `admin`: the administrative word of the part before it (區, 시)
   */
  part: 'name' | 'container' | 'kind' | 'operator' | 'admin';
  text: string;
  /** Half-open range of UTF-16 offsets in the text. */
  range: [start: number, end: number];
  /** Of a container: ids that it may mean in this reading. */
  ids?: string[];
}

/** One way to read a text. */
export interface Reading {
  /** The lower the likelier, 0 or more; comparable within one text only. */
  cost: number;
  parts: ReadingPart[];
}

/** What `readQuery` may be told. */
export interface ReadQueryOptions {
  /** The table to read by, from `PlaceIndex.containers` or `containersOf`. Default: none are known. */
  containers?: Containers;
}

/** Options of `readQuery`. */
export const READ_QUERY_SPEC: Spec<ReadQueryOptions> = {
  code: OPTION_INVALID,
  options: { containers: CONTAINERS_OPTION },
};

/**
 * Reads what was typed without looking at an index: which parts are containers, kinds, or left for a name.
 * Pure, and bounded: linear in the text.
 *
 * @param text - Anything; blank text and text over `PLACE_QUERY_DEFAULTS.maxLength` has no reading.
 * @returns At most 8 readings, cheapest first. They only say where to look: which one is right, the places
 *   found tell; see `explain`.
 * @example
 * readQuery('しぶやえき')[0].parts.map(({ part, text }) => `${part} ${text}`);
 * // => ['name しぶや', 'kind えき']
 */
export function readQuery(text: string, options: ReadQueryOptions = {}): Reading[] {
  checkOptions(READ_QUERY_SPEC, options);
  if (text.length > PLACE_QUERY_DEFAULTS.maxLength) return [];
  const read = new ReadText(text, options.containers);
  if (read.typed.key === '') return [];
  return read.readings.map(({ cost, chain, parts }) => ({
    cost: Math.round(cost * 1000) / 1000,
    parts: parts.map((part) => partOf(read, part, chain ?? [])),
  }));
}

function partOf(read: ReadText, raw: RawPart, chain: readonly number[]): ReadingPart {
  const { text, starts, ends, classes } = read.typed;
  let { to } = raw;
  while (to > raw.from + 1 && classes[to - 1] === 'space') to -= 1;
  const range: [number, number] = [starts[raw.from]!, ends[to - 1]!];
  const part: ReadingPart = {
    part: raw.type === 'unknown' ? 'name' : raw.type,
    text: text.slice(...range),
    range,
  };
  if (raw.type !== 'container') return part;
  const { containers } = read;
  const deepest = new Set(chain.flatMap((index) => [index, ...containers.chain(index)]));
  const meant = Array.from(raw.edge.postings, (posting) => posting >> 2);
  part.ids = meant.filter((index) => deepest.has(index)).map((index) => containers.ids[index]!);
  return part;
}
