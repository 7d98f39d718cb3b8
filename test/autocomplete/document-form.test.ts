import { createHash } from 'node:crypto';
import { expect } from 'chai';

import { loadDictionaries } from '../../lib/autocomplete/dictionaries.ts';
import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import { DOCUMENT_FORM } from '../../lib/autocomplete/record/document-form.ts';
import { toPlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { exampleRecords } from '../support/example-places.ts';
import { TEXT_CASE_PLACES } from '../support/text-places.ts';
import { readFileSync } from 'node:fs';

/** Digests of the documents of the corpus below, by form. Lines are only added. */
const DIGESTS: Readonly<Record<number, string>> = {
  1: '33305b8fd19ee1e21ac87d901ad7f9cf',
  2: '00dd74d014f96cc48e4b95e7c9ca6ca8',
  3: '2269606fed58bef8b202e428eb9c1a5a',
};

describe('DOCUMENT_FORM', () => {
  it('is another one whenever other documents are made', async () => {
    const records = [...exampleRecords(), ...textCaseRecords()];
    const known = new Map(records.map((record) => [record.id, record]));
    const { context } = await loadDictionaries({ chinese: true, japanese: true, cantonese: true });
    const hash = createHash('sha256');
    for (const record of records) {
      const parents: PlaceRecord[] = [];
      for (let id = record.parent; id !== undefined; id = parents.at(-1)!.parent) {
        parents.push(known.get(id)!);
      }
      hash.update(JSON.stringify(toPlaceDocument(record, { ...context, parents })));
    }
    const digest = hash.digest('hex').slice(0, 32);
    const toDo =
      'Other documents are made. Raise DOCUMENT_FORM in lib/autocomplete/record/document-form.ts, so that rebuilds ' +
      `copy none that were made before, and add a line to DIGESTS: "<form>: '${digest}',"`;
    expect(DIGESTS[DOCUMENT_FORM], toDo).to.equal(digest);
  });
});

function textCaseRecords(): PlaceRecord[] {
  const lines = readFileSync(TEXT_CASE_PLACES, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => readPlaceRecord(JSON.parse(line)));
}
