import type { Chinese } from './chinese.ts';
import type { Verdict } from './clauses.ts';
import { fold } from './fold.ts';
import type { Japanese } from './japanese.ts';

/** Last words of Japanese addresses and sights that Chinese doesn't build names with. */
const JAPANESE_ENDING = /(?:町|丁|丁目|岳|跡|条|神社|住宅|邸)$/u;
/** Last words of Chinese addresses and buildings that Japanese doesn't build names with. */
const CHINESE_ENDING = /(?:路|街|巷|弄|大道|廟|庙|庄|宮|宫|里|酒店|公所|社区|广场|中心)$/u;

/** Right answers by distance from a tie, in half tokens, over the 13,100 undecided names of `Verdict.confidence`. */
const JAPANESE_CONFIDENCE = [0.64, 0.905, 0.984, 0.989, 0.997];
const CHINESE_CONFIDENCE = [0.68, 0.924, 0.963, 0.995];

/** jieba lists many places only with what they are: 高雄市, not 高雄. */
const PLACE_TYPES = ['市', '县', '区'];

function chineseWords(key: string, chinese: Chinese): number {
  const words = chinese.cut(key).length;
  if (words < 2 || key.length > 4) return words;
  return PLACE_TYPES.some((type) => chinese.isWord(key + type)) ? 1 : words;
}

/** Words that the Japanese dictionary needs; one that it doesn't know counts twice. */
function japaneseWords(
  run: string,
  japanese: Japanese,
): { words: number; endsInPlaceType: boolean } {
  const tokens = japanese.tokenize(run);
  const unknown = tokens.filter((token) => !token.known).length;
  return {
    words: tokens.length + unknown,
    endsInPlaceType: tokens.at(-1)?.pos === '名詞,接尾,地域',
  };
}

/**
 * The language whose dictionary needs fewer words for a name in Han; the last word moves the count a little.
 *
 * @param name - As it is written; only its Han is looked at.
 */
export function tokensVerdict(name: string, chinese: Chinese, japanese: Japanese): Verdict {
  let lead = 0;
  for (const [run] of name.normalize('NFKC').matchAll(/\p{Script=Han}+/gu)) {
    const { words, endsInPlaceType } = japaneseWords(run, japanese);
    lead += chineseWords(fold(run), chinese) - words;
    if (endsInPlaceType) lead += 0.5;
    if (JAPANESE_ENDING.test(run)) lead += 1;
    if (CHINESE_ENDING.test(run)) lead -= 1;
  }
  const table = lead > 0 ? JAPANESE_CONFIDENCE : CHINESE_CONFIDENCE;
  const step = lead > 0 ? lead * 2 - 1 : -lead * 2;
  return {
    language: lead > 0 ? 'ja' : 'zh',
    confidence: table[Math.min(step, table.length - 1)] ?? 0.5,
    reason: 'tokens',
  };
}

/** Words that Chinese and Japanese share, whatever stands before them. */
const SHARED_WORD =
  /(?:公园|温泉|神宫|市场|博物馆|美术馆|图书馆|动物园|植物园|水族馆|体育馆|纪念馆|大学|医院|饭店|旅馆|海峡|海岸|峡谷|大桥|半岛|高原|瀑布|庭园|大佛|车站|机场)$/u;
/** Endings of names that are understood in Chinese behind a stem that is known. */
const SHARED_ENDING =
  /[寺城山湖岛区县市町村道馆园桥港湾河川江宫院堂塔署厅店街路门海台馆谷池川岬温泉船员]$/u;

/**
 * Whether a Japanese name is a Chinese word or well-known name as well: one word of the Chinese dictionary, words of it
 * alone, or a word with an ending that both languages share.
 *
 * @param key - `fold(name)` of a name in Han only.
 */
export function isChineseWord(key: string, chinese: Chinese): boolean {
  if (key.length > 1 && chineseWords(key, chinese) === 1) return true;
  if (SHARED_WORD.test(key)) return true;
  const words = chinese.cut(key);
  const stems = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  return (
    stems.length > 0 &&
    stems.every((word) => word.length > 1) &&
    (last.length > 1 || SHARED_ENDING.test(last))
  );
}

/** Whether a name as it is written is one word of the Japanese dictionary. */
export function isJapaneseWord(name: string, japanese: Japanese): boolean {
  const tokens = japanese.tokenize(name);
  return tokens.length === 1 && tokens[0]?.known === true;
}
