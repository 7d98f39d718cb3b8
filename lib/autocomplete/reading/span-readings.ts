import {
  choseongTyped,
  pinyinForms,
  romajiTyped,
  localTyped,
  zhuyinTyped,
} from '../../analyzers/readings.ts';
import type { KeyField } from '../record/document.ts';
import type { TypedText } from './typed-text.ts';

/** Longest part that is spelled as romaji. */
const ROMAJI_LENGTH = 64;

/** The keys that a part of a text may have as a reading, by field. */
export function readingsOf(typed: TypedText, from: number, to: number): [KeyField, string][] {
  const { text, starts, ends, classes } = typed;
  const of = classes.slice(from, to).find((unit) => unit !== 'digit');
  // A comma behind it is none of it.
  const last = classes[to - 1] === 'space' ? to - 2 : to - 1;
  const original = text.slice(starts[from], ends[last]);
  const found: [KeyField, string | null | undefined][] = [];
  if (of === 'latin') {
    for (const form of pinyinForms(original)) found.push(['pinyin', form.replaceAll('v', 'u')]);
    for (const local of localTyped(original)) found.push(['taiwan', local]);
  }
  if (of === 'hangul') found.push(['choseong', choseongTyped(original)]);
  if ((of === 'latin' || of === 'kana') && to - from <= ROMAJI_LENGTH) {
    found.push(['romaji', romajiTyped(original)]);
  }
  if (of === 'bopomofo') found.push(['zhuyin', zhuyinTyped(original)?.key]);
  return found.flatMap(([field, value]): [KeyField, string][] => (value ? [[field, value]] : []));
}
