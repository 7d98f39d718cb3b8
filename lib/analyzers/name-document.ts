import type { Chinese } from './chinese.ts';
import type { Detection } from './detection.ts';
import { fold } from './fold.ts';
import type { Japanese } from './japanese.ts';

/** A name as `mappings/names.json` stores it; the application adds its `id`. */
export interface NameDocument {
  name: string;
  language: Detection['language'];
  confidence: number;
  /** Folded words, separated by spaces; empty if the name is not meant for Chinese readers. */
  zh: string[];
  /** Folded words, separated by spaces; empty if the name is not meant for Japanese readers. */
  ja: string[];
}

/**
 * Makes the document of a name, with its words in the field of its language.
 *
 * A name goes into both fields if its language is `both`, neither of the two, or a guess. A Japanese
 * name that is also Chinese goes into `zh` in its Chinese form. Pass queries through the same
 * function, and match field against field.
 *
 * @param name - The name that was passed to `detectLanguage`.
 * @param detection - Result of `detectLanguage`.
 * @param segmenters - From `loadChinese` and `loadJapanese`.
 * @example
 * nameDocument('東京タワー', await detectLanguage('東京タワー'), segmenters).ja; // => ['东京 たわー']
 */
export function nameDocument(
  name: string,
  detection: Detection,
  segmenters: { chinese: Chinese; japanese: Japanese },
): NameDocument {
  const { language, confidence, ambiguous, alsoZh, zhForm } = detection;
  const both = ambiguous || !['zh', 'ja'].includes(language);
  const words = (parts: readonly string[]): string[] => {
    const text = parts.filter((part) => part.trim() !== '').join(' ');
    return text === '' ? [] : [text];
  };
  const isChinese = both || language === 'zh' || alsoZh;
  const isJapanese = both || language === 'ja';
  return {
    name,
    language,
    confidence,
    zh: isChinese ? words(segmenters.chinese.cut(fold(zhForm ?? name))) : [],
    ja: isJapanese
      ? words(segmenters.japanese.tokenize(name).map(({ surface }) => fold(surface)))
      : [],
  };
}
