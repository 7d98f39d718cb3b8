import { big5, gb2312, jisX0208, jisExtensions } from './charsets.ts';
import { CHINESE_NAME_FORMS, HONG_KONG_FORMS, JAPANESE_NAME_FORMS } from './regional-forms.ts';
import { HAN_TARGETS, NEW_JAPANESE_FORMS } from './variants.ts';

/** Bits of a character's class: the charsets that contain it, and its kind. */
export const HAN = 1;
export const JIS = 2;
export const BIG5 = 4;
export const GB = 8;
/** An old Japanese form that has been replaced by a newer one. */
export const OLD = 16;
/** A form in Japanese names that is outside of JIS X 0208: 髙 﨑 鷗 德. */
export const NAME_FORM = 32;
/** A form of Hong Kong's standard that Taiwan writes differently: 衞 羣 説 温. */
export const HONG_KONG = 64;
/** Outside Big5 and GB 2312, but used in Chinese names: 喆 碁 峯. */
export const CHINESE_TOO = 128;

/** Class and folded form of every UTF-16 code unit, so that a name costs only array lookups. */
export interface CharacterTable {
  classes: Uint8Array;
  folded: Uint16Array;
}

const isNameForm = (character: string): boolean =>
  jisExtensions().has(character) ||
  (JAPANESE_NAME_FORMS.has(character) && !jisX0208().has(character));

function build(): CharacterTable {
  const classes = new Uint8Array(0x10000);
  const folded = new Uint16Array(0x10000);
  const han = /^\p{Script=Han}$/u;
  for (let unit = 0; unit < 0x10000; unit++) {
    folded[unit] = unit;
    if (unit < 0x2e80 || (unit > 0x9fff && unit < 0xf900) || unit > 0xfaff) continue;
    const character = String.fromCharCode(unit);
    if (!han.test(character)) continue;
    const modern = NEW_JAPANESE_FORMS.get(character);
    classes[unit] =
      HAN +
      (jisX0208().has(character) ? JIS : 0) +
      (big5().has(character) ? BIG5 : 0) +
      (gb2312().has(character) ? GB : 0) +
      (modern !== undefined && jisX0208().has(modern) ? OLD : 0) +
      (isNameForm(character) ? NAME_FORM : 0) +
      (HONG_KONG_FORMS.has(character) ? HONG_KONG : 0) +
      (CHINESE_NAME_FORMS.has(character) ? CHINESE_TOO : 0);
    const target = HAN_TARGETS.get(character);
    if (target?.length === 1) folded[unit] = target.charCodeAt(0);
  }
  return { classes, folded };
}

let table: CharacterTable | undefined;

/** The table, built on first use in about 0.1 s. */
export function characterTable(): CharacterTable {
  return (table ??= build());
}

/**
 * Whether a string is not empty and has only Han characters that every Unicode normalization keeps: those of the Basic
 * Multilingual Plane that are not compatibility characters.
 */
export function isPlainHan(text: string): boolean {
  const { classes } = characterTable();
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x3400 || unit > 0x9fff || (classes[unit]! & HAN) === 0) return false;
  }
  return text !== '';
}

/**
 * Whether a string is not empty and has only Han characters of the Basic Multilingual Plane.
 */
export function isHan(text: string): boolean {
  const { classes } = characterTable();
  for (let at = 0; at < text.length; at++) {
    if ((classes[text.charCodeAt(at)]! & HAN) === 0) return false;
  }
  return text !== '';
}
