/**
 * Formal names of countries that people paste from documents, in the languages of readers, by ISO code.
 *
 * Source: UNGEGN List of Country Names (E/CONF.105/13/CRP.13) and ISO 3166-1 full names; the forms in Chinese,
 * Japanese and Korean are those of the countries' own constitutions and of the foreign ministries' lists.
 * Records often state theirs as aliases; these stand in where none does.
 */
const FORMAL: Readonly<Partial<Record<string, readonly string[]>>> = {
  CN: ["People's Republic of China", 'PR China', 'P.R. China', 'PRC', 'P.R.C.', '中華人民共和國', '中华人民共和国', '중화인민공화국'],
  HK: [
    'Hong Kong SAR', 'Hong Kong Special Administrative Region', '香港特別行政區', '中國香港', '중화인민공화국 홍콩 특별행정구',
  ],
  MO: ['Macao SAR', 'Macau SAR', 'Macao Special Administrative Region', 'Macau', '澳門特別行政區', '中國澳門'],
  TW: ['Republic of China', 'Taiwan, R.O.C.', 'Taiwan ROC', 'R.O.C.', '中華民國', '台灣', '臺灣', 'Taiwan'],
  JP: ['日本國', 'State of Japan'],
  KR: ['Republic of Korea', 'South Korea', 'Korea', '大韓民國', '대한민국', '韓國', '南韓'],
  KP: [
    "Democratic People's Republic of Korea", 'DPRK', '朝鮮民主主義人民共和國', '조선민주주의인민공화국',
  ],
  MN: ['蒙古國'],
  SG: ['Republic of Singapore', '新加坡共和國', 'シンガポール共和国'],
  MY: ['馬來西亞聯邦'],
  TH: ['Kingdom of Thailand', '泰王國', '泰國', 'タイ王国', '태국'],
  VN: ['Socialist Republic of Vietnam', 'Viet Nam', '越南社會主義共和國', 'ベトナム社会主義共和国'],
  PH: ['Republic of the Philippines', '菲律賓共和國', 'フィリピン共和国'],
  ID: ['Republic of Indonesia', '印度尼西亞共和國', 'インドネシア共和国'],
  IN: ['Republic of India', '印度共和國'],
  US: [
    'United States of America', 'USA', 'U.S.A.', 'U.S.', 'America', '美利堅合眾國', '美国', 'アメリカ合衆国',
    'アメリカ', '米国', '미합중국', '미국',
  ],
  GB: [
    'United Kingdom of Great Britain and Northern Ireland', 'UK', 'U.K.', 'Great Britain', 'Britain',
    '大不列顛及北愛爾蘭聯合王國', '聯合王國', 'グレートブリテン及び北アイルランド連合王国', 'イギリス', '英國', '영국',
  ],
  FR: ['French Republic', '法蘭西共和國', 'フランス共和国', '프랑스 공화국'],
  DE: ['Federal Republic of Germany', '德意志聯邦共和國', 'ドイツ連邦共和国', '독일 연방 공화국'],
  IT: ['Italian Republic', '義大利共和國', '意大利共和国', 'イタリア共和国'],
  ES: ['Kingdom of Spain', '西班牙王國', 'スペイン王国'],
  PT: ['Portuguese Republic', '葡萄牙共和國', 'ポルトガル共和国'],
  NL: ['Kingdom of the Netherlands', 'Holland', 'The Netherlands', '荷蘭王國', 'オランダ王国'],
  BE: ['Kingdom of Belgium', '比利時王國', 'ベルギー王国'],
  CH: ['Swiss Confederation', '瑞士聯邦', 'スイス連邦'],
  AT: ['Republic of Austria', '奧地利共和國', 'オーストリア共和国'],
  SE: ['Kingdom of Sweden', '瑞典王國', 'スウェーデン王国'],
  NO: ['Kingdom of Norway', '挪威王國', 'ノルウェー王国'],
  DK: ['Kingdom of Denmark', '丹麥王國', 'デンマーク王国'],
  FI: ['Republic of Finland', '芬蘭共和國', 'フィンランド共和国'],
  PL: ['Republic of Poland', '波蘭共和國', 'ポーランド共和国'],
  CZ: ['Czechia', 'Czech Republic', '捷克共和國', 'チェコ共和国'],
  GR: ['Hellenic Republic', '希臘共和國', 'ギリシャ共和国'],
  RU: ['Russian Federation', '俄羅斯聯邦', 'ロシア連邦', '러시아 연방'],
  UA: ['烏克蘭國'],
  TR: ['Republic of Türkiye', 'Turkey', '土耳其共和國', 'トルコ共和国'],
  IR: ['Islamic Republic of Iran', '伊朗伊斯蘭共和國', 'イラン・イスラム共和国'],
  SA: ['Kingdom of Saudi Arabia', '沙烏地阿拉伯王國', '沙特阿拉伯王国', 'サウジアラビア王国'],
  AE: ['UAE', '阿拉伯聯合酋長國', '阿聯', 'アラブ首長国連邦'],
  EG: ['Arab Republic of Egypt', '埃及阿拉伯共和國', 'エジプト・アラブ共和国'],
  ZA: ['Republic of South Africa', '南非共和國', '南アフリカ共和国'],
  BR: ['Federative Republic of Brazil', '巴西聯邦共和國', 'ブラジル連邦共和国'],
  MX: ['United Mexican States', '墨西哥合眾國', 'メキシコ合衆国'],
  AR: ['Argentine Republic', '阿根廷共和國', 'アルゼンチン共和国'],
  CL: ['Republic of Chile', '智利共和國', 'チリ共和国'],
  AU: ['Commonwealth of Australia', '澳洲聯邦', '澳大利亞聯邦', 'オーストラリア連邦', '澳洲', '澳大利亚'],
  LA: ["Lao People's Democratic Republic", '老撾', '寮國'],
  MM: ['Burma', '緬甸聯邦共和國', 'ミャンマー連邦共和国'],
  KH: ['Kingdom of Cambodia', '柬埔寨王國', 'カンボジア王国'],
  BT: ['Kingdom of Bhutan', '不丹王國'],
  NP: ['尼泊爾聯邦民主共和國'],
  PK: ['Islamic Republic of Pakistan', '巴基斯坦伊斯蘭共和國'],
  BD: ["People's Republic of Bangladesh", '孟加拉人民共和國', 'バングラデシュ人民共和国'],
  LK: ['Democratic Socialist Republic of Sri Lanka', '斯里蘭卡民主社會主義共和國'],
}; // prettier-ignore

/** Formal and other well-known names of a country; none where the list has none. */
export function formalCountryNames(code: string): readonly string[] {
  return FORMAL[code] ?? [];
}
