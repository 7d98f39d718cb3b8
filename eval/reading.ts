// Measures on an index how texts of several parts are read: labels typed back, chains of containers in any
// order, script and spelling, numbers in other numerals, wrong numbers.
import { parseArgs } from 'node:util';

import { seededRandom } from '../bench/statistics.ts';
import type { PlaceDocument } from '../lib/autocomplete/record/document.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import {
  commonNames,
  largeToSmall,
  numbersIn,
  otherNumber,
  otherNumerals,
  pick,
  type Random,
  spelledChain,
  SPELLINGS,
  subChain,
  twoScripts,
} from './typed-texts.ts';

const USAGE = `npm run eval -- reading --data DIR [options]

  --data DIR        an embedded index of places
  --alias NAME      default places
  --sample N        places a country and language (default 25)
  --seed N          draws places and texts (default 1)
  --countries CODES default TW,HK,CN,JP,KR,SG,US,FR
  --languages TAGS  of readers (default zh-Hant,zh-Hans,ja,ko,en)
  --misses          prints what was not found`;

/** A property, with how often it held. */
interface Count {
  held: number;
  tried: number;
}

interface Asked {
  index: PlaceIndex;
  language: string;
  random: Random;
  /** Counts a property; says what was not found. */
  tell: (property: string, held: boolean, what: string) => void;
}

/** Draws places by country, asks for each in the ways of `typed-texts.ts`, and prints how often it is among the first three. */
export async function evalReading(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      alias: { type: 'string', default: 'places' },
      sample: { type: 'string', default: '25' },
      seed: { type: 'string', default: '1' },
      countries: { type: 'string', default: 'TW,HK,CN,JP,KR,SG,US,FR' },
      languages: { type: 'string', default: 'zh-Hant,zh-Hans,ja,ko,en' },
      misses: { type: 'boolean', default: false },
    },
  });
  if (values.data === undefined) throw new Error(`No index. ${USAGE}`);
  const countries = values.countries.split(',');
  const languages = values.languages.split(',');
  const random = seededRandom(Number(values.seed));
  const engine = embedded({ dataDir: values.data });
  const counts = new Map<string, Map<string, Count>>();
  try {
    const index = new PlaceIndex(engine, { alias: values.alias });
    const most = Number(values.sample) * languages.length;
    const drawn = await drawPlaces(engine.scan(values.alias), countries, 2 * most, random);
    for (const country of countries) {
      const places = drawn.get(country) ?? [];
      const byProperty = new Map<string, Count>();
      counts.set(country, byProperty);
      const tell: Asked['tell'] = (property, held, what) => {
        const count = byProperty.get(property) ?? { held: 0, tried: 0 };
        count.tried += 1;
        count.held += Number(held);
        byProperty.set(property, count);
        if (values.misses && !held) console.log(`miss\t${property}\t${what}`);
      };
      for (const language of languages) {
        let asked = 0;
        while (asked < Number(values.sample) && places.length > 0) {
          if (await askAll({ index, language, random, tell }, places.pop()!)) asked += 1;
        }
      }
    }
  } finally {
    await engine.close();
  }
  printCounts(counts);
}

/** Places of each country that are in something, as many as are wanted, each as likely as the others. */
export async function drawPlaces(
  documents: AsyncIterable<PlaceDocument>,
  countries: readonly string[],
  wanted: number,
  random: Random,
): Promise<Map<string, PlaceDocument[]>> {
  const drawn = new Map(countries.map((country): [string, PlaceDocument[]] => [country, []]));
  const seen = new Map<string, number>();
  for await (const document of documents) {
    const list = drawn.get(document.country ?? '');
    if (!list || document.parents.length === 0) continue;
    const number = seen.get(document.country!) ?? 0;
    seen.set(document.country!, number + 1);
    const at = number < wanted ? number : Math.floor(random() * (number + 1));
    if (at < wanted) list[at] = document;
  }
  return drawn;
}

/** @returns False where the place is not shown for its own name: nothing is told of reading then. */
async function askAll(asked: Asked, place: PlaceDocument): Promise<boolean> {
  const { index, language, random, tell } = asked;
  const own = place.names.find((name) => name.language === language) ?? place.names[0]!;
  const shown = await index.suggest(own.text, { language, limit: 50 });
  const label = shown.find(({ id }) => id === place.id)?.label;
  if (label === undefined) return false;
  const find = async (property: string, text: string | null): Promise<void> => {
    if (text === null) return;
    const list = await index.suggest(text, { language });
    const three = list.slice(0, 3);
    const got = three.map((s) => `${s.label} ${s.id}`);
    const what = `${language}\t${text}\t${place.id} ${label}\t${got.join(' | ')}`;
    // Namesakes that have all of the text, too, are as right: nothing in it tells which is meant.
    const told = three.length === 3 && three.every(({ unread, guess }) => !unread && !guess);
    const held = three.some(({ id }) => id === place.id);
    tell(property, held || (told && property === 'two scripts'), what);
  };
  await find('own label', label);
  await find('large to small', largeToSmall(label));
  const containers: PlaceDocument[] = [];
  for (const { id } of place.parents) {
    const document = await index.get(id);
    if (document) containers.push(document);
  }
  await find('sub-chain', subChain(place, containers, random));
  await find('two scripts', twoScripts(place, random));
  for (const spelling of SPELLINGS) {
    for (const separator of [' ', '']) {
      const how = separator === '' ? 'joined' : 'spaces';
      await find(`${spelling}, ${how}`, spelledChain(place, containers, spelling, separator));
    }
  }
  await askNumbers(asked, place, find);
  return true;
}

async function askNumbers(
  { index, language, random, tell }: Asked,
  place: PlaceDocument,
  find: (property: string, text: string | null) => Promise<void>,
): Promise<void> {
  const [nearest] = place.parents;
  const { text } = pick(commonNames(place), random);
  for (const other of otherNumerals(text)) {
    await find('other numerals', `${nearest?.names['local'] ?? ''} ${other}`.trim());
  }
  const wrong = otherNumber(text, random);
  if (wrong === null) return;
  const list = await index.suggest(wrong, { language });
  const numbers = numbersIn(wrong);
  const told = list.every(
    (s) => s.id !== place.id || s.unread !== undefined || numbersIn(s.name) === numbers,
  );
  tell('wrong number is not the right one', told, `${language}\t${wrong}\t${place.id} ${text}`);
}

function printCounts(counts: ReadonlyMap<string, ReadonlyMap<string, Count>>): void {
  const countries = [...counts.keys()];
  const properties = new Set([...counts.values()].flatMap((byProperty) => [...byProperty.keys()]));
  console.log(['property', 'all', ...countries].join('\t'));
  for (const property of properties) {
    const cells = countries.map((country) => counts.get(country)!.get(property));
    const all = cells.reduce<Count>(
      (sum, cell) => ({
        held: sum.held + (cell?.held ?? 0),
        tried: sum.tried + (cell?.tried ?? 0),
      }),
      { held: 0, tried: 0 },
    );
    const shown = [all, ...cells].map((cell) => (cell ? `${cell.held}/${cell.tried}` : '-'));
    console.log([property, ...shown].join('\t'));
  }
}
