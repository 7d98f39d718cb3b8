import { expect } from 'chai';
import fc from 'fast-check';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { NOTE_RANKING } from '../../lib/notes/rank.ts';
import { closeAtEnd } from '../support/lifetime.ts';

/** Words that are asked for, and sentences without them, by script. */
const SCRIPTS = {
  'zh-Hant': {
    pairs: [
      ['溫泉', '旅館'],
      ['鐵路', '便當'],
      ['古蹟', '導覽'],
    ],
    sentences: [
      '早上沿著河邊走，風很大。',
      '店家說今天不開門，只好改去別處。',
      '孩子們在廣場上放風箏。',
      '晚餐吃了一碗熱湯麵。',
      '下午的雨停了以後，天空很藍。',
    ],
  },
  'zh-Hans': {
    pairs: [
      ['赏樱', '步道'],
      ['长城', '门票'],
      ['园林', '讲解'],
    ],
    sentences: [
      '上午去了图书馆，人不多。',
      '朋友带来一盒点心，味道不错。',
      '公交车晚了十分钟才到。',
      '晚上在湖边听见有人唱歌。',
      '回来的时候下起了小雨。',
    ],
  },
  ja: {
    pairs: [
      ['紅葉', 'ライトアップ'],
      ['朝市', '海鮮丼'],
      ['城下町', '散策'],
    ],
    sentences: [
      '駅前の喫茶店で少し休んだ。',
      '午後からは雨になるらしい。',
      'バスを一本のがして歩くことにした。',
      '友だちから葉書が届いていた。',
      '夕方の風はもう冷たかった。',
    ],
  },
} as const;

/** Far more than what counts as near, on either side. */
const SENTENCES = 30;

describe('the ranking of notes', function () {
  this.timeout(120_000);
  for (const [script, { pairs, sentences }] of Object.entries(SCRIPTS)) {
    const drawn = fc.tuple(
      fc.constantFrom(...pairs),
      fc.array(fc.constantFrom(...sentences), { minLength: SENTENCES, maxLength: SENTENCES }),
      fc.integer({ min: 0, max: SENTENCES - 1 }),
    );
    // The same words and as many characters in both notes; without a phrase and a distance, the wrong one comes first.
    const expectOrder = async (text: string, right: string[], wrong: string[]): Promise<void> => {
      const index = closeAtEnd(new NoteIndex(embedded({ dataDir: ':memory:', threads: 0 })));
      await index.put([
        ...sentences.map((body, i) => ({ id: `other${i}`, title: '', body })),
        { id: 'a wrong', title: '', body: wrong.join('') },
        { id: 'b right', title: '', body: right.join('') },
      ]);
      expect([...right.join('')].sort()).to.deep.equal([...wrong.join('')].sort());
      const found = (await index.search(text)).notes.map(({ id }) => id);
      expect(found.slice(0, 2), text).to.deep.equal(['b right', 'a wrong']);
      await index.close();
    };

    it(`has a phrase as typed before its words one after the other, in ${script}`, async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async ([[first, second], filling, at]) => {
          const between: string[] = [...filling];
          between.splice(at, 0, `${second}、${first}。`);
          const together: string[] = [...filling];
          together.splice(at, 0, `${first}${second}、。`);
          await expectOrder(`${first}${second}`, together, between);
        }),
        { numRuns: 10 },
      );
    });

    it(`has words near each other before the same words far apart, in ${script}`, async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async ([[first, second], filling]) => {
          const far = [`${first}。`, ...filling, `${second}。`];
          expect(filling.join('').length).to.be.greaterThan(NOTE_RANKING.nearWithin);
          const near = [...filling.slice(0, 10), `${first}。`, `${second}。`, ...filling.slice(10)];
          await expectOrder(`${first} ${second}`, near, far);
        }),
        { numRuns: 10 },
      );
    });
  }
});
