import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';

import { seededRandom } from '../../bench/statistics.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { ImageIndex, type ImageModel, type PictureSource } from '../../lib/image-index.ts';
import type { ModelDecoder } from '../../lib/ingest/decode/decoder-processes.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import type { DuplicateGroup } from '../../lib/knn/similar/duplicates.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { ALPS, BOATS, CAT, drawn, FLOWER } from '../knn/photos.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { codeOf, failureOf } from '../support/failures.ts';

const PHOTOS = { boats: BOATS, cat: CAT, alps: ALPS, flower: FLOWER };

/** A second model as a decoder runs it: the mean of each colour, from a grey of 120. */
function meanColors(id = 'mean'): ModelDecoder {
  return {
    openModel: () => Promise.resolve({ id, dimension: 3, made: { sha256: id } }),
    embed: async (bytes) => {
      const { channels } = await sharp(bytes).removeAlpha().toColourspace('srgb').stats();
      return channels.map(({ mean }) => mean - 120);
    },
  };
}

/** What an image index promises over every engine. */
export function imageIndexContract(makeEngine: () => Engine): void {
  let engine: Engine;
  let index: ImageIndex;
  beforeEach(() => {
    engine = closeAtEnd(makeEngine());
    index = new ImageIndex(engine);
  });

  const model: ImageModel = {
    id: 'mine-8',
    space: { dimension: 8, spaceType: 'innerproduct', dataType: 'float' },
    threshold: -0.9,
  };
  const addAll = async (): Promise<void> => {
    for (const [id, bytes] of Object.entries(PHOTOS)) await index.add(bytes, { id });
  };
  const rulesOf = async (picture: Uint8Array): Promise<[string, string]> => {
    const [best] = await index.similar(picture, { limit: 3 });
    return [best!.id, best!.rule];
  };
  const groups = async (): Promise<[string, string[]][]> => {
    const found: DuplicateGroup[] = [];
    for await (const group of index.duplicates()) found.push(group);
    return found.map(({ best, others }) => [best.id, others.map(({ id }) => id).sort()]);
  };

  it('finds a picture or adds it, and of many that ask at once one adds it', async () => {
    const edits = await Promise.all([
      ...[90, 60, 40].map((quality) => sharp(CAT).jpeg({ quality }).toBuffer()),
      ...[CAT, CAT].map((photo) => sharp(photo).flop().jpeg().toBuffer()),
    ]);
    const answers = await Promise.all(
      edits.map((photo, at) => index.findOrAdd(photo, { id: `cat ${at}`, fields: { at } })),
    );
    const added = answers.flatMap((answer) => answer.added?.document.id ?? []);
    expect(added).to.have.lengthOf(1);
    for (const { found } of answers) if (found) expect(found.id).to.equal(added[0]);
    expect(answers.filter(({ found }) => found)).to.have.lengthOf(edits.length - 1);
    const other = await index.findOrAdd(FLOWER, { id: 'flower' });
    expect([other.found, other.added?.document.id]).to.deep.equal([null, 'flower']);
    expect(await index.count()).to.equal(2);
  });

  it('refuses what is no picture, and duplicates by vectors that have no threshold', async () => {
    for (const picture of [[{ vector: [1] }], {}, { width: 5 }] as unknown as PictureSource[]) {
      expect(await codeOf(index.add(picture, { id: 'x' }))).to.equal('PICTURE_INVALID');
    }
    const without = { ...model, threshold: null };
    const { threshold: _, ...unsaid } = model;
    expect(() => new ImageIndex(engine, { model: unsaid as ImageModel })).to.throw('threshold');
    const own = new ImageIndex(engine, { alias: 'without', model: without });
    await own.open();
    expect(await codeOf(own.duplicates().next())).to.equal('THRESHOLD_MISSING');
    expect(await own.duplicates({ maxDistance: 0 }).next()).to.deep.equal({
      done: true,
      value: undefined,
    });
  });

  it('takes a file of vectors in, and goes on where it was stopped', async () => {
    const own = new ImageIndex(engine, { alias: 'own', model });
    const path = join(tempFolder(), 'vectors.jsonl');
    const count = 3500;
    const records = Array.from({ length: count }, (_, at) => ({
      id: `v${String(at).padStart(5, '0')}`,
      vector: Array.from({ length: 8 }, (__, i) => Math.fround(Math.sin(at * 8 + i))),
      fields: { country: at % 2 ? 'TW' : 'JP' },
    }));
    writeFileSync(path, records.map((record) => JSON.stringify(record)).join('\n'));
    const stop = new AbortController();
    const stopped = own.ingestVectors(path, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    expect(await stopped.then(null, (error: Error) => error.message)).to.equal('enough');
    const result = await own.ingestVectors(path);
    expect(result.resumedAt).to.be.within(1000, count - 1);
    expect(result.failed).to.equal(0);
    expect(result.added + result.replaced).to.equal(count);
    expect(await own.count()).to.equal(count);
    const again = await own.ingestVectors(path);
    expect([again.resumedAt, again.replaced]).to.deep.equal([0, count]);
    const [best] = await own.similar({ vector: records[1234]!.vector }, { limit: 1 });
    expect(best!.rule).to.equal('near-vector');
    expect(await codeOf(index.ingestVectors(path))).to.equal('MODEL_MISSING');
  });

  it('finds copies of a picture, and says by which rule', async () => {
    await addAll();
    expect(await rulesOf(BOATS)).to.deep.equal(['boats', 'same-bytes']);
    const smaller = await sharp(BOATS).resize(300).jpeg({ quality: 70 }).toBuffer();
    const [id, rule] = await rulesOf(smaller);
    expect(id).to.equal('boats');
    expect(['same-hash', 'near-hash']).to.include(rule);
    const mirrored = await sharp(BOATS).flop().jpeg().toBuffer();
    expect(await rulesOf(mirrored)).to.deep.equal(['boats', 'near-vector']);
    const framed = await sharp(BOATS)
      .resize(300)
      .extend({ top: 60, bottom: 60, background: '#000' })
      .jpeg()
      .toBuffer();
    expect(await rulesOf(framed)).to.deep.equal(['boats', 'near-vector']);
  });

  it('shows what else is near, and marks it as no copy', async () => {
    await addAll();
    const found = await index.similar({ id: 'boats' }, { limit: 10 });
    expect(found.map(({ id }) => id).sort()).to.deep.equal(['alps', 'cat', 'flower']);
    expect(new Set(found.map(({ rule }) => rule))).to.deep.equal(new Set(['nearest']));
    const distances = found.map(({ distance }) => distance!);
    expect(distances).to.deep.equal([...distances].sort((a, b) => a - b));
    expect(found[0]!.document).to.not.have.any.keys('vector', 'trimmed', 'slots', 'terms');
    expect(await index.similar({ id: 'boats' }, { maxDistance: 0.1 })).to.deep.equal([]);
    // The picture itself, which engines find too, is not one of those that were asked for.
    for (const limit of [1, 2, 3]) {
      const nearest = await index.similar({ id: 'boats' }, { limit });
      expect(nearest).to.deep.equal(found.slice(0, limit));
    }
  });

  it('groups copies around the best one, and leaves single pictures out', async () => {
    await addAll();
    const small = await sharp(BOATS).resize(200).jpeg().toBuffer();
    await index.add(small, { id: 'small' });
    await index.add(await sharp(BOATS).flop().resize(150).png().toBuffer(), {
      id: 'mirrored',
    });
    await index.add(CAT, { id: 'zz-same-bytes' });
    const found = new Map(await groups());
    expect(found.get('boats')).to.deep.equal(['mirrored', 'small']);
    expect(found.get('cat')).to.deep.equal(['zz-same-bytes']);
    expect(found.size).to.equal(2);
  });

  it('takes flat pictures, and finds them by their bytes only', async () => {
    const flat = async (background: string): Promise<Buffer> =>
      sharp({ create: { width: 64, height: 64, channels: 3, background } })
        .png()
        .toBuffer();
    const { warnings, document } = await index.add(await flat('#f00'), { id: 'red' });
    expect(warnings).to.deep.equal(['TOO_PLAIN']);
    expect(document).to.not.have.any.keys('vector', 'dctHash', 'blockhash');
    await index.add(await flat('#00f'), { id: 'blue' });
    const found = await index.similar(await flat('#f00'));
    expect(found.map(({ id, rule, distance }) => [id, rule, distance])).to.deep.equal([
      ['red', 'same-bytes', null],
    ]);
  });

  it('finds the collages that a picture is in, where the index keeps their parts', async () => {
    const collage = async (...photos: Buffer[]): Promise<Buffer> => {
      const cells = photos.map(async (photo, at) => ({
        input: await sharp(photo).resize(240, 180, { fit: 'fill' }).toBuffer(),
        ...{ left: (at % 2) * 250, top: Math.floor(at / 2) * 190 },
      }));
      const height = photos.length > 2 ? 370 : 180;
      return sharp({ create: { width: 490, height, channels: 3, background: '#fff' } })
        .composite(await Promise.all(cells))
        .png()
        .toBuffer();
    };
    const told = async (photo: Buffer, from = index): Promise<string[]> =>
      (await from.similar(photo))
        .flatMap(({ id, rule }) => (rule === 'nearest' ? [] : [id]))
        .sort();
    const pictures = {
      two: await collage(BOATS, CAT),
      four: await collage(ALPS, BOATS, FLOWER, CAT),
    };
    const addTo = async (to: ImageIndex): Promise<void> => {
      for (const [id, bytes] of Object.entries(pictures)) await to.add(bytes, { id });
      await to.add(ALPS, { id: 'alps' });
    };
    await addTo(index);
    expect(await told(BOATS)).to.deep.equal([]);
    // The other way round no index has to keep anything: two collages are in none of each other.
    expect(await told(await collage(FLOWER, ALPS))).to.deep.equal(['alps']);
    const keeping = new ImageIndex(engine, { mapping: { collages: true } });
    expect(await codeOf(keeping.add(BOATS, { id: 'boats' }))).to.equal('COLLAGES_OFF');
    await keeping.rebuild();
    await keeping.open();
    const after = new ImageIndex(engine, { mapping: { collages: true } });
    await after.open();
    await addTo(keeping);
    const { vector, trimmed, part1, preview, ...shown } = (await after.get('two'))!;
    expect([vector, part1].map((view) => view?.length)).to.deep.equal([132, 132]);
    expect([trimmed, preview === undefined, shown.part3]).to.deep.equal([
      undefined,
      false,
      undefined,
    ]);
    for (const from of [after, new ImageIndex(engine)]) {
      expect(await told(BOATS, from)).to.deep.equal(['four', 'two']);
      expect(await told(FLOWER, from)).to.deep.equal(['four']);
      expect(await told(ALPS, from)).to.deep.equal(['alps', 'four']);
    }
    const [best] = await after.similar(CAT);
    expect(best!.document).to.not.have.any.keys('vector', 'part1', 'preview');
    // A rebuild keeps them without being told to.
    await new ImageIndex(engine).rebuild();
    expect(await told(BOATS, new ImageIndex(engine))).to.deep.equal(['four', 'two']);
  });

  it('orders what is nearest by a second model, which makes no copies', async () => {
    // Of the same mean colour, and nothing else in common.
    const plain = (color: string): Promise<Buffer> =>
      drawn(`<rect width="400" height="300" fill="${color}"/><circle cx="90" cy="70" r="50"/>`);
    const [red, green] = await Promise.all([plain('#d02020'), plain('#20d020')]);
    const dyed = sharp(BOATS).resize(300).linear([1, 0.3, 0.3], [30, 0, 0]);
    const photo = await dyed.toBuffer();
    const decoder = { describe: describeImage, ...meanColors() };
    const semantic = { model: 'mean.onnx' };
    const own = new ImageIndex(engine, { decoder, semantic });
    for (const [id, bytes] of Object.entries({ red, green, ...PHOTOS }))
      await own.add(bytes, { id });
    expect((await own.get('red'))!.semantic).to.have.lengthOf(3);
    const [first] = await own.similar(photo);
    expect(first).to.include({ id: 'boats', rule: 'near-hash' });
    const rest = (await own.similar(photo)).slice(1);
    expect(rest.every(({ rule }) => rule === 'nearest')).to.equal(true);
    const ids = (of: readonly { id: string }[]): string[] => of.map(({ id }) => id);
    const byViews = [...rest].sort((a, b) => a.distance! - b.distance!);
    expect(ids(rest)).to.not.deep.equal(ids(byViews));
    const distances = rest.map(({ distance, semantic: far }) => distance! + far!);
    expect(distances).to.deep.equal([...distances].sort((a, b) => a - b));
    // The vector of an indexed picture is there without the model.
    const without = new ImageIndex(engine);
    const [like] = await without.similar({ id: 'green' });
    expect(like!.semantic).to.be.a('number');
    expect(await codeOf(without.add(BOATS, { id: 'x' }))).to.equal('SEMANTIC_MISSING');
    const plainly = (await without.similar(photo)).slice(1);
    expect(ids(plainly)).to.deep.equal(ids(byViews));
    for (const one of plainly) expect(one).to.not.have.property('semantic');
    const other = { describe: describeImage, ...meanColors('other') };
    const different = new ImageIndex(engine, { decoder: other, semantic });
    for (const call of [
      () => different.add(BOATS, { id: 'x' }),
      () => different.similar(BOATS),
      () => different.rebuild(),
    ]) {
      expect(await codeOf(call())).to.equal('SEMANTIC_DIFFERS');
    }
    expect(() => new ImageIndex(engine, { model, semantic })).to.throw('model');
    // A rebuild keeps it without being told to.
    await without.rebuild();
    expect(ids(await own.similar(photo)).slice(1)).to.deep.equal(ids(rest));
  });

  it('gets a second model by a rebuild, and its vectors by describing again', async () => {
    await addAll();
    const decoder = { describe: describeImage, ...meanColors() };
    const own = new ImageIndex(engine, { decoder, semantic: { model: 'mean.onnx' } });
    expect(await codeOf(own.add(CAT, { id: 'cat' }))).to.equal('SEMANTIC_OFF');
    expect(await codeOf(own.similar(CAT))).to.equal('SEMANTIC_OFF');
    await own.rebuild();
    expect(await own.get('cat')).to.not.have.property('semantic');
    const { warnings } = await own.add(CAT, { id: 'cat' });
    expect((await own.get('cat'))!.semantic).to.have.lengthOf(3);
    expect(warnings).to.deep.equal([]);
    // What is zero has no direction.
    const grey = await drawn('<rect width="400" height="300" fill="#787878"/>');
    expect((await own.add(grey, { id: 'grey' })).warnings).to.include('NOT_SEMANTIC');
    expect(await own.get('grey')).to.not.have.property('semantic');
  });

  it('filters by fields', async () => {
    await index.add(BOATS, { id: 'tw', fields: { country: 'TW' } });
    await index.add(BOATS, { id: 'jp', fields: { country: 'JP' } });
    const found = await index.similar(BOATS, { filter: { country: 'JP' } });
    expect(found.map(({ id }) => id)).to.deep.equal(['jp']);
  });

  it('takes vectors of your own, of any dimension and space', async () => {
    await index.close();
    engine = makeEngine();
    index = new ImageIndex(engine, { model });
    const random = seededRandom(1);
    const vectors = Array.from({ length: 20 }, () => vectorIn(model.space, random));
    for (const [i, vector] of vectors.entries()) await index.add({ vector }, { id: `p${i}` });
    const query = vectors[3]!.map((x) => x * 10);
    const best = vectors
      .map((vector, i) => ({ id: `p${i}`, dot: vector.reduce((s, x, j) => s + x * query[j]!, 0) }))
      .sort((a, b) => b.dot - a.dot)[0]!;
    const [first] = await index.similar({ vector: query }, { limit: 1 });
    expect(first).to.include({ id: best.id, rule: 'near-vector' });
    // As a model gives it.
    await index.add({ vector: Float32Array.from(query) }, { id: 'typed' });
    const found = await index.similar({ vector: Float32Array.from(query) }, { limit: 2 });
    expect(found.map(({ id }) => id).sort()).to.deep.equal([best.id, 'typed'].sort());
    expect(first!.distance).to.be.closeTo(-best.dot, 1e-4);
    expect(await codeOf(index.add({ vector: [1, 2] }, { id: 'short' }))).to.equal('VECTOR_INVALID');
    expect(await codeOf(index.add({ vector: vectors[0]! }))).to.equal('IMAGE_ID_INVALID');
  });

  it('refuses to mix vectors of two models', async () => {
    await index.add(BOATS, { id: 'a' });
    const other = new ImageIndex(engine, { model });
    const vector = vectorIn(model.space, seededRandom(2));
    expect(await codeOf(other.add({ vector }, { id: 'b' }))).to.equal('MODEL_DIFFERS');
    expect(await codeOf(other.similar({ vector }))).to.equal('MODEL_DIFFERS');
  });

  it('says what to do before there is an index', async () => {
    expect(await codeOf(index.similar(BOATS))).to.equal('INDEX_NOT_FOUND');
    expect(await codeOf(index.rebuild())).to.equal('INDEX_NOT_FOUND');
    expect(await engine.aliases('images')).to.deep.equal([]);
  });

  it('copies an index into one of other settings, with what is written meanwhile', async () => {
    const random = seededRandom(3);
    const documents = Array.from({ length: 30 }, (_, i) =>
      pictureWith(`p${String(i).padStart(2, '0')}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
    );
    await index.write(documents);
    const late = pictureWith('late', { vector: vectorIn(DEFAULT_SPACE, random) });
    let written = false;
    let pending: Promise<unknown> = Promise.resolve();
    const result = await index.rebuild({
      onProgress: ({ stage }) => {
        if (stage !== 'fill' || written) return;
        written = true;
        pending = Promise.all([index.write([late]), index.delete(['p07'])]);
      },
      revise: async (document) => {
        await pending;
        return document;
      },
    });
    await pending;
    expect(result).to.include({
      previous: 'images-000001',
      generation: 'images-000002',
      live: true,
    });
    expect(result.recall).to.be.at.least(0.95);
    const ids: string[] = [];
    for await (const { id } of index.scan()) ids.push(id);
    const wanted = documents.map(({ id }) => id).filter((id) => id !== 'p07');
    expect(ids).to.deep.equal(['late', ...wanted]);
    await index.rollback();
    expect((await index.status()).live).to.equal('images-000001');
  });

  it('goes on with a rebuild that was cut off', async () => {
    const random = seededRandom(4);
    await index.write(
      Array.from({ length: 40 }, (_, i) =>
        pictureWith(`p${i}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
      ),
    );
    const stopped = new AbortController();
    const cut = index.rebuild({
      signal: stopped.signal,
      onProgress: ({ stage }) => {
        if (stage === 'fill') stopped.abort();
      },
    });
    expect(await failureOf(cut)).to.include({ code: 20 });
    expect((await index.status()).live).to.equal('images-000001');
    const result = await index.rebuild();
    expect(result).to.include({ resumed: true, generation: 'images-000002', documents: 40 });
    expect(await index.count()).to.equal(40);
  });

  it('refuses a new generation that finds too little, and stays at the old one', async () => {
    await addAll();
    expect(await codeOf(index.rebuild({ minRecall: 1.1 }))).to.equal('RECALL_LOW');
    expect((await index.status()).live).to.equal('images-000001');
    expect((await rulesOf(BOATS))[1]).to.equal('same-bytes');
  });
}
