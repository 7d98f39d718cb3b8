// What is done with a text that anybody may give, for test/support/steps.ts.
import { detectLanguage, loadDetector } from '../../lib/analyzers/detect.ts';
import { DOUBLE_PINYIN_LAYOUTS, doublePinyinToPinyin } from '../../lib/analyzers/double-pinyin.ts';
import { fold, foldWithOffsets } from '../../lib/analyzers/fold.ts';
import * as readings from '../../lib/analyzers/readings.ts';
import { romajiNasal } from '../../lib/analyzers/romaji.ts';
import { scriptRuns } from '../../lib/analyzers/script.ts';
import { toScript, toTraditional } from '../../lib/analyzers/variants.ts';
import { loadDictionaries } from '../../lib/autocomplete/dictionaries.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { numberedKey, numberSpellings } from '../../lib/autocomplete/reading/numbers.ts';
import { readQuery } from '../../lib/autocomplete/reading/read-query.ts';
import type { KeySearch } from '../../lib/autocomplete/searches.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { placeQuery } from '../../lib/autocomplete/suggest/query.ts';
import { textQuery } from '../../lib/autocomplete/text/query.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import type { Counted } from '../support/steps.ts';

const containers = containersOf(documentsOf(exampleRecords()));
const dictionaries = await loadDictionaries({ chinese: true, japanese: true });
const detector = await loadDetector();

/** Answers where nothing is found, so that all ways to read the text are gone through. */
async function searchesFor(text: string, fewRequests: boolean): Promise<KeySearch[]> {
  const asked: KeySearch[] = [];
  await answerPlaceQuery(text, { containers, fewRequests }, (searches) => {
    asked.push(...searches);
    return Promise.resolve([]);
  });
  return asked;
}

const { taiwanSpellings, zhuyinKey, zhuyinToned, pinyinKey, initialsKey } = readings;

const FUNCTIONS: Counted = {
  fold,
  foldWithOffsets,
  scriptRuns,
  toTraditional,
  toSimplified: (text) => toScript(text, 'zh-Hans'),
  pinyin: (text) => {
    const pinyin = readings.pinyinOf(text);
    const keys = [pinyinKey, initialsKey, zhuyinKey, zhuyinToned].map((key) => key(pinyin));
    return [keys, taiwanSpellings(pinyin, fold(text), 'TW')];
  },
  commonPinyinOf: readings.commonPinyinOf,
  spelledPinyinOf: (text) =>
    readings.spelledPinyinOf(text, readings.pinyinOf(text), [text, 'zhong shan qu']),
  pinyinTyped: readings.pinyinTyped,
  pinyinForms: readings.pinyinForms,
  pinyinLetters: readings.pinyinLetters,
  romajiKey: readings.romajiKey,
  romajiTyped: readings.romajiTyped,
  romajiNasal,
  zhuyinTyped: readings.zhuyinTyped,
  dachenToZhuyin: readings.dachenToZhuyin,
  localTyped: readings.localTyped,
  doublePinyin: (text) => DOUBLE_PINYIN_LAYOUTS.map((name) => doublePinyinToPinyin(text, name)),
  choseong: (text) => [readings.choseongKey(text), readings.choseongTyped(text)],
  otherModes: (text) => ['zh-Hant', 'ja', 'ko'].map((name) => readings.otherModes(text, name)),
  numbers: (text) => [numberedKey(text), numberSpellings(text)],
  detectByCharacters: (text) => detectLanguage(text, { dictionaries: false }),
  detect: (text) => detector.detect(text),
  placeQuery: (text) => ['zh-Hant', 'ja', 'ko'].map((language) => placeQuery(text, { language })),
  readQuery: (text) => readQuery(text, { containers }),
  answerPlaceQuery: (text) => searchesFor(text, false),
  answerInTwo: (text) => searchesFor(text, true),
  textQuery: (text) => [
    textQuery(text, { language: 'zh' }, dictionaries.context),
    textQuery(text, { language: 'ja' }, dictionaries.context),
  ],
};

export default FUNCTIONS;
