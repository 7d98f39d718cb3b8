import { expect } from 'chai';

import { PlaceIndex } from '../../lib/place-index.ts';
import { onCluster, PRODUCTS } from '../support/clusters.ts';
import { ALIAS, PLAIN, placesOf, rig, type Rig } from './rig.ts';

/** On the first product; a quarter of them on the others. */
const MOST_SWAPS = 20;
const PLACES = 400;

for (const product of PRODUCTS) {
  describe(`swaps under searches and writes on ${product.title}`, function () {
    const SWAPS = product === PRODUCTS[0] ? MOST_SWAPS : MOST_SWAPS / 4;
    const cluster = onCluster(this, product);
    this.timeout(900_000);
    let r: Rig;
    beforeEach(async () => {
      r = await rig(product, cluster.url);
    });

    it(`lose no search, no update and no delete in ${SWAPS} of them`, async () => {
      // What the host's own database holds; every change goes there first, then to the index.
      const host = new Map(placesOf('0', PLACES).map((place) => [place.id, place]));
      const snapshot = (): object[] => [...host.values()];
      await r.index.rebuild(snapshot(), PLAIN);

      const clients = [product.connect(cluster.url), product.connect(cluster.url)];
      const [reader, writer] = clients.map(
        (client) => new PlaceIndex(product.engine({ client, refresh: false })),
      );
      let running = true;
      const searched = { times: 0, failed: [] as unknown[], empty: 0 };
      const searching = (async (): Promise<void> => {
        while (running) {
          searched.times += 1;
          try {
            if ((await reader!.suggest('ka')).length === 0) searched.empty += 1;
          } catch (error) {
            searched.failed.push(error);
          }
        }
      })();
      const written = { updates: 0, deletes: 0, failed: [] as unknown[] };
      const writing = (async (): Promise<void> => {
        for (let n = 1; running; n++) {
          const id = `p${(n * 7) % (PLACES * 2)}`;
          try {
            if (n % 5 === 0) {
              host.delete(id);
              await writer!.delete([id]);
              written.deletes += 1;
            } else {
              const place = { id, name: `Ka${n} live`, kind: 'poi', country: 'TW' };
              host.set(id, place);
              await writer!.put([place]);
              written.updates += 1;
            }
          } catch (error) {
            written.failed.push(error);
          }
        }
      })();

      try {
        for (let swap = 1; swap <= SWAPS; swap++) {
          // The host's rows as they are once the rebuild has begun, the same in every pass over them.
          let rows: object[] | null = null;
          await r.index.rebuild(() => (rows ??= snapshot()), PLAIN);
          await r.index.gc();
        }
      } finally {
        running = false;
        await Promise.all([searching, writing]);
        for (const client of clients) await client.close();
      }
      await r.ask('POST', `/${ALIAS}/_refresh`);

      console.log(
        `      ${searched.times} searches, ${written.updates} updates, ${written.deletes} deletes`,
      );
      expect(searched).to.deep.include({ failed: [], empty: 0 });
      expect(written.failed).to.deep.equal([]);
      expect(written.updates).to.be.greaterThan(SWAPS * 5);
      expect((await r.direct.aliases(ALIAS))[0]!.generation).to.equal(
        `${ALIAS}-${String(SWAPS + 1).padStart(6, '0')}`,
      );
      await r.expectLive([...host.values()]);
    });
  });
}
