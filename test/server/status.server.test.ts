import { expect } from 'chai';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { makeStores, type Rig, serveOn, type Stores } from './rig.ts';

interface Answer {
  indexes: {
    alias: string;
    generations: { name: string; state: string; documents: number; failed?: number }[];
    rebuild: { stage: string; running: boolean; documents: number; failed: number } | null;
  }[];
}

describe('GET /status', () => {
  let stores: Stores;
  let rig: Rig;

  before(async () => {
    stores = await makeStores();
    const { places, images } = stores;
    rig = await serveOn({ places, images, status: [places, images] });
  });

  const status = async (): Promise<Answer> =>
    (await (await fetch(`${rig.url}/status`)).json()) as Answer;

  it('tells the generations of each index', async () => {
    const { indexes } = await status();
    const told = indexes.map(({ alias, generations, rebuild }) => [
      alias,
      rebuild,
      ...generations.map(({ name, state, documents, failed }) => [name, state, documents, failed]),
    ]);
    expect(told).to.deep.equal([
      ['places', null, ['places-000001', 'live', 481, 0]],
      ['images', null, ['images-000001', 'live', 2, undefined]],
    ]);
  });

  it('tells of a rebuild that runs, and not by whom; then that it was cut off', async () => {
    const writer = new PlaceIndex(embedded({ dataDir: stores.dataDir }));
    const stop = new AbortController();
    let passes = 0;
    const cutOff = function* (): Generator {
      passes += 1;
      yield { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' };
      // The third pass writes the documents; the second looks for parents.
      if (passes === 3) stop.abort();
      yield { id: 'tpe', name: '臺北市', kind: 'city', country: 'TW', parent: 'tw' };
    };
    let seen = '';
    const broken = await writer
      .rebuild(cutOff, { signal: stop.signal })
      .catch((error: unknown) => error);
    expect(broken).to.have.property('name', 'AbortError');
    const cut = (await status()).indexes[0]!;
    expect(cut.rebuild).to.include({ generation: 'places-000002', running: false, of: 481 });
    expect(cut.generations.map(({ state }) => state)).to.deep.equal(['live', 'building']);

    const records = [{ id: 'tw', name: '臺灣', kind: 'country', country: 'TW' }];
    await writer.rebuild(async function* () {
      seen = await (await fetch(`${rig.url}/status`)).text();
      yield* records;
    });
    expect((JSON.parse(seen) as Answer).indexes[0]!.rebuild).to.include({ running: true });
    expect(seen).not.to.match(/"(pid|host|holder)"/);
    const { rebuild, generations } = (await status()).indexes[0]!;
    expect(rebuild).to.equal(null);
    expect(generations.find(({ state }) => state === 'live')!.documents).to.equal(1);
    await writer.close();
  });

  it('is not there where no index is named', async () => {
    const { places } = stores;
    const other = await serveOn({ places });
    expect((await fetch(`${other.url}/status`)).status).to.equal(404);
    await other.stop();
  });
});
