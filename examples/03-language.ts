// Is a name Chinese or Japanese? How names are detected, and how the application's knowledge helps.
import { detectLanguage, fold } from 'suoyin';
import { loadChinese, loadJapanese, nameDocument } from 'suoyin/analyzers';

const NAMES = ['清水寺', '大阪城公園', '國立故宮博物院', '涩谷', '渋谷', '東山', 'ハルビン'];
for (const name of NAMES) {
  const { language, confidence, alsoZh, reason } = await detectLanguage(name, {
    dictionaries: true,
  });
  const also = language === 'ja' && alsoZh ? ', also a Chinese word' : '';
  console.log(`${name}: ${language} (${confidence.toFixed(2)}, ${reason})${also}`);
}

// What the application knows overrides the model: the country of the place, or its other names.
const { language } = await detectLanguage('東山', { hint: { country: 'TW' } });
console.log(`東山, in Taiwan: ${language}`);

// A name goes into the fields of names.json: zh, ja, or both if the language is uncertain.
const segmenters = { chinese: await loadChinese(), japanese: await loadJapanese() };
for (const name of ['清水寺', '信義區']) {
  console.log(
    `${name}: ${JSON.stringify(nameDocument(name, await detectLanguage(name, { dictionaries: true }), segmenters))}`,
  );
}

// One key for all spellings, for matching only.
console.log(new Set(['臺北', '台北', 'ＴＡＩＰＥＩ 台北'].map(fold)));
console.log(new Set(['霞ヶ関', '霞が関', '霞ケ関'].map(fold)));
