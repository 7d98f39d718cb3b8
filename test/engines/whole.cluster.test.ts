import { expect } from 'chai';

import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf } from '../support/failures.ts';
import { faultProxy, type ProxiedAnswer } from '../support/fault-proxy.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { ask, onCluster, PRODUCTS, type TestClient, wipe } from '../support/clusters.ts';

const PLACES = Array.from({ length: 40 }, (_, i) => ({
  id: `p${i}`,
  name: `第${i}村`,
  kind: 'poi',
  country: 'TW',
}));

/** An answer as it is where one of the shards has no copy left. */
function withoutShard(answer: ProxiedAnswer): ProxiedAnswer {
  const text = String(answer.body);
  const body = text.replace(/"successful":(\d+)/g, (_, n: string) => `"successful":${+n - 1}`);
  return { ...answer, body };
}

for (const product of PRODUCTS) {
  describe(`an index that is not whole, on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    beforeEach(() => wipe(cluster.client, ['places']));
    const indexAt = (client: TestClient): PlaceIndex =>
      new PlaceIndex(product.engine({ client }), { mapping: { numberOfShards: 3 } });
    const close = (index: string): Promise<unknown> =>
      ask(cluster.client, 'POST', `/${index}/_close`);

    it('is an error for whoever searches, counts or scans, never a shorter answer', async () => {
      const whole = indexAt(cluster.client);
      await whole.rebuild(PLACES, { readings: 'data' });
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const client = closeAtEnd(product.connect(proxy.url));
      const engine = product.engine({ client });
      const index = new PlaceIndex(engine);
      expect(await index.suggest('第', { limit: 100 })).to.have.length(40);
      expect((await index.search('第3村')).total).to.be.greaterThan(0);
      proxy.inject(
        {
          kind: 'handle',
          handle: async (request, forward) => withoutShard(await forward(request)),
        },
        { when: ({ path }) => /_msearch|_search|_count/.test(path), times: Infinity },
      );
      expect(await codeOf(index.suggest('第', { limit: 100 }))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(index.search('第3村'))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(engine.count('places'))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(index.inspect(() => undefined))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(engine.swapAlias('places', 'places-000001', 'places-000001'))).to.equal(
        'PARTIAL_ANSWER',
      );
    });

    it('is not rolled back to where it is closed, and disturbs nothing else', async () => {
      const index = indexAt(cluster.client);
      await index.rebuild(PLACES, { readings: 'data' });
      await index.rebuild(PLACES, { readings: 'data' });
      await close('places-000001');
      expect(await codeOf(index.rollback())).to.equal('INDEX_CLOSED');
      expect(await index.suggest('第3村')).to.not.deep.equal([]);
      const { live, generations } = await index.status();
      expect(live).to.equal('places-000002');
      expect(generations.map(({ name }) => name)).to.deep.equal(['places-000001', 'places-000002']);
      const result = await index.rebuild(PLACES, { readings: 'data' });
      expect(result).to.include({ live: true, documents: 40 });
      expect((await index.gc({ keep: 0 })).kept).to.deep.equal(['places-000003']);
    });

    it('takes a live write while nothing refreshes the generation that is filled', async function () {
      const index = indexAt(cluster.client);
      await index.rebuild(PLACES, { readings: 'data' });
      let statuses: number[] = [];
      let passes = 0;
      async function* writing(): AsyncGenerator<(typeof PLACES)[number]> {
        const filling = ++passes === 2;
        for (const [at, place] of PLACES.entries()) {
          // The source goes on only after the write: where that waited for the fill, both would for ever.
          if (filling && at === 20) {
            const outcomes = await index.put([{ ...PLACES[0]!, id: 'late', name: '新村' }]);
            statuses = outcomes.map(({ status }) => status);
          }
          yield place;
        }
      }
      await index.rebuild(writing, { readings: 'data' });
      expect(statuses).to.deep.equal([201]);
      expect(await index.get('late')).to.not.equal(null);
    });
  });
}
