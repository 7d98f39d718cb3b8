// Texts that people may type for a place, made from its record and those of its containers: what
// tests of reading and `npm run eval -- reading` ask for.
import { toRomaji } from 'wanakana';

import { zhuyinToned } from '../lib/analyzers/readings.ts';
import { numberedKey } from '../lib/autocomplete/reading/numbers.ts';
import type { IndexedName, PlaceSource } from '../lib/autocomplete/record/document.ts';

export type Random = () => number;

const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー々〇・]+$/u;
const SCRIPTS: readonly [string, RegExp][] = [
  ['han', /^\p{Script=Han}/u],
  ['kana', /^[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['hangul', /^\p{Script=Hangul}/u],
  ['latin', /^\p{Script=Latin}/u],
];

/** One of the values. */
export function pick<T>(values: readonly T[], random: Random): T {
  return values[Math.floor(random() * values.length)]!;
}

/** A label from the country down to the place, without separators where the script has none. */
export function largeToSmall(label: string): string {
  const parts = label.split(', ').reverse();
  return parts.join(parts.every((part) => UNSPACED.test(part)) ? '' : ' ');
}

/** Names that people call a place by. */
export function commonNames({ names }: Pick<PlaceSource, 'names'>): IndexedName[] {
  return names.filter(({ kind }) => kind === 'official' || kind === 'short');
}

/**
 * The place with some of its containers, each by any of its common names, in one of the two orders, with any
 * separator; null where it has no containers.
 *
 * @param containers - Of the place, nearest first.
 */
export function subChain(
  place: PlaceSource,
  containers: readonly PlaceSource[],
  random: Random,
): string | null {
  if (containers.length === 0) return null;
  let some = containers.filter(() => random() < 0.6);
  if (some.length === 0) some = [pick(containers, random)];
  const parts = [place, ...some].map((one) => pick(commonNames(one), random).text);
  if (random() < 0.5) parts.reverse();
  const unspaced = parts.every((part) => UNSPACED.test(part));
  return parts.join(pick(unspaced ? ['', '', ' ', ', ', '、'] : [' ', ', ', ' / '], random));
}

/** The place in two scripts, or in one and its reading; null where only one is known. */
export function twoScripts(place: PlaceSource, random: Random): string | null {
  const name = pick(commonNames(place), random);
  const others = spellingsOf(place).filter(({ script }) => script !== scriptOf(name.text));
  if (others.length === 0) return null;
  const { text } = pick(others, random);
  const [first, second] = random() < 0.5 ? [name.text, text] : [text, name.text];
  return pick(
    [`${first} ${second}`, `${first}(${second})`, `${first}/${second}`, `${first} (${second})`],
    random,
  );
}

function scriptOf(text: string): string {
  return SCRIPTS.find(([, script]) => script.test(text))?.[0] ?? 'other';
}

function spellingsOf(place: PlaceSource): { script: string; text: string }[] {
  return commonNames(place).flatMap((name) => {
    const found = [{ script: scriptOf(name.text), text: name.text }];
    if (name.kana !== undefined) found.push({ script: 'kana', text: name.kana });
    if (name.pinyin !== undefined) {
      found.push({ script: 'latin', text: pinyinWord(name.pinyin) });
    }
    return found;
  });
}

/** Ways to spell every part of a chain. */
export const SPELLINGS = ['pinyin', 'zhuyin', 'kana', 'romaji'] as const;
type Spelling = (typeof SPELLINGS)[number];

/**
 * The place with all its containers but the country, each by its reading, from large to small; null where one
 * of them has none.
 */
export function spelledChain(
  place: PlaceSource,
  containers: readonly PlaceSource[],
  spelling: Spelling,
  separator: string,
): string | null {
  const chain = [place, ...containers.filter(({ kind }) => kind !== 'country')].reverse();
  const parts = chain.map((one) => readingBy(one, spelling));
  return chain.length < 2 || parts.includes(null) ? null : parts.join(separator);
}

function readingBy(place: PlaceSource, spelling: Spelling): string | null {
  for (const { pinyin, kana } of commonNames(place)) {
    if ((spelling === 'pinyin' || spelling === 'zhuyin') && pinyin !== undefined) {
      if (!/^[a-zü1-5 ]+$/.test(pinyin)) continue;
      return spelling === 'pinyin' ? pinyinWord(pinyin) : zhuyinToned(pinyin);
    }
    if (kana === undefined || spelling === 'pinyin' || spelling === 'zhuyin') continue;
    return spelling === 'kana' ? kana : toRomaji(kana);
  }
  return null;
}

function pinyinWord(pinyin: string): string {
  return pinyin.replace(/[\d\s]/g, '');
}

const HAN_DIGITS = '〇一二三四五六七八九';

/** A name in which numbers may be written otherwise: those before 丁目 and the like. */
const COUNTED = /(?:[〇一二三四五六七八九十]+|[0-9０-９]+)(?=丁目|条|條|段|番町|号|號|線)/;

/** The name with its number in other numerals; none where it counts nothing. */
export function otherNumerals(name: string): string[] {
  const counted = COUNTED.exec(name);
  if (!counted) return [];
  const number = Number(numberedKey(counted[0].normalize('NFKC')).text);
  return numeralsOf(number)
    .filter((numeral) => numeral !== counted[0])
    .map((numeral) => name.replace(COUNTED, numeral));
}

/** The name with another number; none where it counts nothing. */
export function otherNumber(name: string, random: Random): string | null {
  const counted = COUNTED.exec(name);
  if (!counted) return null;
  const number = Number(numberedKey(counted[0].normalize('NFKC')).text);
  const other = ((number + Math.floor(random() * 7)) % 9) + 1;
  if (other === number) return null;
  return name.replace(COUNTED, pick(numeralsOf(other), random));
}

/** The numbers of a text, in order. */
export function numbersIn(text: string): string {
  return (numberedKey(text.normalize('NFKC')).text.match(/\d+/g) ?? []).join(' ');
}

function numeralsOf(number: number): string[] {
  const wide = Array.from(String(number), (digit) =>
    String.fromCharCode(digit.charCodeAt(0) + 0xfee0),
  ).join('');
  const [tens, ones] = [Math.floor(number / 10), number % 10];
  const han =
    number >= 100
      ? Array.from(String(number), (digit) => HAN_DIGITS[Number(digit)]).join('')
      : `${tens > 1 ? HAN_DIGITS[tens]! : ''}${tens > 0 ? '十' : ''}${ones > 0 ? HAN_DIGITS[ones]! : ''}`;
  return [String(number), wide, han];
}
