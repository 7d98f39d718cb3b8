import { pinyin } from 'pinyin-pro';
import { fold } from './fold.ts';
import { PINYIN_BEGINNINGS, ZHUYIN_BY_PINYIN } from './syllables.ts';

/** Characters that have one reading in names, whatever the surrounding words suggest. */
const IN_NAMES = new Map(
  '都du1 曾zeng1 地di4 大da4 石shi2 宿su4 谷gu3 中zhong1 车che1 区qu1 个ge4'
    .split(' ')
    .map((entry) => [entry.charAt(0), entry.slice(1)]),
);

/**
 * Place names with local readings (from 行政区划 gazetteers of mainland China and Taiwan) that
 * pinyin-pro 3.29 reads differently.
 */
const PLACE_READINGS = new Map(
  (
    '乐亭lao4,ting2 单县shan4,xian4 台州tai1,zhou1 天台tian1,tai1 浚县xun4,xian4 尉犁yu4,li2 洪洞hong2,tong2 莘庄xin1,zhuang1 会稽kuai4,ji1 ' +
    '弹子dan4,zi3 泌阳bi4,yang2 歙县she4,xian4 黄陂huang2,pi2 什邡shi2,fang1 万俟mo4,qi2 解州xie4,zhou1 蔚县yu4,xian4 蔚州yu4,zhou1 曲靖qu1,jing4 ' +
    '喀什ka1,shi2 涡阳guo1,yang2 朴子pu2,zi3 六合lu4,he2 六安lu4,an1 乐清yue4,qing1 济宁ji3,ning2 济源ji3,yuan2 筠连jun1,lian2 任丘ren2,qiu1 ' +
    '华县hua4,xian4 华阴hua4,yin1 句容ju4,rong2 什刹shi2,cha4 繁峙fan2,shi4 莎车suo1,che1 牟定mou2,ding4 地藏di4,zang4 穆棱mu4,ling2 珲春hun2,chun1 ' +
    // 乾 in names, which folds to 干
    '干隆qian2,long2 干县qian2,xian4 干陵qian2,ling2 干坤qian2,kun1 干清qian2,qing1 干安qian2,an1 干宁qian2,ning2'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), entry.slice(2).split(',')]),
);

const HAN_RUN = /\p{Script=Han}+/gu;
const SYLLABLE = /^([a-z]+)([1-5])$/;

function readHan(run: string): string[] {
  const characters = Array.from(run);
  let syllables = pinyin(run, { toneType: 'num', type: 'array', v: true });
  if (syllables.length !== characters.length) {
    syllables = characters.map((character) => pinyin(character, { toneType: 'num', v: true }));
  }
  const read = syllables.map((syllable, index) => {
    const fixed = IN_NAMES.get(characters[index] ?? '');
    if (fixed !== undefined) return fixed;
    return /^[a-z]+$/.test(syllable) ? `${syllable}5` : syllable.replace(/0$/, '5');
  });
  for (let index = 0; index + 1 < characters.length; index++) {
    const local = PLACE_READINGS.get(`${characters[index]}${characters[index + 1]}`);
    if (local) read.splice(index, 2, ...local);
  }
  return read;
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
  const key = fold(text);
  const items: string[] = [];
  let at = 0;
  const asIs = (part: string): void => {
    for (const character of part) items.push(character === ' ' ? '_' : character);
  };
  for (const match of key.matchAll(HAN_RUN)) {
    asIs(key.slice(at, match.index));
    items.push(...readHan(match[0]));
    at = match.index + match[0].length;
  }
  if (at === 0) return '';
  asIs(key.slice(at));
  return items.join(' ');
}

function spell(item: string): string {
  const syllable = SYLLABLE.exec(item)?.[1] ?? item;
  return syllable === '_' ? '' : syllable;
}

/**
 * Replaces ü before e by u, in keys and in queries alike, since lüe and nüe are typed lue or lve.
 * Letters alone do not show syllable boundaries, so nü followed by e (女儿, nver) is spelled nue as
 * well.
 */
function withoutUmlautE(letters: string): string {
  return letters.replace(/([ln])ve/g, '$1ue');
}

/**
 * The pinyin search key of a reading, without tones.
 *
 * @param pinyin - As `pinyinOf` returns it.
 * @example
 * pinyinKey('ban3 qiao2 qu1'); // => 'banqiaoqu'
 */
export function pinyinKey(pinyin: string): string {
  return withoutUmlautE(pinyin.split(' ').map(spell).join(''));
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
 *   ü, v, u: or (lüe) u.
 * @returns The key prefix; null if the letters can't be complete syllables followed by the
 *   beginning of one.
 * @example
 * pinyinTyped("xī'ān"); // => 'xian'
 * pinyinTyped('shinjuku'); // => null
 */
export function pinyinTyped(typed: string): string | null {
  const letters = typed
    .normalize('NFKD')
    .toLowerCase()
    .replace(/u(?:\u0308|:)/g, 'v')
    .replace(/u([\u0300\u0301\u0304\u030c])\u0308/g, 'v')
    .replace(/([a-z][\u0300-\u036f]*)[1-5]/g, '$1')
    .replace(/[\u0300\u0301\u0304\u030c\s'’ʼ‘`-]/g, '')
    .replace(/([jqxy])v/g, '$1u');
  const key = withoutUmlautE(letters);
  return /^[a-z]+$/.test(key) && isPinyin(key) ? key : null;
}

/** Whether letters are complete syllables, optionally followed by the beginning of one. */
function isPinyin(letters: string): boolean {
  const reached = new Array<boolean>(letters.length + 1).fill(false);
  reached[0] = true;
  for (let from = 0; from < letters.length; from++) {
    if (!reached[from]) continue;
    for (let length = 1; length <= 6 && from + length <= letters.length; length++) {
      const part = letters.slice(from, from + length).replace(/^([ln])ue$/, '$1ve');
      if (from + length === letters.length && PINYIN_BEGINNINGS.has(part)) return true;
      if (ZHUYIN_BY_PINYIN.has(part)) reached[from + length] = true;
    }
  }
  return reached[letters.length] ?? false;
}
