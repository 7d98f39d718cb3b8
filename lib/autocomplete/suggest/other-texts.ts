import { doublePinyinToPinyin } from '../../analyzers/double-pinyin.ts';
import { fold } from '../../analyzers/fold.ts';
import { otherModes } from '../../analyzers/readings.ts';
import type { Candidate } from './candidates.ts';
import { interpret } from './interpretations.ts';
import type { PlaceQuery } from './query.ts';
import { RANKING } from './ranking.ts';

/** The query in pinyin, if the reader types double pinyin; null otherwise. */
export function spelledOut(query: PlaceQuery): PlaceQuery | null {
  if (query.doublePinyin === undefined) return null;
  const text = doublePinyinToPinyin(query.text, query.doublePinyin);
  return text === null ? null : asked(query, text);
}

/** The queries that may be meant if the keyboard was in the wrong mode; mostly `[]`. */
export function inOtherModes(query: PlaceQuery): PlaceQuery[] {
  return otherModes(query.text, query.reader.language).map((text) => asked(query, text));
}

function asked({ doublePinyin: _, ...query }: PlaceQuery, text: string): PlaceQuery {
  const key = fold(text);
  return { ...query, text, key, passes: interpret(text, key, query.reader.language) };
}

/**
 * Turns candidates of another text into candidates of the typed one.
 *
 * @param guess - Whether the other text assumes a keyboard in another mode.
 */
export function readAs(
  { text }: PlaceQuery,
  candidates: readonly Candidate[],
  guess: boolean,
): Candidate[] {
  if (!guess) return candidates.map((candidate) => ({ ...candidate, read: { text, guess } }));
  return candidates.filter(readsAll).map((candidate) => {
    const { match, total, of } = candidate.parts;
    const { keyboard } = RANKING;
    const parts = { ...candidate.parts, match: match + keyboard, total: total + keyboard };
    return { ...candidate, parts: { ...parts, of: { ...of, keyboard } }, read: { text, guess } };
  });
}

/** Whether it matches literally or by a reading, without a rest. */
export function readsAll({ best, cover }: Candidate): boolean {
  const { agrees, interpretation } = best;
  const { state } = interpretation;
  if (cover && cover.unread.length > 0) return false;
  return agrees && (state === 'literal' || state === 'reading');
}
