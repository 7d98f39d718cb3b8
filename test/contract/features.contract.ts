import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { Engine, WriteOutcome } from '../../lib/engines/engine.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { documentWith } from '../support/documents.ts';
import { pictureWith } from '../support/pictures.ts';

/**
 * What every engine does with documents of several features.
 *
 * @param options - shared: `makeEngine` gives engines on the same data.
 */
export function featuresContract(makeEngine: () => Engine, options: { shared: boolean }): void {
  let engine: Engine;
  beforeEach(() => {
    engine = makeEngine();
  });
  afterEach(() => engine.close());

  const place = documentWith('a', 1, { name: ['a'] });
  const picture = pictureWith('b', { vector: Array(DEFAULT_SPACE.dimension).fill(1) });
  const kinds = [
    { alias: 'places', body: { ...placeMapping() }, own: place, other: picture, says: /^rank/ },
    { alias: 'images', body: { ...imageMapping() }, own: picture, other: place, says: /^terms/ },
  ];

  for (const { alias, body, own, other, says } of kinds) {
    it(`keeps documents of ${alias} in an index of these, and refuses others`, async () => {
      const { name } = await engine.createGeneration(alias, body);
      const streamed: WriteOutcome[] = [];
      const stream = engine.stream(name, (outcome) => streamed.push(outcome));
      await stream.add({ index: other, version: 1 }, 0);
      await stream.flush();
      const written = await engine.write(name, [{ index: other }, { index: own }]);
      for (const outcome of [streamed[0]!, written[0]!]) {
        expect(outcome).to.include({ id: other.id, status: 400 });
        expect(outcome.reason).to.match(says);
      }
      expect(written[1]).to.deep.equal({ id: own.id, status: 201 });
      await engine.finishGeneration(name);
      expect(await engine.get(name, own.id)).to.deep.equal(own);
      expect(await engine.get(name, other.id)).to.equal(null);
    });
  }

  it('gives pictures back through an alias, also on an engine that did not make the index', async () => {
    const { name } = await engine.createGeneration('images', { ...imageMapping() });
    await engine.write(name, [{ index: picture }]);
    await engine.finishGeneration(name);
    await engine.swapAlias('images', null, name);
    const reader = options.shared ? makeEngine() : engine;
    expect(await reader.get('images', 'b')).to.deep.equal(picture);
    const scanned: unknown[] = [];
    for await (const document of reader.scan('images')) scanned.push(document);
    expect(scanned).to.deep.equal([picture]);
    await reader.close();
  });

  it('makes no index of a feature that it does not have', async () => {
    const body = { mappings: { _meta: { feature: 'songs' } } };
    const error: unknown = await engine.createGeneration('places', body).catch((e: unknown) => e);
    expect(error).to.have.property('code', 'INDEX_OTHER');
    expect(error).to.have.property('message').that.includes('"songs"');
    expect(await engine.generations('places')).to.deep.equal([]);
  });
}
