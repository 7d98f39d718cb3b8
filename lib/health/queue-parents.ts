import type { WatchedQueue } from './queue-look.ts';

/** A job of a flow that waits for a child that has failed permanently. */
export interface BlockedParent {
  id: string;
  /** Key of the child in Redis: prefix, queue and id. */
  child: string;
}

/** The part of a waiting parent that is used here; jobs of Bull have no children. */
interface Parent {
  id?: string | number | null | undefined;
  getDependencies?(options: {
    unprocessed: { count: number };
  }): PromiseLike<{ unprocessed?: readonly string[] }>;
}

/**
 * The part of a queue's Redis client that is used here. BullMQ's versions keep it in different
 * places.
 */
interface Client {
  zscore?(key: string, member: string): PromiseLike<unknown>;
}

/** Most children to look at for each parent. */
const CHILDREN = 20;

/**
 * The parents that wait for a failed child. Unless the flow says otherwise, BullMQ leaves such a
 * parent waiting until somebody retries the child.
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
