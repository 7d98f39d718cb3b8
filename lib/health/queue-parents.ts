import type { WatchedQueue } from './queue-look.ts';

/** A job of a flow that waits for a child that has failed for good. */
export interface BlockedParent {
  id: string;
  /** Key of the child in Redis: prefix, queue and id. */
  child: string;
}

/** What is used of a waiting parent; jobs of Bull have no children. */
interface Parent {
  id?: string | number | null | undefined;
  getDependencies?(options: {
    unprocessed: { count: number };
  }): PromiseLike<{ unprocessed?: readonly string[] }>;
}

/** What is used of the client of a queue, which BullMQ keeps in different places: the score in a sorted set. */
interface Client {
  zscore?(key: string, member: string): PromiseLike<unknown>;
}

/** Children that are looked at for each parent. */
const CHILDREN = 20;

/**
 * Those of some parents that wait for a child that has failed: BullMQ leaves such a parent waiting until somebody
 * tries the child again, unless the flow says otherwise.
 */
export async function blockedParents(
  queue: WatchedQueue,
  parents: readonly unknown[],
): Promise<BlockedParent[]> {
  if (parents.length === 0) return [];
  const { client, backend } = queue as { client?: unknown; backend?: { client?: unknown } };
  const redis = (await (client ?? backend?.client)) as Client | undefined;
  if (typeof redis?.zscore !== 'function') return [];
  const found: BlockedParent[] = [];
  for (const parent of parents as Parent[]) {
    for (const child of await childrenOf(parent)) {
      const at = child.lastIndexOf(':');
      const failed = await redis.zscore(`${child.slice(0, at)}:failed`, child.slice(at + 1));
      if (failed === null || failed === undefined) continue;
      found.push({ id: String(parent.id), child });
      break;
    }
  }
  return found;
}

async function childrenOf(parent: Parent): Promise<readonly string[]> {
  const found = await parent.getDependencies?.({ unprocessed: { count: CHILDREN } });
  return (found?.unprocessed ?? []).slice(0, CHILDREN);
}
