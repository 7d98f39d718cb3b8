// Asks for real addresses, part by part and whole: the deepest place of an address that the index holds
// has to come first. File: JSON lines {language, country, parts, rest, of}, see addresses.jsonl.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { fold } from '../lib/analyzers/fold.ts';
import { kindWords } from '../lib/autocomplete/reading/kind-words.ts';
import { numberedKey } from '../lib/autocomplete/reading/numbers.ts';
import type { KeySearch } from '../lib/autocomplete/searches.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { PlaceIndex } from '../lib/place-index.ts';

interface Address {
  language: string;
  country: string;
  /** From the largest area to the smallest. */
  parts: string[];
  /** Street and house number. */
  rest: string;
  /** Whose address it is. */
  of: string;
}

interface Tally {
  asked: number;
  first: number;
  three: number;
}

const USAGE = `npm run eval -- addresses FILE --data DIR [options]

  FILE          JSON lines {language, country, parts, rest, of} (eval/addresses.jsonl has 312)
  --data DIR    an embedded index of places
  --alias NAME  default places
  --search      asks full-text search, too
  --misses      prints what did not come first`;

/** Ways to ask. */
const ASKS: readonly {
  name: string;
  of: (
    index: PlaceIndex,
    text: string,
    language: string,
  ) => Promise<readonly { id: string; label: string }[]>;
}[] = [
  { name: 'suggest', of: (index, text, language) => index.suggest(text, { language }) },
  {
    name: 'search',
    of: async (index, text, language) => (await index.search(text, { language })).hits,
  },
];

/** Prints by country and by what was typed how often the right place came first, and among the first three. */
export async function evalAddresses(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      alias: { type: 'string', default: 'places' },
      search: { type: 'boolean', default: false },
      misses: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (file === undefined || values.data === undefined) {
    throw new Error(`No file or no index. ${USAGE}`);
  }
  const lines = readFileSync(file, 'utf8').split('\n');
  const addresses = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Address);
  const engine = embedded({ dataDir: values.data });
  const tallies = new Map<string, Tally>();
  try {
    const index = new PlaceIndex(engine, { alias: values.alias });
    for (const address of addresses) {
      const wanted = await deepestKnown(engine, values.alias, address);
      if (wanted.length === 0) {
        if (values.misses) console.log(`not in the index\t${address.parts.join(' ')}`);
        continue;
      }
      for (const [what, text] of textsOf(address, wanted)) {
        const right = wanted.findLast(({ depth }) => what === 'whole' || depth < Number(what))!;
        const { language } = address;
        for (const ask of values.search ? ASKS : ASKS.slice(0, 1)) {
          const found = await ask.of(index, text, language);
          const rank = await rankOf(index, found, right, fold(text));
          for (const group of ['all', address.country]) {
            const typed = what === 'whole' ? 'whole' : 'parts';
            count(tallies, `${ask.name}\t${typed}\t${group}`, rank);
          }
          if (values.misses && rank !== 1) {
            const got = found.slice(0, 3).map(({ id, label }) => `${label} ${id}`);
            console.log(`${ask.name} place ${rank}\t${language}\t${text}\t${got.join(' | ')}`);
          }
        }
      }
    }
  } finally {
    await engine.close();
  }
  console.log('by\ttyped\tcountry\tasked\tat 1\tat 3');
  for (const [name, { asked, first, three }] of [...tallies].sort()) {
    console.log([name, asked, (first / asked).toFixed(3), (three / asked).toFixed(3)].join('\t'));
  }
}

/** Where the right place stands, or one inside of it whose name is in the text, too; 0 for nowhere. */
async function rankOf(
  index: PlaceIndex,
  found: readonly { id: string }[],
  { ids }: Known,
  key: string,
): Promise<number> {
  for (const [at, { id }] of found.slice(0, 3).entries()) {
    if (ids.has(id)) return at + 1;
    const place = await index.get(id);
    const inside = place?.parents.some((parent) => ids.has(parent.id));
    const typed = numberedKey(key).text;
    const isTyped = (name: { key?: string; text: string }): boolean =>
      typed.includes(numberedKey(name.key ?? name.text).text);
    if (inside && place?.names.some(isTyped)) return at + 1;
  }
  return 0;
}

/** Places of a part of an address, by the number of the part. */
interface Known {
  depth: number;
  ids: ReadonlySet<string>;
}

/** For each part that the index holds inside of those before it, its places. */
async function deepestKnown(
  engine: Engine,
  alias: string,
  { country, parts }: Address,
): Promise<Known[]> {
  const known: Known[] = [];
  const around: ReadonlySet<string>[] = [];
  for (const [depth, part] of parts.entries()) {
    const values = [fold(part), withoutAdministrativeWord(fold(part))];
    const searches = values.map((value): KeySearch => ({
      field: 'name',
      value,
      match: 'whole',
      limit: 100,
    }));
    const hits = await engine.findByKeys(alias, searches, { countries: [country] });
    const inside = hits.filter(({ source }) =>
      around.every((ids) => source.parents.some(({ id }) => ids.has(id))),
    );
    if (inside.length === 0) continue;
    const ids = new Set(inside.map(({ id }) => id));
    known.push({ depth, ids });
    around.push(ids);
  }
  return known;
}

/** 서울 of 서울시, haidian of haidian district. */
function withoutAdministrativeWord(key: string): string {
  for (let at = 1; at < key.length; at++) {
    const words = kindWords('name').words.get(key.slice(at).replace(/^[ -]/, ''));
    if (words?.some(({ part }) => part === 'admin')) return key.slice(0, at).trimEnd();
  }
  return key;
}

/** The address up to each part behind the first known one, and whole. */
function textsOf({ language, parts, rest }: Address, known: readonly Known[]): [string, string][] {
  const small = language === 'en';
  const joined = (some: readonly string[]): string =>
    small ? [...some].reverse().join(', ') : some.join(language === 'ko' ? ' ' : '');
  const texts: [string, string][] = [];
  for (let end = Math.max(2, known[0]!.depth + 1); end <= parts.length; end++) {
    texts.push([String(end), joined(parts.slice(0, end))]);
  }
  const space = language === 'ko' ? ' ' : '';
  texts.push(['whole', small ? `${rest}, ${joined(parts)}` : joined(parts) + space + rest]);
  return texts;
}

function count(tallies: Map<string, Tally>, group: string, rank: number): void {
  const tally = tallies.get(group) ?? { asked: 0, first: 0, three: 0 };
  tally.asked += 1;
  tally.first += Number(rank === 1);
  tally.three += Number(rank >= 1 && rank <= 3);
  tallies.set(group, tally);
}
