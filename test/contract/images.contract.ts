import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { hammingDistance } from '../../lib/knn/describe/hash.ts';
import type { ImageDocument } from '../../lib/knn/document.ts';
import { rankByHash, rankByVector } from '../../lib/knn/hits.ts';
import { imageMapping, type ImageMappingOptions, semanticOf } from '../../lib/knn/mapping.ts';
import type { HashSearch, VectorSearch } from '../../lib/knn/query.ts';
import {
  DEFAULT_SPACE,
  distanceBetween,
  semanticSpace,
  type VectorSpace,
} from '../../lib/knn/space.ts';
import { documentWith } from '../support/documents.ts';
import { hashOf, pictureWith, turned, vectorIn } from '../support/pictures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { codeOf } from '../support/failures.ts';

const SPACES: readonly VectorSpace[] = [
  DEFAULT_SPACE,
  { dimension: 8, spaceType: 'l2', dataType: 'float' },
  { dimension: 16, spaceType: 'cosinesimil', dataType: 'float' },
  { dimension: 5, spaceType: 'innerproduct', dataType: 'float' },
  { dimension: 12, spaceType: 'l2', dataType: 'byte' },
  { dimension: 12, spaceType: 'cosinesimil', dataType: 'byte' },
  { dimension: 64, spaceType: 'hamming', dataType: 'binary' },
];

/** What every engine promises about pictures. */
export function imagesContract(makeEngine: () => Engine): void {
  let engine: Engine;
  beforeEach(() => {
    engine = closeAtEnd(makeEngine());
  });

  const live = async (
    documents: ImageDocument[],
    space?: VectorSpace | ImageMappingOptions,
  ): Promise<string> => {
    const body = { ...imageMapping(space) };
    const { name } = await engine.createGeneration('images', body);
    for (let at = 0; at < documents.length; at += 500) {
      const page = documents.slice(at, at + 500);
      const outcomes = await engine.write(
        name,
        page.map((index) => ({ index })),
      );
      expect(outcomes.filter(({ status }) => status !== 201)).to.deep.equal([]);
    }
    await engine.finishGeneration(name);
    const before = (await engine.aliases()).find((a) => a.alias === 'images');
    await engine.swapAlias('images', before?.generation ?? null, name);
    return name;
  };
  const nearest = async (search: VectorSearch): Promise<[string, number][]> => {
    const { space, documents } = await engine.nearest('images', search);
    const hits = rankByVector(space, documents, search.vectors).slice(0, search.limit);
    return hits.map(({ id, distance }) => [id, distance]);
  };
  const byHash = async (search: HashSearch): Promise<string[]> =>
    (await engine.byHash('images', search)).map(({ id }) => id);

  for (const space of SPACES) {
    const { dimension, spaceType, dataType } = space;
    it(`finds the nearest of ${dimension} dimensions, ${dataType}, by ${spaceType}`, async () => {
      const random = seededRandom(dimension);
      const documents = Array.from({ length: 300 }, (_, i) => {
        const vector = vectorIn(space, random);
        const content = i % 3 === 0 ? { vector, trimmed: vectorIn(space, random) } : { vector };
        return pictureWith(`p${i}`, content, { space, fields: { odd: i % 2 === 1 } });
      });
      await live(documents, space);
      for (let n = 0; n < 5; n++) {
        const vectors = [vectorIn(space, random), vectorIn(space, random)];
        for (const filter of [undefined, { odd: true }]) {
          const among = documents.filter(({ fields }) => !filter || fields['odd'] === true);
          const wanted = rankByVector(space, among, vectors).slice(0, 10);
          const search = { vectors, limit: 10, exact: true, ...(filter ? { filter } : {}) };
          expect(await nearest(search)).to.deep.equal(
            wanted.map(({ id, distance }) => [id, distance]),
          );
        }
      }
    });
  }

  it('finds the nearest by the vectors of a second model, beside those of the views', async () => {
    const dimension = 24;
    const semantic = { id: 'second', dimension, made: { sha256: 'a', mean: [0.5, 0, 1] } };
    const random = seededRandom(24);
    const second = semanticSpace(dimension);
    const documents = Array.from({ length: 300 }, (_, at) =>
      pictureWith(
        `p${at}`,
        {
          ...(at % 3 === 0 ? {} : { vector: vectorIn(DEFAULT_SPACE, random) }),
          ...(at % 5 === 0 ? {} : { semantic: vectorIn(second, random) }),
        },
        { fields: { odd: at % 2 === 1 } },
      ),
    );
    await live([]);
    expect(await codeOf(nearest({ vectors: [[1]], limit: 1, field: 'semantic' }))).to.equal(
      'SEMANTIC_OFF',
    );
    const generation = await live(documents, { ...DEFAULT_SPACE, semantic });
    expect(semanticOf(await engine.indexBodyOf(generation))).to.deep.equal(semantic);
    const away = pictureWith('p7', { vector: documents[7]!.vector! });
    await engine.write(generation, [{ index: away }]);
    documents[7] = away;
    const [gone] = await engine.write(generation, [{ delete: 'p8' }]);
    expect(gone!.status).to.equal(200);
    const left = documents.filter(({ id }) => id !== 'p8');
    for (const { id } of documents.slice(0, 12)) {
      const kept = left.find((document) => document.id === id) ?? null;
      expect(await engine.get('images', id)).to.deep.equal(kept);
    }
    for (const filter of [undefined, { odd: true }]) {
      const vector = vectorIn(second, random);
      const among = left.filter(({ fields }) => !filter || fields['odd'] === true);
      const wanted = among
        .flatMap(({ id, semantic: own }) => (own ? [{ id, own }] : []))
        .map(({ id, own }) => ({ id, distance: distanceBetween(second, own, vector) }))
        .sort((a, b) => a.distance - b.distance)
        .slice(0, 10);
      const how = { vectors: [vector], limit: 10, exact: true, ...(filter ? { filter } : {}) };
      const { documents: found } = await engine.nearest('images', { ...how, field: 'semantic' });
      for (const { id } of wanted) expect(found.map((one) => one.id)).to.include(id);
      const views = { ...how, vectors: [vectorIn(DEFAULT_SPACE, random)] };
      const byViews = rankByVector(DEFAULT_SPACE, among, views.vectors).slice(0, 10);
      expect(await nearest(views)).to.deep.equal(byViews.map(({ id, distance }) => [id, distance]));
    }
    const fewer = [1, 2].map(() => vectorIn(semanticSpace(dimension - 1), random));
    const [wrong, plain] = await engine.write(generation, [
      { index: pictureWith('wrong', { semantic: fewer[0]! }) },
      { index: pictureWith('plain', { semantic: vectorIn(second, random) }) },
    ]);
    expect([wrong!.status, plain!.status]).to.deep.equal([400, 201]);
    const search = { vectors: [fewer[1]!], limit: 1, field: 'semantic' } as const;
    expect(await codeOf(nearest(search))).to.equal('VECTOR_INVALID');
  });

  it('finds the nearest without being told to be exact', async () => {
    const random = seededRandom(7);
    const documents = Array.from({ length: 400 }, (_, i) =>
      pictureWith(`p${i}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
    );
    await live(documents);
    let found = 0;
    for (let n = 0; n < 10; n++) {
      const vectors = [vectorIn(DEFAULT_SPACE, random)];
      const wanted = rankByVector(DEFAULT_SPACE, documents, vectors).slice(0, 10);
      const got = new Set((await nearest({ vectors, limit: 10, efSearch: 200 })).map(([id]) => id));
      found += wanted.filter(({ id }) => got.has(id)).length;
    }
    expect(found).to.be.at.least(97);
  });

  it('gives a thousand and more, all of them once', async () => {
    const random = seededRandom(8);
    const space: VectorSpace = { dimension: 4, spaceType: 'l2', dataType: 'float' };
    const documents = Array.from({ length: 1500 }, (_, i) =>
      pictureWith(`p${i}`, { vector: vectorIn(space, random) }, { space }),
    );
    await live(documents, space);
    const vectors = [vectorIn(space, random)];
    const hits = await nearest({ vectors, limit: 1200, exact: true });
    expect(hits).to.deep.equal(
      rankByVector(space, documents, vectors)
        .slice(0, 1200)
        .map(({ id, distance }) => [id, distance]),
    );
  });

  it('gives pictures back as they were written', async () => {
    const random = seededRandom(9);
    const full = pictureWith(
      'https://example.com/清水寺.jpg?size=1&x="y"',
      {
        ...{ sha256: hashOf(random), blockhash: hashOf(random), dctHash: hashOf(random) },
        ...{ bytes: 4, format: 'jpeg', width: 640, height: 480, color: '#a0b0c0', quality: 77 },
        ...{ vector: vectorIn(DEFAULT_SPACE, random), trimmed: vectorIn(DEFAULT_SPACE, random) },
      },
      { fields: { country: 'JP', tags: ['寺', 'temple'], stars: 4.5, night: false } },
    );
    const bare = pictureWith('bare', {});
    await live([full, bare]);
    expect(await engine.get('images', full.id)).to.deep.equal(full);
    expect(await engine.get('images', 'bare')).to.deep.equal(bare);
    expect(await engine.get('images', 'none')).to.equal(null);
    const scanned: ImageDocument[] = [];
    for await (const document of engine.scan<ImageDocument>('images')) scanned.push(document);
    expect(scanned).to.deep.equal([bare, full]);
  });

  it('finds every hash within 31 bits, and none beyond', async () => {
    const random = seededRandom(10);
    const query = hashOf(random);
    const documents = Array.from({ length: 400 }, (_, i) => {
      const bits = Array.from({ length: i % 50 }, () => Math.floor(random() * 256));
      const dctHash = turned(query, [...new Set(bits)]);
      return pictureWith(`p${i}`, { dctHash }, { fields: { odd: i % 2 === 1 } });
    });
    await live(documents);
    for (const maxDistance of [0, 1, 13, 31]) {
      const near = rankByHash(documents, query).filter(({ distance }) => distance <= maxDistance);
      const search = { field: 'dctHash' as const, value: query, maxDistance, limit: 1000 };
      expect(await byHash(search), String(maxDistance)).to.deep.equal(near.map(({ id }) => id));
      expect(await byHash({ ...search, limit: 5 })).to.deep.equal(
        near.slice(0, 5).map(({ id }) => id),
      );
      const odd = near.filter(({ document }) => document.fields['odd'] === true);
      expect(await byHash({ ...search, filter: { odd: true } })).to.deep.equal(
        odd.map(({ id }) => id),
      );
    }
    expect(hammingDistance(query, documents[49]!.dctHash!)).to.be.greaterThan(31);
  });

  it('finds pictures of the same bytes and of the same block hash, by id', async () => {
    const random = seededRandom(11);
    const [sha256, blockhash] = [hashOf(random), hashOf(random)];
    await live([
      pictureWith('b', { sha256 }),
      pictureWith('a', { sha256, blockhash }),
      pictureWith('c', { sha256: hashOf(random), blockhash }),
    ]);
    expect(await byHash({ field: 'sha256', value: sha256, limit: 9 })).to.deep.equal(['a', 'b']);
    expect(await byHash({ field: 'blockhash', value: blockhash, limit: 9 })).to.deep.equal([
      'a',
      'c',
    ]);
    expect(await byHash({ field: 'sha256', value: blockhash, limit: 9 })).to.deep.equal([]);
  });

  it('filters by several fields, each with one or more values', async () => {
    const random = seededRandom(12);
    const vector = vectorIn(DEFAULT_SPACE, random);
    const fields = [
      { country: 'TW', tags: ['a', 'b'] },
      { country: 'JP', tags: ['a'] },
      { country: 'TW', tags: ['c=d'] },
      { country: 'T', stars: 3 },
    ];
    await live(fields.map((one, i) => pictureWith(`p${i}`, { vector }, { fields: one })));
    const found = async (filter: VectorSearch['filter']): Promise<string[]> => {
      const search = { vectors: [vector], limit: 10, ...(filter ? { filter } : {}) };
      return (await nearest(search)).map(([id]) => id);
    };
    expect(await found(undefined)).to.deep.equal(['p0', 'p1', 'p2', 'p3']);
    expect(await found({ country: 'TW' })).to.deep.equal(['p0', 'p2']);
    expect(await found({ country: ['TW', 'JP'], tags: 'a' })).to.deep.equal(['p0', 'p1']);
    expect(await found({ tags: ['c=d'] })).to.deep.equal(['p2']);
    expect(await found({ stars: 3 })).to.deep.equal(['p3']);
    expect(await found({ country: 'T', stars: 4 })).to.deep.equal([]);
  });

  it('searches what is put into, replaced in and deleted from a live index', async () => {
    const random = seededRandom(13);
    const [one, two] = [vectorIn(DEFAULT_SPACE, random), vectorIn(DEFAULT_SPACE, random)];
    const [hash, other] = [hashOf(random), hashOf(random)];
    await live([pictureWith('a', { vector: one, dctHash: hash }, { fields: { n: 1 } })]);
    const write = async (index: ImageDocument): Promise<void> => {
      await engine.write('images', [{ index }]);
    };
    const search: HashSearch = { field: 'dctHash', value: hash, maxDistance: 31, limit: 9 };
    await write(pictureWith('b', { vector: one, dctHash: hash }));
    expect(await byHash(search)).to.deep.equal(['a', 'b']);
    await write(pictureWith('a', { vector: two, dctHash: other }, { fields: { n: 2 } }));
    expect(await byHash(search)).to.deep.equal(['b']);
    const near = { vectors: [one], limit: 1 };
    expect((await nearest(near)).map(([id]) => id)).to.deep.equal(['b']);
    expect(await nearest({ ...near, filter: { n: 1 } })).to.deep.equal([]);
    await engine.write('images', [{ delete: 'b' }]);
    expect(await byHash(search)).to.deep.equal([]);
    expect((await nearest({ vectors: [one], limit: 9 })).map(([id]) => id)).to.deep.equal(['a']);
    expect(await engine.count('images')).to.equal(1);
  });

  it('refuses vectors of another length, zero and endless ones, each by itself', async () => {
    await live([]);
    const random = seededRandom(14);
    const good = pictureWith('good', { vector: vectorIn(DEFAULT_SPACE, random) });
    const bad = (id: string, vector: number[]): { index: ImageDocument } => ({
      index: { ...good, id, vector },
    });
    const outcomes = await engine.write('images', [
      bad('short', [1, 2, 3]),
      bad(
        'zero',
        Array.from({ length: 132 }, () => 0),
      ),
      { index: good },
      bad('nan', [...good.vector!.slice(1), NaN]),
      bad('endless', [...good.vector!.slice(1), Infinity]),
    ]);
    expect(outcomes.map(({ id, status }) => [id, status])).to.deep.equal([
      ['short', 400],
      ['zero', 400],
      ['good', 201],
      ['nan', 400],
      ['endless', 400],
    ]);
    for (const vector of [[1], [...good.vector!.slice(1), NaN], good.vector!.map(() => 0)]) {
      expect(await codeOf(nearest({ vectors: [vector], limit: 1 }))).to.equal('VECTOR_INVALID');
    }
    expect(await codeOf(nearest({ vectors: [good.vector!], limit: 0 }))).to.equal('LIMIT_INVALID');
    const search = { field: 'dctHash' as const, value: 'x', limit: 1 };
    expect(await codeOf(byHash(search))).to.equal('HASH_INVALID');
    const far = { ...search, value: hashOf(random), maxDistance: 32 };
    expect(await codeOf(byHash(far))).to.equal('HASH_DISTANCE_INVALID');
  });

  it('keeps places and pictures apart', async () => {
    await live([]);
    const place = documentWith('place', 1, { name: ['a'] });
    const [refused] = await engine.write('images', [{ index: place }]);
    expect(refused).to.include({ id: 'place', status: 400 });
    const { name } = await engine.createGeneration('places', { ...placeMapping() });
    const [other] = await engine.write(name, [{ index: pictureWith('p', {}) }]);
    expect(other).to.include({ id: 'p', status: 400 });
    const vector = vectorIn(DEFAULT_SPACE, seededRandom(15));
    expect(await codeOf(engine.nearest(name, { vectors: [vector], limit: 1 }))).to.equal(
      'INDEX_OTHER',
    );
    const missing = engine.nearest('nothing', { vectors: [vector], limit: 1 });
    expect(await codeOf(missing)).to.equal('INDEX_NOT_FOUND');
  });

  it('follows its alias to an index of another dimension', async () => {
    const random = seededRandom(16);
    const space: VectorSpace = { dimension: 8, spaceType: 'l2', dataType: 'float' };
    await live([pictureWith('a', { vector: vectorIn(DEFAULT_SPACE, random) })]);
    expect(await nearest({ vectors: [vectorIn(DEFAULT_SPACE, random)], limit: 1 })).to.have.length(
      1,
    );
    await live([pictureWith('b', { vector: vectorIn(space, random) }, { space })], space);
    const hits = await nearest({ vectors: [vectorIn(space, random)], limit: 1 });
    expect(hits.map(([id]) => id)).to.deep.equal(['b']);
  });

  it('orders pictures that are as near by id', async () => {
    const random = seededRandom(17);
    const [vector, dctHash] = [vectorIn(DEFAULT_SPACE, random), hashOf(random)];
    await live(['c', 'a', 'b'].map((id) => pictureWith(id, { vector, dctHash })));
    const hits = await nearest({ vectors: [vector], limit: 2, exact: true });
    expect(hits.map(([id]) => id)).to.deep.equal(['a', 'b']);
    const search = { field: 'dctHash' as const, value: dctHash, maxDistance: 9, limit: 2 };
    expect(await byHash(search)).to.deep.equal(['a', 'b']);
  });
}
