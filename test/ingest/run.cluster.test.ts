import { onCluster, OPENSEARCH, wipe } from '../support/clusters.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { shareRun } from './shared-run.ts';

const URLS = Number(process.env['RUN_URLS'] ?? 560);

describe('a run that several processes share, OpenSearch', function () {
  const cluster = onCluster(this, OPENSEARCH);

  it(`takes ${URLS} URLs in once each, whatever they answer, and its totals add up after two deaths`, async () => {
    await wipe(cluster.client, ['images']);
    const flags = (dir: string): string[] => [
      ...['--engine', 'opensearch', '--node', cluster.url, '--data', dir],
    ];
    const engine = OPENSEARCH.engine({ client: cluster.client });
    await shareRun(closeAtEnd(engine), flags, URLS);
  });
});
