import type { TextContext } from '../text/terms.ts';
import { isStopWord } from './stop-words.ts';
import {
  isHanCharacter,
  isTermWord,
  joinedLine,
  pairsOf,
  stemsOf,
  wordLines,
  type WordLanguage,
} from './terms.ts';

/** A query for long texts, in the units by which these are found. */
export interface AskedText {
  /** Words, folded, each once. */
  words: string[];
  /** Pairs of neighbouring characters of a word, each once. */
  pairs: string[];
  /** Pairs of the last character of a word and the first of the next, each once. */
  across: string[];
  /** Beginnings of Korean words. */
  stems: string[];
  /** Han characters that are words of their own. */
  characters: string[];
  /** Han characters of other words, each once. */
  parts: string[];
  /** Each part of the query between spaces, as a phrase to search in `joinedLine`. */
  phrases: string[];
}

/** A unit of a query. */
export interface Unit {
  /** Term of documents, with its letter in front; see `termCounts`. */
  term: string;
  text: string;
  kind: 'word' | 'pair' | 'across' | 'stem' | 'character' | 'part';
}

/** Reads a query for long texts. */
export function readAsked(text: string, language: WordLanguage, context: TextContext): AskedText {
  const lines = wordLines(text, language, context);
  const sets = {
    words: new Set<string>(),
    pairs: new Set<string>(),
    across: new Set<string>(),
    stems: new Set<string>(),
    characters: new Set<string>(),
    parts: new Set<string>(),
    phrases: new Set<string>(),
  };
  for (const line of lines === '' ? [] : lines.split('\n')) {
    const words = line.split(' ');
    for (const word of words) {
      if (isTermWord(word)) sets.words.add(word);
      else if (isHanCharacter(word) && !isStopWord(word)) sets.characters.add(word);
      const stem = stemsOf(word).at(-1);
      if (stem !== undefined) sets.stems.add(stem);
      if (isStopWord(word)) continue;
      for (const character of word) if (isHanCharacter(character)) sets.parts.add(character);
    }
  }
  // Characters on either side of a space stand together nowhere.
  for (const part of text.split(/\s+/u)) {
    const phrase = wordLines(part, language, context);
    if (phrase === '') continue;
    for (const line of phrase.split('\n')) {
      const words = line.split(' ');
      for (const word of words) for (const pair of pairsOf([word])) sets.pairs.add(pair);
      for (const pair of pairsOf(words)) sets.across.add(pair);
    }
    sets.phrases.add(joinedLine(phrase.replaceAll('\n', ' ')));
  }
  const asked = {
    words: [...sets.words],
    pairs: [...sets.pairs],
    across: [...sets.across].filter((pair) => !sets.pairs.has(pair)),
    stems: [...sets.stems],
    characters: [...sets.characters],
    parts: [...sets.parts].filter((character) => !sets.characters.has(character)),
    phrases: [...sets.phrases],
  };
  // In titles, stop words are terms too.
  if (unitsOf(asked).length === 0) {
    asked.words = [...new Set(lines.split(/[\n ]/u).filter((word) => word !== ''))];
  }
  return asked;
}

/** The units that texts are found by, in order. */
export function unitsOf(asked: Omit<AskedText, 'parts' | 'phrases'>): Unit[] {
  const { words, pairs, across, stems, characters } = asked;
  return [
    ...words.map((text): Unit => ({ term: `w${text}`, text, kind: 'word' })),
    ...pairs.map((text): Unit => ({ term: `g${text}`, text, kind: 'pair' })),
    ...across.map((text): Unit => ({ term: `g${text}`, text, kind: 'across' })),
    ...stems.map((text): Unit => ({ term: `p${text}`, text, kind: 'stem' })),
    ...characters.map((text): Unit => ({ term: `c${text}`, text, kind: 'character' })),
  ];
}

/** The units that texts are found by, and behind them those that only count in what was found. */
export function judgedUnitsOf(asked: Omit<AskedText, 'phrases'>): Unit[] {
  const parts = asked.parts.map((text): Unit => ({ term: `c${text}`, text, kind: 'part' }));
  return [...unitsOf(asked), ...parts];
}

/** What snippets mark for a query, with weights. */
export function wantedOf({
  words,
  pairs,
  across,
  stems,
  characters,
  phrases,
}: AskedText): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const phrase of phrases) if (phrase.length > 1) wanted.set(phrase, 2);
  for (const value of [...words, ...pairs, ...across, ...stems, ...characters])
    wanted.set(value, 1);
  return wanted;
}
