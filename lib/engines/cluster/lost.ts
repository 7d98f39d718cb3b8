import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';

/** The answer of `_cluster/health` for an index. */
interface Health {
  indices?: Record<string, { status?: string; initializing_shards?: number }>;
  number_of_in_flight_fetch?: number;
  number_of_pending_tasks?: number;
}

/** Time limit of the answer in milliseconds, since a cluster without a manager gives none. */
const ANSWER_MS = 5000;

/**
 * Whether an index has a shard without a copy on any node: it is red, no shard is initializing, and
 * every node has reported its shards. A node that returns may still have a copy, but the fill of an
 * index with a single copy need not wait for it.
 *
 * @returns False if the cluster does not report it.
 */
export async function isLost(cluster: Cluster, index: string): Promise<boolean> {
  try {
    const answer = await cluster.sendOnce({
      method: 'GET',
      path: `/_cluster/health/${pathOf(index)}`,
      query: { timeout: '1s', level: 'indices' },
      expected: [408],
      timeoutMs: ANSWER_MS,
    });
    const health = objectOf(answer) as Health;
    const found = health.indices?.[index];
    return (
      found?.status === 'red' &&
      found.initializing_shards === 0 &&
      health.number_of_in_flight_fetch === 0 &&
      health.number_of_pending_tasks === 0
    );
  } catch {
    return false;
  }
}
