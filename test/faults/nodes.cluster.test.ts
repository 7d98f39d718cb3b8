import { Client } from '@opensearch-project/opensearch';
import { expect } from 'chai';

import { means, startOpenSearch } from '../../scripts/opensearch.mjs';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { ALIAS, codeOf, PLAIN, placesOf } from './rig.ts';

const PLACES = placesOf('three', 8000);

/** Several nodes are started from jars only. */
function withoutNodes(): string | null {
  const found = means();
  return 'java' in found ? null : `three nodes need Java and Maven (${found.reason ?? 'Docker'})`;
}

describe('a cluster of three nodes', function () {
  this.timeout(240_000);
  let cluster: Awaited<ReturnType<typeof startOpenSearch>> | undefined;
  let client: Client;
  let index: PlaceIndex;
  before(async function () {
    const reason = withoutNodes();
    if (reason !== null) {
      if (process.env['CI']) throw new Error(`CI needs OpenSearch: ${reason}`);
      console.log(`    skipped: ${reason}`);
      this.skip();
    }
    cluster = await startOpenSearch({ nodes: 3, heap: '512m' });
    // With its own time limit of 30 s: nodes that have just come back answer late on a loaded machine.
    client = new Client({ nodes: cluster.nodes.map(({ url }) => url) });
    index = new PlaceIndex(opensearch({ client, refresh: true }));
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  /** The last of the nodes that has no copy of a generation. */
  async function nodeWithout(
    generation: string,
  ): Promise<NonNullable<typeof cluster>['nodes'][number]> {
    const shards = await client.cat.shards({ index: generation, format: 'json', h: ['id'] });
    const nodes = await client.cat.nodes({ full_id: true, format: 'json', h: ['id', 'http'] });
    const holders = new Set((shards.body as { id: string }[]).map(({ id }) => id));
    const taken = (nodes.body as { id: string; http: string }[])
      .filter(({ id }) => holders.has(id))
      .map(({ http }) => new URL(`http://${http}`).port);
    expect(taken, 'nodes with a copy').to.have.length(1);
    return cluster!.nodes.findLast(({ url }) => new URL(url).port !== taken[0])!;
  }

  async function contents(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for await (const { id, names } of opensearch({ client }).scan(ALIAS)) {
      found.set(id, names[0]!.text);
    }
    return found;
  }

  // Which node the only copy of the new generation is on is for the cluster to say; waiting does not
  // bring that one back, so the other one is killed.
  it('goes on by itself when a node is killed while it fills, and loses nothing', async () => {
    await index.rebuild(placesOf('old', 100), PLAIN);
    let victim: NonNullable<typeof cluster>['nodes'][number] | undefined;
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
    victim!.start();
    await client.cluster.health(
      { wait_for_nodes: '3', timeout: '120s' },
      { requestTimeout: 130_000 },
    );
  });

  it('stops, and goes on afterwards, when too few nodes are left', async () => {
    const again = placesOf('again', 8000);
    const [, second, third] = cluster!.nodes;
    const impatient = new Client({ nodes: [cluster!.url], requestTimeout: 2000 });
    const short = new PlaceIndex(
      opensearch({ client: impatient, refresh: true, retryBudgetMs: 4000 }),
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
    for (const node of [second!, third!]) node.start();
    await client.cluster.health(
      { wait_for_nodes: '3', wait_for_status: 'yellow', timeout: '120s' },
      { requestTimeout: 130_000 },
    );
    expect((await contents()).get('p1')).to.equal('Ka1 three');
    expect(await index.rebuild(again, PLAIN)).to.include({ live: true, failed: 0 });
    expect(await contents()).to.deep.equal(new Map(again.map(({ id, name }) => [id, name])));
    await impatient.close();
  });

  it('says on which nodes a plugin is missing, before anything is made', async () => {
    const body = { ...placeMapping({ serverAnalysis: ['icu'] }) };
    const engine = opensearch({ client });
    const before = (await engine.generations(ALIAS)).length;
    const error: unknown = await engine.createGeneration(ALIAS, body).catch((e: unknown) => e);
    expect(error).to.have.property('code', 'CLUSTER_UNFIT');
    expect((error as Error).message).to.match(/analysis-icu is missing on Node 1, Node 1, Node 1/);
    expect((await engine.generations(ALIAS)).length).to.equal(before);
  });
});
