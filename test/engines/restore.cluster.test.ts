import { expect } from 'chai';

import type { Engine } from '../../lib/engines/engine.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { PLAIN, placesOf } from '../faults/rig.ts';
import { runCli } from '../support/cli.ts';
import { ask, needs, PRODUCTS, type TestClient } from '../support/clusters.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';

for (const product of PRODUCTS) {
  describe(`a snapshot that is restored on ${product.title}`, function () {
    needs(this, product);
    let url = '';
    let client: TestClient;
    let engine: Engine;
    let index: PlaceIndex;
    const request = (method: string, path: string, body?: Record<string, unknown>) =>
      ask<Record<string, unknown>>(client, method, path, body);
    const restore = (body: Record<string, unknown>) =>
      request('POST', '/_snapshot/test/one/_restore?wait_for_completion=true', body);
    before(async function () {
      this.timeout(900_000);
      // A folder for snapshots is for the configuration file of a node.
      if (!('java' in product.means())) return this.skip();
      const settings = { 'path.repo': [tempFolder()] };
      const cluster = await product.start({ heap: '512m', settings });
      giveBack(() => cluster.stop());
      url = cluster.url;
      client = closeAtEnd(product.connect(url));
      engine = product.engine({ client, refresh: true });
      index = new PlaceIndex(engine);
      const location = settings['path.repo'][0]!;
      await request('PUT', '/_snapshot/test', { type: 'fs', settings: { location } });
      await index.rebuild(placesOf('first', 20), PLAIN);
      await index.rebuild(placesOf('second', 30), PLAIN);
      await request('PUT', '/_snapshot/test/one?wait_for_completion=true', { indices: 'places*' });
    });
    beforeEach(async () => {
      const found = (await request('GET', '/places-*?expand_wildcards=all&filter_path=*.aliases'))!;
      for (const name of Object.keys(found)) await request('DELETE', `/${name}`);
    });
    const adopt = (generation: string) =>
      runCli(['index-rebuild', 'adopt', generation, '--engine', product.name, '--node', url]);

    it('whole answers, goes on, and its generations are kept until they are adopted', async () => {
      await restore({ indices: 'places*' });
      const later = new PlaceIndex(product.engine({ client, refresh: true }));
      expect((await later.status()).live).to.equal('places-000002');
      expect((await later.suggest('Ka7 second'))[0]?.id).to.equal('p7');
      expect(await later.rebuild(placesOf('third', 5), PLAIN)).to.include({
        generation: 'places-000003',
        previous: 'places-000002',
      });
      expect((await later.gc({ keep: 0 })).dropped).to.deep.equal([]);
    });

    it('without aliases and state is live again by adopt, and is then suoyin’s own', async () => {
      await restore({ indices: 'places-0*', include_aliases: false });
      const later = new PlaceIndex(product.engine({ client, refresh: true }));
      expect((await later.status()).live).to.equal(null);
      expect(await codeOf(later.suggest('Ka7'))).to.equal('INDEX_NOT_FOUND');
      const { code, out, err } = await adopt('places-000001');
      expect([code, err]).to.deep.equal([0, '']);
      expect(out).to.equal('places is now places-000001, before that nothing\n');
      expect((await later.suggest('Ka7 first'))[0]?.id).to.equal('p7');
      expect((await later.put(placesOf('put', 1)))[0]!.status).to.equal(200);
      await later.rebuild(placesOf('third', 5), PLAIN);
      expect(await later.rollback()).to.deep.include({ generation: 'places-000001' });
      await later.rollback();
      expect((await later.gc({ keep: 0 })).dropped).to.deep.equal(['places-000001']);
      expect((await later.status()).generations.map(({ name }) => name)).to.deep.equal([
        'places-000002',
        'places-000003',
      ]);
    });

    it('beside the live one, so that the alias names two, is decided by adopt', async () => {
      const begun = new PlaceIndex(product.engine({ client, refresh: true }));
      await begun.rebuild(placesOf('now', 3), PLAIN);
      await request('DELETE', '/places-state');
      await restore({ indices: 'places-000002' });
      const later = new PlaceIndex(product.engine({ client, refresh: true }));
      expect(await codeOf(later.put(placesOf('put', 1)))).to.equal('ALIAS_MOVED');
      const { out } = await adopt('places-000002');
      expect(out).to.equal('places is now places-000002, before that places-000001\n');
      expect((await later.suggest('Ka7 second'))[0]?.id).to.equal('p7');
      expect(await later.rollback()).to.deep.include({ generation: 'places-000001' });
    });

    it('is not adopted where it is half filled, closed, of another alias, or not there', async () => {
      const begun = new PlaceIndex(product.engine({ client, refresh: true }));
      await begun.rebuild(placesOf('now', 3), PLAIN);
      const { name } = await engine.createGeneration('places', begun.indexBody);
      expect(await codeOf(begun.adopt(name))).to.equal('NOT_READY');
      await engine.finishGeneration(name);
      await request('POST', `/${name}/_close`);
      expect(await codeOf(begun.adopt(name))).to.equal('INDEX_CLOSED');
      expect(await codeOf(begun.adopt('places-000099'))).to.equal('INDEX_NOT_FOUND');
      const other = new PlaceIndex(engine, { alias: 'elsewhere' });
      expect(await codeOf(other.adopt('places-000001'))).to.equal('INDEX_NOT_FOUND');
      expect((await begun.status()).live).to.equal('places-000001');
      expect((await adopt('places')).code).to.equal(2);
    });
  });
}
