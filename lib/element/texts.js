/** @import { SearchBoxTexts } from './types.js' */

const KINDS = ['country', 'region', 'city', 'district', 'town', 'station', 'poi'];

/** @param {string} names - Of KINDS, in order. */
const kinds = (names) => {
  const words = names.split(' ');
  return Object.fromEntries(KINDS.map((kind, i) => [kind, words[i] ?? kind]));
};

/** @type {Record<string, SearchBoxTexts>} */
const TEXTS = {
  en: {
    label: 'Search for a place',
    list: 'Places',
    clear: 'Clear',
    searching: 'Searching …',
    none: 'No place found. Try fewer characters.',
    found: (count) => `${count === 1 ? '1 place' : `${count} places`}; arrow keys to choose.`,
    picked: (label) => `Picked: ${label}`,
    met: (name) => `matches ${name}`,
    guess: 'best guess',
    without: (text) => `without “${text}”`,
    failed: 'The search does not answer.',
    busy: 'The search is busy. Try again in a moment.',
    required: 'Choose a place from the list.',
    kinds: kinds('country region city district town station place'),
  },
  'zh-Hant': {
    label: '搜尋地點',
    list: '地點',
    clear: '清除',
    searching: '搜尋中…',
    none: '找不到地點，少打幾個字試試。',
    found: (count) => `${count} 個地點，用方向鍵選擇。`,
    picked: (label) => `已選取：${label}`,
    met: (name) => `符合「${name}」`,
    guess: '可能是',
    without: (text) => `不含「${text}」`,
    failed: '搜尋服務沒有回應。',
    busy: '搜尋服務忙碌中，請稍後再試。',
    required: '請從清單選一個地點。',
    kinds: kinds('國家 地區 城市 區 鄉鎮 車站 地點'),
  },
  'zh-Hans': {
    label: '搜索地点',
    list: '地点',
    clear: '清除',
    searching: '搜索中…',
    none: '找不到地点，少输几个字试试。',
    found: (count) => `${count} 个地点，用方向键选择。`,
    picked: (label) => `已选择：${label}`,
    met: (name) => `匹配“${name}”`,
    guess: '可能是',
    without: (text) => `不含“${text}”`,
    failed: '搜索服务没有响应。',
    busy: '搜索服务繁忙，请稍后再试。',
    required: '请从列表中选择一个地点。',
    kinds: kinds('国家 地区 城市 区 乡镇 车站 地点'),
  },
  ja: {
    label: '場所を検索',
    list: '場所',
    clear: '消去',
    searching: '検索中…',
    none: '見つかりません。文字数を減らしてみてください。',
    found: (count) => `${count} 件。矢印キーで選べます。`,
    picked: (label) => `選択：${label}`,
    met: (name) => `「${name}」に一致`,
    guess: 'もしかして',
    without: (text) => `「${text}」は含まれません`,
    failed: '検索サーバーが応答しません。',
    busy: '検索サーバーが混み合っています。少し待ってからお試しください。',
    required: '一覧から場所を選んでください。',
    kinds: kinds('国 地域 市区 区 町村 駅 スポット'),
  },
  ko: {
    label: '장소 검색',
    list: '장소',
    clear: '지우기',
    searching: '검색 중…',
    none: '장소를 찾을 수 없습니다. 글자 수를 줄여 보세요.',
    found: (count) => `${count}곳. 화살표 키로 선택하세요.`,
    picked: (label) => `선택함: ${label}`,
    met: (name) => `“${name}”와 일치`,
    guess: '혹시',
    without: (text) => `“${text}” 없음`,
    failed: '검색 서버가 응답하지 않습니다.',
    busy: '검색 서버가 혼잡합니다. 잠시 후 다시 시도하세요.',
    required: '목록에서 장소를 선택하세요.',
    kinds: kinds('국가 지역 도시 구 읍면 역 장소'),
  },
};

/**
 * Texts of a language: English where there are none.
 *
 * @param {string} language - BCP 47, such as `zh-TW`.
 * @returns {SearchBoxTexts}
 */
export function searchBoxTexts(language) {
  const [main = '', ...rest] = language.toLowerCase().split(/[-_]/);
  const hant = rest.some((part) => ['hant', 'tw', 'hk', 'mo'].includes(part));
  const key = main === 'zh' ? (hant ? 'zh-Hant' : 'zh-Hans') : main;
  return /** @type {SearchBoxTexts} */ (TEXTS[key] ?? TEXTS['en']);
}
