import { characterTable, HAN } from './characters.ts';

/** Number of weights of hashed features. */
export const SLOTS: number = 1 << 19;

/** Only this many UTF-16 code units at the start of a name are used. */
const MAX_UNITS = 24;

/** Largest number of slots that `featuresOf` writes. */
export const MAX_FEATURES: number = MAX_UNITS * 7 + 5;

/** Codes for the ends of a name, and for characters other than Han within it. */
const EDGE = 0;
const GAP = 1;

const units = new Uint16Array(MAX_UNITS + 3);
const forms = new Uint16Array(MAX_UNITS + 3);
const kinds = new Uint8Array(MAX_UNITS + 3);

/** A hash of up to three 16-bit numbers; `kind` keeps features of different kinds apart. */
function slotOf(kind: number, a: number, b: number, c: number): number {
  let hash = Math.imul((a << 16) ^ b ^ Math.imul(kind, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ Math.imul(c, 0x27d4eb2f), 0xc2b2ae35);
  return (hash ^ (hash >>> 14)) & (SLOTS - 1);
}

/** Fills the buffers, with an edge at both ends; returns the number of code units. */
function read(name: string): number {
  const { classes, folded } = characterTable();
  let length = 0;
  units[0] = forms[0] = EDGE;
  kinds[0] = 0;
  for (let at = 0; at < name.length && length < MAX_UNITS; at++) {
    const unit = name.charCodeAt(at);
    const kind = classes[unit]!;
    const isHan = (kind & HAN) !== 0;
    if (!isHan && units[length]! <= GAP) continue;
    length += 1;
    units[length] = isHan ? unit : GAP;
    forms[length] = isHan ? folded[unit]! : GAP;
    kinds[length] = kind;
  }
  if (units[length] === GAP) length -= 1;
  for (let at = length + 1; at <= length + 2; at++) units[at] = forms[at] = kinds[at] = EDGE;
  return length;
}

/**
 * Writes the feature slots of a name and returns their number. Features are the characters as written and folded, their
 * charsets, pairs and triples that include both ends, and the length.
 *
 * @param name - In NFC.
 * @param slots - At least `MAX_FEATURES` long; overwritten.
 */
export function featuresOf(name: string, slots: Int32Array): number {
  const length = read(name);
  let count = 0;
  let inAll = 0xff;
  let inAny = 0;
  for (let at = 1; at <= length; at++) {
    const [kind, unit, form] = [kinds[at]!, units[at]!, forms[at]!];
    const [before, after] = [forms[at - 1]!, forms[at + 1]!];
    inAll &= kind;
    inAny |= kind;
    slots[count++] = slotOf(1, unit, 0, 0);
    slots[count++] = slotOf(2, form, 0, 0);
    slots[count++] = slotOf(3, kind, 0, 0);
    slots[count++] = slotOf(4, before, form, 0);
    slots[count++] = slotOf(5, before, form, after);
    if (at > 1) {
      slots[count++] = slotOf(6, kinds[at - 1]!, kind, 0);
      if (unit !== form || units[at - 1] !== before) {
        slots[count++] = slotOf(7, units[at - 1]!, unit, 0);
      }
    }
  }
  const size = Math.min(length, 9);
  slots[count++] = slotOf(4, forms[length]!, EDGE, 0);
  slots[count++] = slotOf(8, inAll, inAny, 0);
  slots[count++] = slotOf(9, size, 0, 0);
  slots[count++] = slotOf(9, size, forms[length]!, 0);
  return count;
}
