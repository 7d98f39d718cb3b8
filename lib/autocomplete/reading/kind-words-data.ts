// Words that say what kind of place is meant, by language, as the records of places themselves lack them.
// Sources: Unicode CLDR and Wiktionary for the words of languages; operators by their own names (JR Group,
// 臺灣鐵路, 台灣高鐵, MTR, Tokyo Metro, Korail); administrative words by the local-government acts of each country
// (地方自治法 JP, 地方制度法 TW, 行政区划 CN, 지방자치법 KR) with the romanisations on road signs; their English
// abbreviations by 中華郵政 地址英譯 (Dist., Cty., Twp., Vil.) and USPS Publication 28.
// `word=kana` adds a Japanese reading; Han words get Mandarin readings by the library, so that えき, eki,
// zhan and ㄓㄢ need no entry of their own.

/** Behind the name of a station. */
export const STATION_WORDS = `
駅=えき 站 車站 火車站 捷運站 地鐵站 地下鐵站 港鐵站 高鐵站 台鐵站 輕鐵站 輕軌站 電車站 電車停留場=でんしゃていりゅうじょう
巴士站 公車站 客運站 轉運站 停車場=ていしゃじょう 停留場=ていりゅうじょう 電停=でんてい 停留所=ていりゅうじょ 駅前=えきまえ
역 기차역 지하철역 전철역
station stn sta eki zhan yeok gare bahnhof hauptbahnhof hbf stazione estacion
railway-station train-station metro-station subway-station mrt-station mtr-station`;

/** In front of the name of a station, or between it and the word for one. */
export const OPERATOR_WORDS = `
JR JR東日本 JR西日本 JR東海 JR九州 JR北海道 JR四国 台鐵 臺鐵 高鐵 捷運 北捷 中捷 高捷 桃捷 地鐵 港鐵 輕軌 輕鐵 地下鉄=ちかてつ
都営地下鉄 都営=とえい 東京メトロ メトロ 私鉄=してつ 京急=けいきゅう 京王=けいおう 東急=とうきゅう 小田急=おだきゅう 西武=せいぶ 東武=とうぶ
京成=けいせい 近鉄=きんてつ 阪急=はんきゅう 阪神=はんしん 南海=なんかい 名鉄=めいてつ 西鉄=にしてつ 京阪=けいはん 相鉄=そうてつ
지하철 전철 코레일 KTX SRT MRT MTR TRA THSR metro subway railway train`;

/** Behind the names of areas, by kind and by country; `*` for any country. */
export const ADMINISTRATIVE_WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  country: {
    '*': '國 共和國 人民共和國 民國 王國 聯邦 republic 공화국',
    HK: '特別行政區 特區 sar',
    MO: '特別行政區 特區 sar',
  },
  region: {
    JP: '県=けん 府=ふ 都=と 道=どう ken fu to do',
    TW: '省 縣 市',
    CN: '省 市 自治區 特別行政區 直轄市 壯族自治區 回族自治區 維吾爾自治區 sheng zizhiqu',
    KR: '도 특별시 광역시 특별자치시 특별자치도 시 do si special-city metropolitan-city',
    '*': '省 州=しゅう 縣 県=けん 府 地區 地方 直轄市 state province prov prefecture pref county region territory',
  },
  city: {
    JP: '市=し 区=く 郡=ぐん shi ku gun ward',
    TW: '市 縣 shi xian',
    CN: '市 地區 自治州 盟 州 shi',
    KR: '시 군 특별시 광역시 특별자치시 si gun 市 郡 廣域市 特別市',
    '*': '市=し 縣 city county cty cnty municipality munic 시',
  },
  district: {
    JP: '区=く 町=ちょう 町=まち 村=むら ku ward cho machi',
    TW: '區 鎮 鄉 市 qu ku',
    CN: '區 縣 市 旗 新區 自治縣 林區 特區 自治旗 左旗 右旗 qu xian shi',
    KR: '구 군 시 읍 면 gu gun si 區 郡',
    HK: '區',
    MO: '堂區',
    '*': '區=く district dist ward county cty borough boro 구',
  },
  town: {
    JP: '町=ちょう 町=まち 村=むら 村=そん 字=あざ 大字=おおあざ cho machi mura son town village',
    TW: '鎮 鄉 村 里 區 部落 社區',
    CN: '鎮 鄉 村 街道 地區 蘇木 zhen xiang',
    KR: '읍 면 동 리 eup myeon dong ri 洞 里 邑 面',
    HK: '村 邨 圍',
    '*': '鎮 鄉 村 town township twp twnshp village vil vlg',
  },
};
