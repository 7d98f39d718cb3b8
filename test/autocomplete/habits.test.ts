import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';

import type { DoublePinyinLayout } from '../../lib/analyzers/double-pinyin.ts';
import { fold } from '../../lib/analyzers/fold.ts';
import { hangulToEnglish } from '../../lib/analyzers/keyboards.ts';
import { PLACE_READINGS } from '../../lib/analyzers/place-readings.ts';
import { POSTAL_SPELLINGS } from '../../lib/analyzers/postal-spellings.ts';
import { choseongKey, pinyinOf, taiwanSpellings } from '../../lib/analyzers/readings.ts';
import { taiwanTyped } from '../../lib/analyzers/taiwan-spellings.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { documentsOf } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';
import { runs } from '../support/properties.ts';

/** One line of test/cases/habits.jsonl: what is typed out of habit, and the place that it finds. */
interface HabitCase {
  habit: string;
  query: string;
  language: string;
  expect: string;
  /** It is among the first so many, 1 by default. */
  within?: number;
  doublePinyin?: DoublePinyinLayout;
}

function jsonLines<T>(name: string): T[] {
  const text = readFileSync(new URL(`../cases/${name}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

describe('input habits', () => {
  const documents = documentsOf(jsonLines<unknown>('habit-places.jsonl').map(readPlaceRecord));
  const search = memorySearch(documents);
  const containers = containersOf(documents);

  for (const { habit, query, expect: id, within = 1, ...options } of jsonLines<HabitCase>(
    'habits.jsonl',
  )) {
    it(`${habit}: ${query} finds ${id}`, async () => {
      const found = await answerPlaceQuery(query, { ...options, containers }, search);
      const shown = found.slice(0, 5).map(({ id: got, score }) => `${got} (${score})`);
      const first = found.slice(0, within).map(({ id: got }) => got);
      expect(first, shown.join(' | ')).to.include(id);
    });
  }

  const ids = async (query: string, language = 'zh-Hant'): Promise<string[]> =>
    (await answerPlaceQuery(query, { language, limit: 100, containers }, search)).map(
      ({ id }) => id,
    );
  const spelled = documents.flatMap(({ id, names, country }) =>
    names
      .filter(({ pinyin }) => pinyin !== undefined)
      .map((name) => ({ id, name, country, key: name.key ?? name.text })),
  );

  it('find every name in Han by each of its spellings, and by their beginnings', async () => {
    const any = fc.constantFrom(...spelled).chain(({ id, name, key, country }) => {
      const spellings = taiwanSpellings(name.pinyin!, key, country);
      return spellings.length === 0
        ? fc.constant(null)
        : fc.record({ id: fc.constant(id), spelling: fc.constantFrom(...spellings) });
    });
    await fc.assert(
      fc.asyncProperty(any, async (one) => {
        if (one === null) return;
        expect(await ids(one.spelling)).to.include(one.id);
        for (let length = 2; length < one.spelling.length; length++) {
          expect(taiwanTyped(one.spelling.slice(0, length))).to.equal(
            one.spelling.slice(0, length),
          );
        }
      }),
      { numRuns: runs(150) },
    );
  });

  it('find every name with ü by v, u, yu and ü', async () => {
    const umlauts = spelled.filter(({ name }) => /\b[ln]ve?[1-5]/.test(name.pinyin!));
    expect(umlauts).to.not.have.lengthOf(0);
    for (const { id, name } of umlauts) {
      const letters = name.pinyin!.replace(/[1-5 ]/g, '');
      for (const ü of ['v', 'u', 'yu', 'ü', 'u:']) {
        const typed = letters.replaceAll('v', ü);
        expect(await ids(typed, 'zh-Hans'), typed).to.include(id);
      }
    }
  });

  it('find every name in Hangul by its initials, and by the keys of an English keyboard', async () => {
    const korean = documents.flatMap(({ id, names }) =>
      names.filter(({ text }) => /^[가-힣]{2,}$/u.test(text)).map(({ text }) => ({ id, text })),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...korean), async ({ id, text }) => {
        expect(await ids(choseongKey(text)!, 'ko')).to.include(id);
        expect(await ids(hangulToEnglish(text)!, 'ko')).to.include(id);
      }),
      { numRuns: runs(100) },
    );
  });

  it('never come before what has exactly that name', async () => {
    const taiwanese = spelled.filter(({ country }) => country === 'TW');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...taiwanese), async ({ name, key, country }) => {
        for (const spelling of taiwanSpellings(name.pinyin!, key, country)) {
          const both = documentsOf(
            [
              { id: 'habit', name: name.text, kind: 'town', country: 'TW' },
              { id: 'exact', name: 'Another', aliases: [spelling], kind: 'town', country: 'TW' },
            ].map(readPlaceRecord),
          );
          const found = await answerPlaceQuery(
            spelling,
            { language: 'zh-Hant' },
            memorySearch(both),
          );
          expect(found.map(({ id }) => id)).to.deep.equal(['exact', 'habit']);
        }
      }),
      { numRuns: runs(50) },
    );
  });

  it('are no guesses, but for keyboards in the wrong mode', async () => {
    const guesses = async (query: string): Promise<unknown> => {
      const [first] = await answerPlaceQuery(query, { containers, explain: true }, search);
      return [first!.id, first!.guess ?? false, first!.explain!.readAs];
    };
    expect(await guesses('chungli')).to.deep.equal(['tw-中壢區', false, undefined]);
    expect(await guesses('rkdskarn')).to.deep.equal(['kr-강남구', true, '강남구']);
  });

  it('look up no more than twice where every look-up is a request', async () => {
    for (const query of ['tjdnf rkdskarn', 'kaohsiung tsoying', '103ful6', 'ㅅㅇ ㄱㄴㄱ', 'bwjk']) {
      let requests = 0;
      await answerPlaceQuery(
        query,
        { language: 'ko', containers, fewRequests: true, doublePinyin: 'xiaohe' },
        (...asked) => {
          requests += 1;
          return search(...asked);
        },
      );
      expect(requests, query).to.be.at.most(2);
    }
  });

  it('have tables in folded Han, each entry of which says something', () => {
    for (const [word, syllables] of [...PLACE_READINGS.byFirst.values()].flat()) {
      expect(fold(word)).to.equal(word);
      expect(syllables).to.have.lengthOf(Array.from(word).length);
    }
    for (const [name, spellings] of Object.entries(POSTAL_SPELLINGS)) {
      const others = taiwanSpellings(pinyinOf(`${name}人`), fold(`${name}人`), 'CN');
      expect(others.length, name).to.be.greaterThan(0);
      for (const spelling of spellings.split(' ')) expect(spelling).to.match(/^[a-z]+$/);
    }
  });
});
