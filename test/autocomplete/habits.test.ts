import { readFileSync } from 'node:fs';
import { expect } from 'chai';

import type { DoublePinyinLayout } from '../../lib/analyzers/double-pinyin.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { documentsOf } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';

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
});
