import { expect } from 'chai';
import fc from 'fast-check';
import { occurrencesOf } from '../../lib/autocomplete/long-text/occurrences.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { countedTerms, weighedTerms } from '../../lib/notes/rank.ts';
import { noteQuery } from '../../lib/notes/query.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { pauses, TURN_UNITS } from '../../lib/turns.ts';
import { exampleRecords } from '../support/example-places.ts';
import { failureOf } from '../support/failures.ts';
import { runs, sized } from '../support/properties.ts';

/** Turns of the event loop that something else gets while work goes on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let timer: NodeJS.Immediate;
  const turn = (): void => {
    turns += 1;
    timer = setImmediate(turn);
  };
  timer = setImmediate(turn);
  await work();
  clearImmediate(timer);
  return turns;
}

describe('pauses', () => {
  it('gives others a turn after so many units, and none before', async () => {
    const pause = pauses();
    const work = (units: number) => async () => {
      for (let done = 0; done < units; done += 1000) await pause(1000);
    };
    expect(await turnsDuring(work(TURN_UNITS - 1000))).to.equal(0);
    expect(await turnsDuring(work(1000 + 20 * TURN_UNITS))).to.be.at.least(20);
  });

  it('ends the work where its signal says so', async () => {
    const stop = new AbortController();
    const pause = pauses(stop.signal);
    await pause(1);
    stop.abort(new Error('enough'));
    expect((await failureOf(pause(1))).message).to.equal('enough');
  });
});

describe('a search of long notes', () => {
  const LENGTH = 150_000;
  const NOTES = sized(40, 10);
  let index: NoteIndex;
  before(async function () {
    this.timeout(60_000);
    index = new NoteIndex(embedded({ dataDir: ':memory:' }));
    const body = 'temple garden river '.repeat(LENGTH / 20);
    for (let i = 0; i < NOTES; i++) await index.put([{ id: `n${i}`, title: `${i}`, body }]);
    await index.search('garden');
  });
  after(() => index.close());

  it('gives others a turn all along: while notes are read, judged and shown', async () => {
    const perPass = (NOTES * LENGTH) / TURN_UNITS / 2;
    const turns = await turnsDuring(() => index.search('garden river', { limit: NOTES }));
    // Once for each note: read, judged, read with its body, shown.
    expect(turns).to.be.at.least(4 * perPass);
    expect(await turnsDuring(() => index.like('n7', { limit: NOTES }))).to.be.at.least(4 * perPass);
  });

  it('ends in the middle where its signal says so', async () => {
    const stop = new AbortController();
    const turns = await turnsDuring(async () => {
      const found = failureOf(index.search('garden', { limit: NOTES, signal: stop.signal }));
      await new Promise((resolve) => setImmediate(resolve));
      stop.abort(new Error('enough'));
      expect((await found).message).to.equal('enough');
    });
    expect(turns).to.be.below(10);
  });
});

describe('a text search for places', () => {
  it('gives others a turn before and after each look-up', async () => {
    const index = new PlaceIndex(embedded({ dataDir: ':memory:' }));
    await index.rebuild(exampleRecords());
    await index.search('中山');
    expect(await turnsDuring(() => index.search('中山'))).to.be.at.least(2);
    expect(await turnsDuring(() => index.search('じょう・z じょ・z qwertz'))).to.be.at.least(4);
    await index.close();
  });
});

describe('weighedTerms', () => {
  it('looks for no more units of a long text than of a line, the rarest, and reads no more entries', () => {
    const text = Array.from({ length: 85 }, (_, i) => String.fromCharCode(0x4e00 + 7 * i)).join('');
    const query = noteQuery(text, {}, {});
    const counted = countedTerms(query);
    // Single characters of words count in what was found, and find nothing.
    const units = counted.filter((term) => !term.startsWith('c'));
    expect(units).to.have.length.above(80);
    const notes = { notes: 1e6, length: 1e8 };
    const sought = (having: number[]): string[] =>
      weighedTerms(query, { ...notes, having })
        .map(({ value }) => value)
        .filter((value) => units.includes(value));
    expect(sought(counted.map((_, i) => counted.length - i))).to.deep.equal(
      units.toReversed().slice(0, 32),
    );
    expect(sought(counted.map(() => 20_000))).to.have.length(4);
    expect(sought(counted.map(() => 0))).to.deep.equal([]);
  });
});

describe('occurrencesOf', () => {
  it('finds what indexOf finds, in order, whatever is looked for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '中', '山', ' ', '\u0000') });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), text, (values, within) => {
        const found: [number, number, number][] = [];
        occurrencesOf(values)(within, (at, which, end) => found.push([at, which, end]));
        const expected = values.flatMap((value, which) =>
          Array.from({ length: value === '' ? 0 : within.length }, (_, at) => at)
            .filter((at) => within.startsWith(value, at))
            .map((at) => [at, which, at + value.length]),
        );
        const ordered = [...found].sort((a, b) => a[0] - b[0]);
        expect(found).to.deep.equal(ordered);
        expect(new Set(found.map(String))).to.deep.equal(new Set(expected.map(String)));
        expect(found).to.have.length(expected.length);
      }),
      { numRuns: runs(300) },
    );
  });
});
