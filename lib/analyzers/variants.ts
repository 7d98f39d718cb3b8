import { ConverterFactory } from 'opencc-js/core';
import hongKongVariants from 'opencc-js/dict/HKVariants';
import newToOldForms from 'opencc-js/dict/JPShinjitaiCharacters';
import japanesePhrases from 'opencc-js/dict/JPShinjitaiPhrases';
import oldToNewForms from 'opencc-js/dict/JPShinjitaiCharactersRev';
import simplifiedToTraditional from 'opencc-js/dict/STCharacters';
import simplifiedPhrases from 'opencc-js/dict/STPhrases';
import taiwanVariants from 'opencc-js/dict/TWVariants';
import traditionalToSimplified from 'opencc-js/dict/TSCharacters';
import traditionalPhrases from 'opencc-js/dict/TSPhrases';
import { gb2312 } from './charsets.ts';
import { UNIHAN_VARIANTS } from './han-variants.ts';

/**
 * Characters that are equivalent in names but that OpenCC's tables separate or convert differently;
 * the target comes first. Sources: Unihan's kZVariant and kSemanticVariant (Unicode 15), and the
 * name forms of Japanese family registers.
 */
const OWN_GROUPS =
  '户戸 姬姫 涩渋 乡郷鄉鄕 龙竜 市巿 里裏裡 后後 台臺 辨弁 岛島嶋嶌 崎﨑嵜 高髙 滨濵 边邊邉辺 富冨 馆館舘 渊渕 野埜 吉𠮷 土圡 柳栁 ' +
  '船舩 笼籠篭 壶壺壷 溪渓谿 鸥鷗鴎 莺鶯鴬 韧靱靭 鲹鰺鯵 曲麴麹 迩邇 岳嶽 薮藪 槙槇 桧檜 斋斎 齐斉 濑瀬 德徳 步歩 黑黒 ' +
  '惠恵 赖頼 卷巻 温溫 清淸 青靑 别別 关関 厅庁 窑窯窰 柏栢 桝枡 岩巖巌 吴呉 梅楳 彦彥 来來 并並 铺舗 戏戯 舍舎 卫衛 绪緒 ' +
  '聪聡 舉挙 举舉 污汚 邻隣 艺芸 颖頴 鳖鼈 泼溌 斗鬥 叙敍 灶竃 么幺 冰氷 兔兎 咒呪 值値 俱倶 榆楡 焰焔 皋皐 荔茘 姊姉 檐簷 ' +
  // Of place names: 飛騨's official character, Macau's 氹, 祗園, and name forms of Japan.
  '驒騨 氹凼 祇祗 薮籔 畲畬 剑劔剱釼 秋穐龝 谏諌 贱賎 颈頚 颊頬 桑桒 卯夘 松枩 喜㐂 桥槗 园薗 矶礒 国圀 鹤靏靍靎 灌潅 苏蘓 侯矦 节莭 ' +
  '蛇虵 飘飃 驱駈 颐頥 颠顚 鸱鵄 逈迥 赞讃讚 协恊 潜濳 矿鉱鑛 升曻 洞硐 澄澂 钟锺 妆糚 宜冝 准凖 风凬 叠疂 菟莵 峻埈 花芲';

/** Pairs that would merge unrelated words: 大連 and 大聯, 沪 (Shanghai) and 濾. */
const REFUSED_PAIRS = new Set(['聯 連', '沪 濾', '濾 沪']);

function pairsOf(entries: string): [string, string][] {
  return entries
    .split('|')
    .filter((entry) => !REFUSED_PAIRS.has(entry))
    .map((entry) => entry.split(' ').slice(0, 2) as [string, string]);
}

/** Hong Kong's standard forms that replace those of Taiwan, from OpenCC. */
export const HONG_KONG_VARIANTS: readonly string[] = pairsOf(hongKongVariants).map(([, to]) => to);

/** Joins all tables into groups of equivalent forms, and picks a target for each group. */
function buildTargets(): Map<string, string> {
  const up = new Map<string, string>();
  const root = (character: string): string => {
    let at = character;
    for (let next = up.get(at); next !== undefined; next = up.get(at)) at = next;
    return at;
  };
  const join = (a: string, b: string): void => {
    const [from, to] = [root(a), root(b)];
    if (from !== to) up.set(from, to);
  };
  const simplified = pairsOf(traditionalToSimplified);
  const own = OWN_GROUPS.split(' ').map((group) => Array.from(group));
  for (const table of [hongKongVariants, newToOldForms, oldToNewForms, taiwanVariants]) {
    for (const [from, to] of pairsOf(table)) join(from, to);
  }
  for (const [from, to] of simplified) join(from, to);
  for (const [target = '', ...forms] of own) for (const form of forms) join(form, target);
  for (const pair of UNIHAN_VARIANTS.trim().split(' ')) {
    const [target = '', form = ''] = Array.from(pair);
    join(form, target);
  }

  // The target is the form that simplification produces most often. Forms that are simplified away
  // or only Japanese come last.
  const weights = new Map<string, number>();
  const weigh = (character: string, weight: number): void => {
    weights.set(character, (weights.get(character) ?? 0) + weight);
  };
  for (const [from, to] of simplified) {
    if (from === to) continue;
    weigh(to, 2);
    weigh(from, -1);
  }
  for (const [japanese] of pairsOf(newToOldForms)) weigh(japanese, -1);
  for (const [, japanese] of pairsOf(oldToNewForms)) weigh(japanese, -1);
  for (const character of gb2312()) weigh(character, 3);
  for (const [target = ''] of own) weigh(target, 1000);

  const groups = new Map<string, string[]>();
  for (const character of new Set([...up.keys(), ...up.values()])) {
    const at = root(character);
    const group = groups.get(at);
    if (group) group.push(character);
    else groups.set(at, [character]);
  }
  const targets = new Map<string, string>();
  for (const members of groups.values()) {
    const order = (a: string, b: string): number =>
      (weights.get(b) ?? 0) - (weights.get(a) ?? 0) ||
      (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0);
    const [target = '', ...forms] = members.sort(order);
    for (const form of forms) targets.set(form, target);
  }
  return targets;
}

/**
 * Maps Han characters to the form that stands for all their Traditional, Simplified, Japanese and
 * regional forms: for matching, never for display. Targets, and characters in no table, are not
 * keys.
 */
export const HAN_TARGETS: ReadonlyMap<string, string> = buildTargets();

/**
 * Maps old Japanese forms to the new ones (淺 to 浅): today's Japanese names seldom have old forms.
 */
export const NEW_JAPANESE_FORMS: ReadonlyMap<string, string> = new Map(pairsOf(oldToNewForms));

/** Old forms that Japanese texts keep in Chinese names (九龍, 黑龍江), or whose new form they avoid there (煙 for 菸). */
const KEPT_IN_JAPANESE = new Set('龍禦纔菸濾豫缺嶽瀧聯辨辯瓣飜暨澁罐礪啞榆俠');

/**
 * Converts a Chinese name in Traditional characters to the forms that Japanese uses: 広東省, 台中市, 銅鑼湾.
 *
 * @param name - Characters without a new form are kept.
 */
export function toNewJapaneseForms(name: string): string {
  return name.replace(/\p{Script=Han}/gu, (character) =>
    KEPT_IN_JAPANESE.has(character) ? character : (NEW_JAPANESE_FORMS.get(character) ?? character),
  );
}

const convert = ConverterFactory(
  [
    '台 台|𠮷 吉|戸 戶|姫 姬|渋 澀|郷 鄉|竜 龍|渕 淵|斎 齋|嶋 島|舘 館|舗 鋪|舎 舍|戯 戲|併 併',
    japanesePhrases,
    newToOldForms,
  ],
  [taiwanVariants],
);

/**
 * Converts a Japanese name to Traditional Chinese characters as used in Taiwan.
 *
 * @param name - Kanji are converted, anything else is kept; 々 becomes the character before it.
 */
export function toTraditional(name: string): string {
  return convert(name.replace(/(\p{Script=Han})々/gu, '$1$1'));
}

/**
 * Characters that occur in names of both scripts and are kept: 台州 and 玉里 don't become 臺州 and
 * 玉裡.
 */
const IN_BOTH_SCRIPTS = '台 台|里 里|于 于|谷 谷|岳 岳';

let converters: Record<'zh-Hant' | 'zh-Hans', (name: string) => string> | undefined;

/**
 * Converts a Chinese name to the other script with OpenCC's phrases and characters.
 *
 * The conversion is mechanical, so use it only if no source states the name in that script. 台, 里,
 * 于, 谷 and 岳 are kept in names that become Traditional.
 *
 * @param script - Script of the result.
 */
export function toScript(name: string, script: 'zh-Hant' | 'zh-Hans'): string {
  // Made on first use, since loading the phrases takes a tenth of a second.
  converters ??= {
    'zh-Hant': ConverterFactory([IN_BOTH_SCRIPTS, simplifiedPhrases, simplifiedToTraditional]),
    'zh-Hans': ConverterFactory([traditionalPhrases, traditionalToSimplified]),
  };
  return converters[script](name);
}
