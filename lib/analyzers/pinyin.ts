import { pinyin } from 'pinyin-pro';
import { fold } from './fold.ts';
import { PLACE_READINGS, readLocally, REPLACED_READINGS } from './place-readings.ts';
import { PINYIN_BEGINNINGS, ZHUYIN_BY_PINYIN } from './syllables.ts';

/** Characters that have one reading in names, whatever the surrounding words suggest. */
const IN_NAMES = new Map(
  '都du1 曾zeng1 地di4 大da4 石shi2 宿su4 谷gu3 中zhong1 车che1 区qu1 个ge4'
    .split(' ')
    .map((entry) => [entry.charAt(0), entry.slice(1)]),
);

const HAN_RUN = /\p{Script=Han}+/gu;
const HAN_ONLY = /^\p{Script=Han}+$/u;
const SYLLABLE = /^([a-z]+)([1-5])$/;

function readHan(run: string, local: typeof PLACE_READINGS): string[] {
  const characters = Array.from(run);
  let syllables = pinyin(run, { toneType: 'num', type: 'array', v: true });
  if (syllables.length !== characters.length) {
    syllables = characters.map((character) => pinyin(character, { toneType: 'num', v: true }));
  }
  const read = syllables.map((syllable, index) => {
    const fixed = IN_NAMES.get(characters[index] ?? '');
    return fixed ?? tonedOf(syllable);
  });
  readLocally(characters, read, local);
  return read;
}

/** pinyin-pro omits the neutral tone, or writes it as 0. */
function tonedOf(syllable: string): string {
  return /^[a-z]+$/.test(syllable) ? `${syllable}5` : syllable.replace(/0$/, '5');
}

/**
 * The Mandarin reading of a name: one syllable with its tone (1-4, 5 neutral) for each Han
 * character.
 *
 * There is one item per code point of `fold(text)`: a character other than Han is kept as an item,
 * a space becomes `_`, and a rare Han character without a known reading is kept.
 *
 * @param text - A name in any Han form; it is folded first.
 * @returns Items separated by single spaces, with v for ü; `''` if the text has no Han characters.
 * @example
 * pinyinOf('板橋區'); // => 'ban3 qiao2 qu1'
 */
export function pinyinOf(text: string): string {
  return itemsOf(fold(text), (run) => readHan(run, PLACE_READINGS));
}

/**
 * The dictionary's reading of a name for which `pinyinOf` returns a different, local one: bang4 shan1 for 蚌山.
 *
 * @returns As `pinyinOf`; null if both are the same, or nobody would read the name that way.
 */
export function commonPinyinOf(text: string): string | null {
  const key = fold(text);
  let isLocal = false;
  for (const [run] of key.matchAll(HAN_RUN)) {
    const characters = Array.from(run);
    isLocal ||= readLocally(characters, [...characters], PLACE_READINGS);
  }
  if (!isLocal) return null;
  const common = itemsOf(key, (run) => readHan(run, REPLACED_READINGS));
  return common === pinyinOf(text) ? null : common;
}

/**
 * The reading that a name's own Latin spelling shows, if a dictionary would read the name differently:
 * a record of 冈厦 that also says Gangxia. Only readings that the characters have are accepted.
 *
 * @param pinyin - As `pinyinOf` reads the name.
 * @param spellings - Latin names of the same place; words after the name (District) are ignored.
 * @returns The corrected reading; null if the spellings show no other reading.
 */
export function spelledPinyinOf(
  text: string,
  pinyin: string,
  spellings: readonly string[],
): string | null {
  const characters = Array.from(fold(text));
  const read = pinyin.split(' ');
  if (characters.length < 2 || characters.length !== read.length) return null;
  if (spellings.length === 0 || !HAN_ONLY.test(text)) return null;
  const choices = characters.map((character, i) => readingsOf(character, read[i]!));
  if (choices.every((choice) => choice.length === 1)) return null;
  let corrected: string | null = null;
  for (const spelling of spellings) {
    const words = latinLetters(spelling).split(' ');
    for (let count = words.length; count > 0; count--) {
      const found = pathThrough(words.slice(0, count).join(''), choices);
      if (!found) continue;
      const whole = [...found, ...read.slice(found.length)].join(' ');
      // One spelling that agrees is enough to keep the reading.
      if (pinyinKey(whole) === pinyinKey(pinyin)) return null;
      corrected ??= whole;
    }
  }
  return corrected;
}

/** Every reading of a character with its tone, the one it has in the name first. */
function readingsOf(character: string, read: string): string[] {
  const others = pinyin(character, { multiple: true, toneType: 'num', type: 'array', v: true });
  const found = new Map([[spell(read), read]]);
  for (const other of others) {
    const toned = tonedOf(other);
    if (SYLLABLE.test(toned) && !found.has(spell(toned))) found.set(spell(toned), toned);
  }
  return [...found.values()];
}

/** Most characters of administrative words that a Latin name may leave out. */
const LEFT_OUT = 2;

/** Syllables that spell all the letters; at most the last `LEFT_OUT` characters may have none. */
function pathThrough(letters: string, choices: readonly (readonly string[])[]): string[] | null {
  const from = (at: number, index: number): string[] | null => {
    if (at === letters.length) return index >= 2 && choices.length - index <= LEFT_OUT ? [] : null;
    for (const syllable of choices[index] ?? []) {
      const spelled = pinyinKey(syllable);
      if (!letters.startsWith(spelled, at)) continue;
      const rest = from(at + spelled.length, index + 1);
      if (rest) return [syllable, ...rest];
    }
    return null;
  };
  return choices.length > LONGEST_SPELLED ? null : from(0, 0);
}

/** Most characters of a name that is compared with its spelling, since some have five readings. */
const LONGEST_SPELLED = 8;

/** The items of a key: runs of Han characters as `read` reads them, the rest unchanged. */
function itemsOf(key: string, read: (run: string) => string[]): string {
  const items: string[] = [];
  let at = 0;
  const asIs = (part: string): void => {
    for (const character of part) items.push(character === ' ' ? '_' : character);
  };
  for (const match of key.matchAll(HAN_RUN)) {
    asIs(key.slice(at, match.index));
    for (const item of read(match[0])) items.push(item);
    at = match.index + match[0].length;
  }
  if (at === 0) return '';
  asIs(key.slice(at));
  return items.join(' ');
}

/** Words of Latin letters, without marks, ü as u. */
function latinLetters(text: string): string {
  return fold(text).replace(/[^a-z ]/g, '');
}

function spell(item: string): string {
  const syllable = SYLLABLE.exec(item)?.[1] ?? item;
  return syllable === '_' ? '' : syllable;
}

/**
 * The pinyin search key of a reading, without tones. ü becomes u, since people type lü and nü as lv, lu, lyu and lü;
 * `umlautAgrees` checks the typed letters afterwards.
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @example
 * pinyinKey('ban3 qiao2 qu1'); // => 'banqiaoqu'
 */
export function pinyinKey(pinyin: string): string {
  return lettersOf(pinyin).replaceAll('v', 'u');
}

function lettersOf(pinyin: string): string {
  return pinyin.split(' ').map(spell).join('');
}

/**
 * Whether typed letters agree with a reading on ü: `false` if ü was typed and the name has u, `'loose'` if u was
 * typed and the name has ü, else true.
 *
 * @param typed - Letters with v for each ü that was typed as such, as `pinyinForms` returns them.
 * @param pinyin - As `pinyinOf` returns it; its key begins with what was typed.
 */
export function umlautAgrees(typed: string, pinyin: string): boolean | 'loose' {
  if (!typed.includes('v') && !pinyin.includes('v')) return true;
  const letters = lettersOf(pinyin);
  let loose = false;
  for (let i = 0; i < typed.length; i++) {
    if (typed[i] === letters[i]) continue;
    if (typed[i] === 'v') return false;
    loose ||= letters[i] === 'v';
  }
  return loose ? 'loose' : true;
}

/**
 * The initials of a reading, one letter per item (z for zh).
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @example
 * initialsKey('ban3 qiao2 qu1'); // => 'bqq'
 */
export function initialsKey(pinyin: string): string {
  let key = '';
  for (const item of pinyin.split(' ')) if (item !== '_') key += Array.from(item)[0] ?? '';
  return key;
}

/**
 * Converts typed letters to a prefix of `pinyinKey`.
 *
 * @param typed - Latin letters with or without tone marks or digits, apostrophes and spaces; ü as
 *   ü, v, u:, yu or u. Other digits are those of the name.
 * @returns The key prefix; null if the letters can't be complete syllables followed by the
 *   beginning of one.
 * @example
 * pinyinTyped("xī'ān"); // => 'xian'
 * pinyinTyped('taibei101'); // => 'taibei101'
 * pinyinTyped('shinjuku'); // => null
 */
export function pinyinTyped(typed: string): string | null {
  return pinyinForms(typed)[0]?.replaceAll('v', 'u') ?? null;
}

/**
 * What typed letters may stand for, likeliest first. Each ü that was typed as such becomes v: lv and lyu become lv.
 *
 * @param typed - As for `pinyinTyped`.
 * @returns At most four: danyu is dan yu or da nü, and the 1 of di1 is a tone or a number. `[]` if the letters can't be
 *   pinyin.
 */
export function pinyinForms(typed: string): string[] {
  const letters = typed
    .normalize('NFKD')
    .toLowerCase()
    .replace(/u(?:\u0308|:)/g, 'v')
    .replace(/u([\u0300\u0301\u0304\u030c])\u0308/g, 'v')
    .replace(/[\u0300\u0301\u0304\u030c'’ʼ‘`-]/g, '');
  const toneless = letters.replace(/([a-z])[1-5](?!\d)/g, '$1');
  const forms = [toneless, letters].flatMap((form) => {
    const key = form.replace(/\s/g, '').replace(/([jqxy])v/g, '$1u');
    if (!/^[a-z\d]+$/.test(key) || !/[a-z]/.test(key)) return [];
    return [false, true].map((afterAnyN) => withUmlauts(key, afterAnyN));
  });
  return [...new Set(forms)].filter(isPinyin);
}

/** Whether a y belongs to lyu or nyu, whose u may not be typed yet: after l, or after an n. */
function isUmlautY(letters: string, at: number, afterAnyN: boolean): boolean {
  if (letters[at] !== 'y' || (at + 1 < letters.length && letters[at + 1] !== 'u')) return false;
  if (letters[at - 1] === 'l') return true;
  if (letters[at - 1] !== 'n') return false;
  if (!/[aeiou]/.test(letters[at - 2] ?? '')) return true;
  // anyuan has no nü; after any it is too early to decide.
  return afterAnyN && at + 1 < letters.length && !/[an]/.test(letters[at + 2] ?? '');
}

/** Writes lyu and nyu as lv and nv. An n after a vowel may also end a syllable: dan yu, da nü. */
function withUmlauts(letters: string, afterAnyN: boolean): string {
  let found = '';
  for (let i = 0; i < letters.length; i++) {
    if (!isUmlautY(letters, i, afterAnyN)) found += letters[i]!;
    else if (letters[i + 1] === 'u') {
      found += 'v';
      i += 1;
    }
  }
  return found;
}

/**
 * The letters of a pinyin key that typed letters stand for, and their offsets: lyu has the l and the u of lü.
 *
 * @param letters - Lower case, without marks.
 */
export function pinyinLetters(letters: string): { key: string; at: number[] } {
  const at: number[] = [];
  let key = '';
  for (let i = 0; i < letters.length; i++) {
    if (isUmlautY(letters, i, false)) continue;
    key += letters[i] === 'v' ? 'u' : letters[i]!;
    at.push(i);
  }
  return { key, at };
}

/** Whether letters are complete syllables and digits, optionally followed by the beginning of a syllable. */
function isPinyin(letters: string): boolean {
  const reached = new Array<boolean>(letters.length + 1).fill(false);
  reached[0] = true;
  for (let from = 0; from < letters.length; from++) {
    if (!reached[from]) continue;
    // A letter beside a digit belongs to the name: P2, 3C.
    if (/^\d|^[a-z]\d/.test(letters.slice(from, from + 2))) reached[from + 1] = true;
    for (let length = 1; length <= 6 && from + length <= letters.length; length++) {
      const part = letters.slice(from, from + length).replace(/^([ln])ue$/, '$1ve');
      if (from + length === letters.length && PINYIN_BEGINNINGS.has(part)) return true;
      if (ZHUYIN_BY_PINYIN.has(part)) reached[from + length] = true;
    }
  }
  return reached[letters.length] ?? false;
}
