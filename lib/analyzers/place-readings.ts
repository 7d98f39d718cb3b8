/** A word and its syllables, one per character. */
type Entries = readonly (readonly [word: string, syllables: readonly string[]])[];

function entriesOf(table: string): Entries {
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const word = /^\p{Script=Han}+/u.exec(entry)![0];
      return [word, entry.slice(word.length).split(',')] as const;
    });
}

/** Local readings that replace those of the dictionary, which nobody in the place would type. */
const REPLACED = entriesOf(`
  乐亭lao4,ting2 单县shan4,xian4 台州tai1,zhou1 天台tian1,tai1 浚县xun4,xian4 尉犁yu4,li2 洪洞hong2,tong2
  莘庄xin1,zhuang1 会稽kuai4,ji1 弹子dan4,zi3 泌阳bi4,yang2 歙县she4,xian4 黄陂huang2,pi2 什邡shi2,fang1
  万俟mo4,qi2 解州xie4,zhou1 蔚县yu4,xian4 蔚州yu4,zhou1 曲靖qu1,jing4 喀什ka1,shi2 涡阳guo1,yang2 朴子pu2,zi3
  六合lu4,he2 六安lu4,an1 乐清yue4,qing1 济宁ji3,ning2 济源ji3,yuan2 筠连jun1,lian2 任丘ren2,qiu1 华县hua4,xian4
  华阴hua4,yin1 句容ju4,rong2 什刹shi2,cha4 繁峙fan2,shi4 莎车suo1,che1 牟定mou2,ding4 地藏di4,zang4
  穆棱mu4,ling2 珲春hun2,chun1
  干隆qian2,long2 干县qian2,xian4 干陵qian2,ling2 干坤qian2,kun1 干清qian2,qing1 干安qian2,an1 干宁qian2,ning2`);

/** Local readings of names that other people type as the dictionary reads them; both readings find the place. */
const ADDED = entriesOf(`
  蚌山beng4,shan1 西门町xi1,men2,ding1 闵行min3,hang2 乐陵lao4,ling2 调兵山diao4,bing1,shan1 万柏林wan4,bai3,lin2
  绥棱sui2,ling2 大城县dai4,cheng2,xian4 大埔县da4,bu4,xian4 丹棱dan1,ling2 吴堡wu2,bu3
  民乐县min2,le4,xian4 新干xin1,gan4 余干yu2,gan4 冈厦gang1,xia4 厦村xia4,cun1 莞城guan3,cheng2
  栎阳yue4,yang2 宕昌tan4,chang1 洽川he2,chuan1 六枝lu4,zhi1 浒墅关xu3,shu4,guan1 浒关xu3,guan1
  浒浦xu3,pu3 大栅栏da4,shi2,lan4 十里堡shi2,li3,pu4 马家堡ma3,jia1,pu4 瓦窑堡wa3,yao2,bu3
  柴沟堡chai2,gou1,bu3 尉迟yu4,chi2 解家xie4,jia1 查家zha1,jia1 缪家miao4,jia1 乌什wu1,shi2
  阿图什a1,tu2,shi2 塔什ta3,shi2 克什克ke4,shi2,ke4 巴什ba1,shi2 霍什huo4,shi2 拉什la1,shi2
  阔什kuo4,shi2 伊什yi1,shi2 白什bai2,shi2 和什托he2,shi2,tuo1 科什ke1,shi2 托什tuo1,shi2 库什ku4,shi2
  塔什库ta3,shi2,ku4 加什jia1,shi2 吾什wu2,shi2 亚什ya4,shi2 重龙chong2,long2 葵涌kui2,chong1
  东涌dong1,chong1 鱼涌yu2,chong1 麻涌ma2,chong1 大涌da4,chong1 蚝涌hao2,chong1 沙涌sha1,chong1
  西涌xi1,chong1 河涌he2,chong1 木栅mu4,zha4 重安chong2,an1 弹坑tan2,keng1 阿里磅a1,li3,pang2
  角直lu4,zhi2 阆中lang4,zhong1 蠡县li3,xian4 航厦hang2,xia4 大厦da4,xia4`);

interface ReadingTable {
  /** Words by their first character, longest first. */
  byFirst: ReadonlyMap<string, Entries>;
}

function tableOf(entries: Entries): ReadingTable {
  const byFirst = new Map<string, (typeof entries)[number][]>();
  for (const entry of entries) {
    const first = Array.from(entry[0])[0]!;
    byFirst.set(first, [...(byFirst.get(first) ?? []), entry]);
  }
  for (const list of byFirst.values()) list.sort((a, b) => b[0].length - a[0].length);
  return { byFirst };
}

/**
 * Place names that pinyin-pro 3.29 reads wrongly, in folded Han; the longest first among those that begin alike.
 *
 * Source: gazetteers of administrative divisions of mainland China (行政区划), Hong Kong and Taiwan.
 */
export const PLACE_READINGS: ReadingTable = tableOf([...REPLACED, ...ADDED]);

/** Entries of `PLACE_READINGS` for which the dictionary's reading does not count. */
export const REPLACED_READINGS: ReadingTable = tableOf(REPLACED);

/**
 * Replaces syllables of a run of Han characters by the local readings of the words in it: from the left, longest
 * word first.
 *
 * @param syllables - One per character; changed in place.
 * @returns Whether the run contains such a word.
 */
export function readLocally(
  characters: readonly string[],
  syllables: string[],
  { byFirst }: ReadingTable,
): boolean {
  let found = false;
  for (let at = 0; at < characters.length;) {
    const entry = byFirst
      .get(characters[at]!)
      ?.find(([word]) => Array.from(word).every((part, i) => characters[at + i] === part));
    if (!entry) {
      at += 1;
      continue;
    }
    syllables.splice(at, entry[1].length, ...entry[1]);
    found = true;
    at += entry[1].length;
  }
  return found;
}
