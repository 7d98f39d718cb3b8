import type { PlaceDocument } from '../autocomplete/record/document.ts';
import { quoteValue } from '../errors.ts';
import type { ImageDocument } from '../knn/document.ts';
import type { IndexDocument } from './engine.ts';

/** Room above the highest rank for documents that ask for the same one. */
const RANK_MAX: number = 2 ** 53 - 2 ** 32;

/** Control characters mark the embedded engine's own entries, and drivers cut text at NUL. */
const CONTROL = /\p{Cc}/u;

/** Why no engine takes a document, null where all do. */
export function faultOf(document: IndexDocument): string | null {
  const { id } = document;
  if (typeof id !== 'string' || id === '' || CONTROL.test(id) || !id.isWellFormed()) {
    return `id ${quoteValue(id)} is empty or holds control characters`;
  }
  return 'terms' in document ? imageFault(document) : placeFault(document);
}

function placeFault({ rank, keys, within, grams }: PlaceDocument): string | null {
  if (!Number.isSafeInteger(rank) || rank < 0 || rank > RANK_MAX) {
    return `rank ${quoteValue(rank)} is not a whole number from 0 to 2^53 - 2^32`;
  }
  return keyFault([...Object.values(keys), within, grams].flat());
}

function imageFault({ terms, slots = [], vector, trimmed }: ImageDocument): string | null {
  const odd = [vector, trimmed].find((view) => view && !view.every(Number.isFinite));
  if (odd) return `vector ${quoteValue(odd)} holds what is no number`;
  return keyFault([...terms, ...slots]);
}

function keyFault(keys: readonly string[]): string | null {
  const faulty = keys.find((key) => CONTROL.test(key) || !key.isWellFormed());
  if (faulty === undefined) return null;
  return `key ${quoteValue(faulty)} holds control characters or half a character`;
}
