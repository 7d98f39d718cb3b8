import { EngineError } from '../../errors.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';

/**
 * Checks that an answer is of every shard. A shard without any copy is not told as failed: it is missing
 * among the successful ones.
 *
 * @param answer - Of a search, or of anything that tells `_shards`.
 * @throws {EngineError} `PARTIAL_ANSWER`.
 */
export function checkWhole(answer: unknown, index: string): void {
  const { timed_out: timedOut, _shards } = answer as {
    timed_out?: boolean;
    _shards?: { total: number; successful: number; failed: number };
  };
  const { total = 0, successful = 0, failed = 0 } = _shards ?? {};
  const missing = Math.max(failed, total - successful);
  if (missing === 0 && timedOut !== true) return;
  const what =
    missing === 0
      ? `The search of ${index} ended before it had seen everything`
      : `Only ${total - missing} of ${total} shards of ${index} answered`;
  const hint = 'Look at GET /_cluster/allocation/explain, and bring the missing shards back.';
  throw new EngineError('PARTIAL_ANSWER', what, hint);
}

/**
 * Number of documents of an index that is open and has all its shards.
 *
 * @throws {EngineError} `PARTIAL_ANSWER`, `INDEX_CLOSED`, `INDEX_NOT_FOUND`.
 */
export async function countWhole({ send }: Cluster, index: string): Promise<number> {
  const answer = objectOf(await send({ method: 'GET', path: `/${pathOf(index)}/_count` }));
  checkWhole(answer, index);
  return answer['count'] as number;
}
