import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { RECORDS } from './records.ts';

describe('resumeOnly', () => {
  it('keeps what was begun where the source is another one, and says so', async () => {
    const index = closeAtEnd(new PlaceIndex(embedded({ dataDir: ':memory:' })));
    await index.rebuild(RECORDS, { prepareOnly: true });
    const refused: unknown = await index
      .rebuild(RECORDS.slice(1), { resumeOnly: true, maxFailed: 1000 })
      .catch((e: unknown) => e);
    expect(refused).to.include({ code: 'NOTHING_TO_RESUME' });
    expect((refused as Error).message).to.include('places-000001 was begun from other records');
    expect(await index.rebuild(RECORDS)).to.include({
      resumed: true,
      live: true,
      generation: 'places-000001',
    });
  });

  it('has nothing to go on with on a new engine', async () => {
    const index = closeAtEnd(new PlaceIndex(embedded({ dataDir: ':memory:' })));
    const refused: unknown = await index
      .rebuild(RECORDS, { resumeOnly: true })
      .catch((e: unknown) => e);
    expect(refused).to.include({ code: 'NOTHING_TO_RESUME' });
  });
});
