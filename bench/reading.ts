// What reading a text of several parts costs: time, states and look-ups, beside suggest of plain names, all in one run.
import { parseArgs } from 'node:util';

import { drawPlaces } from '../eval/reading.ts';
import { commonNames, largeToSmall, pick, subChain } from '../eval/typed-texts.ts';
import { anchorsOf } from '../lib/autocomplete/reading/anchors.ts';
import { ReadText } from '../lib/autocomplete/reading/read-text.ts';
import type { PlaceDocument } from '../lib/autocomplete/record/document.ts';
import { embedded } from '../lib/engines/embedded/index.ts';
import type { Engine } from '../lib/engines/engine.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { machineLine } from './machine.ts';
import { percentile, seededRandom, shuffled } from './statistics.ts';

const USAGE = `npm run bench -- reading --data DIR [options]

  --data DIR        an embedded index of places, opened read-only
  --alias NAME      default places
  --sample N        places a country (default 30)
  --countries CODES default TW,HK,CN,JP,KR,SG,US,FR
  --seed N          draws places and texts (default 1)
  --rounds N        calls of each text, of which the fastest counts (default 5)`;

/** Kinds of texts, the first of which is what the others are compared with. */
const KINDS = ['plain name', 'label', 'large to small', 'sub-chain', 'with a rest', '256 units'];

interface Text {
  kind: string;
  text: string;
  language: string;
}

/** What was measured of a text. */
interface Measure {
  readingUs: number;
  suggestMs: number;
  states: number;
  /** Places to look at, of the readings. */
  anchors: number;
  /** Key look-ups, and times that the engine was asked. */
  lookUps: number;
  asked: number;
}

/** Prints the cost of each kind of text. */
export async function benchReading(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      data: { type: 'string' },
      alias: { type: 'string', default: 'places' },
      sample: { type: 'string', default: '30' },
      countries: { type: 'string', default: 'TW,HK,CN,JP,KR,SG,US,FR' },
      seed: { type: 'string', default: '1' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.data === undefined) {
    console.log(USAGE);
    return;
  }
  const engine = embedded({ dataDir: values.data, readOnly: true });
  const counts = { lookUps: 0, asked: 0 };
  const counted: Engine = {
    ...engine,
    findByKeys: (alias, searches, ...rest) => {
      counts.lookUps += searches.length;
      counts.asked += 1;
      return engine.findByKeys(alias, searches, ...rest);
    },
  };
  try {
    const index = new PlaceIndex(counted, { alias: values.alias });
    const random = seededRandom(Number(values.seed));
    const countries = values.countries.split(',');
    const scan = engine.scan(values.alias);
    const drawn = await drawPlaces(scan, countries, Number(values.sample), random);
    const texts: Text[] = [];
    for (const [country, places] of drawn) {
      for (const place of places) texts.push(...(await textsOf(index, place, country, random)));
    }
    const containers = await index.containers();
    const measured = new Map<Text, Measure>();
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const text of shuffled(texts, random)) {
        Object.assign(counts, { lookUps: 0, asked: 0 });
        const started = performance.now();
        const read = new ReadText(text.text, containers);
        const anchors = anchorsOf(read.typed, read.readings, containers).length;
        const readingUs = (performance.now() - started) * 1000;
        const before = performance.now();
        await index.suggest(text.text, { language: text.language });
        const suggestMs = performance.now() - before;
        const best = measured.get(text);
        measured.set(text, {
          ...counts,
          states: read.states,
          anchors,
          readingUs: Math.min(readingUs, best?.readingUs ?? Infinity),
          suggestMs: Math.min(suggestMs, best?.suggestMs ?? Infinity),
        });
      }
    }
    print(measured);
  } finally {
    await engine.close();
  }
}

const LANGUAGES: Readonly<Record<string, string>> = {
  TW: 'zh-Hant',
  HK: 'zh-HK',
  CN: 'zh-Hans',
  JP: 'ja',
  KR: 'ko',
};

async function textsOf(
  index: PlaceIndex,
  place: PlaceDocument,
  country: string,
  random: () => number,
): Promise<Text[]> {
  const language = LANGUAGES[country] ?? 'en';
  const name = pick(commonNames(place), random).text;
  const shown = await index.suggest(name, { language, limit: 50 });
  const label = shown.find(({ id }) => id === place.id)?.label;
  if (label === undefined) return [];
  const containers: PlaceDocument[] = [];
  for (const { id } of place.parents) {
    const document = await index.get(id);
    if (document) containers.push(document);
  }
  const chain = subChain(place, containers, random) ?? label;
  const rest = pick(['2號出口', '南口', ' 27층', ' No. 7', '1-2-3'], random);
  const texts = [name, label, largeToSmall(label), chain, largeToSmall(label) + rest];
  texts.push(`${chain} `.repeat(256).slice(0, 256));
  return texts.map((text, i) => ({ kind: KINDS[i]!, text, language }));
}

function print(measured: ReadonlyMap<Text, Measure>): void {
  console.log(machineLine());
  const head = ['texts', 'n', 'reading us p50', 'p99', 'states p50', 'p99', 'anchors p99'];
  head.push('look-ups p50', 'p99', 'max', 'asked max', 'suggest p50', 'p99');
  console.log([...head, 'x plain p50', 'x plain p99', 'reading share'].join('\t'));
  const of = (kind: string): Measure[] =>
    Array.from(measured).flatMap(([text, measure]) => (text.kind === kind ? [measure] : []));
  const at = (list: readonly Measure[], what: keyof Measure, p: number): number =>
    percentile(
      list.map((measure) => measure[what]),
      p,
    );
  const plain = of(KINDS[0]!);
  for (const kind of KINDS) {
    const list = of(kind);
    const times = (p: number): string =>
      (at(list, 'suggestMs', p) / at(plain, 'suggestMs', p)).toFixed(2);
    const share = at(list, 'readingUs', 0.5) / 1000 / at(list, 'suggestMs', 0.5);
    const whole = (what: keyof Measure, p: number): string => at(list, what, p).toFixed(0);
    const cells = [kind, String(list.length), whole('readingUs', 0.5), whole('readingUs', 0.99)];
    cells.push(whole('states', 0.5), whole('states', 0.99), whole('anchors', 0.99));
    cells.push(whole('lookUps', 0.5), whole('lookUps', 0.99), whole('lookUps', 1));
    cells.push(whole('asked', 1), at(list, 'suggestMs', 0.5).toFixed(2));
    cells.push(at(list, 'suggestMs', 0.99).toFixed(2), times(0.5), times(0.99), share.toFixed(2));
    console.log(cells.join('\t'));
  }
}
