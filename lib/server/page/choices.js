// What fields offer.
import { element } from './element.js';
import { pageLanguage } from './texts.js';

/** ISO 3166-1 alpha-2; any other is for a query of your own. */
const COUNTRIES = ['TW', 'JP', 'CN', 'HK', 'MO', 'KR', 'SG', 'US'];

/** Languages of readers, in their own words. */
export const READERS = [
  ['zh-Hant', '繁體中文'],
  ['zh-Hans', '简体中文'],
  ['ja', '日本語'],
  ['en', 'English'],
];

/** Cities that results may be drawn to: names by language of the page, latitude and longitude. */
export const CITIES = [
  [{ en: 'Taipei', 'zh-Hant': '台北', 'zh-Hans': '台北', ja: '台北' }, '25.04,121.56'],
  [{ en: 'Kaohsiung', 'zh-Hant': '高雄', 'zh-Hans': '高雄', ja: '高雄' }, '22.62,120.31'],
  [{ en: 'Hong Kong', 'zh-Hant': '香港', 'zh-Hans': '香港', ja: '香港' }, '22.28,114.16'],
  [{ en: 'Shanghai', 'zh-Hant': '上海', 'zh-Hans': '上海', ja: '上海' }, '31.23,121.47'],
  [{ en: 'Beijing', 'zh-Hant': '北京', 'zh-Hans': '北京', ja: '北京' }, '39.90,116.41'],
  [{ en: 'Tokyo', 'zh-Hant': '東京', 'zh-Hans': '东京', ja: '東京' }, '35.68,139.69'],
  [{ en: 'Osaka', 'zh-Hant': '大阪', 'zh-Hans': '大阪', ja: '大阪' }, '34.69,135.50'],
  [
    { en: 'Singapore', 'zh-Hant': '新加坡', 'zh-Hans': '新加坡', ja: 'シンガポール' },
    '1.29,103.85',
  ],
];

/** Fills a select with [value, text, lang?] and keeps what was chosen. */
export function offer(select, choices) {
  const chosen = select.value;
  const options = choices.map(([value, text, lang]) => element('option', { value, lang }, text));
  select.replaceChildren(...options);
  if (choices.some(([value]) => value === chosen)) select.value = chosen;
}

/** Countries with their names in the page's language; `first` is what stands for none. */
export function countryChoices(first) {
  const names = new Intl.DisplayNames([pageLanguage()], { type: 'region', style: 'short' });
  return [['', first], ...COUNTRIES.map((code) => [code, names.of(code)])];
}
