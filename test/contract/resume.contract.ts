import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import type { RebuildResult } from '../../lib/rebuild/options.ts';
import { RECORDS } from '../rebuild/records.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

/** What a rebuild promises on every engine. */
export function resumeContract(makeEngine: () => Engine): void {
  let dataDir: string;
  let engine: Engine;
  let index: PlaceIndex;
  beforeEach(() => {
    dataDir = tempFolder();
    engine = makeEngine();
    index = closeAtEnd(new PlaceIndex(engine, { dataDir }));
  });

  const MANY = Array.from({ length: 10_500 }, (_, i) => ({
    id: `p${i % 10_490}`,
    name: `Ka${i}`,
    kind: i % 5000 === 1234 ? 'planet' : 'poi',
    country: 'TW',
  }));
  const options = { maxFailed: 20, readings: 'data' } as const;
  const cutOff = async (at: number, source = MANY): Promise<void> => {
    const stop = new AbortController();
    const run = index.rebuild(source, {
      ...options,
      signal: stop.signal,
      onProgress: ({ stage, done }) => {
        if (stage === 'fill' && done >= at) stop.abort();
      },
    });
    expect(((await run.catch((e: unknown) => e)) as Error).name).to.equal('AbortError');
  };

  it('goes on where it was, with the same outcome as in one go', async () => {
    const whole = await new PlaceIndex(engine, { alias: 'whole', dataDir }).rebuild(MANY, options);
    await cutOff(8000);
    await cutOff(10_200);
    const result = await index.rebuild(MANY, options);
    expect(result).to.include({ resumed: true, generation: 'places-000001', live: true });
    expect(whole).to.include({ resumed: false, documents: 10_488, failed: 12 });
    const told = ({ documents, failed, records, parents }: RebuildResult): unknown => ({
      documents,
      failed,
      records,
      parents,
    });
    expect(told(result)).to.deep.equal(told(whole));
    const letters = [result, whole].map(({ deadLettersFile }) =>
      readFileSync(deadLettersFile!, 'utf8').split('\n').sort(),
    );
    expect(letters[0]).to.deep.equal(letters[1]);
    expect(result.deadLetters).to.have.length(12);
    expect(await engine.count('places')).to.equal(await engine.count('whole'));
    expect(await engine.listState('places', 'rebuild')).to.deep.equal([]);
  });

  it('begins anew where the source is another one', async () => {
    await cutOff(5500, MANY.slice(0, 5600));
    const result = await index.rebuild(MANY.slice(1, 5601), options);
    expect(result).to.include({ resumed: false, generation: 'places-000002' });
    expect((await index.status()).generations.map((g) => g.name)).to.deep.equal(['places-000002']);
  });

  it('is done where only the word of it was lost', async () => {
    await index.rebuild(RECORDS.slice(0, 10), { prepareOnly: true });
    await engine.swapAlias('places', null, 'places-000001');
    const result = await index.rebuild(RECORDS.slice(0, 10));
    expect(result).to.include({ resumed: true, live: true, generation: 'places-000001' });
    expect((await index.status()).generations).to.have.length(1);
  });

  it('is kept by gc', async () => {
    await cutOff(5500, MANY.slice(0, 5600));
    expect((await index.gc({ keep: 0 })).kept).to.deep.equal(['places-000001']);
  });
}
