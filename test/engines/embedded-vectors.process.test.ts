import { expect } from 'chai';

import { seededRandom } from '../../bench/statistics.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { rankByVector } from '../../lib/knn/hits.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';
import { exactIds, fillWithVectors, nearestIds, SPACE } from './vectors.ts';

describe('vectors of the embedded engine', () => {
  it('are searched in threads where they are many, with what was written since', async () => {
    const engine = closeAtEnd(embedded({ dataDir: tempFolder(), threads: 2, graphFrom: 1e9 }));
    const documents = await fillWithVectors(engine, 20_000);
    const random = seededRandom(1);
    const [a, b] = [vectorIn(SPACE, random), vectorIn(SPACE, random)];
    expect(await nearestIds(engine, a)).to.deep.equal(exactIds(documents, a));
    const search = { vectors: [a, b], limit: 10 };
    const { documents: found } = await engine.nearest('images', search);
    const both = rankByVector(SPACE, documents, [a, b]).slice(0, 10);
    expect(rankByVector(SPACE, found, [a, b]).slice(0, 10)).to.deep.equal(both);
    await engine.write('images', [{ index: pictureWith('new', { vector: a }, { space: SPACE }) }]);
    expect((await nearestIds(engine, a))[0]).to.equal('new');
    const fault = await engine
      .nearest('images', { vectors: [[1]], limit: 1 })
      .catch((e: unknown) => e);
    expect(fault).to.include({ code: 'VECTOR_INVALID', name: 'OptionError' });
  });
});
