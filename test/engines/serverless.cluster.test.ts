import { expect } from 'chai';

import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { startElasticsearch } from '../../scripts/elasticsearch.mjs';
import { seededRandom } from '../../bench/statistics.ts';
import { ELASTICSEARCH, needs, type TestClient } from '../support/clusters.ts';
import { failureOf } from '../support/failures.ts';
import { type FaultProxy, faultProxy, type ProxiedRequest } from '../support/fault-proxy.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { pictureWith, vectorIn } from '../support/pictures.ts';
import { RECORDS } from '../rebuild/records.ts';

/** Settings that the service lets its users choose, of those that suoyin has (`Property.ServerlessPublic`). */
const PUBLIC =
  /^(refresh_interval|hidden|sort\.(field|order)|analysis\..*|mapping\.exclude_source_vectors)$/;

/** Settings of a request, below `index.`, that are not its users'. */
function refusedSettings({ method, path, body }: ProxiedRequest): string[] {
  if (method !== 'PUT' || !/^\/[\w-]+(\/_settings)?(\?|$)/.test(path)) return [];
  const json = JSON.parse(body.toString()) as { settings?: { index?: object }; index?: object };
  const { analysis: _, ...settings } = { analysis: {}, ...(json.settings?.index ?? json.index) };
  return Object.keys(settings).filter((key) => !PUBLIC.test(key));
}

// The server itself refuses the requests that are not for users of the service, as it does there (the
// annotations `ServerlessScope`); settings are refused there by a module that is not published, so by a proxy here.
describe('Elasticsearch without servers', function () {
  needs(this, ELASTICSEARCH);
  let proxy: FaultProxy;
  let client: TestClient;
  before(async function () {
    this.timeout(900_000);
    if (!('java' in ELASTICSEARCH.means())) return this.skip();
    const cluster = await startElasticsearch({ heap: '512m', flavor: 'serverless' });
    giveBack(() => cluster.stop());
    proxy = closeAtEnd(await faultProxy(cluster.url));
    proxy.inject(
      {
        kind: 'handle',
        handle: (request) => {
          const [key] = refusedSettings(request);
          const reason = `Settings [index.${key}] are not available when running in serverless mode`;
          const body = JSON.stringify({ error: { type: 'illegal_argument_exception', reason } });
          const headers = {
            'content-type': 'application/json',
            'x-elastic-product': 'Elasticsearch',
          };
          return Promise.resolve({ status: 400, headers, body });
        },
      },
      { when: (request) => refusedSettings(request).length > 0, times: Infinity },
    );
    client = closeAtEnd(ELASTICSEARCH.connect(proxy.url));
  });

  it('holds places: rebuild, swap, live writes, searches, counts, plan, gc', async () => {
    const engine = elasticsearch({ client, refresh: true });
    const index = new PlaceIndex(engine);
    expect(await index.rebuild(RECORDS)).to.include({ live: true, documents: 30 });
    await index.put([{ id: 'late', name: '新村', kind: 'poi', country: 'TW' }]);
    expect((await index.suggest('新村'))[0]?.id).to.equal('late');
    expect((await index.search('新村')).total).to.be.greaterThan(0);
    const { server, changes } = await index.plan();
    expect(server).to.match(/^Elasticsearch \d.* \(serverless\)$/);
    expect(changes).to.deep.equal([]);
    expect(await index.rebuild(RECORDS)).to.include({ live: true, generation: 'places-000002' });
    const { generations } = await index.status();
    expect(generations.map(({ documents }) => documents)).to.deep.equal([31, 30]);
    expect((await index.gc({ keep: 0 })).dropped).to.deep.equal(['places-000001']);
    expect(await engine.health()).to.deep.include({ version: server, status: 'ok' });
  });

  it('holds pictures', async () => {
    const index = new ImageIndex(elasticsearch({ client, refresh: true }));
    const random = seededRandom(7);
    const documents = Array.from({ length: 20 }, (_, i) =>
      pictureWith(`p${i}`, { vector: vectorIn(DEFAULT_SPACE, random) }),
    );
    await index.write(documents);
    await index.rebuild();
    const [nearest] = await index.similar({ vector: documents[7]!.vector! }, { limit: 1 });
    expect(nearest?.id).to.equal('p7');
  });

  it('has neither shards nor replicas to choose, and says so before anything is made', async () => {
    const engine = elasticsearch({ client });
    for (const cut of [{ numberOfShards: 2 }, { numberOfReplicas: 0 }]) {
      const error = await failureOf(engine.createGeneration('cut', { ...imageMapping(cut) }));
      expect(error.code).to.equal('MAPPING_INVALID');
      expect(error.message).to.match(
        /serverless cluster can.t have number_of_(shards 2|replicas 0)/,
      );
    }
    expect(await engine.generations('cut')).to.deep.equal([]);
  });
});
