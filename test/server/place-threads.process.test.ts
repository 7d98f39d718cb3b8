import { expect } from 'chai';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { EngineError, OptionError } from '../../lib/errors.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { type PlaceThreads, placeThreads } from '../../lib/server/place-threads.ts';
import { makeStores, type Stores } from './rig.ts';
import { codeOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';

describe('placeThreads', () => {
  let stores: Stores;
  let threads: PlaceThreads;
  before(async () => {
    stores = await makeStores();
    threads = closeAtEnd(placeThreads({ dataDir: stores.dataDir, alias: 'places', count: 2 }));
    await threads.warm();
  });

  it('answer as the index does, many at once', async () => {
    const texts = ['板橋', 'banq', '基隆中正', '漢城', 'tokyo', '高熊', 'ㄅㄢˇ', ''];
    const options = { language: 'zh-Hant', limit: 3, near: { lat: 25, lon: 121.5 } };
    const expected = await Promise.all(texts.map((text) => stores.places.suggest(text, options)));
    const answers = await Promise.all(texts.map((text) => threads.suggest(text, options)));
    expect(answers).to.deep.equal(expected);
    expect(answers[0]![0]).to.include({ id: 'tw-banqiao' });
    expect(await threads.search('中正 基隆')).to.deep.equal(
      await stores.places.search('中正 基隆'),
    );
    expect(await threads.get('tw-banqiao')).to.deep.equal(await stores.places.get('tw-banqiao'));
    expect(await threads.get('nope')).to.equal(null);
  });

  it('answer for notes as their index does, with its errors', async () => {
    const engine = closeAtEnd(embedded({ dataDir: stores.dataDir }));
    const notes = new NoteIndex(engine);
    await notes.put([
      { id: 'a', title: '板橋的早餐', body: '板橋車站旁的豆漿很好喝。' },
      { id: 'b', title: '板橋的晚餐', body: '板橋夜市的米粉很好吃。' },
    ]);
    for (const text of ['板橋', '豆漿', '']) {
      expect(await threads.notes.search(text, { limit: 5 })).to.deep.equal(
        await notes.search(text, { limit: 5 }),
      );
    }
    expect(await threads.notes.like('a')).to.deep.equal(await notes.like('a'));
    expect(await threads.notes.get('a')).to.deep.equal(await notes.get('a'));
    expect(await codeOf(threads.notes.like('none'))).to.equal('NOTE_UNKNOWN');
    expect(await threads.notes.get('none')).to.equal(null);
  });

  it('reject with the errors of the index', async () => {
    const wrong = await threads.suggest('x', { limit: 0 }).catch((error: unknown) => error);
    expect(wrong).to.be.instanceOf(OptionError).with.property('code', 'LIMIT_INVALID');
    const own = await stores.places.suggest('x', { limit: 0 }).catch((error: unknown) => error);
    expect((wrong as Error).message).to.equal((own as Error).message);
    const none = placeThreads({ dataDir: stores.dataDir, alias: 'nowhere', count: 1 });
    const missing = await none.suggest('x').catch((error: unknown) => error);
    expect(missing).to.be.instanceOf(EngineError).with.property('code', 'INDEX_NOT_FOUND');
    await none.close();
  });

  it('reject at once when the signal aborts', async () => {
    const stop = new AbortController();
    const asked = threads.suggest('板橋', { signal: stop.signal }).catch((error: unknown) => error);
    stop.abort();
    expect(await asked).to.have.property('name', 'AbortError');
    expect(await threads.suggest('板橋')).to.have.length.above(0);
  });

  it('see what is written while they are open', async () => {
    await stores.places.put([{ id: 'new', name: '新地名', kind: 'town', country: 'TW' }]);
    expect((await threads.suggest('新地名'))[0]).to.include({ id: 'new' });
  });

  it('close what is under way, and twice', async () => {
    const short = placeThreads({ dataDir: stores.dataDir, alias: 'places', count: 1 });
    await short.warm();
    await short.close();
    await short.close();
  });
});
