import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { askReadme, README_ROWS } from '../../eval/readme.ts';
import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';

describe('the table of inputs in the README', () => {
  const files = ['README.md', 'README.ja.md', 'README.zh-Hant.md', 'README.zh-Hans.md'];
  for (const file of files) {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| '));

    it(`has the rows that are asked: ${file}`, () => {
      for (const { typed, labels, unread } of README_ROWS) {
        // 臺北 and its forms are "the same place".
        const said = unread === undefined ? labels : [`unread: ${unread}`];
        const named = typed.includes('臺北') ? typed : [...typed, ...said];
        const row = rows.find((line) => named.every((part) => line.includes(part)));
        expect(row, named.join(' | ')).to.not.equal(undefined);
      }
    });
  }

  it('is what the example places say', async () => {
    const documents = documentsOf(exampleRecords());
    const containers = containersOf(documents);
    const search = memorySearch(documents);
    const answers = await askReadme({
      suggest: (text, options) => answerPlaceQuery(text, { ...options, containers }, search),
    });
    expect(answers).to.have.length.of.at.least(20);
    expect(answers.filter(({ holds }) => !holds)).to.deep.equal([]);
  });
});
