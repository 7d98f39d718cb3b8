import { readFileSync } from 'node:fs';
import MiniSearch from 'minisearch';
import { type BuildInput, type Contender, LIMIT, type Place } from './competitor.ts';
import { placesOf } from './corpus.ts';

/**
 * MiniSearch set up according to its manual: every word of every name is a term, the last word is a
 * prefix search, and more inhabitants rank higher.
 *
 * `autoSuggest` returns phrases, not places, and joins all matching names of a place into one
 * phrase: an application must find out which name it is, and which is the most populous place of
 * that name.
 */
export async function miniSearch(input: BuildInput): Promise<Contender> {
  const engine = new MiniSearch<Place>({
    fields: ['names'],
    storeFields: ['population'],
    stringifyField: (value) => (Array.isArray(value) ? value.join('\n') : String(value)),
    searchOptions: {
      combineWith: 'AND',
      boostDocument: (_id, _term, stored) => 1 + Math.log10(1 + Number(stored?.population ?? 0)),
    },
  });
  const tokenize = MiniSearch.getDefault('tokenize') as (text: string) => string[];
  const phraseOf = (name: string): string => tokenize(name.toLowerCase()).join(' ').trim();
  const holders = new Map<string, { id: string; population: number }>();
  for await (const place of placesOf(input.placesFile)) {
    engine.add(place);
    for (const phrase of new Set(place.names.map(phraseOf))) {
      const known = holders.get(phrase);
      if (!known || known.population < place.population) {
        holders.set(phrase, { id: place.id, population: place.population });
      }
    }
  }
  const lastWord = (_term: string, i: number, terms: string[]): boolean => i === terms.length - 1;
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.resolve('minisearch')), 'utf8'),
  ) as { version: string };
  return {
    ways: {
      'MiniSearch autoSuggest': (text) => {
        const ids = new Set<string>();
        for (const { suggestion, terms } of engine.autoSuggest(text)) {
          const name = [suggestion, ...terms].find((phrase) => holders.has(phrase));
          if (name !== undefined) ids.add(holders.get(name)!.id);
          if (ids.size === LIMIT) break;
        }
        return [...ids];
      },
      'MiniSearch prefix search': (text) =>
        engine
          .search(text, { prefix: lastWord })
          .slice(0, LIMIT)
          .map((result) => result.id as string),
    },
    version: `minisearch ${version}`,
    close: async () => {},
  };
}
