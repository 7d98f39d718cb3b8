import type * as jiebaRs from '@node-rs/jieba';
import type * as jiebaDictionary from '@node-rs/jieba/dict.js';
import type nodejieba from 'nodejieba';
import { MissingDependencyError } from '../errors.ts';
import { OPTION_INVALID, settle, type Spec } from '../options.ts';
import { foldWithOffsets } from './fold.ts';
import { native } from '../interruption.ts';

/** Name of a jieba package. */
export type ChinesePackage = 'nodejieba' | '@node-rs/jieba';

/** A word with jieba's part-of-speech tag (n, ns, nr, v, x for unknown, ...). */
export interface TaggedWord {
  word: string;
  tag: string;
}

/**
 * Segments Chinese text with jieba's dictionary. Both packages contain the same dictionary of
 * Simplified Chinese, so fold the text first.
 */
export interface Chinese {
  /** The package in use. */
  readonly name: ChinesePackage;
  /** Words of folded text. Unknown words are not guessed but split into single characters. */
  cut: (folded: string) => string[];
  /** Words of folded text with part-of-speech tags; unknown words are guessed. */
  tag: (folded: string) => TaggedWord[];
  /** Whether folded text of two or more characters is one word of the dictionary. */
  isWord: (folded: string) => boolean;
  /** Whether the dictionary contains folded text of two or more characters, even if two words are likelier (步道). */
  has: (folded: string) => boolean;
  /**
   * UTF-16 offsets in unfolded text at which words begin, 0 included; `[]` if nothing is
   * searchable.
   */
  wordStarts: (text: string) => number[];
}

type Segmenter = Pick<Chinese, 'cut' | 'tag'> & {
  /** Every word of the dictionary in folded text, overlapping. */
  words: (folded: string) => string[];
};

/** Imports a package. Its name is not a literal, so that bundlers leave the import to run time. */
async function found<T>(name: string): Promise<T> {
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as T;
}

const LOADERS: Record<ChinesePackage, () => Promise<Segmenter>> = {
  async nodejieba() {
    const { default: jieba } = await found<{ default: typeof nodejieba }>('nodejieba');
    native(() => jieba.load());
    return {
      // The second parameter, called `strict` in the package's types, enables guessing.
      cut: (folded) => native(() => jieba.cut(folded, false)),
      tag: (folded) => native(() => jieba.tag(folded)),
      words: (folded) => native(() => jieba.cutAll(folded)),
    };
  },
  async '@node-rs/jieba'() {
    const { Jieba } = await found<typeof jiebaRs>('@node-rs/jieba');
    const { dict } = await found<typeof jiebaDictionary>('@node-rs/jieba/dict.js');
    const jieba = native(() => Jieba.withDict(dict));
    return {
      cut: (folded) => native(() => jieba.cut(folded, false)),
      tag: (folded) =>
        native(() => jieba.tag(folded, true)).map(({ word, tag }) => ({ word, tag })),
      words: (folded) => native(() => jieba.cutAll(folded)),
    };
  },
};

const loaded = new Map<ChinesePackage, Promise<Chinese>>();

function load(name: ChinesePackage): Promise<Chinese> {
  let chinese = loaded.get(name);
  if (!chinese) {
    chinese = LOADERS[name]().then((segmenter) => chineseOf(name, segmenter));
    loaded.set(name, chinese);
  }
  return chinese;
}

function chineseOf(name: ChinesePackage, { cut, tag, words }: Segmenter): Chinese {
  return {
    name,
    cut,
    tag,
    isWord: (folded) => folded.length > 1 && cut(folded).length === 1,
    has: (folded) => folded.length > 1 && words(folded).includes(folded),
    wordStarts(text) {
      const { key, starts } = foldWithOffsets(text);
      const found = new Set<number>();
      let at = 0;
      for (const word of key === '' ? [] : cut(key)) {
        if (word.trim() !== '') found.add(starts[at] ?? 0);
        at += word.length;
      }
      return [...found];
    },
  };
}

/** Options of `loadChinese`. */
export const CHINESE_SPEC: Spec<{ prefer?: ChinesePackage }, 'prefer'> = {
  code: OPTION_INVALID,
  options: {
    prefer: {
      type: 'text',
      choices: ['nodejieba', '@node-rs/jieba'],
      default: 'nodejieba',
      help: 'package to try first',
    },
  },
};

/**
 * Loads a Chinese dictionary, once per process and package. Takes about 0.3 s and 60 MB with
 * @node-rs/jieba, 2 s and 260 MB with nodejieba.
 *
 * @param options - prefer: the package to try first, default `nodejieba`; if it is missing, the
 *   other one is used.
 * @throws {MissingDependencyError} `MISSING_DEPENDENCY` if neither package can be loaded.
 * @example
 * (await loadChinese()).cut('清水寺'); // => ['清水', '寺']
 */
export async function loadChinese(options: { prefer?: ChinesePackage } = {}): Promise<Chinese> {
  const order: ChinesePackage[] =
    settle(CHINESE_SPEC, options).prefer === '@node-rs/jieba'
      ? ['@node-rs/jieba', 'nodejieba']
      : ['nodejieba', '@node-rs/jieba'];
  let cause: unknown;
  for (const name of order) {
    try {
      return await load(name);
    } catch (error) {
      cause = error;
    }
  }
  throw new MissingDependencyError(
    'MISSING_DEPENDENCY',
    'No Chinese dictionary could be loaded: nodejieba and @node-rs/jieba are both missing',
    'Run: npm install @node-rs/jieba',
    { cause },
  );
}
