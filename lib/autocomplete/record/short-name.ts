import { fold } from '../../analyzers/fold.ts';
import type { PlaceKind } from '../place.ts';
import {
  PEOPLES,
  PEOPLES_IN_ENGLISH,
  RULES_ANYWHERE,
  SHORT_NAME_RULES,
  type ShortNameRules,
} from './short-name-rules.ts';

const SUFFIXED: ReadonlySet<PlaceKind> = new Set<PlaceKind>(['region', 'city', 'district', 'town']);

/**
 * An official name without its administrative suffix, by the rules of its country (板橋區 to 板橋, 凉山彝族自治州
 * to 凉山, 浦东新区 to 浦东, Banqiao District to Banqiao), or without the city or 郡 in front of it (京都市左京区 to
 * 左京区); null if nothing can be taken off.
 *
 * Names are never shortened to one character: 北區 stays, since nobody calls it 北. Outside of its country a
 * suffix is part of the name: 胡志明市 and Kuwait City stay.
 *
 * @param kind - Only region, city, district and town have such suffixes.
 * @param country - ISO 3166-1 code. If it is not known, what is a suffix in most countries is taken off.
 * @example
 * shortNameOf('神农架林区', 'district', 'CN'); // => '神农架'
 */
export function shortNameOf(official: string, kind: PlaceKind, country?: string): string | null {
  return shortNamesOf(official, kind, country)[0] ?? null;
}

/**
 * All short names of an official one, the shortest first: 서울특별시 is 서울 and 서울시.
 *
 * @param kind - As for `shortNameOf`.
 */
export function shortNamesOf(official: string, kind: PlaceKind, country?: string): string[] {
  if (!SUFFIXED.has(kind)) return [];
  const rules = country === undefined ? RULES_ANYWHERE : SHORT_NAME_RULES[country];
  if (!rules) return [];
  const inner = withoutFront(official, country);
  if (inner !== null) return [inner];
  const autonomous = country === undefined || country === 'CN' ? autonomousStem(official) : null;
  if (autonomous !== null) return autonomous === official ? [] : [autonomous];
  const stem =
    hanStem(official, kind, rules) ??
    hangulStem(official, rules) ??
    latinStem(official, rules, country === 'CN');
  if (stem === null) return [];
  const unit = KOREAN_UNIT.exec(official)?.[1];
  const isOther = unit !== undefined && stem + unit !== official;
  return isOther ? [stem, stem + unit] : [stem];
}

/** Halves of the old provinces go by two syllables: 경상남도 is 경남, and nobody says 경상남. */
const KOREAN_HALF = /^(\p{Script=Hangul})\p{Script=Hangul}([남북])도$/u;

/** What people call a Korean city or province of special standing besides its stem. */
const KOREAN_UNIT = /^\p{Script=Hangul}{2,}(?:특별자치|특별|광역|직할)([시도])$/u;

/** Cities and counties that stand in front of the names of their wards, towns and villages, and what these end in. */
const FRONTS: Readonly<Record<string, readonly Front[]>> = {
  JP: [
    { front: '市', ends: '区區', least: 1 },
    { front: '郡', ends: '町村', least: 2 },
  ],
  KR: [
    { front: '시', ends: '구', least: 2 },
    { front: '市', ends: '区區', least: 2 },
  ],
};
interface Front {
  front: string;
  /** What such names end in. */
  ends: string;
  /** Characters before it, at least: 小郡町 is no 町 of 小郡, but 堺市堺区 a ward of 堺. */
  least: number;
}
/** What a front leaves is at least so long. */
const LEAST = 2;

function withoutFront(official: string, country: string | undefined): string | null {
  for (const { front, ends, least } of FRONTS[country ?? ''] ?? []) {
    const at = official.indexOf(front, least);
    const rest = at < 0 ? '' : official.slice(at + front.length).trimStart();
    if (rest.length > LEAST - 1 && ends.includes(rest.at(-1)!)) return rest;
  }
  // An island whose name the town repeats: 八丈島八丈町.
  const island = country === 'JP' ? official.indexOf('島', LEAST) : -1;
  const town = official.slice(island + 1);
  if (island > 0 && /[町村]$/u.test(town) && town.slice(0, -1) === official.slice(0, island))
    return town;
  return null;
}

const HAN_END = /\p{Script=Han}$/u;
const HANGUL_ONLY = /^\p{Script=Hangul}+$/u;
const LATIN_END = /\p{Script=Latin}$/u;

function hanStem(official: string, kind: PlaceKind, rules: ShortNameRules): string | null {
  if (!HAN_END.test(official)) return null;
  const endsIn = (suffix: string): boolean =>
    official.length > suffix.length && fold(official.slice(-suffix.length)) === fold(suffix);
  if (rules.whole?.some((end) => endsIn(end) || fold(official) === fold(end))) return null;
  const suffixes = rules.hanOf?.[kind] ?? rules.han;
  return stemOf(official, suffixes.filter(endsIn));
}

function hangulStem(official: string, { hangul = [] }: ShortNameRules): string | null {
  if (!HANGUL_ONLY.test(official)) return null;
  const half = KOREAN_HALF.exec(official);
  if (half) return half[1]! + half[2]!;
  return stemOf(
    official,
    hangul.filter((suffix) => official.endsWith(suffix)),
  );
}

/** Without the longest suffix: 高新区 is no 高新. Null where less than two characters are left. */
function stemOf(official: string, suffixes: readonly string[]): string | null {
  const longest = Math.max(0, ...suffixes.map(({ length }) => length));
  const stem = official.slice(0, official.length - longest);
  return longest > 0 && Array.from(stem).length >= 2 ? stem : null;
}

function latinStem(
  official: string,
  { latin = [] }: ShortNameRules,
  chinese: boolean,
): string | null {
  if (!LATIN_END.test(official)) return null;
  const lower = official.toLowerCase();
  const found = latin
    .filter((suffix) => /[ -]/.test(lower.at(-suffix.length - 1) ?? ''))
    .filter((suffix) => lower.endsWith(suffix.toLowerCase()))
    .sort((a, b) => b.length - a.length);
  const stem = chinese ? withoutPeoples(official) : official;
  if (stem !== official) return stem;
  if (found.length === 0) return null;
  const rest = official.slice(0, -found[0]!.length - 1);
  return rest.length >= 3 ? rest : null;
}

const ENGLISH_PEOPLES = new Set(PEOPLES_IN_ENGLISH.map((people) => people.toLowerCase()));

/** Enshi Tujia and Miao Autonomous Prefecture to Enshi. */
function withoutPeoples(official: string): string {
  const words = official.split(' ');
  if (words.at(-2)?.toLowerCase() !== 'autonomous') return official;
  words.splice(-2);
  const isPeople = (word: string | undefined): boolean =>
    word !== undefined && ENGLISH_PEOPLES.has(word.replace(',', '').toLowerCase());
  while (words.length > 1 && (isPeople(words.at(-1)) || words.at(-1) === 'and')) words.pop();
  return words.join(' ');
}

const FOLDED_PEOPLES = new Set(PEOPLES.map(fold));
const PEOPLE_LENGTH = 5;
const AUTONOMOUS_SUFFIX = /自治[区區州县縣旗]$|民族[乡鄉]$|(?<=族)[乡鄉]$/u;

/**
 * What stands before the peoples and 自治 of an autonomous area: at least two characters, as few as
 * can be. Null if it is none.
 */
function autonomousStem(official: string): string | null {
  const at = official.search(AUTONOMOUS_SUFFIX);
  const least = Array.from(official).slice(0, 2).join('').length;
  if (at < least) return null;
  const before = official.slice(0, at);
  if (isPeople(before)) return before.replace(/族$/u, '');
  let shortest = at;
  const reached = new Set([at]);
  for (let start = at - 1; start >= least && start >= shortest - PEOPLE_LENGTH; start--) {
    for (let end = start + 1; end <= Math.min(at, start + PEOPLE_LENGTH); end++) {
      if (!reached.has(end) || !isPeople(official.slice(start, end))) continue;
      reached.add(start);
      shortest = start;
    }
  }
  return official.slice(0, shortest);
}

function isPeople(text: string): boolean {
  return FOLDED_PEOPLES.has(fold(text.replace(/族$/u, '')));
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

/**
 * What is left of a reading behind a 郡: しらたかまち of にしおきたまぐんしらたかまち. Null if nothing tells where the
 * front ends.
 *
 * @param front - What stands before the short name: 西置賜郡.
 */
export function innerReadingOf(front: string, reading: string): string | null {
  const at = front.endsWith('郡') ? reading.indexOf('ぐん', 1) : -1;
  return at < 0 || at + 2 >= reading.length ? null : reading.slice(at + 2);
}
