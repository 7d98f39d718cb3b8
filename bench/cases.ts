import { pinyin } from 'pinyin-pro';
import { toRomaji } from 'wanakana';
import { zhuyinToned } from '../lib/analyzers/readings.ts';
import type { PlaceRecord } from '../lib/autocomplete/place.ts';
import { listedNames } from './corpus.ts';
import { seededRandom, shuffled } from './statistics.ts';

/** What a user types to find one place. */
export interface Case {
  text: string;
  /** The reader's language. */
  language: string;
  /** Right ids: the place, and others with the name from which the input was derived. */
  accept: string[];
  /**
   * Whether it is a country, region, city, district or town; the others are hamlets, town areas,
   * stations, sights.
   */
  major: boolean;
}

/** Typed text, its reader, and the names that it was derived from. */
interface Typed {
  text: string;
  language: string;
  from: string[];
  /** If set, only places under the same parent are also right. */
  sameParent?: boolean;
}

type State = (record: PlaceRecord, byId: ReadonlyMap<string, PlaceRecord>) => Typed | null;

const HAN = /^\p{Script=Han}+$/u;
/** Not for 自治区 and 自治县: nobody types what would remain. */
const SUFFIX =
  /(?<=^.{2,})(?<!自治)(?:特別行政[区區]|特别行政区|地[区區]|[市区區县縣県郡町村鄉乡鎮镇省府都])$/u;

/**
 * Ways of typing a place, by their name in the report. Each returns null for a place that can't be
 * typed that way. Readings come from the record (kana) or from pinyin-pro (Mandarin).
 */
export const STATES: Readonly<Record<string, State>> = {
  'Han name': ({ name, country }) => (HAN.test(name) ? whole(name, homeLanguage(country)) : null),
  'other Han form': otherForm,
  'without suffix': (record) => {
    const short = record.name.replace(SUFFIX, '');
    if (!HAN.test(record.name) || short === record.name) return null;
    return { text: short, language: homeLanguage(record.country), from: [short, record.name] };
  },
  'parent + child': parentAndChild,
  kana: (record) => {
    const kana = officialIn(record, 'ja-Hira');
    return kana === undefined ? null : whole(kana, 'ja');
  },
  romaji: (record) => {
    const kana = officialIn(record, 'ja-Hira');
    return kana === undefined ? null : { text: romaji(kana), language: 'ja', from: [kana] };
  },
  pinyin: (record) => mandarin(record, 'zh-Hans', (syllables) => letters(syllables).join('')),
  'pinyin initials': (record) =>
    mandarin(record, 'zh-Hans', (syllables) =>
      letters(syllables)
        .map((s) => s.charAt(0))
        .join(''),
    ),
  zhuyin: (record) => mandarin(record, 'zh-Hant', (syllables) => zhuyinToned(syllables.join(' '))),
  'uncommitted, zhuyin': (record) =>
    mandarin(record, 'zh-Hant', (syllables, name) => {
      const at = Math.min(2, name.length - 1);
      return name.slice(0, at) + zhuyinToned(syllables[at] ?? '').charAt(0);
    }),
  'uncommitted, kana': (record) => {
    const kana = officialIn(record, 'ja-Hira');
    if (kana === undefined || kana.length < 3) return null;
    const at = kana.length > 3 ? 3 : 2;
    const letter = toRomaji(kana.slice(at)).charAt(0);
    if (!/[bcdfghjkmnprstwyz]/.test(letter) || /[っゃゅょー]/.test(kana.charAt(at))) return null;
    return { text: kana.slice(0, at) + letter, language: 'ja', from: [kana] };
  },
  'English name': (record) => {
    const english = officialIn(record, 'en');
    return english === undefined ? null : whole(english, 'en');
  },
};

/** How many characters are typed; 0 stands for all of them. */
export const LENGTHS = [1, 2, 3, 0] as const;

/** The cases of one input state, cut to one length. */
export interface Cell {
  state: string;
  /** One of `LENGTHS`. */
  length: number;
  cases: Case[];
  /** Further cases, which are run before anything is measured. */
  warmUp: Case[];
}

/**
 * Draws places at random, reproducibly for a seed, and types each in every state and length.
 *
 * @param sizes - full: cases per state at full length; cut: at each shorter length, for longer
 *   texts; warmUp: further ones. All are fewer if too few places can be typed that way.
 */
export function makeCells(
  records: readonly PlaceRecord[],
  sizes: { full: number; cut: number; warmUp: number },
  seed: number,
): Cell[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const holders = holdersByName(records);
  const cells: Cell[] = [];
  for (const [i, [state, type]] of Object.entries(STATES).entries()) {
    const order = shuffled(records, seededRandom(seed + i));
    for (const length of LENGTHS) {
      const cases: Case[] = [];
      const wanted = sizes.warmUp + (length === 0 ? sizes.full : sizes.cut);
      for (const record of order) {
        if (cases.length === wanted) break;
        const typed = type(record, byId);
        const characters = typed ? Array.from(typed.text) : [];
        if (!typed || characters.length <= length) continue;
        const text = length === 0 ? typed.text : characters.slice(0, length).join('');
        const accept = new Set([record.id]);
        for (const name of typed.from) {
          for (const holder of holders.get(name) ?? []) {
            if (!typed.sameParent || holder.parent === record.parent) accept.add(holder.id);
          }
        }
        const { language } = typed;
        cases.push({ text, language, accept: [...accept], major: isMajor(record) });
      }
      const warmUp = cases.splice(0, Math.ceil((cases.length * sizes.warmUp) / wanted));
      if (cases.length > 0) cells.push({ state, length, cases, warmUp });
    }
  }
  return cells;
}

function isMajor({ kind, granularity }: PlaceRecord): boolean {
  return kind !== 'station' && kind !== 'poi' && granularity === undefined;
}

function holdersByName(records: readonly PlaceRecord[]): Map<string, PlaceRecord[]> {
  const holders = new Map<string, PlaceRecord[]>();
  for (const record of records) {
    for (const name of listedNames(record)) {
      const known = holders.get(name);
      if (known) known.push(record);
      else holders.set(name, [record]);
    }
  }
  return holders;
}

function officialIn(record: PlaceRecord, language: string): string | undefined {
  return record.names.find((n) => n.language === language && n.kind === 'official')?.text;
}

function homeLanguage(country: string | undefined): string {
  if (country === 'JP') return 'ja';
  return country === 'CN' || country === 'SG' ? 'zh-Hans' : 'zh-Hant';
}

function whole(text: string, language: string): Typed {
  return { text, language, from: [text] };
}

/**
 * The name of the record in another of zh-Hant, zh-Hans, ja that is written differently from the
 * local one.
 */
function otherForm(record: PlaceRecord): Typed | null {
  if (!HAN.test(record.name)) return null;
  for (const language of ['zh-Hans', 'zh-Hant', 'ja']) {
    const text = officialIn(record, language);
    if (text !== undefined && text !== record.name && HAN.test(text)) {
      return { text, language, from: [text, record.name] };
    }
  }
  return null;
}

/** Both names without suffix, as people type them: 基隆中正. */
function parentAndChild(record: PlaceRecord, byId: ReadonlyMap<string, PlaceRecord>): Typed | null {
  const parent = record.parent === undefined ? undefined : byId.get(record.parent);
  if (!parent || !HAN.test(parent.name) || !HAN.test(record.name)) return null;
  const text = parent.name.replace(SUFFIX, '') + record.name.replace(SUFFIX, '');
  if (text.includes('自治')) return null;
  const language = homeLanguage(record.country);
  return { text, language, from: [record.name], sameParent: true };
}

/** Types the reading of the Chinese name of a place outside Japan. */
function mandarin(
  record: PlaceRecord,
  language: 'zh-Hans' | 'zh-Hant',
  type: (syllables: string[], name: string) => string,
): Typed | null {
  // Zhuyin is typed in Taiwan, for Traditional names; readings are those of the Simplified form.
  const name = officialIn(record, language);
  const read = officialIn(record, 'zh-Hans');
  if (record.country === 'JP' || name === undefined || read === undefined) return null;
  if (!HAN.test(name) || !HAN.test(read) || name.length < 2 || name.length !== read.length) {
    return null;
  }
  const syllables = pinyin(read, { toneType: 'num', type: 'array', v: true });
  if (!syllables.every((s) => /^[a-z]+[0-5]$/.test(s))) return null;
  const spelled = syllables.map((s) => s.replace(/0$/, '5'));
  return { text: type(spelled, name), language, from: [name, read] };
}

/** Hepburn in plain letters: たろう becomes tarou. */
function romaji(kana: string): string {
  return toRomaji(kana).replace(/[^a-z]/g, '');
}

function letters(syllables: readonly string[]): string[] {
  return syllables.map((s) => s.slice(0, -1));
}
