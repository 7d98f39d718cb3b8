import { expect } from 'chai';
import { seededRandom } from '../../bench/statistics.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { entryOf, nearestIn } from '../../lib/engines/embedded/image-search.ts';
import { vectorGraphs } from '../../lib/engines/embedded/graphs.ts';
import { openStore } from '../../lib/engines/embedded/store.ts';
import { vectorScans } from '../../lib/engines/embedded/vector-scans.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { hammingDistance } from '../../lib/knn/describe/hash.ts';
import type { ImageDocument } from '../../lib/knn/document.ts';
import { rankByVector } from '../../lib/knn/hits.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { hashOf, pictureWith, turned, vectorIn } from '../support/pictures.ts';
import { fillWithVectors, SPACE } from './vectors.ts';

describe('vectors that are kept in memory', () => {
  const random = seededRandom(17);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const picture = (id: string): ImageDocument =>
    pictureWith(
      id,
      {
        vector: vectorIn(SPACE, random),
        trimmed: vectorIn(SPACE, random),
        dctHash: hashOf(random),
      },
      { space: SPACE, fields: { odd: Math.floor(random() * 2) } },
    );

  async function expectNearest(engine: Engine, there: readonly ImageDocument[]): Promise<void> {
    const vector = vectorIn(SPACE, random);
    for (const filter of [undefined, { odd: 1 }]) {
      const among = filter ? there.filter(({ fields }) => fields['odd'] === 1) : there;
      const search = { vectors: [vector], limit: 5, ...(filter && { filter }) };
      const { documents } = await engine.nearest('images', search);
      const ids = (all: readonly ImageDocument[]): string[] =>
        rankByVector(SPACE, all, [vector])
          .slice(0, 5)
          .map(({ id }) => id);
      expect(ids(documents)).to.deep.equal(ids(among));
      const value = turned(pick(there).dctHash!, [3, 77, 200].slice(Math.floor(random() * 3)));
      const near = among
        .map(({ id, dctHash }) => ({ id, distance: hammingDistance(dctHash!, value) }))
        .filter(({ distance }) => distance <= 31)
        .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
      const hashes = {
        field: 'dctHash',
        value,
        maxDistance: 31,
        limit: 5,
        ...(filter && { filter }),
      } as const;
      const found = await engine.byHash('images', hashes);
      expect(found.map(({ id }) => id)).to.deep.equal(near.slice(0, 5).map(({ id }) => id));
    }
  }

  for (const [title, options] of [
    ['in one process', {}],
    ['where the machine has little memory', { resident: false }],
  ] as const) {
    it(`follow every write of another handle, ${title}`, async () => {
      const dataDir = tempFolder();
      const writer = closeAtEnd(embedded({ dataDir, threads: 0 }));
      const reader = closeAtEnd(embedded({ dataDir, threads: 0, readOnly: true, ...options }));
      const { name } = await writer.createGeneration('images', { ...imageMapping(SPACE) });
      await writer.finishGeneration(name);
      await writer.swapAlias('images', null, name);
      const there = new Map<string, ImageDocument>();
      for (let round = 0; round < 40; round++) {
        const operations = Array.from({ length: 1 + Math.floor(random() * 30) }, () => {
          const id =
            there.size > 150 || random() < 0.3 ? pick([...there.keys(), 'x']) : `i${random()}`;
          if (random() < 0.4) {
            there.delete(id);
            return { delete: id };
          }
          const index = picture(id);
          there.set(id, index);
          return { index };
        });
        await writer.write('images', operations);
        if (there.size === 0) continue;
        for (const engine of [reader, writer]) await expectNearest(engine, [...there.values()]);
      }
    });
  }

  it('are found where most of those that were near have been deleted', async () => {
    const engine = closeAtEnd(embedded({ dataDir: tempFolder(), threads: 0 }));
    const documents = await fillWithVectors(engine, 3000);
    const vector = vectorIn(SPACE, random);
    const ranked = rankByVector(SPACE, documents, [vector]).map(({ id }) => id);
    const search = { vectors: [vector], limit: 3 };
    await engine.nearest('images', search);
    const gone = ranked.slice(0, 2900).filter((_, i) => i % 2 === 0);
    await engine.write(
      'images',
      gone.map((id) => ({ delete: id })),
    );
    const { documents: found } = await engine.nearest('images', search);
    expect(rankByVector(SPACE, found, [vector]).map(({ id }) => id)).to.deep.equal([
      ranked[1],
      ranked[3],
      ranked[5],
    ]);
  });

  it('are shared among threads, none left out', async () => {
    const dataDir = tempFolder();
    const engine = closeAtEnd(embedded({ dataDir, threads: 0 }));
    const documents = await fillWithVectors(engine, 9500);
    const store = openStore({ dataDir, readOnly: true, busyTimeoutMs: 5000 });
    closeAtEnd(store);
    const graphs = vectorGraphs(store, { from: Infinity, readOnly: true, warn: () => undefined });
    const files = { store, graphs, scans: vectorScans(store) };
    const entry = await entryOf(store, 'images');
    for (let round = 0; round < 10; round++) {
      if (round === 5) {
        const added = Array.from({ length: 3000 }, (_, i) => picture(`new${i}`));
        documents.push(...added);
        await engine.write(
          'images',
          added.map((index) => ({ index })),
        );
      }
      const vectors = [vectorIn(SPACE, random), vectorIn(SPACE, random)];
      const search = { vectors, limit: 10 };
      const found: ImageDocument[] = [];
      for (const part of [0, 1, 2]) {
        const share = { part, parts: 3 };
        found.push(...(await nearestIn(files, entry, search, share)).documents);
      }
      expect(new Set(found.map(({ id }) => id))).to.have.property('size', found.length);
      const ids = (all: ImageDocument[]): string[] =>
        rankByVector(SPACE, all, vectors)
          .slice(0, 10)
          .map(({ id }) => id);
      expect(ids(found)).to.deep.equal(ids(documents));
    }
  });

  it('that are damaged are told, and not passed over', async () => {
    const dataDir = tempFolder();
    const engine = closeAtEnd(embedded({ dataDir, threads: 0 }));
    await fillWithVectors(engine, 20);
    const store = openStore({ dataDir, readOnly: false, busyTimeoutMs: 5000 });
    closeAtEnd(store);
    await store.writing((database) => {
      database.exec(`update g1_view set v = x'00' where view = 7`);
    });
    const failure = await engine
      .nearest('images', { vectors: [vectorIn(SPACE, random)], limit: 3 })
      .catch((error: unknown) => error);
    expect(failure).to.include({ code: 'FILE_DAMAGED' });
    expect(String(failure)).to.include('view 7').and.include('g1_view');
  });
});
