import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';

type Calls = Readonly<Record<string, () => Promise<unknown>>>;

const PLACE = { id: 'a', name: 'Ka', kind: 'poi', country: 'TW' };
const SPACE = { dimension: 2, spaceType: 'cosinesimil', dataType: 'float' } as const;

/** What every index has. */
function verbsOf(index: PlaceIndex | ImageIndex | NoteIndex): Calls {
  return {
    swap: () => index.swap(),
    rollback: () => index.rollback(),
    adopt: () => index.adopt(`${index.alias}-000001`),
    plan: () => index.plan(),
    gc: () => index.gc(),
    status: () => index.status(),
    unlock: () => index.unlock(),
    delete: () => index.delete(['a']),
    get: () => index.get('a'),
  };
}

async function all(found: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const one of found) list.push(one);
  return list;
}

/** Methods of an object of these classes that are for callers. */
function methodsOf(index: object): string[] {
  const found: string[] = [];
  let at = Object.getPrototypeOf(index) as object;
  for (; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor') found.push(name);
    }
  }
  return [...new Set(found)].sort();
}

/** Protected methods of these classes. */
const INNER = [
  'begin',
  'counted',
  'deleteDocuments',
  'indexBodyWith',
  'moved',
  'refuseClosed',
  'versionsOf',
  'writeDocuments',
];

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

  it('ends every verb of the closed ones, whatever they know, while others go on', async () => {
    const engine = closeAtEnd(embedded({ dataDir: ':memory:' }));
    const other = new NoteIndex(engine, { alias: 'other' });
    const places = new PlaceIndex(engine);
    const notes = new NoteIndex(engine);
    const images = new ImageIndex(engine, { model: { id: 'own', space: SPACE, threshold: 0.1 } });
    await places.rebuild([PLACE], { readings: 'data' });
    await places.suggest('ka');
    await notes.put([{ id: 'a', title: '賞櫻' }]);
    await images.add({ vector: [1, 0] }, { id: 'a' });
    const { document } = await images.prepare({ vector: [1, 1] }, { id: 'b' });
    const verbs: readonly [index: object, calls: Calls, pure: readonly string[]][] = [
      [
        places,
        {
          ...verbsOf(places),
          rebuild: () => places.rebuild([PLACE], { readings: 'data' }),
          suggest: () => places.suggest('ka'),
          search: () => places.search('ka'),
          containers: () => places.containers(),
          put: () => places.put([PLACE]),
          inspect: () => places.inspect(() => undefined),
          verify: () => places.verify([PLACE]),
        },
        ['check'],
      ],
      [
        notes,
        {
          ...verbsOf(notes),
          open: () => notes.open(),
          put: () => notes.put([{ id: 'b', title: '賞櫻' }]),
          add: () => notes.add([]),
          search: () => notes.search('賞櫻'),
          like: () => notes.like('a'),
          count: () => notes.count(),
          scan: () => all(notes.scan()),
          rebuild: () => notes.rebuild(),
        },
        [],
      ],
      [
        images,
        {
          ...verbsOf(images),
          open: () => images.open(),
          add: () => images.add({ vector: [1, 1] }, { id: 'b' }),
          findOrAdd: () => images.findOrAdd({ vector: [1, 1] }, { id: 'b' }),
          write: () => images.write([document]),
          similar: () => images.similar({ vector: [1, 1] }),
          duplicates: () => all(images.duplicates()),
          ingest: () => images.ingest([]),
          ingestVectors: () => images.ingestVectors('none.npy'),
          check: () => images.check(),
          purge: () => images.purge({ gone: true }),
          count: () => images.count(),
          scan: () => all(images.scan()),
          rebuild: () => images.rebuild(),
        },
        ['describe', 'prepare'],
      ],
    ];
    for (const index of [places, notes, images]) await index.close();
    for (const [index, calls, pure] of verbs) {
      const { name } = index.constructor;
      const known = [...Object.keys(calls), ...pure, 'close', ...INNER];
      expect(methodsOf(index), name).to.deep.equal(known.sort());
      for (const [verb, call] of Object.entries(calls)) {
        expect(await codeOf(call()), `${name}.${verb}`).to.equal('ENGINE_CLOSED');
      }
    }
    await other.put([{ id: 'a', title: '賞櫻' }]);
    expect(await other.get('a')).to.include({ id: 'a' });
    await other.close();
    expect(await codeOf(engine.count('other'))).to.equal('ENGINE_CLOSED');
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
