import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { PlaceRecord } from '../../lib/autocomplete/place.ts';
import {
  toPlaceDocument,
  type DocumentContext,
  type PlaceDocument,
} from '../../lib/autocomplete/record/document.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';

/** The file that the demo indexes. */
export const EXAMPLE_FILE: string = fileURLToPath(
  new URL('../../examples/data/places.jsonl', import.meta.url),
);

/** The records that the demo indexes. */
export function exampleRecords(): PlaceRecord[] {
  const lines = readFileSync(EXAMPLE_FILE, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => readPlaceRecord(JSON.parse(line)));
}

/** Documents of records, with their stated parents; word starts after 國立 and the like are given by hand. */
export function documentsOf(
  records: readonly PlaceRecord[],
  context: DocumentContext = {},
): PlaceDocument[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  return records.map((record) => {
    const parents: PlaceRecord[] = [];
    for (let id = record.parent; id !== undefined; id = parents.at(-1)?.parent) {
      parents.push(byId.get(id)!);
    }
    const wordStarts = (text: string): number[] => (text.startsWith('國立') ? [0, 2] : [0]);
    return toPlaceDocument(record, { parents, wordStarts, ...context });
  });
}
