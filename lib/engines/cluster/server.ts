import type { Cluster } from './cluster.ts';
import { objectOf } from './request.ts';

/** The server at an address. */
export interface ClusterServer {
  /** `OpenSearch`, `Elasticsearch`, or another name that the server reports. */
  product: string;
  number: string;
  /**
   * Whether it is Elastic's serverless service, on which users don't control shards, replicas,
   * merges and nodes.
   */
  serverless: boolean;
}

/** Settings that users of a serverless cluster can't set. */
const OF_SERVERS: readonly string[] = [
  'number_of_shards',
  'number_of_replicas',
  'auto_expand_replicas',
  'gc_deletes',
  'default_pipeline',
  'final_pipeline',
  'max_result_window',
];

/** Asks a cluster for product and version. */
export async function askServer({ send }: Pick<Cluster, 'send'>): Promise<ClusterServer> {
  const { version } = objectOf(await send({ method: 'GET', path: '/' })) as {
    version?: { distribution?: string; number?: string; build_flavor?: string };
  };
  const { distribution, number = '0', build_flavor: flavor } = version ?? {};
  return { product: productOf(distribution, flavor), number, serverless: flavor === 'serverless' };
}

/** Elasticsearch reports no distribution, but since 7.x a flavor. */
function productOf(distribution: string | undefined, flavor: string | undefined): string {
  if (distribution === 'opensearch') return 'OpenSearch';
  return distribution ?? (flavor === undefined ? 'unknown' : 'Elasticsearch');
}

/**
 * The server of a cluster, asked once. If the user lacks the permission, it is assumed not to be
 * serverless.
 */
export async function serverOf(cluster: Cluster): Promise<ClusterServer> {
  if (cluster.known.server) return cluster.known.server;
  try {
    cluster.known.server = await askServer(cluster);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'UNAUTHORIZED') throw error;
    cluster.known.server = { product: cluster.dialect.title, number: '0', serverless: false };
  }
  return cluster.known.server;
}

/** A server in words: `Elasticsearch 8.19.9`. */
export function serverText({ product, number, serverless }: ClusterServer): string {
  return `${product} ${number}${serverless ? ' (serverless)' : ''}`;
}

/** Settings of an index, without those that the server does not accept. */
export function takenSettings<T>(
  { serverless }: ClusterServer,
  settings: Readonly<Record<string, T>>,
): Record<string, T> {
  if (!serverless) return settings;
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !OF_SERVERS.includes(key)));
}
