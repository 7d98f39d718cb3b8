import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf } from '../support/failures.ts';

describe('close of indexes that share an engine', () => {
  it('leaves the engine to the others until the last one, in any order and however often', async () => {
    const engine = embedded({ dataDir: ':memory:' });
    const places = new PlaceIndex(engine);
    const images = new ImageIndex(engine);
    const notes = new NoteIndex(engine);
    await notes.put([{ id: 'a', title: '賞櫻' }]);
    await places.close();
    await places.close();
    await images.close();
    expect(await notes.get('a')).to.include({ id: 'a' });
    await notes.close();
    expect(await codeOf(notes.get('a'))).to.equal('ENGINE_CLOSED');
    await notes.close();
  });

  it('is done for all by the engine itself', async () => {
    const engine = embedded({ dataDir: ':memory:' });
    const [places, notes] = [new PlaceIndex(engine), new NoteIndex(engine)];
    await engine.close();
    expect(await codeOf(places.get('a'))).to.equal('ENGINE_CLOSED');
    expect(await codeOf(notes.get('a'))).to.equal('ENGINE_CLOSED');
    await places.close();
  });
});
