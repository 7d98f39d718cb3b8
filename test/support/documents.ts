import type { PlaceDocument, PlaceKeys } from '../../lib/autocomplete/record/document.ts';

/** A document with the given keys; everything else as small as it goes. */
export function documentWith(
  id: string,
  rank: number,
  keys: Partial<PlaceKeys>,
  rest: Partial<PlaceDocument> = {},
): PlaceDocument {
  return {
    id,
    kind: 'town',
    importance: 0.5,
    rank,
    names: [{ text: id, kind: 'official' }],
    parents: [],
    within: [],
    zh: [],
    ja: [],
    grams: [],
    keys: {
      name: [],
      inner: [],
      pinyin: [],
      zhuyin: [],
      initials: [],
      romaji: [],
      tail: [],
      ...keys,
    },
    ...rest,
  };
}
