import { HONG_KONG_VARIANTS } from './variants.ts';

/**
 * Forms of Hong Kong's standard that Taiwan writes differently. Sources: OpenCC's HKVariants (Apache-2.0), from the
 * List of Graphemes of Commonly-Used Chinese Characters (Education Bureau, 2007); what that list (`kHKGlyph` of Unihan
 * 15.0) has outside both Big5 and GB 2312; 啓 and 栢 of HKSCS-2016, as in 啓德 and 黃大仙祠旁的栢景臺.
 */
export const HONG_KONG_FORMS: ReadonlySet<string> = new Set([
  ...HONG_KONG_VARIANTS,
  ...'倶嫺尅峩峯怱擡擧敍爲牀畧疎竈綉綫羣艶蠏裏襃説譌贋邨鈎鉢銹鋭閲靭麪鼈啓栢',
]);

/**
 * Characters outside Big5 and GB 2312 that Japanese has, and that names of Taiwan, China or Singapore use as well.
 * Sources: Table of General Standard Chinese Characters (`kTGH` of Unihan 15.0), up to 麹; then those of HKSCS-2016 that
 * occur in open lists of villages of China, companies, sights and roads of Taiwan: 碁 267 times, 廻 17, 岺 12, 菓 11.
 */
export const CHINESE_NAME_FORMS: ReadonlySet<string> = new Set(
  '勠喆坥垈夐憙暿梼椀犇猯蒄髢麹' + '碁廻岺菓舘窰瑠俥犂彜晳僴衆眞鷄塩',
);

/**
 * Characters outside of JIS X 0208 that Japanese names use: those of the tables of jōyō and jinmeiyō kanji (2010, 2017;
 * `kJoyoKanji` and `kJinmeiyoKanji` of Unihan 15.0), and then the printed standard forms of 2000 (表外漢字字体表).
 */
export const JAPANESE_NAME_FORMS: ReadonlySet<string> = new Set(
  '俠俱剝卽吞塡增寬巢徵德揭摑擊晚曆橫步歷每涉淚渴溫瀨焰狀瘦禱簞綠緖緣繡繫萊蔣薰虛蟬蠟賴郞醬錄鍊頰顚鷗黃黑' +
    '啞噓嚙囊姸屛屢幷搔攢潑瀆軀醱驒鹼麴麵譃',
);
