import {
  BIG5,
  characterTable,
  CHINESE_TOO,
  GB,
  HAN,
  HONG_KONG,
  JIS,
  NAME_FORM,
} from './characters.ts';

/** Which rule decided the language of a name. */
export type Reason =
  | 'empty'
  | 'other-script'
  | 'hint-names'
  | 'hint-language'
  | 'hint-country'
  | 'kana'
  | 'bopomofo'
  | 'repeat-mark'
  | 'variation'
  | 'outside-jis'
  | 'jis-only'
  | 'mixed-forms'
  | 'shared-name'
  | 'model'
  | 'tokens'
  | 'both-dictionaries';

/** Script of a Chinese name; `zh-${variant}` is a language tag. */
export type ChineseVariant = 'Hant' | 'Hant-HK' | 'Hans';

/** A decision, and how often such decisions are right. */
export interface Verdict {
  language: 'zh' | 'ja';
  /**
   * Share of right answers of the rule, 0..1, measured on 30,000 labelled names in Han characters
   * (towns, roads, stations, sights, shops, people).
   */
  confidence: number;
  reason: Reason;
}

/** What the charsets that contain a name's characters imply, as bits. */
type Forms = number;
/** A character that Japanese does not have. */
const OUTSIDE_JIS = 1;
/** A character that only Japanese has. */
const JAPANESE = 2;
/** A form of Traditional Chinese only, and one of Simplified Chinese only. */
const TRADITIONAL = 4;
const SIMPLIFIED = 8;
/** A form of Hong Kong that Taiwan writes differently, and one that Simplified Chinese lacks too. */
const HONG_KONG_FORM = 16;
const HONG_KONG_ONLY = 32;

/**
 * 𠮷 as in 𠮷野家: the only character beyond the Basic Multilingual Plane that is common in
 * Japanese names.
 */
const YOSHI = 0x20bb7;

function formOf(kind: number): Forms {
  const inChinese = kind & (BIG5 | GB);
  const isHongKong = (kind & HONG_KONG) !== 0;
  let form = 0;
  if ((kind & (JIS | NAME_FORM)) === 0) form = OUTSIDE_JIS;
  else if (inChinese === 0 && !isHongKong && (kind & CHINESE_TOO) === 0) form = JAPANESE;
  if (isHongKong && (inChinese & BIG5) === 0) {
    return form | HONG_KONG_FORM | (inChinese === 0 ? HONG_KONG_ONLY : 0);
  }
  if (inChinese === BIG5) return form | TRADITIONAL;
  return inChinese === GB ? form | SIMPLIFIED : form;
}

const FORMS = Uint8Array.from({ length: 256 }, (_, kind) =>
  (kind & HAN) === 0 ? 0 : formOf(kind),
);

/** What the characters of a text imply together. */
export function formsOf(text: string): Forms {
  const { classes } = characterTable();
  let forms = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const point = text.codePointAt(at)!;
      if (point === YOSHI) forms |= JAPANESE;
      else if (point >= 0x20000 && point < 0x40000) forms |= OUTSIDE_JIS;
      continue;
    }
    forms |= FORMS[classes[unit]!]!;
  }
  return forms;
}

const BORROWED_NO =
  /^[^\p{Script=Hiragana}\p{Script=Katakana}]*の[^\p{Script=Hiragana}\p{Script=Katakana}]*$/u;

const QUOTATION = /[「『《〈“][^「『《〈“」』》〉”]*[」』》〉”]/gu;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

const VARIATION = /[\u{fa10}-\u{fa6d}]|[\u{e0100}-\u{e01ef}]/u;

/**
 * Whether a name has ideographic variation selectors (葛󠄀城) or compatibility characters of Japanese standards. In
 * practice, only Japanese names do.
 *
 * @param name - As given: NFC replaces compatibility characters.
 */
export const hasVariation = (name: string): boolean => VARIATION.test(name);

/** A name without variation selectors. */
export const withoutSelectors = (name: string): string =>
  name.replace(/[\u{fe00}-\u{fe0f}]|[\u{e0100}-\u{e01ef}]/gu, '');

/**
 * A text without its quotations that contain kana, since Chinese texts quote Japanese names: 推薦「ヤマシロヤ」. Returns the
 * text itself if it has kana elsewhere too, or no other Han characters.
 */
export function withoutQuotedKana(text: string): string {
  const rest = text.replace(QUOTATION, (quoted) => (KANA.test(quoted) ? ' ' : quoted));
  return KANA.test(rest) || !/\p{Script=Han}/u.test(rest) ? text : rest;
}

/**
 * Decides by the characters of a name alone; null if all of them are used both in Chinese and in
 * Japanese.
 *
 * @param name - In NFC; contains Han characters or kana.
 * @param signs - hasKana: whether it has kana other than a ヶ between Han characters. hasVariation: see `hasVariation`.
 */
export function clauseOf(
  name: string,
  signs: { hasKana: boolean; hasVariation: boolean },
): Verdict | null {
  const forms = formsOf(name);
  if (signs.hasKana || /[ヶヵ]/.test(name)) {
    // Chinese shop signs borrow の (鮮の味): it is the only kana, beside a character that Japanese
    // lacks.
    return (forms & OUTSIDE_JIS) !== 0 && BORROWED_NO.test(name)
      ? { language: 'zh', confidence: 0.9, reason: 'outside-jis' }
      : { language: 'ja', confidence: 0.999, reason: 'kana' };
  }
  if (signs.hasVariation) return { language: 'ja', confidence: 0.98, reason: 'variation' };
  if (/[々〆]/.test(name)) return { language: 'ja', confidence: 0.97, reason: 'repeat-mark' };
  return clauseOfForms(forms);
}

const OUTSIDE_JIS_VERDICT: Verdict = { language: 'zh', confidence: 0.999, reason: 'outside-jis' };
const JIS_ONLY_VERDICT: Verdict = { language: 'ja', confidence: 0.996, reason: 'jis-only' };
const MIXED_VERDICT: Verdict = { language: 'ja', confidence: 0.98, reason: 'mixed-forms' };

/** Like `clauseOf`, for a name of Han characters only, without iteration marks or selectors. */
export function clauseOfForms(forms: Forms): Verdict | null {
  if ((forms & OUTSIDE_JIS) !== 0) return OUTSIDE_JIS_VERDICT;
  if ((forms & JAPANESE) !== 0) return JIS_ONLY_VERDICT;
  const mixed = TRADITIONAL | SIMPLIFIED;
  return (forms & mixed) === mixed ? MIXED_VERDICT : null;
}

/**
 * Script of a Chinese name, judged by its characters; null if both scripts write the name alike.
 * `Hant-HK`: Traditional, in forms of Hong Kong (衞生署). 温 and others are also Simplified; alone they decide nothing.
 */
export const zhVariantOf = (name: string): ChineseVariant | null => zhVariantOfForms(formsOf(name));

/** As `zhVariantOf`. */
export function zhVariantOfForms(forms: Forms): ChineseVariant | null {
  const isTraditional = (forms & (TRADITIONAL | HONG_KONG_ONLY)) !== 0;
  if ((forms & SIMPLIFIED) !== 0) return isTraditional ? null : 'Hans';
  if (!isTraditional) return null;
  return (forms & HONG_KONG_FORM) !== 0 ? 'Hant-HK' : 'Hant';
}
