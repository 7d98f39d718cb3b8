import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { NoteCache } from '../../lib/engines/embedded/note-cache.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import type { NoteHit } from '../../lib/notes/searches.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

describe('hits of notes that an embedded engine keeps', () => {
  it('are forgotten when another process writes, and are not what a caller gets', async () => {
    const dataDir = tempFolder();
    const [reader, writer] = [0, 1].map(() => new NoteIndex(closeAtEnd(embedded({ dataDir })))) as [
      NoteIndex,
      NoteIndex,
    ];
    const found = async (): Promise<[string, string[], number][]> =>
      (await reader.search('賞櫻')).notes.map(({ title, tags, score }) => [title, tags, score]);
    await writer.put([{ id: 'a', title: '陽明山', body: '賞櫻', tags: ['花'] }]);
    const first = await found();
    first[0]![1].push('changed by who asked');
    const again = await found();
    expect(again[0]).to.deep.equal(['陽明山', ['花'], first[0]![2]]);
    await writer.put([{ id: 'a', title: '阿里山', body: '賞櫻' }]);
    expect((await found()).map(([title, tags]) => [title, tags])).to.deep.equal([['阿里山', []]]);
    await writer.put([{ id: 'b', title: '武陵', body: '賞櫻' }]);
    expect((await found()).map(([title]) => title).sort()).to.deep.equal(['武陵', '阿里山']);
    await writer.delete(['a', 'b']);
    expect(await found()).to.deep.equal([]);
  });

  it('are the most recently used, and no more than fit', () => {
    const cache = new NoteCache();
    const hitOf = (id: string): NoteHit => ({ id }) as NoteHit;
    const units = 3_000_000;
    const known = (doc: number): string | undefined => cache.hit('r', 1, doc)?.id;
    expect(known(1)).to.equal(undefined);
    cache.add(hitOf('a'), { number: 1, doc: 1, units });
    cache.add(hitOf('b'), { number: 1, doc: 2, units });
    expect(known(1)).to.equal('a');
    cache.add(hitOf('c'), { number: 1, doc: 3, units });
    expect([1, 2, 3].map(known)).to.deep.equal(['a', undefined, 'c']);
    expect(cache.hit('r', 2, 1)).to.equal(null);
    cache.add(hitOf('long'), { number: 1, doc: 4, units: 3 * units });
    expect([1, 2, 3, 4].map(known)).to.deep.equal([undefined, undefined, undefined, undefined]);
    cache.add(hitOf('d'), { number: 1, doc: 5, units });
    expect(known(5)).to.equal('d');
    expect(cache.hit('another', 1, 5)).to.equal(null);
  });
});
