import { readFileSync } from 'node:fs';
import { expect } from 'chai';

import { containersOf } from '../../lib/autocomplete/reading/containers.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import type { PlaceQueryOptions } from '../../lib/autocomplete/suggest/query.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import type { Suggestion } from '../../lib/autocomplete/suggest/suggestions.ts';
import { documentsOf, exampleRecords } from '../support/example-places.ts';
import { memorySearch } from '../support/memory-search.ts';

/** One line of test/cases/autocomplete.jsonl. */
interface Case {
  /** The behaviour, or why it is hard. */
  why: string;
  query: string;
  options: PlaceQueryOptions;
  /** Any of these ids is right. */
  expect: string[];
  /** One of them is among the first so many. */
  within: number;
  /** The label of that one. */
  label?: string;
  /** Ids that are all among the first five. */
  also?: string[];
  /** Other queries with the same ids in the same order. */
  same?: string[];
  status: 'pass' | 'known-failure';
  note?: string;
}

function jsonLines<T>(name: string): T[] {
  const lines = readFileSync(new URL(`../cases/${name}`, import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

describe('cases of autocomplete', () => {
  const own = jsonLines<unknown>('places.jsonl').map(readPlaceRecord);
  const documents = documentsOf([...exampleRecords(), ...own]);
  const search = memorySearch(documents);
  const containers = containersOf(documents);
  const ask = (text: string, options: PlaceQueryOptions): Promise<Suggestion[]> =>
    answerPlaceQuery(text, { ...options, containers }, search);

  async function fault(c: Case): Promise<string | null> {
    const found = await ask(c.query, c.options);
    const shown = found.slice(0, 5).map(({ id, label }) => `${id} (${label})`);
    const got = `got ${shown.join(' | ') || 'nothing'}`;
    const right = found.slice(0, c.within).find(({ id }) => c.expect.includes(id));
    if (!right) return `wants ${c.expect.join(' or ')} among the first ${c.within}, ${got}`;
    if (c.label !== undefined && right.label !== c.label) return `wants ${c.label}, ${got}`;
    const ids = found.map(({ id }) => id);
    const missing = (c.also ?? []).filter((id) => !ids.slice(0, 5).includes(id));
    if (missing.length > 0) return `wants ${missing.join(', ')} as well, ${got}`;
    for (const text of c.same ?? []) {
      const others = (await ask(text, c.options)).map(({ id }) => id);
      if (others.join() !== ids.join()) return `wants the same for ${text}, ${got}`;
    }
    return null;
  }

  for (const c of jsonLines<Case>('autocomplete.jsonl')) {
    const title = `${c.query} (${c.options.language}, ${c.why})`;
    if (c.status === 'pass') {
      it(`${title} finds ${c.expect.join(' or ')}`, async () => {
        expect(await fault(c)).to.equal(null);
      });
    } else {
      it(`${title} is not answered yet: ${c.note}`, async () => {
        expect(await fault(c), 'it is answered now: set its status to pass').to.not.equal(null);
      });
    }
  }
});
