import type { PlaceKind } from '../place.ts';

// Ethnic groups in the names of China's autonomous regions, prefectures and counties (of the 55
// recognised minorities, those that have one), in Simplified and Traditional form.
const PEOPLES = new Set(
  '壮|壯|回|维吾尔|維吾爾|藏|彝|苗|侗|土家|布依|朝鲜|朝鮮|满|滿|蒙古|傣|白|哈尼|景颇|景頗|傈僳|羌|哈萨克|哈薩克|柯尔克孜|柯爾克孜|瑶|瑤|黎|畲|水|仫佬|毛南|仡佬|土|撒拉|东乡|東鄉|保安|裕固|纳西|納西|拉祜|佤|独龙|獨龍|怒|普米|布朗|阿昌|达斡尔|達斡爾|鄂温克|鄂溫克|鄂伦春|鄂倫春|锡伯|錫伯|塔吉克|俄罗斯|俄羅斯|各'.split(
    '|',
  ),
);
const PEOPLE_LENGTH = 5;
const AUTONOMOUS_SUFFIX = /自治[区區州县縣旗]$/u;
const HAN_SUFFIX =
  /^([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]{2,}?)(?:特別行政区|特別行政區|特别行政区|特別市|特别市|廣域市|広域市|广域市|地区|地區|市|区|區|縣|県|县|郡|町|村|鄉|乡|鎮|镇|省|府|都|州|盟|旗)$/u;
const HANGUL_SUFFIX =
  /^(\p{Script=Hangul}{2,}?)(?:특별자치시|특별자치도|특별시|광역시|시|군|구|도|읍|면)$/u;
const LATIN_SUFFIX =
  /^(.{3,}?)[ -](?:City|District|County|Township|Town|Village|Ward|Prefecture|Province|Municipality|shi|ku|gun|machi|cho|mura|son|ken|gu|si|do|eup|myeon|xian|qu)$/iu;

const SUFFIXED: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['region', 'city', 'district', 'town']);

/**
 * An official name without its administrative suffix (板橋區 to 板橋, 凉山彝族自治州 to 凉山,
 * Banqiao District to Banqiao); null if it has none.
 *
 * Names are never shortened to one character: 北區 stays, since nobody calls it 北.
 *
 * @param kind - Only region, city, district and town have such suffixes.
 */
export function shortNameOf(official: string, kind: PlaceKind): string | null {
  if (!SUFFIXED.has(kind)) return null;
  const autonomous = autonomousStem(official);
  if (autonomous !== null) return autonomous;
  for (const pattern of [HAN_SUFFIX, HANGUL_SUFFIX, LATIN_SUFFIX]) {
    const stem = pattern.exec(official)?.[1];
    if (stem !== undefined) return stem;
  }
  return null;
}

/**
 * What stands before the peoples and 自治 of an autonomous area: at least two characters, as few as
 * can be.
 */
function autonomousStem(official: string): string | null {
  const at = official.search(AUTONOMOUS_SUFFIX);
  const least = Array.from(official).slice(0, 2).join('').length;
  if (at < least) return null;
  let shortest = at;
  const reached = new Set([at]);
  for (let start = at - 1; start >= least && start >= shortest - PEOPLE_LENGTH; start--) {
    for (let end = start + 1; end <= Math.min(at, start + PEOPLE_LENGTH); end++) {
      if (!reached.has(end) || !PEOPLES.has(official.slice(start, end).replace(/族$/, '')))
        continue;
      reached.add(start);
      shortest = start;
    }
  }
  return official.slice(0, shortest);
}

/**
 * Suffixes of Japanese administrative units with their usual readings, to shorten a reading
 * together with its name.
 */
const KANA_SUFFIX: ReadonlyMap<string, readonly string[]> = new Map([
  ['市', ['し']],
  ['区', ['く']],
  ['県', ['けん']],
  ['府', ['ふ']],
  ['都', ['と']],
  ['郡', ['ぐん']],
  ['町', ['ちょう', 'まち']],
  ['村', ['むら', 'そん']],
]);

/**
 * The reading of a short name: いたばし for 板橋区 / いたばしく. Null if the reading does not end
 * in a reading of the dropped suffix.
 */
export function shortReadingOf(official: string, reading: string): string | null {
  for (const suffix of KANA_SUFFIX.get(official.slice(-1)) ?? []) {
    if (reading.endsWith(suffix) && reading.length > suffix.length) {
      return reading.slice(0, -suffix.length);
    }
  }
  return null;
}
