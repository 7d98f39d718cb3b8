import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import fc from 'fast-check';

import { fold } from '../../lib/analyzers/fold.ts';
import { isReadable } from '../../lib/autocomplete/display/readable.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { readerOf } from '../../lib/autocomplete/suggest/reader.ts';
import type { Suggestion } from '../../lib/autocomplete/suggest/suggestions.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';
import { runs } from '../support/properties.ts';

/** One line of test/cases/labels.jsonl: what a native reader expects a place to be called in a list. */
interface Judgement {
  reader: string;
  typed: string;
  place: string;
  label: string;
  why: string;
}

const READERS = ['zh-TW', 'zh-HK', 'zh-MO', 'zh-CN', 'zh-SG', 'ja', 'ko', 'en'];

function linesOf<T>(name: string): T[] {
  const text = readFileSync(new URL(`../cases/${name}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

describe('labels', () => {
  const documents = documentsOf(linesOf<unknown>('label-places.jsonl').map(readPlaceRecord));
  const search = memorySearch(documents);
  const containers = containersOf(documents);
  const ask = (text: string, language: string, limit = 10): Promise<Suggestion[]> =>
    answerPlaceQuery(text, { language, containers, limit }, search);

  const judged = linesOf<Judgement>('labels.jsonl');
  for (const { reader, typed, place, label, why } of judged) {
    it(`${reader} ${typed} is ${label}: ${why}`, async () => {
      const found = await ask(typed, reader);
      const own = found.find(({ id }) => id === place);
      expect(own?.label, found.map((s) => s.label).join(' | ')).to.equal(label);
    });
  }

  it('are judged for each of the eight readers', () => {
    expect(judged).to.have.length.of.at.least(300);
    for (const reader of READERS) {
      expect(judged.filter((j) => j.reader === reader)).to.have.length.of.at.least(15);
    }
  });

  describe('whatever is typed', () => {
    const all = documentsOf([
      ...exampleRecords(),
      ...linesOf<{ id: string; parent?: string }>('label-places.jsonl').map((record) =>
        readPlaceRecord({
          ...record,
          id: `own-${record.id}`,
          ...(record.parent !== undefined && { parent: `own-${record.parent}` }),
        }),
      ),
    ]);
    const searchAll = memorySearch(all);
    const typed = all.flatMap(({ names }) => names.map(({ text }) => Array.from(text)));
    const query = fc
      .tuple(fc.constantFrom(...typed), fc.nat())
      .map(([chars, n]) => chars.slice(0, 1 + (n % chars.length)).join(''));

    it('are never equal in a list, repeat no part, and can be read where the data allow it', async () => {
      await fc.assert(
        fc.asyncProperty(query, fc.constantFrom(...READERS), async (text, reader) => {
          const { language } = readerOf(reader);
          const found = await answerPlaceQuery(text, { language: reader, limit: 20 }, searchAll);
          const keys = found.map(({ label }) => fold(label));
          expect(new Set(keys).size, keys.join(' | ')).to.equal(keys.length);
          for (const { id, label, name } of found) {
            const parts = label.split(', ').map(fold);
            expect(new Set(parts).size, label).to.equal(parts.length);
            const { names } = all.find((document) => document.id === id)!;
            const readable = names.some(
              (n) => n.kind === 'official' && isReadable(n.text, language),
            );
            expect(isReadable(name, language) || !readable, `${reader} ${name}`).to.equal(true);
          }
        }),
        { numRuns: runs(200) },
      );
    });
  });
});
