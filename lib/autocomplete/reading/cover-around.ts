import type { PlaceSource } from '../record/document.ts';
import type { CoverEdge, InsideEdge } from './cover-edges.ts';
import { COVER_VALUES } from './cover-values.ts';
import type { CoverPart } from './judge.ts';
import { kindWords, withoutStationWord } from './kind-words.ts';
import { hasNumber } from './numbers.ts';
import type { ReadText } from './read-text.ts';
import { CUT } from './typed-text.ts';

/** A place that is laid over a text, and what of it stands there by where it begins. */
interface Laid {
  read: ReadText;
  source: PlaceSource;
  edges: readonly (readonly CoverEdge[])[];
}

/** What the containers of a cover are worth together, beside their own values, and where they stand. */
export function aroundValue(laid: Laid, parts: readonly CoverPart[]): number {
  return containersValue(laid, parts) + skippedValue(laid, parts);
}

/** What is given back for a single rest between a container and the name, behind which nothing is left. */
function skippedValue({ read: { typed } }: Laid, parts: readonly CoverPart[]): number {
  const at = parts.findIndex(({ type }) => type === 'rest');
  const [before, rest, name] = [parts[at - 1], parts[at], parts[at + 1]];
  const isLast = parts.slice(at + 2).every(({ type }) => type === 'admin' || type === 'kind');
  if (before?.type !== 'container' || name?.type !== 'name' || !isLast) return 0;
  // A street with its number is no container.
  if (hasNumber(typed.key.slice(rest!.from, rest!.to))) return 0;
  const glued = typed.cuts[name.from]! < CUT.script;
  const { restBefore, restBeforeGlued, restSkipped } = COVER_VALUES;
  return restSkipped - (glued ? restBeforeGlued : restBefore);
}

function containersValue(laid: Laid, parts: readonly CoverPart[]): number {
  const { read, source } = laid;
  const typed = parts.flatMap(({ edge }) => (edge?.type === 'container' ? [edge] : []));
  if (typed.length === 0) return 0;
  const nearest = source.parents[0];
  const index = nearest && read.containers.indexOf(nearest.id);
  const isNearest = index !== undefined && typed.some(({ means }) => means.has(index));
  let value = COVER_VALUES.qualified + (isNearest ? COVER_VALUES.nearest : 0);
  if (isNamesake(laid, parts, typed)) value += COVER_VALUES.namesake;
  const name = parts.findIndex(({ type }) => type === 'name');
  const isContainer = ({ type }: CoverPart): boolean => type === 'container';
  const isBetween = parts.slice(0, name).some(isContainer) && parts.slice(name).some(isContainer);
  return isBetween ? value + COVER_VALUES.between : value;
}

function isNamesake(
  { read, edges }: Laid,
  parts: readonly CoverPart[],
  typed: readonly InsideEdge[],
): boolean {
  const { containers } = read;
  const { key } = read.typed;
  const name = parts.find(({ type }) => type === 'name')!;
  const own = key.slice(name.from, name.to);
  // 성남 분당: of 성남시분당구 both are parts.
  const isFront = ({ means, from, to }: InsideEdge): boolean =>
    [...means].some((index) => {
      const whole = containers.mainKey(index);
      return whole.startsWith(own) && whole.includes(key.slice(from, to), own.length);
    });
  const isAround = (around: InsideEdge): boolean =>
    typed.some(({ means }) =>
      [...means].some((index) => containers.chain(index).some((up) => around.means.has(up))),
    );
  return (
    typed.some(isFront) ||
    edges[name.from]!.some(
      (edge) => edge.type === 'container' && edge.to === name.to && isAround(edge),
    )
  );
}

/** Kinds that have a house number, not one behind their name. */
const UNNUMBERED: ReadonlySet<string> = new Set(['station', 'poi']);

/**
 * What a rest costs more for what stands between it and the part before it: a name that a street is called
 * by, or a house number behind what has none.
 */
export function restBehind({ read, source }: Laid, at: number, last: CoverPart | null): number {
  if (last?.type !== 'name' && last?.type !== 'container') return 0;
  const isStreet = read.typed.streets.behind.has(at) && !endsInWord({ read }, last);
  let cost = isStreet ? COVER_VALUES.street : 0;
  if (read.typed.classes[at] !== 'digit' || last.type !== 'name') return cost;
  // Of a station that is called one it is an exit.
  const isCalled = withoutStationWord('name', typedOf(read, last)) !== null;
  if (!isCalled && UNNUMBERED.has(source.kind)) cost += COVER_VALUES.number;
  return cost;
}

/** What a name costs more behind a rest: a house number in front of what has none, 5-2-1 Ginza. */
export function nameBehind({ read, source }: Laid, at: number): number {
  const { classes } = read.typed;
  if (classes[at] !== 'latin' || !UNNUMBERED.has(source.kind)) return 0;
  const before = classes[at - 1] === 'space' ? at - 2 : at - 1;
  return classes[before] === 'digit' ? COVER_VALUES.number : 0;
}

/** Whether a part ends in an administrative word, so that what follows without a space is another part: つくば市. */
export function endsInWord({ read }: Pick<Laid, 'read'>, last: CoverPart): boolean {
  const part = typedOf(read, last);
  const { words } = kindWords('name');
  for (let length = 1; length < part.length && length <= LONGEST; length++) {
    if (words.get(part.slice(-length))?.some(({ part: of }) => of !== 'operator')) return true;
  }
  return false;
}

/** Units of the administrative words that are written without a space, as their key has them. */
const LONGEST = 4;

function typedOf({ typed }: ReadText, { from, to }: CoverPart): string {
  return typed.key.slice(from, to).trimEnd();
}
