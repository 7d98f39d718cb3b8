import { expect } from 'chai';

import type { ClusterNode, StartedCluster } from '../../scripts/cluster.mjs';
import type { Engine } from '../../lib/engines/engine.ts';
import type { EngineError } from '../../lib/errors.ts';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { createHandler } from '../../lib/server/handler.ts';
import { codeOf } from '../support/failures.ts';
import { ask, type Product, PRODUCTS, type TestClient } from '../support/clusters.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { until } from '../support/polling.ts';
import { serve } from '../support/servers.ts';
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
    let engine: Engine;
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
      engine = product.engine({ client, refresh: true });
      index = new PlaceIndex(engine);
    });

    /** A node that has the only copy of a generation, or the last of those that have none. */
    async function nodeOf(generation: string, has: boolean): Promise<ClusterNode> {
      const shards = await ask<{ id: string }[]>(
        client,
        'GET',
        `/_cat/shards/${generation}?format=json&h=id`,
      );
      return nodeWith(new Set(shards!.map(({ id }) => id)), has);
    }

    /** The node of an id, or the last of the others. */
    async function nodeWith(ids: ReadonlySet<string>, has: boolean): Promise<ClusterNode> {
      const nodes = await ask<{ id: string; http: string }[]>(
        client,
        'GET',
        '/_cat/nodes?full_id=true&format=json&h=id,http',
      );
      const taken = nodes!
        .filter(({ id }) => ids.has(id))
        .map(({ http }) => new URL(`http://${http}`).port);
      expect(taken, 'nodes with a copy').to.have.length(1);
      return cluster!.nodes.findLast(({ url }) => (new URL(url).port === taken[0]) === has)!;
    }

    async function contents(): Promise<Map<string, string>> {
      const found = new Map<string, string>();
      for await (const { id, names } of product.engine({ client }).scan(ALIAS)) {
        found.set(id, names[0]!.text);
      }
      return found;
    }

    /** A source that kills a node of a generation when 5000 records of it are read for the fill, once. */
    function killing(victim: (generation: string) => Promise<ClusterNode>): {
      source: () => AsyncGenerator<(typeof PLACES)[number]>;
      killed: ClusterNode[];
    } {
      const killed: ClusterNode[] = [];
      let passes = 0;
      return {
        killed,
        async *source() {
          // A source is read twice: to check it, and to fill from it.
          const filling = ++passes === 2;
          for (const [at, place] of PLACES.entries()) {
            if (filling && at === 5000) {
              const building = (await engine.generations(ALIAS)).find(
                (g) => g.state === 'building',
              );
              const node = await victim(building!.name);
              node.kill('SIGKILL');
              killed.push(node);
            }
            yield place;
          }
        },
      };
    }

    /** Waits for a health, also while there is no manager (503), and longer than one request may (408). */
    async function healthy(wanted: string): Promise<void> {
      await until(() =>
        ask(client, 'GET', `/_cluster/health${wanted}&timeout=60s`).then(
          () => true,
          (error: unknown) => {
            const { statusCode = 503 } = error as { statusCode?: number };
            if (![408, 429, 502, 503, 504].includes(statusCode)) throw error;
            return false;
          },
        ),
      );
    }

    /** Waits until the index answers in whole: health may still count shards of nodes that were killed. */
    async function readable(): Promise<void> {
      await until(() =>
        contents().then(
          () => true,
          (error: unknown) => {
            if ((error as EngineError).code !== 'PARTIAL_ANSWER') throw error;
            return false;
          },
        ),
      );
    }

    async function backAgain(node: ClusterNode): Promise<void> {
      await node.start();
      await healthy('?wait_for_nodes=3&wait_for_no_initializing_shards=true');
    }

    /**
     * Waits until the state takes writes. OpenSearch 2.19 may have made a copy of it the primary without a new term,
     * where the manager that saw the one node leave lost its quorum with the next one: such a copy never becomes one
     * that takes writes, until its allocation is cancelled (docs/operating.md).
     */
    async function stateTakesWrites(): Promise<void> {
      const once = product.engine({ client, retryBudgetMs: 0 });
      const write = async (value: number | null): Promise<boolean> => {
        try {
          await once.writeState(ALIAS, 'probe', value);
          return true;
        } catch (error) {
          const { code, message } = error as EngineError;
          if (!['ENGINE_UNREACHABLE', 'PARTIAL_ANSWER'].includes(code)) throw error;
          if (message.includes('not in primary mode')) await cancelPrimary(`${ALIAS}-state`);
          return false;
        }
      };
      await until(() => write(1));
      await until(() => write(null));
    }

    /** Has the primary of an index of one shard taken from its node, and given to a copy that is in sync. */
    async function cancelPrimary(name: string): Promise<void> {
      const path = `/_cat/shards/${name}?format=json&h=id,prirep`;
      const shards = await ask<{ id: string; prirep: string }[]>(client, 'GET', path);
      const node = shards!.find(({ prirep }) => prirep === 'p')!.id;
      const cancel = { index: name, shard: 0, node, allow_primary: true };
      await ask(client, 'POST', '/_cluster/reroute', { commands: [{ cancel }] });
    }

    it('goes on by itself when a node without the new generation is killed, and loses nothing', async () => {
      await index.rebuild(placesOf('old', 100), PLAIN);
      const { source, killed } = killing((generation) => nodeOf(generation, false));
      const result = await index.rebuild(source, PLAIN);
      expect(killed).to.have.length(1);
      expect(result).to.include({ documents: PLACES.length, failed: 0, live: true });
      expect(result.lost).to.deep.equal([]);
      expect(await contents()).to.deep.equal(new Map(PLACES.map(({ id, name }) => [id, name])));
      await backAgain(killed[0]!);
    });

    it('begins anew on the nodes that are left when the one with the new generation is killed', async () => {
      const { source, killed } = killing((generation) => nodeOf(generation, true));
      const told: string[] = [];
      const before = (await index.status()).live;
      const result = await index.rebuild(source, {
        ...PLAIN,
        onLost: (generation) => told.push(generation),
      });
      expect(killed).to.have.length(1);
      expect(result).to.include({ documents: PLACES.length, failed: 0, live: true });
      expect(result.previous).to.equal(before);
      expect(result.lost).to.have.length(1);
      expect(told).to.deep.equal(result.lost);
      expect(result.generation).to.not.equal(told[0]);
      expect(await contents()).to.deep.equal(new Map(PLACES.map(({ id, name }) => [id, name])));
      await backAgain(killed[0]!);
    });

    it('never resumes what has lost its shard, and begins anew', async () => {
      const stop = new AbortController();
      const cut = index.rebuild(PLACES, {
        ...PLAIN,
        signal: stop.signal,
        onProgress: ({ stage, done }) => {
          if (stage === 'fill' && done >= 5000) stop.abort();
        },
      });
      expect(await cut.catch((error: unknown) => (error as Error).name)).to.equal('AbortError');
      const { generation } = (await index.status()).unfinished!;
      const node = await nodeOf(generation, true);
      node.kill('SIGKILL');
      await healthy(`/${generation}?wait_for_nodes=2`);
      const result = await index.rebuild(PLACES, PLAIN);
      expect(result).to.include({ live: true, resumed: false, documents: PLACES.length });
      expect(result.orphansDropped).to.deep.equal([generation]);
      await backAgain(node);
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
      // The state may have been on the nodes that are gone.
      const stopped = ['BULK_UNAVAILABLE', 'ENGINE_UNREACHABLE', 'PARTIAL_ANSWER'];
      expect(await codeOf(run)).to.be.oneOf(stopped);
      await Promise.all([second!, third!].map((node) => node.start()));
      await healthy('?wait_for_nodes=3&wait_for_status=yellow');
      await stateTakesWrites();
      await readable();
      expect((await contents()).get('p1')).to.equal('Ka1 three');
      expect(await index.rebuild(again, PLAIN)).to.include({ live: true, failed: 0 });
      expect(await contents()).to.deep.equal(new Map(again.map(({ id, name }) => [id, name])));
    });

    it('answers of two shards of three when the node of one is killed, where a part will do, and marks it', async () => {
      const alias = 'parted';
      const villages = placesOf('part', 90).map(({ id, ...place }, i) => ({
        ...place,
        id,
        name: `第${i}村`,
      }));
      const mapping = { numberOfShards: 3, numberOfReplicas: 0 };
      const parted = new PlaceIndex(engine, { alias, mapping });
      await parted.rebuild(villages, PLAIN);
      const all = await parted.suggest('第', { limit: 100 });
      expect(all).to.have.length(90);
      const shards = await ask<{ shard: string; id: string }[]>(
        client,
        'GET',
        '/_cat/shards/parted-000001?format=json&h=shard,id',
      );
      // Nodes that came back late may have fewer of them.
      const alone = shards!.find(
        ({ id }) => shards!.filter((other) => other.id === id).length === 1,
      );
      expect(alone, `a node with one of ${JSON.stringify(shards)}`).to.not.equal(undefined);
      const node = await nodeWith(new Set([alone!.id]), true);
      node.kill('SIGKILL');
      await healthy('?wait_for_nodes=2');

      const partial = { shards: 3, answered: 2 };
      const left = new PlaceIndex(product.engine({ client }), { alias });
      expect(await codeOf(left.suggest('第', { limit: 100 }))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(left.search('第3村'))).to.equal('PARTIAL_ANSWER');
      expect(await codeOf(engine.count(alias))).to.equal('PARTIAL_ANSWER');
      const every = villages.map(({ id }) => id);
      expect(await codeOf(engine.versions(alias, every))).to.equal('PARTIAL_ANSWER');
      // Also where the client takes nodes that answer 503 as dead and goes to the one that is.
      for (let i = 0; i < 20; i++) {
        expect(await codeOf(left.inspect(() => undefined))).to.equal('PARTIAL_ANSWER');
      }
      const some = await left.suggest('第', { limit: 100, allowPartial: true });
      expect(some.partial).to.deep.equal(partial);
      expect(some.length).to.be.within(1, 89);
      const ids = all.map(({ id }) => id);
      expect(ids).to.include.members(some.map(({ id }) => id));
      const found = await left.search('村', { limit: 100, allowPartial: true });
      expect(found.partial).to.deep.equal(partial);
      const server = await serve(createHandler({ places: left }));
      const suggest = `${server.origin}/suggest?q=${encodeURIComponent('第')}&limit=100`;
      expect((await fetch(suggest)).status).to.equal(503);
      const answer = await fetch(`${suggest}&allowPartial=true`);
      expect(answer.headers.get('cache-control')).to.equal('no-store');
      expect(await answer.json()).to.deep.include({ partial });

      await backAgain(node);
      await healthy('/parted-000001?wait_for_status=green');
      const whole = await left.suggest('第', { limit: 100, allowPartial: true });
      expect(whole.partial).to.equal(undefined);
      expect(whole).to.deep.equal(all);
    });

    it('says on which nodes a plugin is missing, before anything is made', async () => {
      const body = { ...placeMapping({ serverAnalysis: ['icu'] }) };
      const before = (await engine.generations(ALIAS)).length;
      const error: unknown = await engine.createGeneration(ALIAS, body).catch((e: unknown) => e);
      expect(error).to.have.property('code', 'CLUSTER_UNFIT');
      expect((error as Error).message).to.match(/analysis-icu is missing on \S.*, \S.*, \S/);
      expect((await engine.generations(ALIAS)).length).to.equal(before);
    });
  });
}
