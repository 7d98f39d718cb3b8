import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { IpadicFeatures, Tokenizer } from 'kuromoji';
import { MissingDependencyError } from '../errors.ts';

/** A word as segmented by kuromoji. */
export interface JapaneseToken {
  surface: string;
  /** False if the word is not in the dictionary. */
  known: boolean;
  /** Part of speech in IPADIC's terms, from wide to narrow: 名詞,固有名詞,地域. */
  pos: string;
  /** Reading in hiragana; absent for unknown words. */
  reading?: string;
}

/** Segments Japanese text with kuromoji and the IPADIC dictionary of 2007. */
export interface Japanese {
  /** Words of text as written, not folded. */
  tokenize: (text: string) => JapaneseToken[];
  /**
   * Cost of the best segmentation of a text, in the dictionary's unit: at most about 10,000 per
   * word for ordinary text.
   */
  cost: (text: string) => number;
  /**
   * Hiragana reading of a text; null if a word has none. Right for 9 of 10 place names, so prefer
   * stated readings.
   */
  reading: (text: string) => string | null;
  /** UTF-16 offsets at which words begin, 0 included; `[]` for an empty string. */
  wordStarts: (text: string) => number[];
}

function toHiragana(kana: string): string {
  return kana.replace(/[ァ-ヶ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));
}

function tokenOf(features: IpadicFeatures): JapaneseToken {
  const { surface_form, word_type, pos, pos_detail_1, pos_detail_2, reading } = features;
  const token: JapaneseToken = {
    surface: surface_form,
    known: word_type === 'KNOWN',
    pos: [pos, pos_detail_1, pos_detail_2].filter((part) => part !== '*').join(),
  };
  if (reading !== undefined && reading !== '*') token.reading = toHiragana(reading);
  return token;
}

/** Replaces NUL and lone surrogates, on which kuromoji throws, without changing the length. */
function readable(text: string): string {
  return text.toWellFormed().replaceAll('\0', ' ');
}

function japaneseOf(tokenizer: Tokenizer<IpadicFeatures>): Japanese {
  const tokenize = (text: string): JapaneseToken[] =>
    tokenizer.tokenize(readable(text)).map(tokenOf);
  return {
    tokenize,
    cost(text) {
      const path = tokenizer.viterbi_searcher.search(tokenizer.getLattice(readable(text)));
      return path.at(-1)?.shortest_cost ?? 0;
    },
    reading(text) {
      let reading = '';
      for (const token of tokenize(text)) {
        const kana = /^[\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u.test(token.surface);
        const part = token.reading ?? (kana ? toHiragana(token.surface) : undefined);
        if (part === undefined) return null;
        reading += part;
      }
      return reading === '' ? null : reading;
    },
    wordStarts(text) {
      let at = 0;
      const whole = readable(text);
      return tokenize(whole).map(({ surface }) => {
        const start = whole.indexOf(surface, at);
        at = start + surface.length;
        return start;
      });
    },
  };
}

let loaded: Promise<Japanese> | undefined;

async function load(): Promise<Japanese> {
  try {
    const { default: kuromoji } = await import('kuromoji');
    const dicPath = join(
      dirname(createRequire(import.meta.url).resolve('kuromoji/package.json')),
      'dict',
    );
    const tokenizer = await new Promise<Tokenizer<IpadicFeatures>>((resolve, reject) => {
      kuromoji.builder({ dicPath }).build((error, built) => {
        if (error) reject(error);
        else resolve(built);
      });
    });
    return japaneseOf(tokenizer);
  } catch (cause) {
    throw new MissingDependencyError(
      'MISSING_DEPENDENCY',
      'The Japanese dictionary could not be loaded: kuromoji is missing or damaged',
      'Run: npm install kuromoji',
      { cause },
    );
  }
}

/**
 * Loads the Japanese dictionary, once per process; takes about 1 s and 300 MB.
 *
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if kuromoji can't be loaded.
 * @example
 * (await loadJapanese()).reading('新宿'); // => 'しんじゅく'
 */
export function loadJapanese(): Promise<Japanese> {
  return (loaded ??= load());
}
