import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import type { Suite } from 'mocha';

import type { ClusterOptions } from '../../lib/engines/cluster/index.ts';
import { type ClusterClient, untilPicked } from '../../lib/engines/cluster/request.ts';
import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import type { Means, StartedCluster, StartOptions } from '../../scripts/cluster.mjs';
import * as elasticsearchServer from '../../scripts/elasticsearch.mjs';
import * as opensearchServer from '../../scripts/opensearch.mjs';
import { closeAtEnd, giveBack } from './lifetime.ts';

/** A client of either package. */
export interface TestClient extends ClusterClient {
  close(): Promise<void>;
}

/** A product that tests run on. */
export interface Product {
  /** As `--engine` names it. */
  name: 'opensearch' | 'elasticsearch';
  title: string;
  /** Variable with the address of a cluster for tests. */
  variable: string;
  means(): Means;
  start(options: StartOptions): Promise<StartedCluster>;
  /** A client for one node or several; `requestTimeout` in milliseconds. */
  connect(url: string | string[], options?: { requestTimeout?: number }): TestClient;
  engine(options: ClusterOptions): Engine;
}

export const OPENSEARCH: Product = {
  name: 'opensearch',
  title: 'OpenSearch',
  variable: 'OPENSEARCH_URL',
  means: () => opensearchServer.means(),
  start: (options) => opensearchServer.startOpenSearch(options),
  connect: (nodes, options) => new OpenSearchClient({ nodes, ...options }),
  engine: opensearch,
};

export const ELASTICSEARCH: Product = {
  name: 'elasticsearch',
  title: 'Elasticsearch',
  variable: 'ELASTICSEARCH_URL',
  means: () => elasticsearchServer.means(),
  start: (options) => elasticsearchServer.startElasticsearch(options),
  connect: (nodes, options) => new ElasticsearchClient({ nodes, ...options }),
  engine: elasticsearch,
};

/** What tests of clusters run on, each. */
export const PRODUCTS: readonly Product[] = [OPENSEARCH, ELASTICSEARCH];

/** URLs of the clusters of this run, by variable. */
const started = new Map<string, Promise<string>>();

/** Where tests find a product: a cluster that is given, else one started for this run of the tests. */
async function startOnce(product: Product): Promise<string> {
  const given = process.env[product.variable];
  if (given) return given;
  const cluster = await product.start({ heap: '512m' });
  giveBack(() => cluster.stop(), { until: 'run' });
  return cluster.url;
}

/**
 * Skips the tests of a suite, with the reason, where a product can't be started here; in CI they fail.
 *
 * @param suite - Whose first hook this becomes.
 */
export function needs(suite: Suite, product: Product): void {
  suite.beforeAll(function () {
    const { title } = product;
    const reason = product.means().reason ?? null;
    if (reason === null) return;
    if (process.env['CI']) throw new Error(`CI needs ${title}: ${reason}`);
    console.log(`    skipped: no ${title} (${reason})`);
    this.skip();
  });
}

/**
 * Makes the tests of a suite run on a real cluster; where there can be none they are skipped with the
 * reason, and in CI they fail.
 *
 * A cluster given by the product's variable has to be one for tests: indexes of theirs are deleted.
 *
 * @returns Set when the first test runs.
 */
export function onCluster(suite: Suite, product: Product): { url: string; client: TestClient } {
  const cluster = { url: '', client: null as unknown as TestClient };
  if (!process.env[product.variable]) needs(suite, product);
  suite.beforeAll(async function () {
    // As long as it may take to start, and some.
    this.timeout(900_000);
    const starting = started.get(product.variable) ?? startOnce(product);
    started.set(product.variable, starting);
    cluster.url = await starting;
    cluster.client = closeAtEnd(product.connect(cluster.url));
  });
  return cluster;
}

/**
 * Sends a request of the test itself.
 *
 * @param path - With its query.
 * @returns The body of the answer; null where there is nothing (404).
 */
export async function ask<T = unknown>(
  client: ClusterClient,
  method: string,
  path: string,
  body?: Record<string, unknown>,
): Promise<T | null> {
  const [bare, query] = path.split('?', 2) as [string, string | undefined];
  const params = {
    method,
    path: bare,
    ...(query === undefined ? {} : { querystring: Object.fromEntries(new URLSearchParams(query)) }),
    ...(body ? { body } : {}),
  };
  const options = { meta: true as const, ignore: [404], requestTimeout: 150_000 };
  const answer = await untilPicked(() => client.transport.request(params, options));
  return answer.statusCode === 404 ? null : (answer.body as T);
}

/** Settings of an index, by their names below `index.`. */
export async function settingsOf(
  client: ClusterClient,
  index: string,
): Promise<Record<string, string | undefined>> {
  const answer = await ask<Record<string, { settings: Record<string, string> }>>(
    client,
    'GET',
    `/${index}/_settings?flat_settings=true`,
  );
  const { settings } = answer![index]!;
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key.replace(/^index\./, ''), value]),
  );
}

/** Deletes what suoyin has made for these aliases. */
export async function wipe(client: ClusterClient, aliases: readonly string[]): Promise<void> {
  const names = aliases.flatMap((alias) => [`${alias}-0*`, `${alias}-state`]).join();
  const query = 'expand_wildcards=all&ignore_unavailable=true&filter_path=*.aliases';
  const found = await ask<object>(client, 'GET', `/${names}?${query}`);
  for (const index of Object.keys(found ?? {})) await ask(client, 'DELETE', `/${index}`);
}
