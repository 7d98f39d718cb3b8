import { statSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadDetector } from '../../lib/analyzers/detect.ts';
import type { Detector } from '../../lib/analyzers/detection.ts';
import { featuresOf, MAX_FEATURES, SLOTS } from '../../lib/analyzers/language-features.ts';
import { languageModel, shippedModel } from '../../lib/analyzers/language-model.ts';
import { pretrain, train, type Example } from '../../eval/language-training.ts';

const names = fc.string({
  unit: fc.constantFrom(...Array.from('山东東京臺台駅の廣a 𠮷\ud800')),
  maxLength: 60,
});

describe('featuresOf', () => {
  it('stays within its slots for any name, the empty one included', () => {
    const slots = new Int32Array(MAX_FEATURES);
    fc.assert(
      fc.property(names, (name) => {
        const count = featuresOf(name, slots);
        expect(count).to.be.within(1, MAX_FEATURES);
        expect([...slots.slice(0, count)].every((slot) => slot >= 0 && slot < SLOTS)).to.equal(
          true,
        );
      }),
    );
  });

  it('sees a name alike after any other', () => {
    const slots = new Int32Array(MAX_FEATURES);
    const read = (name: string): number[] => [...slots.slice(0, featuresOf(name, slots))];
    const before = read('清水寺');
    read('國立故宮博物院');
    expect(read('清水寺')).to.deep.equal(before);
  });
});

describe('shippedModel', () => {
  it('gives finite log-odds for any name', () => {
    const { score, fast } = shippedModel();
    fc.assert(
      fc.property(names, (name) => {
        expect(fast(score(name), name.length)).to.be.within(-100, 100);
      }),
    );
  });

  it('takes less than 1 MB', () => {
    const { size } = statSync(new URL('../../lib/analyzers/language-weights.ts', import.meta.url));
    expect(size).to.be.within(1000, 1_000_000);
  });

  describe('without dictionaries', () => {
    let detector: Detector;
    before(async () => {
      detector = await loadDetector({ dictionaries: false });
    });
    const known: ['ja' | 'zh', string][] = [
      [
        'ja',
        '富士山 日本橋 宮崎 奈良 東京 浅草寺 清水寺 鎌倉 熊本城 名古屋 横浜中華街 北海道大学 明治神宮 箱根湯本',
      ],
      [
        'zh',
        '日月潭 阿里山 士林夜市 忠孝東路 中正紀念堂 北京大學 西湖 黄山 南京东路 人民广场 故宮博物院 大安區 龍山寺站',
      ],
    ];
    for (const [language, list] of known) {
      for (const name of list.split(' ')) {
        it(`calls ${name} ${language}`, () => {
          expect(detector.detect(name).language).to.equal(language);
        });
      }
    }
  });
});

describe('train', () => {
  it('gives the same weights for the same names, which tell their languages', () => {
    const examples = (list: string, isJapanese: boolean): Example[] =>
      list.split(' ').map((name) => ({
        name,
        isJapanese,
        kinds: ['a'],
        sources: ['a'],
        signals: [1, 0],
      }));
    const all = [
      ...examples('富士山 日本橋 奈良 東京 浅草寺 清水寺 鎌倉 箱根 大宮 石川', true),
      ...examples('日月潭 阿里山 士林 忠孝 北京 西湖 黄山 南京 大安 故宮', false),
    ];
    const start = pretrain([]);
    const weights = train(all, start);
    expect(train(all, start)).to.deep.equal(weights);
    const { score } = languageModel(weights);
    expect(all.every(({ name, isJapanese }) => score(name) > 0 === isJapanese)).to.equal(true);
  });
});
