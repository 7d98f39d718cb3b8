// npx tsx scripts/train-language.ts NAMES.jsonl [--dry-run] Trains the model that distinguishes
// Chinese and Japanese names, prints its accuracy on names that it had not seen (cross-validated,
// and with each source left out), and writes lib/analyzers/language-weights.ts. A line of
// NAMES.jsonl is {name, lang, kind, source}; lang is zh-Hant, zh-Hans, zh or ja, other lines are
// skipped. The same file gives the same weights.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dictionaryNames } from '../eval/dictionary-names.ts';
import { examplesOf, jsonLines, type LabelledName } from '../eval/language-examples.ts';
import { type Example, pretrain, train } from '../eval/language-training.ts';
import {
  crossValidate,
  leaveSourcesOut,
  printCutoffs,
  printParts,
} from '../eval/language-validation.ts';
import { loadChinese } from '../lib/analyzers/chinese.ts';
import { loadJapanese } from '../lib/analyzers/japanese.ts';
import type { LanguageWeights } from '../lib/analyzers/language-model.ts';

const NOTE = `// Written by scripts/train-language.ts; not to be edited. Holds weights of hashed features and no
// names. Learnt from the nouns of IPADIC 2007 (kuromoji; NAIST and ICOT notice) and jieba's
// dictionary (MIT), and from names of geolonia/japanese-addresses (CC BY 4.0, Geolonia), GSI
// mountains of Japan (JapanMountain, CC BY 4.0), Japan Heritage (CC BY, Agency for Cultural
// Affairs), fukui-spot (CC BY, Fukui tourism federation), mini-tokyo-3d (MIT; Public Transportation
// Open Data Center), OSM name-suggestion-index (BSD-3-Clause), Chinese-Names-Corpus (Apache-2.0),
// Administrative-divisions-of-China (WTFPL), MetroMan (MIT), 5a-express (MIT), and open data of the
// government of Taiwan (Open Government Data License 1.0: scenic spots, tourism, post, railways,
// Taipei Metro) and of MTR Hong Kong.
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
  options: { 'dry-run': { type: 'boolean' } },
});
const [file] = positionals;
if (file === undefined) {
  console.error('Usage: npx tsx scripts/train-language.ts NAMES.jsonl [--dry-run]');
  process.exit(2);
}
const began = performance.now();
const names = jsonLines<LabelledName>(file);
const chinese = await loadChinese({ prefer: '@node-rs/jieba' });
const examples = examplesOf(names, { chinese, japanese: await loadJapanese() });
const start = pretrain(await dictionaryNames());
const known = examples.filter((example): example is Example => example !== null);

const parts = crossValidate(names, examples, start);
printParts('Cross-validation', parts);
printCutoffs('Cross-validation', parts);
const sources = leaveSourcesOut(names, examples, start);
printParts('Sources left out', sources);
printCutoffs('Sources left out', sources);

const text = fileOf(train(known, start));
if (values['dry-run'] !== true) {
  const path = fileURLToPath(new URL('../lib/analyzers/language-weights.ts', import.meta.url));
  writeFileSync(path, text);
}
console.log(
  `\n${known.length} names, ${text.length} bytes, ${Math.round((performance.now() - began) / 1000)} s`,
);
