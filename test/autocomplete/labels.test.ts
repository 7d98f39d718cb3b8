import { readFileSync } from 'node:fs';

import { expect } from 'chai';
import fc from 'fast-check';

import { fold } from '../../lib/analyzers/fold.ts';
import type { LabelPreset } from '../../lib/autocomplete/display/label-styles.ts';
import { isReadable } from '../../lib/autocomplete/display/readable.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { readerOf } from '../../lib/autocomplete/suggest/reader.ts';
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
  /** It has to come first. */
  first?: true;
  style?: LabelPreset;
}

const READERS = ['zh-TW', 'zh-HK', 'zh-MO', 'zh-CN', 'zh-SG', 'ja', 'ko', 'en'];

function linesOf<T>(name: string): T[] {
  const text = readFileSync(new URL(`../cases/${name}`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** Judgements with the places that they are of; `-fresh` were written before any answer was looked at. */
const SETS = ['', '-fresh', '-fresh-2'];

describe('labels', () => {
  for (const set of SETS) {
    const documents = documentsOf(
      linesOf<unknown>(`label-places${set}.jsonl`).map(readPlaceRecord),
    );
    const search = memorySearch(documents);
    const containers = containersOf(documents);
    for (const judged of linesOf<Judgement>(`labels${set}.jsonl`)) {
      const { reader: language, typed, place, label, why, first = false, style } = judged;
      it(`${language} ${typed} is ${label}: ${why}`, async () => {
        const options = { language, containers, ...(style && { labelStyles: style }) };
        const found = await answerPlaceQuery(typed, options, search);
        const at = found.findIndex(({ id }) => id === place);
        expect(found[at]?.label, found.map((s) => s.label).join(' | ')).to.equal(label);
        if (first) expect(at).to.equal(0);
      });
    }
  }

  it('are judged for each of the eight readers', () => {
    const judged = linesOf<Judgement>('labels.jsonl');
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
          // Names that differ in a form of a character only are two texts, and stay two places.
          const labels = found.map(({ label }) => label);
          expect(new Set(labels).size, labels.join(' | ')).to.equal(labels.length);
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
