import { type PlaceDocument, plainSource } from '../../lib/autocomplete/record/document.ts';
import type { GeoBox, KeySearch, PlaceFilter, PlaceHit } from '../../lib/autocomplete/searches.ts';
import { withinOneEdit } from '../../lib/autocomplete/suggest/edit-distance.ts';

/**
 * What an engine has to answer, said as plainly as possible: every search looks at every document.
 * Tests of the pure parts use it as engine; engines are compared with it.
 */
export function memorySearch(
  documents: readonly PlaceDocument[],
): (searches: readonly KeySearch[], filter?: PlaceFilter) => Promise<PlaceHit[]> {
  const inRankOrder = [...documents].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  return (searches, filter = {}) => {
    const found = new Map<string, PlaceHit>();
    for (const [i, search] of searches.entries()) {
      const hits = inRankOrder
        .filter((d) => meets(d, search) && passes(d, filter))
        .map((d) => ({ d, length: search.match === 'beginning' ? lengthMet(d, search) : 0 }))
        .sort((a, b) => b.length - a.length)
        .map(({ d }) => d);
      for (const document of hits.slice(0, search.limit)) {
        const { id } = document;
        if (!found.has(id)) found.set(id, { id, source: plainSource(document), search: i });
      }
    }
    return Promise.resolve([...found.values()]);
  };
}

function meets(document: PlaceDocument, search: KeySearch): boolean {
  const { field, within, countries, box } = search;
  const scope: PlaceFilter = {};
  if (countries) scope.countries = countries;
  if (box) scope.box = box;
  return (
    document.keys[field].some((key) => meetsKey(key, search)) &&
    (within === undefined || document.within.some((key) => within.includes(key))) &&
    passes(document, scope)
  );
}

function meetsKey(key: string, { value, match, lengths = [] }: KeySearch): boolean {
  if (match === 'whole') return key === value;
  if (match === 'prefix') return key.startsWith(value);
  if (match === 'beginning') return lengths.includes(key.length) && value.startsWith(key);
  return key[0] === value[0] && withinOneEdit(key, value);
}

function lengthMet(document: PlaceDocument, search: KeySearch): number {
  const met = document.keys[search.field].filter((key) => meetsKey(key, search));
  return Math.max(...met.map((key) => key.length));
}

function passes({ country, kind, location }: PlaceDocument, filter: PlaceFilter): boolean {
  return (
    (!filter.countries || filter.countries.includes(country ?? '')) &&
    (!filter.kinds || filter.kinds.includes(kind)) &&
    (!filter.box || (location !== undefined && inBox(location, filter.box)))
  );
}

function inBox({ lat, lon }: { lat: number; lon: number }, box: GeoBox): boolean {
  const inLon =
    box.west <= box.east ? lon >= box.west && lon <= box.east : lon >= box.west || lon <= box.east;
  return lat >= box.south && lat <= box.north && inLon;
}
