import type { PlaceKind } from '../place.ts';

/**
 * What names of administrative units end in and what people leave off, by country. Han suffixes are listed in
 * one form and hold for all forms that fold alike; so a Chinese name of a Japanese ward is shortened as well.
 */
export interface ShortNameRules {
  /** In Han characters. */
  han: readonly string[];
  /** The same, of these kinds only. */
  hanOf?: Partial<Readonly<Record<PlaceKind, readonly string[]>>>;
  /** Names that end so are said whole: zones that are no administrative units, and parts of a town. */
  whole?: readonly string[];
  /** In Hangul. */
  hangul?: readonly string[];
  /** In Latin letters, after a space or hyphen. */
  latin?: readonly string[];
}

const words = (text: string): readonly string[] => text.split(' ');

/** Forms of the units in Hangul that Korean uses for China, Japan and Taiwan. */
const HANGUL_ABROAD = words('시 구 현 부 군 성');

const KOREAN: ShortNameRules = {
  // 지방자치법 (Local Autonomy Act), articles 2, 3 and 197; 직할시 until 1995, and in the north.
  hangul: words('특별자치시 특별자치도 특별시 광역시 직할시 시 군 구 도 읍 면'),
  han: words('特別自治市 特別自治道 特別市 広域市 直轄市 市 郡 区 邑 面'),
  latin: [
    ...['Special Self-Governing City', 'Special Self-Governing Province', 'Metropolitan City'],
    ...['Special City', 'City', 'Province', 'County', 'District'],
    ...words('si do gu gun eup myeon'),
  ],
};

/** Rules by ISO 3166-1 code. Nothing is taken off a name elsewhere: 胡志明市, 喬治市, Kuwait City. */
export const SHORT_NAME_RULES: Readonly<Record<string, ShortNameRules>> = {
  CN: {
    // 行政区划管理条例 (State Council order 704) and the list of divisions of the Ministry of Civil Affairs; banners
    // (阿拉善左旗) are said whole.
    han: words('特别行政区 地区 新区 特区 林区 矿区 省 市 区 县 盟 街道 镇 乡'),
    hanOf: { town: words('街道 镇 乡') },
    whole: words(
      '开发区 园区 示范区 保税区 风景区 名胜区 保护区 旅游区 度假区 管理区 试验区 实验区 合作区 商务区 工业区 景区 社区 小区 ' +
        '市辖区 高新区 市中区 市南区 市北区',
    ),
    hangul: HANGUL_ABROAD,
    latin: [
      ...['New Area', 'New District', 'Special District', 'Forestry District', 'Mining District'],
      ...words('City District County Prefecture Province League Township Town Subdistrict'),
      ...words('xian qu shi zhen xiang sheng'),
    ],
  },
  TW: {
    // 地方制度法 (Local Government Act), article 3.
    han: words('市 縣 區 鄉 鎮'),
    whole: words('園區 社區 特區 學區 特定區 風景區 工業區 加工區'),
    hangul: [...HANGUL_ABROAD, '향', '진'],
    latin: words('City County District Township Town shi xian qu'),
  },
  JP: {
    // 地方自治法 (Local Autonomy Act), articles 1-3, 252-20 and 281; 郡 is left off as well. A town area keeps what
    // it ends in (有楽町, 四日市), as it is none of these.
    han: words('市 区 町 村 郡'),
    hanOf: { region: words('都 府 県'), city: words('都 府 県 市 区 町 村'), town: words('町 村') },
    hangul: HANGUL_ABROAD,
    latin: [
      ...words('City Ward Town Village Prefecture Metropolis District'),
      ...words('shi ku gun machi cho mura son ken fu to'),
    ],
  },
  KR: KOREAN,
  KP: KOREAN,
  // District Councils Ordinance (Cap. 547), schedule 1.
  HK: { han: words('特别行政区 區'), latin: ['District'] },
  MO: { han: words('特别行政区') },
};

/** Where the country is not known, what is a unit in most of them. */
export const RULES_ANYWHERE: ShortNameRules = {
  han: words('特别行政区 特別市 広域市 地区 新区 特区 林区 市 区 県 郡 町 村 鄉 鎮 省 府 都 盟'),
  whole: SHORT_NAME_RULES['CN']!.whole!,
  hangul: KOREAN.hangul!,
  latin: [
    ...words('District Township Ward Prefecture'),
    ...words('shi ku gun machi cho mura son ken gu si do eup myeon xian qu'),
  ],
};

/**
 * Peoples in the names of China's autonomous regions, prefectures, counties, banners and townships: of the 55
 * recognised minorities those that have one, without 族.
 */
export const PEOPLES: readonly string[] =
  '壮|回|维吾尔|藏|彝|苗|侗|土家|布依|朝鲜|满|蒙古|傣|白|哈尼|景颇|傈僳|羌|哈萨克|柯尔克孜|瑶|黎|畲|水|仫佬|毛南|仡佬|土|撒拉|东乡|保安|裕固|纳西|拉祜|佤|独龙|怒|普米|布朗|阿昌|达斡尔|鄂温克|鄂伦春|锡伯|塔吉克|俄罗斯|各'.split(
    '|',
  );

/** The same in English, as gazetteers spell them. */
export const PEOPLES_IN_ENGLISH: readonly string[] = words(
  'Zhuang Hui Uyghur Uygur Tibetan Yi Miao Dong Tujia Buyei Bouyei Korean Manchu Mongol Mongolian Dai Bai Hani Jingpo ' +
    'Lisu Qiang Kazakh Kirgiz Kirghiz Kyrgyz Yao Li She Shui Sui Mulao Mulam Maonan Gelao Tu Salar Dongxiang Bonan Bao’an ' +
    'Yugur Nakhi Naxi Lahu Wa Va Derung Dulong Nu Pumi Blang Bulang Achang Daur Evenk Evenki Ewenki Oroqen Xibe Sibe ' +
    'Tajik Russian Various Nationalities Multinational',
);
