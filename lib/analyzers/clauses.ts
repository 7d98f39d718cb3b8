import { BIG5, characterTable, GB, HAN, JIS, NAME_FORM } from './characters.ts';

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
  | 'outside-jis'
  | 'jis-only'
  | 'mixed-forms'
  | 'model'
  | 'tokens'
  | 'both-dictionaries';

/** A decision, and how often such decisions are right. */
export interface Verdict {
  language: 'zh' | 'ja';
  /**
   * Share of right answers of the rule, 0..1, measured on 25,500 labelled names in Han characters
   * (towns, roads, stations, sights, shops, people).
   */
  confidence: number;
  reason: Reason;
}

/** What the charsets that contain a name's characters imply. */
interface Forms {
  /** A character that Japanese does not have. */
  outsideJis: boolean;
  /** A character that only Japanese has. */
  japanese: boolean;
  /** A form of Traditional Chinese only, and one of Simplified Chinese only. */
  traditional: boolean;
  simplified: boolean;
}

/**
 * 𠮷 as in 𠮷野家: the only character beyond the Basic Multilingual Plane that is common in
 * Japanese names.
 */
const YOSHI = 0x20bb7;

/**
 * Forms outside Big5 and GB 2312 that Hong Kong and Taiwan nevertheless use in names: 港島綫,
 * 和興村公舘.
 */
const CHINESE_TOO = new Set('綫邨峯舘菓塩俥犂彜');

function formsOf(text: string): Forms {
  const { classes } = characterTable();
  const forms = { outsideJis: false, japanese: false, traditional: false, simplified: false };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) {
      const point = text.codePointAt(at)!;
      if (point === YOSHI) forms.japanese = true;
      else if (point >= 0x20000 && point < 0x40000) forms.outsideJis = true;
      continue;
    }
    const kind = classes[unit]!;
    if ((kind & HAN) === 0) continue;
    const inChinese = kind & (BIG5 | GB);
    if (inChinese === 0 && (kind & (JIS | NAME_FORM)) !== 0) {
      if (!CHINESE_TOO.has(text.charAt(at))) forms.japanese = true;
    } else if ((kind & JIS) === 0) forms.outsideJis = true;
    if (inChinese === BIG5) forms.traditional = true;
    if (inChinese === GB) forms.simplified = true;
  }
  return forms;
}

const BORROWED_NO =
  /^[^\p{Script=Hiragana}\p{Script=Katakana}]*の[^\p{Script=Hiragana}\p{Script=Katakana}]*$/u;

const QUOTATION = /[「『《〈“][^「『《〈“」』》〉”]*[」』》〉”]/gu;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/**
 * A text without its quotations that have kana, since Chinese texts quote Japanese names: 推薦「ヤマシロヤ」. The text itself
 * if it has kana elsewhere too, or no other Han characters.
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
 * @param hasKana - Whether it has kana other than a ヶ between Han characters.
 */
export function clauseOf(name: string, hasKana: boolean): Verdict | null {
  const forms = formsOf(name);
  if (hasKana || /[ヶヵ]/.test(name)) {
    // Chinese shop signs borrow の (鮮の味): it is the only kana, beside a character that Japanese
    // lacks.
    return forms.outsideJis && BORROWED_NO.test(name)
      ? { language: 'zh', confidence: 0.9, reason: 'outside-jis' }
      : { language: 'ja', confidence: 0.999, reason: 'kana' };
  }
  if (/[々〆]/.test(name)) return { language: 'ja', confidence: 0.96, reason: 'repeat-mark' };
  if (forms.outsideJis) return { language: 'zh', confidence: 0.999, reason: 'outside-jis' };
  if (forms.japanese) return { language: 'ja', confidence: 0.976, reason: 'jis-only' };
  if (forms.traditional && forms.simplified) {
    return { language: 'ja', confidence: 0.973, reason: 'mixed-forms' };
  }
  return null;
}

/** Hant or Hans, judged by the characters; null if both scripts write the name alike. */
export function zhVariantOf(name: string): 'Hant' | 'Hans' | null {
  const { traditional, simplified } = formsOf(name);
  return traditional === simplified ? null : traditional ? 'Hant' : 'Hans';
}
