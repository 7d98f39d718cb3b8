import { Client } from '@opensearch-project/opensearch';
import type { Suite } from 'mocha';

import { means, startOpenSearch } from '../../scripts/opensearch.mjs';
import { closeAtEnd, giveBack } from './lifetime.ts';

/** URL of the cluster of this run. */
let started: Promise<string> | null = null;

/** Where tests find OpenSearch: a cluster that is given, else one started for this run of the tests. */
async function startOnce(): Promise<string> {
  const given = process.env['OPENSEARCH_URL'];
  if (given) return given;
  const cluster = await startOpenSearch({});
  giveBack(() => cluster.stop(), { until: 'run' });
  return cluster.url;
}

/** Why there is no OpenSearch here, null where there is. */
function missing(): string | null {
  if (process.env['OPENSEARCH_URL']) return null;
  return means().reason ?? null;
}

/**
 * Makes the tests of a suite run on a real OpenSearch; where there can be none they are skipped with
 * the reason, and in CI they fail.
 *
 * A cluster given as OPENSEARCH_URL has to be one for tests: indexes of theirs are deleted.
 *
 * @returns Set when the first test runs.
 */
export function onOpenSearch(suite: Suite): { url: string; client: Client } {
  const cluster = { url: '', client: null as unknown as Client };
  suite.beforeAll(async function () {
    // As long as it may take to start, and some.
    this.timeout(900_000);
    const reason = missing();
    if (reason !== null) {
      if (process.env['CI']) throw new Error(`CI needs OpenSearch: ${reason}`);
      console.log(`    skipped: no OpenSearch (${reason})`);
      this.skip();
    }
    started ??= startOnce();
    cluster.url = await started;
    cluster.client = closeAtEnd(new Client({ node: cluster.url }));
  });
  return cluster;
}

/** Deletes what suoyin has made for these aliases. */
export async function wipe(client: Client, aliases: readonly string[]): Promise<void> {
  for (const alias of aliases) {
    const query = `${alias}-0*,${alias}-state`;
    const found = await client.indices.get({
      index: query,
      expand_wildcards: ['all'],
      ignore_unavailable: true,
    } as unknown as Parameters<Client['indices']['get']>[0]);
    for (const index of Object.keys(found.body)) await client.indices.delete({ index });
  }
}
