import type { Chinese } from './chinese.ts';
import { fold } from './fold.ts';
import type { Japanese, JapaneseToken } from './japanese.ts';
import { knownInChinese } from './shared-names.ts';

/** The dictionaries of the second stage. */
export interface Dictionaries {
  chinese: Chinese;
  japanese: Japanese;
}

/** jieba lists many places only with their type: 高雄市, not 高雄. */
const PLACE_TYPES = ['市', '县', '区'];

function chineseWords(key: string, chinese: Chinese): number {
  const words = chinese.cut(key).length;
  if (words < 2 || key.length > 4) return words;
  return PLACE_TYPES.some((type) => chinese.isWord(key + type)) ? 1 : words;
}

const oneHot = (value: number, low: number, high: number): number[] =>
  Array.from({ length: high - low + 1 }, (_, index) =>
    Number(index + low === Math.max(low, Math.min(high, value))),
  );

const has = (name: RegExp, tokens: readonly JapaneseToken[]): number =>
  Math.min(2, tokens.filter(({ pos }) => name.test(pos)).length);

/**
 * What both dictionaries say about a name in Han characters, as numbers for the second stage of the
 * model: a constant, the number of words in each of them, the kinds of these words, and their cost
 * in the Japanese one.
 *
 * @param name - In NFC; only its Han characters are used.
 */
export function dictionarySignals(name: string, { chinese, japanese }: Dictionaries): number[] {
  const runs = name.match(/\p{Script=Han}+/gu) ?? [];
  const tokens = runs.flatMap((run) => japanese.tokenize(run));
  const cost = runs.reduce((sum, run) => sum + japanese.cost(run), 0) / 10_000;
  const keys = runs.map((run) => fold(run));
  const words = keys.flatMap((key) => chinese.cut(key));
  const length = Math.max(1, runs.join('').length);
  const unknown = tokens.filter(({ known }) => !known);
  const known = tokens.filter((token) => token.known);
  const zhWords = keys.reduce((sum, key) => sum + chineseWords(key, chinese), 0);
  const jaWords = tokens.length + unknown.length;
  const lead = zhWords - jaWords;
  const last = tokens.at(-1)?.pos ?? '';
  const isJaWord = tokens.length === 1 && known.length === 1;
  return [
    1,
    ...oneHot(lead, -3, 3),
    ...oneHot(unknown.length, 0, 3),
    ...oneHot(tokens.length, 1, 4),
    ...oneHot(zhWords, 1, 4),
    ...oneHot(length, 2, 6),
    has(/地域/, tokens),
    has(/人名/, tokens),
    has(/組織|固有名詞,一般/, tokens),
    has(/^(?:動詞|副詞|助|形容詞|接続詞|記号)/, tokens),
    has(/^名詞,数/, tokens),
    known.filter(({ surface }) => surface.length === 1).length / length,
    known.filter(({ surface }) => surface.length > 1).length / length,
    unknown.reduce((sum, { surface }) => sum + surface.length, 0) / length,
    words.filter((word) => word.length === 1).length / length,
    Math.min(2, words.filter((word) => word.length > 2).length),
    Number(last === '名詞,接尾,地域'),
    Number(last.includes('接尾')),
    Number(tokens[0]?.pos.startsWith('接頭') ?? false),
    Number(isJaWord),
    Number(isJaWord && last.includes('地域')),
    Number(zhWords === 1),
    Number(isJaWord && zhWords === 1),
    lead / length,
    Math.min(cost, 3),
    cost / length,
  ];
}

/** Words that Chinese and Japanese share, alone or after a stem that Chinese knows. */
const SHARED_WORD =
  /(?:公园|温泉|神社|神宫|大社|八幡宫|东照宫|天满宫|观音|市场|博物馆|美术馆|图书馆|动物园|植物园|水族馆|体育馆|纪念馆|会馆|大学|学校|医院|饭店|旅馆|书店|商店街|海峡|海岸|峡谷|大桥|半岛|高原|瀑布|庭园|大佛|车站|机场|广场|球场|中心|铁道|电铁|电力|新闻|航空|自卫队)$/u;
/** Endings of names that Chinese shares if they follow a known stem. */
const SHARED_ENDING = /[寺城山湖岛区县市町村园桥港湾河川江宫堂塔店街路门海台谷池川岬船]$/u;
/** Endings that Chinese shares if they follow a name: 松本 and 館, but not 公民 and 館. */
const AFTER_NAME = /[馆院署厅道员]$/u;
const NAME_TAG = /^n[rsz]/;

/**
 * Whether a Japanese name is also a Chinese word or well-known name: one word of the Chinese dictionary or of the names of
 * Japan that are known in Chinese, or such words followed by a word or an ending that both languages share.
 *
 * @param key - `fold(name)` of a name in Han characters only.
 */
export function isChineseWord(key: string, chinese: Chinese): boolean {
  const isKnown = (text: string): boolean =>
    text.length > 1 &&
    (knownInChinese().has(text) || chinese.has(text) || chineseWords(text, chinese) === 1);
  if (isKnown(key)) return true;
  const stemBefore = (ending: RegExp): string | null => {
    const found = ending.exec(key)?.[0];
    return found === undefined ? null : key.slice(0, -found.length);
  };
  const before = stemBefore(SHARED_WORD);
  if (before !== null) return isKnown(before) || chinese.cut(before).every(isKnown);
  const stem = stemBefore(SHARED_ENDING);
  if (stem !== null) return isKnown(stem);
  const named = stemBefore(AFTER_NAME);
  if (named === null || !isKnown(named)) return false;
  const [first, ...others] = chinese.tag(named);
  return knownInChinese().has(named) || (others.length === 0 && NAME_TAG.test(first?.tag ?? ''));
}

/** Whether a name as written is one word of the Japanese dictionary. */
export function isJapaneseWord(name: string, japanese: Japanese): boolean {
  const tokens = japanese.tokenize(name);
  return tokens.length === 1 && tokens[0]?.known === true;
}

/** Whether a name is one word in both dictionaries, and a proper noun in the Japanese one. */
export function isSharedName(name: string, { chinese, japanese }: Dictionaries): boolean {
  const tokens = japanese.tokenize(name);
  return (
    tokens.length === 1 &&
    tokens[0]?.known === true &&
    tokens[0].pos.includes('固有名詞') &&
    chinese.isWord(fold(name))
  );
}
