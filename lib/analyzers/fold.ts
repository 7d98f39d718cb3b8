import { HAN_TARGETS } from './variants.ts';

/** A folding key, and where in the text each of its UTF-16 code units comes from. */
export interface FoldedText {
  key: string;
  /** UTF-16 offset in the text at which the source of each code unit of `key` starts. */
  starts: number[];
  /** UTF-16 offset in the text at which it ends, exclusive. */
  ends: number[];
}

const IGNORABLE = /^[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;
const WHITE_SPACE = /^[\t-\r\x85\p{Z}]$/u;
const MARK = /^\p{M}$/u;
const KEPT = /^[\p{L}\p{N}\p{Co}\p{Cn}]$/u;
const LATIN = /^\p{Script=Latin}$/u;
const LETTER = /^\p{L}$/u;
const HAN = /^\p{Script=Han}$/u;
const KANA = /^[ぁ-ゖ]$/u;
const UNSPACED =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}〆ー]$/u;

/**
 * Straight, curly, modifier-letter and prime apostrophes, and grave and acute accents used as
 * apostrophes.
 */
const APOSTROPHES = new Set("'‘’‛ʹʻʼʽˈ´`′＇｀");

/** Latin letters that have no decomposition. */
const LATIN_LETTERS: Record<string, string> = {
  ß: 'ss', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', æ: 'ae', œ: 'oe', ħ: 'h', ı: 'i', ĸ: 'k', ŋ: 'n', ŧ: 't', ƀ: 'b',
  ɓ: 'b', ƈ: 'c', ɖ: 'd', ɗ: 'd', ə: 'e', ɛ: 'e', ɠ: 'g', ɨ: 'i', ɩ: 'i', ƙ: 'k', ɲ: 'n', ɔ: 'o', ɵ: 'o', ʉ: 'u', ʊ: 'u', ʋ: 'v', ƴ: 'y', ƶ: 'z',
}; // prettier-ignore

/**
 * Final consonants and clusters become initials, and compound vowels become their parts, so that a
 * half-typed syllable is a prefix of the complete one.
 */
const JAMO = new Map<string, string>();
{
  const initials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
  const initial = (letters: string): string =>
    Array.from(letters, (letter) => String.fromCharCode(0x1100 + initials.indexOf(letter))).join(
      '',
    );
  const finals =
    'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(
      ' ',
    );
  finals.forEach((letters, index) =>
    JAMO.set(String.fromCharCode(0x11a8 + index), initial(letters)),
  );
  // Keyboards make these of two lone consonants; NFKD does not treat them as finals.
  JAMO.set('\u111a', initial('ㄹㅎ'));
  JAMO.set('\u1121', initial('ㅂㅅ'));
  const vowels = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ';
  const vowel = (letter: string): string => String.fromCharCode(0x1161 + vowels.indexOf(letter));
  for (const compound of ['ㅘㅗㅏ', 'ㅙㅗㅐ', 'ㅚㅗㅣ', 'ㅝㅜㅓ', 'ㅞㅜㅔ', 'ㅟㅜㅣ', 'ㅢㅡㅣ']) {
    const [from = '', ...parts] = Array.from(compound, vowel);
    JAMO.set(from, parts.join(''));
  }
}

const DAKUTEN = '\u3099';
const HANDAKUTEN = '\u309a';

/** Small and standalone forms that NFKD does not handle or would decompose; applied first. */
const SINGLES: Record<string, string> = {
  '゛': DAKUTEN, '゜': HANDAKUTEN, 'ヶ': 'が', 'ゖ': 'が', 'ヵ': 'か', 'ゕ': 'か', '〻': '々', ς: 'σ',
}; // prettier-ignore

const SPACE = ' ';
/**
 * Each of these stands for the counter 箇 between two Han characters, or after one at the end of the key.
 */
const COUNTER_KANA = new Set('がけか');
const COUNTER = '个';

/**
 * Converts one code point to letters of the key. Marks are kept; spaces and punctuation become a
 * space.
 */
function expand(character: string, depth = 0): string {
  if (WHITE_SPACE.test(character)) return SPACE;
  if (
    !character.isWellFormed() ||
    APOSTROPHES.has(character.normalize()) ||
    IGNORABLE.test(character)
  )
    return '';
  const single = SINGLES[character];
  if (single !== undefined) return single;
  const normal = character.normalize('NFKD');
  if (normal !== character)
    return depth > 4 ? '' : Array.from(normal, (part) => expand(part, depth + 1)).join('');
  if (MARK.test(character)) return character;
  if (!KEPT.test(character)) return SPACE;
  const lower = character.toLowerCase();
  if (lower !== character)
    return depth > 4 ? lower : Array.from(lower, (part) => expand(part, depth + 1)).join('');
  const code = character.charCodeAt(0);
  if (code >= 0x30a1 && code <= 0x30fe && code !== 0x30fb && code !== 0x30fc) {
    return expand(String.fromCharCode(code - 0x60), depth + 1);
  }
  return LATIN_LETTERS[character] ?? JAMO.get(character) ?? HAN_TARGETS.get(character) ?? character;
}

/** Class of a letter of the key; it decides what happens at its neighbours. */
type Kind = 'space' | 'mark' | 'latin' | 'han' | 'unspaced' | 'letter' | 'other';

function kindOf(letter: string): Kind {
  if (letter === SPACE) return 'space';
  if (MARK.test(letter)) return 'mark';
  if (LATIN.test(letter)) return 'latin';
  if (HAN.test(letter)) return 'han';
  if (UNSPACED.test(letter)) return 'unspaced';
  return LETTER.test(letter) ? 'letter' : 'other';
}

const isUnspaced = (kind: Kind): boolean => kind === 'han' || kind === 'unspaced';

/** Cache of expansions; its size is bounded by the number of code points. */
const expansions = new Map<string, readonly { letter: string; kind: Kind }[]>();

function expansionOf(character: string): readonly { letter: string; kind: Kind }[] {
  let found = expansions.get(character);
  if (!found) {
    found = Array.from(expand(character), (letter) => ({ letter, kind: kindOf(letter) }));
    expansions.set(character, found);
  }
  return found;
}

/** A code point of the key, and its source span in the text. */
interface Unit {
  letter: string;
  kind: Kind;
  start: number;
  end: number;
}

function foldUnits(text: string): Unit[] {
  const units: Unit[] = [];
  let gap: { start: number; end: number } | null = null;
  let at = 0;
  for (const character of text) {
    const start = at;
    const end = (at += character.length);
    for (const { letter, kind } of expansionOf(character)) {
      if (kind === 'space') gap = gap ? { start: gap.start, end } : { start, end };
      else if (kind === 'mark') {
        if (!gap) appendMark(units, letter, start, end);
      } else {
        orderMarks(units);
        const last = units.at(-1);
        if (gap && last && !isUnspaced(last.kind) && !isUnspaced(kind)) {
          units.push({ letter: SPACE, kind: 'space', ...gap });
        }
        gap = null;
        if (kind === 'han') closeCounter(units);
        units.push({ letter: repeated(letter, units.at(-1)), kind, start, end });
      }
    }
  }
  orderMarks(units);
  closeCounter(units);
  return units;
}

/** Drops a mark after a Latin letter, joins a voicing mark with its kana, and keeps marks of other scripts. */
function appendMark(units: Unit[], mark: string, start: number, end: number): void {
  const last = units.at(-1);
  if (!last) return;
  last.end = end;
  if (mark === DAKUTEN || mark === HANDAKUTEN) {
    const voiced = (last.letter + mark).normalize('NFC');
    if (voiced.length === 1) last.letter = voiced;
    return;
  }
  if (last.kind !== 'letter' && last.kind !== 'mark') return;
  units.push({ letter: mark, kind: 'mark', start, end });
}

/** Puts the marks at the end in canonical order; the source of each is then the source of all of them. */
function orderMarks(units: Unit[]): void {
  let first = units.length;
  while (units[first - 1]?.kind === 'mark') first -= 1;
  const run = units.slice(first);
  if (run.length < 2) return;
  const marks = run.map(({ letter }) => letter).join('');
  const { start } = run[0]!;
  const { end } = run.at(-1)!;
  for (const [index, letter] of Array.from(marks.normalize('NFD')).entries()) {
    Object.assign(run[index]!, { letter, start, end });
  }
}

/** 々 and ゝ repeat the letter before them. */
function repeated(letter: string, before: Unit | undefined): string {
  if (letter === '々' && before?.kind === 'han') return before.letter;
  if (letter === 'ゝ' && before && KANA.test(before.letter))
    return before.letter.normalize('NFD').charAt(0);
  return letter;
}

/**
 * Turns ヶ and similar kana after a Han character into the counter. Called if a Han character or
 * nothing follows.
 */
function closeCounter(units: Unit[]): void {
  const last = units.at(-1);
  if (!last || !COUNTER_KANA.has(last.letter) || units.at(-2)?.kind !== 'han') return;
  last.letter = COUNTER;
  last.kind = 'han';
}

// The fast path handles characters of the Basic Multilingual Plane that depend on their neighbours
// only for spacing.
const PLAIN_SPACED = 1;
const PLAIN_UNSPACED = 2;
const PLAIN_HAN = 3;
const COUNTER_LETTER = 4;
const GAP = 5;
const DROPPED = 6;
const CONTEXTUAL = 7;
const classes = new Uint8Array(0x10000);
const plain: string[] = new Array<string>(0x10000).fill('');

function classify(code: number): number {
  const character = String.fromCharCode(code);
  const units = foldUnits(character);
  const expansion = expansionOf(character);
  plain[code] = units.map((unit) => unit.letter).join('');
  const kinds = new Set(units.map((unit) => unit.kind));
  const kind = units[0]?.kind ?? 'other';
  if (code >= 0xd800 && code <= 0xdfff) return CONTEXTUAL;
  if (expansion.length === 0) return DROPPED;
  if (expansion.every((part) => part.kind === 'space')) return GAP;
  if (COUNTER_KANA.has(plain[code])) return COUNTER_LETTER;
  if (expansion.some((part) => part.kind === 'space' || '々ゝ'.includes(part.letter)))
    return CONTEXTUAL;
  if (
    expansion[0]?.kind === 'mark' ||
    units.length === 0 ||
    kinds.size > 1 ||
    units.some((unit) => COUNTER_KANA.has(unit.letter))
  )
    return CONTEXTUAL;
  return kind === 'han' ? PLAIN_HAN : kind === 'unspaced' ? PLAIN_UNSPACED : PLAIN_SPACED;
}

/**
 * The folding key of a name or query: equal for all spellings of a name. For matching only, never
 * for display.
 *
 * Fold both the name and the query. The key ignores width, case and Latin accents. It ignores the
 * differences between Traditional, Simplified and Japanese forms, between katakana and hiragana, and
 * between ヶ, ケ and が beside Han characters. It drops punctuation and spaces beside Han or kana. Hangul
 * becomes jamo in typing order (finals as initials, compound vowels in parts), so that a half-typed
 * syllable is a prefix. `fold(fold(x)) === fold(x)` for every string.
 *
 * @param text - Any string; lone surrogates and control characters are dropped.
 * @returns The key; `''` if nothing searchable is left.
 * @example
 * fold('臺北 101'); // => '台北101'
 * fold('霞ヶ関') === fold('霞が関'); // => true
 */
export function fold(text: string): string {
  let key = '';
  let gap = false;
  let last = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const kind = classes[code] || (classes[code] = classify(code));
    if (kind === DROPPED) continue;
    if (kind === GAP) {
      gap = true;
      continue;
    }
    if (kind === CONTEXTUAL || (kind === COUNTER_LETTER && last === PLAIN_HAN))
      return foldSlowly(text);
    if (gap && last === PLAIN_SPACED && kind === PLAIN_SPACED) key += SPACE;
    gap = false;
    key += plain[code];
    last = kind;
  }
  return key;
}

function foldSlowly(text: string): string {
  let key = '';
  for (const unit of foldUnits(text)) key += unit.letter;
  return key;
}

/**
 * The folding key of a text and, for each UTF-16 code unit of the key, the part of the text that it
 * stands for.
 *
 * @param text - Any string, as for `fold`.
 * @returns `key` equals `fold(text)`. Spans are in order but may overlap: ß becomes two code units
 *   with the same span.
 * @example
 * foldWithOffsets('ｼﾞｮ'); // => { key: 'じょ', starts: [0, 2], ends: [2, 3] }
 */
export function foldWithOffsets(text: string): FoldedText {
  const folded: FoldedText = { key: '', starts: [], ends: [] };
  for (const { letter, start, end } of foldUnits(text)) {
    folded.key += letter;
    for (let unit = 0; unit < letter.length; unit++) {
      folded.starts.push(start);
      folded.ends.push(end);
    }
  }
  return folded;
}
