import { fieldError } from '../../errors.ts';
import { termCounts, type WordLanguage, wordLines } from '../long-text/terms.ts';
import type { PlaceDescription } from '../place.ts';
import type { TextContext } from '../text/terms.ts';
import { languageOfName } from './language-tag.ts';
import type { RecordFaults } from './record-faults.ts';
import { isEmpty } from './record-names.ts';

/** Limits on the descriptions of a record: UTF-16 code units of one, and how many. */
export const DESCRIPTION_LIMITS: Readonly<{ description: number; descriptions: number }> =
  Object.freeze({ description: 10_000, descriptions: 20 });

/** Control characters but line feed and tab. */
const CONTROL = /(?![\n\t])\p{Cc}/gu;
const HAN = /\p{Script=Han}/u;
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HANGUL = /\p{Script=Hangul}/u;

/**
 * The descriptions of a record: one text, or texts by language. What can't be used is left out, what is too long
 * is cut, with a warning.
 */
export function readDescriptions(value: unknown, faults: RecordFaults): PlaceDescription[] {
  if (isEmpty(value)) return [];
  if (typeof value === 'string') {
    const text = textOf('description', value, faults);
    const language = text && languageOfDescription(text);
    return text ? [language ? { text, language } : { text }] : [];
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    const hint = 'Give one text, or texts by language: {"zh-Hant": "...", "ja": "..."}';
    faults.detail(() => {
      const given = { field: 'description', value };
      throw fieldError('DESCRIPTION_INVALID', given, 'is no description', hint);
    });
    return [];
  }
  const found = new Map<string, PlaceDescription>();
  for (const [tag, given] of Object.entries(value as object)) {
    const field = `description.${tag}`;
    const text = textOf(field, given, faults);
    const language = text && faults.detail(() => languageOfName(field, tag, text, faults));
    if (!text || !language) continue;
    if (found.size === DESCRIPTION_LIMITS.descriptions || found.has(language)) {
      faults.warn('DESCRIPTION_INVALID', field, given);
    } else found.set(language, { text, language });
  }
  return [...found.values()];
}

function textOf(field: string, value: unknown, faults: RecordFaults): string | null {
  if (isEmpty(value)) {
    faults.warn('FIELD_EMPTY', field, value);
    return null;
  }
  if (typeof value !== 'string') {
    faults.warn('DESCRIPTION_INVALID', field, value);
    return null;
  }
  const { description } = DESCRIPTION_LIMITS;
  const text = value.replace(/\r\n?/g, '\n').replace(CONTROL, ' ').trim();
  if (text.length > description) faults.warn('DESCRIPTION_CUT', field, value);
  // A cut inside a character leaves half of it.
  const kept = text.slice(0, description).replace(/[\ud800-\udbff]$/u, '');
  return kept.toWellFormed().normalize('NFC');
}

/** Language of a description without one: kana are Japanese, Hangul Korean, Han characters alone Chinese. */
function languageOfDescription(text: string): string | undefined {
  if (KANA.test(text)) return 'ja';
  if (HANGUL.test(text)) return 'ko';
  return HAN.test(text) ? 'zh' : undefined;
}

/** A description as it is stored, with the words that it is judged by. */
export interface IndexedDescription extends PlaceDescription {
  /** As `wordLines` has them. */
  words: string;
}

/** What a document has of descriptions. */
export interface DescriptionFields {
  descriptions?: IndexedDescription[];
  /** What a place is found by in its descriptions: `d`, and terms as `termCounts` has them. */
  about?: string[];
}

/** The term of every place with a description, by which they are counted. */
export const DESCRIBED = 'd';

export function descriptionFields(
  descriptions: readonly PlaceDescription[],
  context: TextContext,
): DescriptionFields {
  if (descriptions.length === 0) return {};
  const about = new Set([DESCRIBED]);
  const indexed = descriptions.map((description) => {
    const words = wordLines(description.text, wordLanguageOf(description), context);
    for (const term of termCounts(words).counts.keys()) about.add(term);
    return { ...description, words };
  });
  return { descriptions: indexed, about: [...about] };
}

/** Whether the words of a description are those of the dictionary of a language. */
export function isDescribedIn(
  descriptions: readonly PlaceDescription[] | undefined,
  language: 'zh' | 'ja',
): boolean {
  return (descriptions ?? []).some(({ text, ...rest }) =>
    language === 'ja' ? KANA.test(text) : HAN.test(text) && wordLanguageOf(rest) !== 'ja',
  );
}

function wordLanguageOf({ language = 'zh' }: Pick<PlaceDescription, 'language'>): WordLanguage {
  if (language.startsWith('ja')) return 'ja';
  return language.startsWith('zh') ? 'zh' : 'other';
}
