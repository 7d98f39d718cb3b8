import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { PlaceDocument, PlaceKeys } from '../../lib/autocomplete/record/document.ts';
import type { Engine } from '../../lib/engines/engine.ts';

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
      taiwan: [],
      choseong: [],
      romaji: [],
      tail: [],
      ...keys,
    },
    ...rest,
  };
}

/** Makes a generation of `places` whose documents have the names a0, a1, ... @returns Its name. */
export async function buildGeneration(engine: Engine, count: number): Promise<string> {
  const { name } = await engine.createGeneration('places', { ...placeMapping() });
  const documents = Array.from({ length: count }, (_, i) =>
    documentWith(`${name}:${i}`, i, { name: [`a${i}`] }),
  );
  await engine.write(
    name,
    documents.map((index) => ({ index })),
  );
  await engine.finishGeneration(name);
  return name;
}
