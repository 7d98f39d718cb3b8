import { expect } from 'chai';

import { PlaceIndex } from '../../lib/place-index.ts';
import { placesOf, PLAIN } from '../faults/rig.ts';
import { ask, onCluster, PRODUCTS, wipe } from '../support/clusters.ts';
import { failureOf } from '../support/failures.ts';

const PLACES = placesOf('v', 60);
/** Indexes of others, which an alias `places` has nothing to do with. */
const OTHERS = ['places-archive-2020', 'elsewhere-archive', 'places-000080', 'places-000081'];
const ALLOCATION = 'cluster.routing.allocation.enable';

for (const product of PRODUCTS) {
  describe(`what others did to a cluster of ${product.title}`, function () {
    const cluster = onCluster(this, product);
    const request = (method: string, path: string, body?: Record<string, unknown>) =>
      ask<Record<string, unknown>>(cluster.client, method, path, body);
    const setting = (value: string | null): Promise<unknown> =>
      request('PUT', '/_cluster/settings', { persistent: { [ALLOCATION]: value } });
    const blocked = (name: string, value: true | null): Promise<unknown> =>
      request('PUT', `/${name}/_settings`, { 'index.blocks.metadata': value });
    const clear = async (): Promise<void> => {
      await blocked('places-archive-2020', null);
      await setting(null);
      await request('DELETE', '/_index_template/strange');
      await wipe(cluster.client, ['places']);
      for (const name of OTHERS) await request('DELETE', `/${name}`);
    };
    beforeEach(clear);
    after(clear);
    const open = (numberOfShards = 1): PlaceIndex =>
      new PlaceIndex(product.engine({ client: cluster.client, refresh: true }), {
        mapping: { numberOfShards },
      });

    it('disturbs nothing where it closed indexes of its own, whatever their names', async () => {
      const index = open();
      await index.rebuild(PLACES, PLAIN);
      for (const name of ['places-archive-2020', 'elsewhere-archive']) {
        await request('PUT', `/${name}`);
        await request('POST', `/${name}/_close`);
      }
      const all = product.engine({ client: cluster.client }).generations();
      expect((await all).map(({ name }) => name)).to.include('places-000001');
      expect(await index.rebuild(PLACES, PLAIN)).to.include({ live: true });
      const { dropped } = await index.gc({ keep: 0 });
      expect(dropped).to.deep.equal(['places-000001']);
      expect((await index.status()).generations.map(({ name }) => name)).to.deep.equal([
        'places-000002',
      ]);
    });

    it('disturbs nothing where the metadata of an index of its own is blocked', async () => {
      const index = open();
      await index.rebuild(PLACES, PLAIN);
      await request('PUT', '/places-archive-2020');
      await blocked('places-archive-2020', true);
      expect((await index.suggest('Ka7 v'))[0]?.id).to.equal('p7');
      expect((await index.put(PLACES.slice(0, 1)))[0]!.status).to.equal(200);
      expect((await index.plan()).action).to.equal('none');
      expect(await index.rebuild(PLACES, PLAIN)).to.include({ live: true });
      expect(await index.rollback()).to.include({ generation: 'places-000001' });
      expect((await index.gc({ keep: 0 })).dropped).to.deep.equal(['places-000002']);
      const { generations } = await index.status();
      expect(generations.map(({ documents }) => documents)).to.deep.equal([PLACES.length]);
    });

    it('is kept where it shrank or split a generation under the name of another one', async () => {
      const index = open(2);
      await index.rebuild(PLACES, PLAIN);
      const block = (on: true | null): Promise<unknown> =>
        request('PUT', '/places-000001/_settings', { 'index.blocks.write': on });
      await block(true);
      for (const [how, name, shards] of [
        ['shrink', 'places-000080', 1],
        ['split', 'places-000081', 4],
      ] as const) {
        const settings = { 'index.number_of_shards': shards };
        await request('POST', `/places-000001/_${how}/${name}`, { settings });
      }
      await block(null);
      expect((await index.rebuild(PLACES, PLAIN)).orphansDropped).to.deep.equal([]);
      const { dropped, kept } = await index.gc({ keep: 0 });
      expect(dropped).to.deep.equal(['places-000001']);
      expect(kept).to.deep.equal(['places-000080', 'places-000081', 'places-000082']);
    });

    it('is refused by writes where it made the alias one that would write twice, or nowhere', async () => {
      const index = open(3);
      await index.rebuild(PLACES, PLAIN);
      const define = (definition: object): Promise<unknown> => {
        const add = { index: 'places-000001', alias: 'places', ...definition };
        return request('POST', '/_aliases', { actions: [{ add }] });
      };
      const count = async (): Promise<unknown> =>
        (await request('GET', '/places-000001/_count'))!['count'];
      for (const definition of [{ index_routing: 'x' }, { is_write_index: false }]) {
        await define(definition);
        for (const write of [() => index.put(PLACES), () => index.delete(['p1'])]) {
          const error = await failureOf(write);
          expect(error.code, error.message).to.equal('CLUSTER_UNFIT');
          expect(error.message).to.include(Object.keys(definition)[0]);
        }
        const [found] = await index.suggest('Ka7 v');
        expect(found?.id).to.equal('p7');
      }
      const remove = { index: 'places-000001', alias: 'places' };
      const add = { ...remove, is_write_index: true };
      await request('POST', '/_aliases', { actions: [{ remove }, { add }] });
      expect((await index.put(PLACES)).map(({ status }) => status)).to.include(200);
      expect(await count()).to.equal(PLACES.length);
    });

    it('is told by plan where it gave the alias a filter or a routing of searches', async () => {
      const index = open(3);
      await index.rebuild(PLACES, PLAIN);
      expect((await index.plan()).notices).to.deep.equal([]);
      const filter = { term: { id: 'p7' } };
      const add = { index: 'places-000001', alias: 'places', filter, search_routing: 'x' };
      await request('POST', '/_aliases', { actions: [{ add }] });
      const told = (await index.plan()).notices.join('; ');
      expect(told).to.match(/has a filter: only .*; .* has a search_routing: .* only some/);
    });

    it('is told before the first record where no node takes a new index, and nothing stays', async () => {
      const index = open();
      await index.rebuild(PLACES, PLAIN);
      let reads = 0;
      function* source(): Generator<(typeof PLACES)[number]> {
        reads += 1;
        yield* PLACES;
      }
      const settings = { 'index.routing.allocation.require._name': 'nobody' };
      for (const prevent of [
        () => setting('none'),
        () => {
          const body = { index_patterns: ['places-0*'], priority: 500, template: { settings } };
          return request('PUT', '/_index_template/strange', body);
        },
      ]) {
        await prevent();
        const error = await failureOf(index.rebuild(source, PLAIN));
        expect(error.code, error.message).to.equal('CLUSTER_UNFIT');
        expect(error.message).to.match(/No node .*allocation/);
        await setting(null);
      }
      expect(reads).to.equal(0);
      const { live, generations } = await index.status();
      expect(live).to.equal('places-000001');
      expect(generations).to.have.length(1);
    });
  });
}
