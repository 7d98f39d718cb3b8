import { expect } from 'chai';

import type { ClusterNode, StartedCluster } from '../../scripts/cluster.mjs';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { codeOf } from '../support/failures.ts';
import { ask, type Product, PRODUCTS, type TestClient } from '../support/clusters.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { ALIAS, PLAIN, placesOf } from './rig.ts';

const PLACES = placesOf('three', 8000);

/** Several nodes are started from jars only. */
function withoutNodes(product: Product): string | null {
  const found = product.means();
  return 'java' in found ? null : `three nodes need Java and Maven (${found.reason ?? 'Docker'})`;
}

for (const product of PRODUCTS) {
  describe(`a cluster of three nodes of ${product.title}`, function () {
    this.timeout(900_000);
    let cluster: StartedCluster | undefined;
    let client: TestClient;
    let index: PlaceIndex;
    before(async function () {
      const reason = withoutNodes(product);
      if (reason !== null) {
        if (process.env['CI']) throw new Error(`CI needs ${product.title}: ${reason}`);
        console.log(`    skipped: ${reason}`);
        this.skip();
      }
      cluster = await product.start({ nodes: 3, heap: '512m' });
      giveBack(() => cluster!.stop());
      const nodes = cluster.nodes.map(({ url }) => url);
      client = closeAtEnd(product.connect(nodes));
      index = new PlaceIndex(product.engine({ client, refresh: true }));
    });

    /** The last of the nodes that has no copy of a generation. */
    async function nodeWithout(generation: string): Promise<ClusterNode> {
      const shards = await ask<{ id: string }[]>(
        client,
        'GET',
        `/_cat/shards/${generation}?format=json&h=id`,
      );
      const nodes = await ask<{ id: string; http: string }[]>(
        client,
        'GET',
        '/_cat/nodes?full_id=true&format=json&h=id,http',
      );
      const holders = new Set(shards!.map(({ id }) => id));
      const taken = nodes!
        .filter(({ id }) => holders.has(id))
        .map(({ http }) => new URL(`http://${http}`).port);
      expect(taken, 'nodes with a copy').to.have.length(1);
      return cluster!.nodes.findLast(({ url }) => new URL(url).port !== taken[0])!;
    }

    async function contents(): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      for await (const { id, names } of product.engine({ client }).scan(ALIAS)) {
        found.set(id, names[0]!.text);
      }
      return found;
    }

    // Which node the only copy of the new generation is on is for the cluster to say; waiting does not
    // bring that one back, so the other one is killed.
    it('goes on by itself when a node is killed while it fills, and loses nothing', async () => {
      await index.rebuild(placesOf('old', 100), PLAIN);
      let victim: ClusterNode | undefined;
      let passes = 0;
      async function* killing(): AsyncGenerator<(typeof PLACES)[number]> {
        // A source is read twice: to check it, and to fill from it.
        const filling = ++passes === 2;
        for (const [at, place] of PLACES.entries()) {
          if (filling && at === 5000) {
            victim = await nodeWithout('places-000002');
            victim.kill('SIGKILL');
          }
          yield place;
        }
      }
      const result = await index.rebuild(killing, PLAIN);
      expect(victim).to.not.equal(undefined);
      expect(result).to.include({ documents: PLACES.length, failed: 0, live: true });
      expect(await contents()).to.deep.equal(new Map(PLACES.map(({ id, name }) => [id, name])));
      await victim!.start();
      await ask(client, 'GET', '/_cluster/health?wait_for_nodes=3&timeout=120s');
    });

    it('stops, and goes on afterwards, when too few nodes are left', async () => {
      const again = placesOf('again', 8000);
      const [, second, third] = cluster!.nodes;
      const impatient = closeAtEnd(product.connect([cluster!.url], { requestTimeout: 2000 }));
      const short = new PlaceIndex(
        product.engine({ client: impatient, refresh: true, retryBudgetMs: 4000 }),
      );
      let down = false;
      const run = short.rebuild(again, {
        ...PLAIN,
        leaseMs: 1000,
        onProgress: ({ stage, done }) => {
          if (stage !== 'fill' || done < 5000 || down) return;
          down = true;
          for (const node of [second!, third!]) node.kill('SIGKILL');
        },
      });
      expect(await codeOf(run)).to.be.oneOf(['BULK_UNAVAILABLE', 'ENGINE_UNREACHABLE']);
      await Promise.all([second!, third!].map((node) => node.start()));
      await ask(
        client,
        'GET',
        '/_cluster/health?wait_for_nodes=3&wait_for_status=yellow&timeout=120s',
      );
      expect((await contents()).get('p1')).to.equal('Ka1 three');
      expect(await index.rebuild(again, PLAIN)).to.include({ live: true, failed: 0 });
      expect(await contents()).to.deep.equal(new Map(again.map(({ id, name }) => [id, name])));
    });

    it('says on which nodes a plugin is missing, before anything is made', async () => {
      const body = { ...placeMapping({ serverAnalysis: ['icu'] }) };
      const engine = product.engine({ client });
      const before = (await engine.generations(ALIAS)).length;
      const error: unknown = await engine.createGeneration(ALIAS, body).catch((e: unknown) => e);
      expect(error).to.have.property('code', 'CLUSTER_UNFIT');
      expect((error as Error).message).to.match(/analysis-icu is missing on \S.*, \S.*, \S/);
      expect((await engine.generations(ALIAS)).length).to.equal(before);
    });
  });
}
