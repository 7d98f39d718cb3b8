import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { fold } from '../../lib/analyzers/fold.ts';
import { UNIHAN_VARIANTS } from '../../lib/analyzers/han-variants.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { documentsOf } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';

/** Variants of one name that people write for each other: each finds the others. */
const NAMES = [
  ['飛驒市', '飛騨市', '飞騨市'],
  ['氹仔', '凼仔'],
  ['尖沙咀', '尖沙嘴'],
  ['炮台山', '砲台山', '礮台山'],
  ['彩虹邨', '彩虹村'],
  ['寳塚', '宝塚', '寶塚'],
  ['籔塚', '薮塚', '藪塚'],
  ['濶葉', '闊葉', '阔叶'],
  ['祗園', '祇園'],
  ['諌早', '諫早', '谏早'],
  ['賎ヶ岳', '賤ヶ岳'],
  ['頚城', '頸城'],
  ['猴硐', '猴洞'],
  ['澂江', '澄江'],
  ['剱岳', '剣岳', '劔岳'],
  ['薗部', '園部'],
  ['荳子埔', '豆子埔'],
];

describe('variants of Han characters', () => {
  const pairs = UNIHAN_VARIANTS.trim().split(' ');

  it('fold to one form, every pair of the table in both directions', () => {
    expect(pairs).to.have.length.of.at.least(1000);
    const differing = pairs.filter((pair) => {
      const [a = '', b = ''] = Array.from(pair);
      return fold(a) !== fold(b) || fold(`山${b}口`) !== fold(`山${a}口`);
    });
    expect(differing).to.deep.equal([]);
  });

  for (const names of NAMES) {
    it(`${names.join(' ')} find each other`, async () => {
      for (const name of names) {
        const record = readPlaceRecord({ id: 'it', name, kind: 'town', country: 'JP' });
        const search = memorySearch(documentsOf([record]));
        for (const typed of names) {
          const [found] = await answerPlaceQuery(typed, { language: 'zh-Hant' }, search);
          expect(found?.id, `${typed} of ${name}`).to.equal('it');
          expect(found!.guess, `${typed} of ${name}`).to.equal(undefined);
        }
      }
    });
  }

  const apart = readFileSync(new URL('../cases/variants-apart.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { pair: string; why: string });
  for (const { pair, why } of apart) {
    it(`${pair} stay apart: ${why}`, () => {
      const [a = '', b = ''] = Array.from(pair);
      expect(fold(a)).to.not.equal(fold(b));
    });
  }
});
