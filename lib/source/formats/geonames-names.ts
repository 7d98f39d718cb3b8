import { geonamesLines } from './geonames-lines.ts';

/** A name of alternateNamesV2. */
interface AlternateName {
  name: string;
  language?: string;
  kind?: string;
  isPreferred: boolean;
}

/** Names of places by their id. */
export interface PlaceNames {
  of(id: number): readonly AlternateName[];
}

/** Languages whose names are kept. */
const LANGUAGES = /^(?:zh|ja|ko|en|yue)(?:-|$)/i;
/** Local names by country, likeliest first. */
const LOCAL: Readonly<Record<string, readonly string[]>> = {
  TW: ['zh-Hant', 'zh-TW', 'zh'],
  HK: ['zh-Hant', 'zh-HK', 'zh'],
  MO: ['zh-Hant', 'zh-MO', 'zh'],
  CN: ['zh-Hans', 'zh-CN', 'zh'],
  JP: ['ja'],
  KR: ['ko'],
  KP: ['ko'],
};
/** Between the parts of a kept name, and between names. */
const [PART, NAME] = ['\u0001', '\u0002'];

/** Reads the names of the places of some files, as text by id. */
export async function namesByPlace(
  places: readonly string[],
  names: readonly string[],
): Promise<PlaceNames> {
  const kept = new Map<number, string>();
  const wanted = names.length === 0 ? null : await idsOf(places);
  for (const path of names) {
    for await (const { cells, error } of geonamesLines(path, 4)) {
      if (error) throw error;
      const id = Number(cells[1]);
      if (!wanted?.has(id)) continue;
      const packed = packedOf(cells);
      if (packed === null) continue;
      const before = kept.get(id);
      kept.set(id, before === undefined ? packed : `${before}${NAME}${packed}`);
    }
  }
  return { of: (id) => (kept.get(id)?.split(NAME) ?? []).map(unpacked) };
}

/** The name in the language of its country; null if none is known. */
export function localName(
  names: Readonly<Record<string, string>>,
  country: unknown,
): string | null {
  const languages = LOCAL[String(country)] ?? [];
  return languages.map((language) => names[language]).find((name) => name !== undefined) ?? null;
}

function packedOf(cells: readonly string[]): string | null {
  const [, , language = '', name = '', preferred, short, colloquial, historic] = cells;
  if (name === '') return null;
  const isCode = language === 'abbr' || language === 'iata';
  if (language !== '' && !isCode && !LANGUAGES.test(language)) return null;
  const kind =
    historic === '1'
      ? 'historic'
      : short === '1' || isCode
        ? 'short'
        : colloquial === '1'
          ? 'colloquial'
          : '';
  return [isCode ? '' : language, kind, preferred === '1' ? '1' : '', name].join(PART);
}

function unpacked(text: string): AlternateName {
  const [language = '', kind = '', preferred = '', name = ''] = text.split(PART);
  return {
    name,
    ...(language === '' ? {} : { language }),
    ...(kind === '' ? {} : { kind }),
    isPreferred: preferred === '1',
  };
}

/** A bit for each id: ids go up to some ten million. */
async function idsOf(places: readonly string[]): Promise<{ has(id: number): boolean }> {
  let bits = new Uint8Array(1 << 20);
  for (const path of places) {
    for await (const { cells } of geonamesLines(path, 1)) {
      const id = Number(cells?.[0]);
      if (!Number.isSafeInteger(id) || id < 0 || id >= 2 ** 31) continue;
      if (id >> 3 >= bits.length) {
        const more = new Uint8Array(Math.max(bits.length * 2, (id >> 3) + 1));
        more.set(bits);
        bits = more;
      }
      bits[id >> 3]! |= 1 << (id & 7);
    }
  }
  return { has: (id) => ((bits[id >> 3] ?? 0) & (1 << (id & 7))) !== 0 };
}
