import { expect } from 'chai';
import fc from 'fast-check';

import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { ask, onCluster, PRODUCTS, wipe } from '../support/clusters.ts';
import { failureOf } from '../support/failures.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { PLAIN, placesOf } from '../faults/rig.ts';

const PLACES = placesOf('v', 20);

for (const product of PRODUCTS) {
  describe(`the state of an alias on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let engine: Engine;
    let index: PlaceIndex;
    const request = (method: string, path: string, body?: Record<string, unknown>) =>
      ask<Record<string, unknown>>(cluster.client, method, path, body);
    const autoCreate = (value: boolean | null) =>
      request('PUT', '/_cluster/settings', {
        transient: { 'action.auto_create_index': value },
      });
    const clear = async (): Promise<void> => {
      await autoCreate(null);
      await wipe(cluster.client, ['places']);
    };
    beforeEach(async () => {
      await clear();
      engine = product.engine({ client: cluster.client, refresh: true });
      index = new PlaceIndex(engine);
    });
    afterEach(clear);

    for (const auto of [true, false]) {
      it(`is made again, strictly, where somebody deleted it meanwhile; auto_create_index ${auto}`, async () => {
        await autoCreate(auto);
        await index.rebuild(PLACES, PLAIN);
        await request('DELETE', '/places-state');
        expect(await index.rebuild(PLACES, PLAIN)).to.include({
          live: true,
          generation: 'places-000002',
        });
        const [{ mappings }] = Object.values(
          (await request('GET', '/places-state/_mapping')) as object,
        ) as [{ mappings: Record<string, unknown> }];
        expect(mappings).to.deep.include({ dynamic: 'strict' });
        await request('DELETE', '/places-state');
        await index.put(PLACES.slice(0, 1));
        expect((await index.status()).live).to.equal('places-000002');
        expect(await index.rollback()).to.deep.include({ generation: 'places-000001' });
      });
    }

    it('is no index that the cluster made by itself: told at once, with what to do', async () => {
      await request('PUT', '/places-state/_doc/1', { key: 'a', value: 'b' });
      const error = await failureOf(() => index.rebuild(PLACES, PLAIN));
      expect(error.code).to.equal('STATE_FOREIGN');
      expect(error.message).to.match(/DELETE \/places-state/);
      await request('DELETE', '/places-state');
      expect(await index.rebuild(PLACES, PLAIN)).to.include({ live: true });
    });

    it('that is deleted again and again ends in an error, after few requests', async () => {
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const through = product.engine({ client: closeAtEnd(product.connect(proxy.url)) });
      await through.writeState('places', 'a', 1);
      proxy.inject(
        {
          kind: 'handle',
          handle: async (asked, forward) => {
            await request('DELETE', '/places-state');
            return forward(asked);
          },
        },
        {
          when: ({ method, path }) => method === 'PUT' && path.includes('/_doc/'),
          times: Infinity,
        },
      );
      const before = proxy.requests();
      const error = await failureOf(() => through.writeState('places', 'b', 1, null));
      expect(error.message).to.match(/places-state is deleted again and again/);
      expect(proxy.requests() - before).to.be.below(40);
    });

    it('lets one process make the first swap, whenever another looks for the marker of an alias that was never set', async () => {
      const proxy = closeAtEnd(await faultProxy(cluster.url));
      const late = product.engine({ client: closeAtEnd(product.connect(proxy.url)) });
      const first = await engine.createGeneration('places', index.indexBody);
      const second = await late.createGeneration('places', index.indexBody);
      await engine.finishGeneration(first.name);
      await late.finishGeneration(second.name);
      proxy.inject(
        {
          kind: 'handle',
          handle: async (asked, forward) => {
            await engine.swapAlias('places', null, first.name);
            return forward(asked);
          },
        },
        { when: ({ method, path }) => method === 'HEAD' && path.includes('--unset') },
      );
      const error = await failureOf(late.swapAlias('places', null, second.name));
      expect(error.code).to.equal('ALIAS_MOVED');
      expect(proxy.hits()).to.deep.equal(['handle']);
      expect((await index.status()).live).to.equal(first.name);
    });

    it('of an older version, without its alias, is taken over', async () => {
      await engine.writeState('places', 'a', 1);
      await request('POST', '/_aliases', {
        actions: [{ remove: { index: 'places-state', alias: 'places-state--w' } }],
      });
      const later = product.engine({ client: cluster.client });
      await later.writeState('places', 'b', 2);
      expect((await later.listState('places', '')).map(({ key }) => key)).to.deep.equal(['a', 'b']);
    });

    it('lists the entries of a prefix, whatever the keys', async () => {
      const key = fc.stringMatching(/^[a-c/.]{1,4}$/);
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(key, { maxLength: 12 }), key, async (keys, prefix) => {
          for (const { key } of await engine.listState('places', '')) {
            await engine.writeState('places', key, null);
          }
          for (const one of keys) await engine.writeState('places', one, one);
          const found = await engine.listState('places', prefix);
          const wanted = keys.filter((one) => one.startsWith(prefix)).sort();
          expect(found.map(({ key }) => key)).to.deep.equal(wanted);
        }),
        { numRuns: 10 },
      );
    });
  });
}
