/**
 * Names as text: the folding key, readings and typed prefixes of them, words, and the language of a
 * name.
 */
export { fold, foldWithOffsets, type FoldedText } from './fold.ts';
export { scriptRuns, scriptsOf, type Script, type ScriptRun } from './script.ts';
export {
  dachenToZhuyin,
  initialsKey,
  pinyinKey,
  pinyinOf,
  pinyinTyped,
  romajiKey,
  romajiTyped,
  zhuyinKey,
  zhuyinToned,
  zhuyinTyped,
} from './readings.ts';
export { loadChinese, type Chinese, type ChinesePackage, type TaggedWord } from './chinese.ts';
export { loadJapanese, type Japanese, type JapaneseToken } from './japanese.ts';
export { detectLanguage, detectLanguages, loadDetector } from './detect.ts';
export { type Detection, type DetectOptions, type Detector, type StatedName } from './detection.ts';
export type { ChineseVariant, Reason } from './clauses.ts';
export { nameDocument, type NameDocument } from './name-document.ts';
export type { NameHint } from './hints.ts';
