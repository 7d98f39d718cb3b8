import { expect } from 'chai';

import { PlaceIndex } from '../../lib/place-index.ts';
import { ask, onCluster, PRODUCTS, wipe } from '../support/clusters.ts';
import { failureOf } from '../support/failures.ts';

const PLACES = ['山村', '海村'].map((name, i) => ({
  id: `p${i}`,
  name,
  kind: 'poi',
  country: 'TW',
}));
/** A clone under the name of a generation, one under another name, and an index of somebody else's. */
const OTHERS = ['places-000090', 'places-backup', 'places-000091x'];

for (const product of PRODUCTS) {
  describe(`indexes of others on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let index: PlaceIndex;
    const request = (method: string, path: string, body?: Record<string, unknown>) =>
      ask<Record<string, unknown>>(cluster.client, method, path, body);
    const rebuild = () => index.rebuild(PLACES, { readings: 'data' });
    const names = async (): Promise<string[]> =>
      Object.keys((await request('GET', '/places-*?filter_path=*.aliases'))!).sort();
    const clear = async (): Promise<void> => {
      await wipe(cluster.client, ['places']);
      for (const name of OTHERS) await request('DELETE', `/${name}`);
    };
    beforeEach(async () => {
      await clear();
      index = new PlaceIndex(product.engine({ client: cluster.client, refresh: true }));
      await rebuild();
    });
    afterEach(clear);

    it('are never dropped where they are copies, whatever their name', async () => {
      await request('PUT', '/places-000001/_settings', { 'index.blocks.write': true });
      for (const name of ['places-000090', 'places-backup']) {
        await request('POST', `/places-000001/_clone/${name}`);
      }
      await request('PUT', '/places-000001/_settings', { 'index.blocks.write': null });
      await request('PUT', '/places-000091x');
      const { generation, orphansDropped } = await rebuild();
      expect([generation, orphansDropped]).to.deep.equal(['places-000091', []]);
      const { dropped, kept } = await index.gc({ keep: 0 });
      expect(dropped).to.deep.equal(['places-000001']);
      expect(kept).to.deep.equal(['places-000090', 'places-000091']);
      expect(await names()).to.deep.equal([
        'places-000090',
        'places-000091',
        'places-000091x',
        'places-backup',
      ]);
      const engine = product.engine({ client: cluster.client });
      const { code, message } = await failureOf(engine.dropGeneration('places-000090'));
      expect(code).to.equal('INDEX_IN_USE');
      expect(message).to.match(/it is a copy/);
    });

    it('keep a generation that an alias of theirs names', async () => {
      await rebuild();
      const add = { add: { index: 'places-000001', alias: 'site-search' } };
      await request('POST', '/_aliases', { actions: [add] });
      const { dropped, kept } = await index.gc({ keep: 0 });
      expect([dropped, kept]).to.deep.equal([[], ['places-000001', 'places-000002']]);
      expect(Object.keys((await request('GET', '/_alias/site-search'))!)).to.deep.equal([
        'places-000001',
      ]);
      const remove = { remove: { index: 'places-000001', alias: 'site-search' } };
      await request('POST', '/_aliases', { actions: [remove] });
      expect((await index.gc({ keep: 0 })).dropped).to.deep.equal(['places-000001']);
    });

    it('let aliases of theirs on the live one move along, with filter and routing, and tell it', async () => {
      const filter = { term: { country: 'TW' } };
      const own = { index: 'places-000001', alias: 'places', filter, search_routing: '7' };
      const others = [
        { index: 'places-000001', alias: 'site-search', filter },
        { index: 'places-000001', alias: 'search-everything' },
        { index: 'places-000091x', alias: 'search-everything' },
      ];
      await request('PUT', '/places-000091x');
      const actions = [own, ...others].map((add) => ({ add }));
      await request('POST', '/_aliases', { actions });
      const aliasesOf = async (name: string): Promise<Record<string, object>> =>
        ((await request('GET', `/${name}/_alias`)) as Record<string, { aliases: object }>)[name]!
          .aliases as Record<string, object>;
      const before = await aliasesOf('places-000001');
      const { aliasesMoved } = await rebuild();
      expect(aliasesMoved).to.deep.equal(['search-everything', 'site-search']);
      const names = ['places', 'site-search', 'search-everything'];
      const after = await aliasesOf('places-000002');
      for (const name of names) expect(after[name], name).to.deep.equal(before[name]);
      expect(await aliasesOf('places-000001')).to.not.have.any.keys(names);
      expect(await aliasesOf('places-000091x')).to.have.property('search-everything');
      expect(await index.rollback()).to.deep.include({
        generation: 'places-000001',
        aliases: ['search-everything', 'site-search'],
      });
      expect(await aliasesOf('places-000001')).to.include.keys(names);
      expect(await aliasesOf('places-000002')).to.not.have.any.keys(names);
    });

    it('stop every write where the alias names two, and nothing is dropped', async () => {
      await rebuild();
      const add = { add: { index: 'places-000001', alias: 'places' } };
      await request('POST', '/_aliases', { actions: [add] });
      const engine = product.engine({ client: cluster.client });
      for (const write of [
        () => rebuild(),
        () => index.put(PLACES),
        () => index.delete(['p0']),
        () => engine.swapAlias('places', 'places-000002', 'places-000001'),
      ]) {
        const { code, message } = await failureOf(write);
        expect(code).to.equal('ALIAS_MOVED');
        expect(message).to.match(/places names places-000001 and places-000002.*POST \/_aliases/s);
      }
      await index.gc({ keep: 0 });
      expect(await names()).to.include.members(['places-000001', 'places-000002']);
    });
  });
}
