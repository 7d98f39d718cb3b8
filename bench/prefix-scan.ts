import { type BuildInput, type Contender, LIMIT } from './competitor.ts';
import { placesOf } from './corpus.ts';

/**
 * The simplest implementation: an array of all names in lower case, most populous place first, and
 * `startsWith` on each.
 */
export async function prefixScan(input: BuildInput): Promise<Contender> {
  const entries: { name: string; id: string; population: number }[] = [];
  for await (const place of placesOf(input.placesFile)) {
    for (const name of new Set(place.names.map((n) => n.toLowerCase()))) {
      entries.push({ name, id: place.id, population: place.population });
    }
  }
  entries.sort((a, b) => b.population - a.population);
  const ask = (text: string): string[] => {
    const prefix = text.toLowerCase();
    const found = new Set<string>();
    for (const entry of entries) {
      if (!entry.name.startsWith(prefix)) continue;
      found.add(entry.id);
      if (found.size === LIMIT) break;
    }
    return [...found];
  };
  return {
    ways: { 'prefix scan': ask },
    version: 'an array and startsWith',
    close: async () => {},
  };
}
