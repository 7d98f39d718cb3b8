import { fold } from '../../analyzers/fold.ts';
import {
  choseongTyped,
  pinyinForms,
  pinyinKey,
  pinyinOf,
  localTyped,
  zhuyinTyped,
} from '../../analyzers/readings.ts';
import { romajiNasal, romajiTyped } from '../../analyzers/romaji.ts';
import { tailOf, type KeyField } from '../record/document.ts';
import type { KeyMatch } from '../searches.ts';
import type { ReaderLanguage } from './reader.ts';

/** How input matches a name, from the most to the least literal. */
export type MatchState = 'literal' | 'reading' | 'initials' | 'homophone' | 'edit';

/** One possible meaning of the input. */
export interface Interpretation {
  state: MatchState;
  field: KeyField;
  /** Folded text that a key of `field` must equal or begin with. */
  value: string;
  match: KeyMatch;
  /**
   * For `edit`: the original input if `value` is another form of it; likeness is judged with it.
   */
  typed?: string;
  /** Uncommitted input after `value`: the beginning of the reading of what follows in the name. */
  tail?: string;
  /** Pinyin as typed, with v for ü; a name with u instead does not match. */
  umlauts?: string;
  /** ü was typed as yu, as in passports and Tongyong, which is not standard pinyin. */
  weak?: 'habit';
  /** Zhuyin with tones, as typed; a name with other tones matches less well. */
  tones?: string;
  /** Small kana as typed, in order: きょう and kyou are not all of 木与 (きよ), though all are kiyo in romaji. */
  smallKana?: string;
  /** The last syllable is incomplete (しんj), so no name is whole, even if `value` has all of it. */
  open?: true;
  /** An m at the end is read as ん; the last letter of `value` was not typed but must follow. */
  nasal?: true;
}

const HAN = /\p{Script=Han}/u;
const LATIN = /^[\p{Script=Latin}\p{M}\d\s'’ʼ.,·:-]+$/u;
const BOPOMOFO = /^[\p{Script=Bopomofo}ˊˇˋ˙\d\s]+$/u;
const KANA_AND_LATIN = /^[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Latin}ー\d\s]+$/u;
/** Committed Han characters (perhaps with kana, or a number at the end), then uncommitted input. */
const UNCOMMITTED =
  /^(.*\p{Script=Han}\d*)([a-z]{1,6}|[\p{Script=Bopomofo}ˊˇˋ˙]+|\p{Script=Hiragana}{1,4})$/u;
/** Separators between the words of a query. */
export const SEPARATOR: RegExp = /[\s,，、・／/|]+/u;

/** The small ゃ, ゅ and ょ of a reading in hiragana. */
export function smallKanaOf(kana: string): string {
  return kana.replace(/[^ゃゅょ]/gu, '');
}

const SMALL_KANA: Readonly<Record<string, string>> = { a: 'ゃ', u: 'ゅ', o: 'ょ' };

/** The same of romaji, Hepburn or Kunrei; null if it has ny, which is にゃ in some names and んや in others. */
function smallKanaOfRomaji(romaji: string): string | null {
  if (romaji.includes('ny')) return null;
  const syllables = romaji.matchAll(/(?:[bcdfghjkmprstvz]y|sh|ch|j)([auo])/g);
  return Array.from(syllables, ([, vowel = '']) => SMALL_KANA[vowel]).join('');
}

/** Spellings of ü in typed pinyin, decomposed. */
const UMLAUT = /v|u\p{M}*\u0308|u:/u;

/** Matches text that ends in a consonant before a vowel. */
const OPEN = /[b-df-hj-mp-tv-z]$/;

/** Suffixes of most official names in Han, folded. */
const WRITTEN_SUFFIXES = ['市', '县', '区', '镇', '乡', '町'].map(fold);

/**
 * All interpretations of the whole input as one name, in two passes: first literal ones, then
 * homophones and single typing mistakes. The second pass is needed only if neither the first nor
 * the parts of the text (`readQuery`) found a whole name.
 *
 * @param text - As typed.
 * @param key - `fold(text)`, not empty.
 * @param language - Language of the reader: mistakes in Chinese follow pinyin.
 */
export function interpret(text: string, key: string, language: ReaderLanguage): Interpretation[][] {
  const mistakes = [...sameSound(key, language), ...mistyped(key)];
  return [direct(text, key), mistakes];
}

function direct(text: string, key: string): Interpretation[] {
  const found: Interpretation[] = [prefix('literal', 'name', key)];
  if (key.length > 1) found.push(prefix('literal', 'inner', key));
  const plain = text.normalize('NFKC').trim().toLowerCase();
  if (LATIN.test(plain)) {
    for (const form of pinyinForms(plain)) {
      const pinyin = prefix('reading', 'pinyin', form.replaceAll('v', 'u'));
      if (!form.includes('v')) found.push(pinyin);
      else if (UMLAUT.test(plain.normalize('NFD'))) found.push({ ...pinyin, umlauts: form });
      else found.push({ ...pinyin, umlauts: form, weak: 'habit' });
    }
    for (const local of localTyped(plain)) found.push(prefix('reading', 'taiwan', local));
    if (/^[a-z\d]{2,8}$/.test(plain) && /[a-z]/.test(plain))
      found.push(prefix('initials', 'initials', plain));
  } else {
    // Not normalized as a whole: NFKC would decompose the mark of the neutral tone.
    const marked = text.replace(/\p{Nd}/gu, (digit) => digit.normalize('NFKC')).trim();
    const typed = BOPOMOFO.test(marked) ? zhuyinTyped(marked) : null;
    if (typed) {
      const reading = prefix('reading', 'zhuyin', typed.key);
      found.push(typed.toned ? { ...reading, tones: marked.replace(/\s/g, '') } : reading);
    }
  }
  const choseong = choseongTyped(plain);
  if (choseong !== null) found.push(prefix('initials', 'choseong', choseong));
  if (LATIN.test(plain) || KANA_AND_LATIN.test(plain)) {
    // In ohy the h may lengthen the o (Ohyama) or begin hyo (Shimohyogo).
    const spellings = new Set([plain, plain.replaceAll('ohy', 'ohiy')]);
    for (const spelling of spellings) {
      const romaji = romajiTyped(spelling);
      if (romaji) {
        const reading = prefix('reading', 'romaji', romaji);
        if (OPEN.test(spelling)) found.push({ ...reading, open: true });
        else {
          const typed = fold(spelling);
          const smallKana = LATIN.test(spelling) ? smallKanaOfRomaji(typed) : smallKanaOf(typed);
          found.push(smallKana === null ? reading : { ...reading, smallKana });
        }
      }
      for (const value of romajiNasal(spelling)) {
        found.push({ ...prefix('reading', 'romaji', value), nasal: true });
      }
    }
  }
  const uncommitted = UNCOMMITTED.exec(plain);
  if (uncommitted) {
    const value = fold(uncommitted[1]!);
    found.push({ ...prefix('reading', 'name', value), tail: uncommitted[2]! });
  }
  return found;
}

function sameSound(key: string, language: ReaderLanguage): Interpretation[] {
  if (language.startsWith('zh') && /^\p{Script=Han}{2,}$/u.test(key)) {
    return [prefix('homophone', 'pinyin', pinyinKey(pinyinOf(key)))];
  }
  return [];
}

function mistyped(key: string): Interpretation[] {
  const chars = Array.from(key);
  const isHan = HAN.test(key);
  if (chars.length < (isHan ? 2 : 4)) return [];
  const found: Interpretation[] = [{ state: 'edit', field: 'name', value: key, match: 'edit' }];
  const [first = '', second = '', ...rest] = chars;
  if (chars.length >= 3) found.push(edit('name', [second, first, ...rest].join(''), key));
  if (!isHan) return found;
  if (chars.length >= 3) {
    found.push(edit('tail', tailOf(key), key), edit('tail', key, key));
    found.push(edit('name', tailOf(key), key));
  } else {
    // Tails of two characters are not indexed, so the usual suffixes of official names are added.
    for (const suffix of WRITTEN_SUFFIXES) found.push(edit('tail', second + suffix, key + suffix));
  }
  return found;
}

function edit(field: KeyField, value: string, typed: string): Interpretation {
  return { ...whole('edit', field, value), typed };
}

function prefix(state: MatchState, field: KeyField, value: string): Interpretation {
  return { state, field, value, match: 'prefix' };
}

function whole(state: MatchState, field: KeyField, value: string): Interpretation {
  return { state, field, value, match: 'whole' };
}
