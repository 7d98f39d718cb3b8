import type { Cluster } from './cluster.ts';
import { objectOf } from './request.ts';

/** What answers at an address. */
export interface ClusterServer {
  /** `OpenSearch`, `Elasticsearch`, or what else it calls itself. */
  product: string;
  number: string;
  /** It is Elastic's service without servers: shards, replicas, merges and nodes are not its users'. */
  serverless: boolean;
}

/** Settings that are not its users' where a cluster is serverless. */
const OF_SERVERS: readonly string[] = [
  'number_of_shards',
  'number_of_replicas',
  'auto_expand_replicas',
  'gc_deletes',
];

/** Asks a cluster what it is. */
export async function askServer({ send }: Pick<Cluster, 'send'>): Promise<ClusterServer> {
  const { version } = objectOf(await send({ method: 'GET', path: '/' })) as {
    version?: { distribution?: string; number?: string; build_flavor?: string };
  };
  const { distribution, number = '0', build_flavor: flavor } = version ?? {};
  return { product: productOf(distribution, flavor), number, serverless: flavor === 'serverless' };
}

/** Elasticsearch names no distribution, but a flavor; from 7.x on. */
function productOf(distribution: string | undefined, flavor: string | undefined): string {
  if (distribution === 'opensearch') return 'OpenSearch';
  return distribution ?? (flavor === undefined ? 'unknown' : 'Elasticsearch');
}

/** The server of a cluster, asked for once: its product stays what it is. */
export async function serverOf(cluster: Cluster): Promise<ClusterServer> {
  return (cluster.known.server ??= await askServer(cluster));
}

/** A server in words: `Elasticsearch 8.19.9`. */
export function serverText({ product, number, serverless }: ClusterServer): string {
  return `${product} ${number}${serverless ? ' (serverless)' : ''}`;
}

/** Settings of an index, without those that the server does not take. */
export function takenSettings<T>(
  { serverless }: ClusterServer,
  settings: Readonly<Record<string, T>>,
): Record<string, T> {
  if (!serverless) return settings;
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !OF_SERVERS.includes(key)));
}
