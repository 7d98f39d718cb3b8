import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { documentWith } from '../support/documents.ts';
import { onCluster, PRODUCTS, settingsOf, wipe } from '../support/clusters.ts';

for (const product of PRODUCTS) {
  describe(`a generation on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    beforeEach(() => wipe(cluster.client, ['places']));

    const loadOf = async (index: string): Promise<object> => {
      const settings = await settingsOf(cluster.client, index);
      const { refresh_interval, number_of_replicas, gc_deletes } = settings;
      return { refresh: refresh_interval, replicas: number_of_replicas, deletes: gc_deletes };
    };

    it('is filled without refresh and replicas, and has what its body says when it is complete', async () => {
      const engine = product.engine({ client: cluster.client });
      const body = { ...placeMapping({ numberOfReplicas: 2 }) };
      const { name } = await engine.createGeneration('places', body);
      const loading = { refresh: '-1', replicas: '0', deletes: '1d' };
      expect(await loadOf(name)).to.deep.equal(loading);
      await engine.finishGeneration(name);
      const complete = { refresh: undefined, replicas: '2', deletes: undefined };
      expect(await loadOf(name)).to.deep.equal(complete);
    });

    it('takes nothing more from whoever filled it before it was taken over', async () => {
      const [first, second] = [1, 2].map(() => product.engine({ client: cluster.client }));
      const { name } = await first!.createGeneration('places', { ...placeMapping() });
      const statuses: number[] = [];
      const streams = [first!, second!].map(
        (engine) => () => engine.stream(name, ({ status }) => statuses.push(status)),
      );
      const one = streams[0]!();
      await one.add({ index: documentWith('a', 1, { name: ['a'] }), version: 1 }, 1);
      await one.flush();
      await second!.takeOverGeneration(name);
      await one.add({ index: documentWith('b', 2, { name: ['b'] }), version: 1 }, 2);
      const error: unknown = await one.flush().catch((e: unknown) => e);
      expect(error).to.have.property('code', 'FENCED');
      const two = streams[1]!();
      await two.add({ index: documentWith('c', 3, { name: ['c'] }), version: 1 }, 3);
      await two.flush();
      await second!.finishGeneration(name);
      expect(await second!.count(name)).to.equal(2);
      expect(statuses).to.deep.equal([201, 201]);
    });

    it('never takes a pattern or a list for a name', async () => {
      const engine = product.engine({ client: cluster.client });
      for (const index of ['places-*', '*', '_all', 'a,b', '../x', 'places-000001/_doc']) {
        for (const action of [
          () => engine.dropGeneration(index),
          () => engine.count(index),
          () => engine.write(index, []),
        ]) {
          const error: unknown = await action().catch((e: unknown) => e);
          expect(error, index).to.have.property('code', 'INDEX_NOT_FOUND');
        }
      }
    });

    it('takes ids of any length and characters', async () => {
      const engine = product.engine({ client: cluster.client, refresh: true });
      const { name } = await engine.createGeneration('places', { ...placeMapping() });
      const ids = ['山'.repeat(256), 'a/b?c#d%20 e', '..', '__proto__', '💩'];
      await engine.write(
        name,
        ids.map((id, i) => ({ index: documentWith(id, i, { name: ['k'] }) })),
      );
      await engine.finishGeneration(name);
      for (const id of ids) expect((await engine.get(name, id))?.id, id).to.equal(id);
      const hits = await engine.findByKeys(name, [
        { field: 'name', value: 'k', match: 'whole', limit: 9 },
      ]);
      expect(hits.map((hit) => hit.id)).to.deep.equal(ids);
      const gone = await engine.write(name, [{ delete: ids[0]! }]);
      expect(gone).to.deep.equal([{ id: ids[0], status: 200 }]);
    });
  });
}
