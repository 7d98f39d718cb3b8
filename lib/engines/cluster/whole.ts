import { EngineError } from '../../errors.ts';
import { type LookUpOptions, partialText, type Shortfall } from '../../partial.ts';
import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import type { EngineRequest } from './request.ts';

export const WHOLE_HINT: string =
  'Look at GET /_cluster/allocation/explain, and restore the missing shards.';

/** What is missing is told here in the same words, whatever the cluster's `search.default_allow_partial_results` is. */
export const ANY_PART: Readonly<Record<string, boolean>> = { allow_partial_search_results: true };

/**
 * Checks that an answer covers every shard. A shard without any copy is not reported as failed; it
 * is only missing from the successful ones.
 *
 * @param answer - Answer of a search, or any other answer with `_shards`.
 * @param onPartial - Is told, where a part will do.
 * @throws {EngineError} `PARTIAL_ANSWER`, where no `onPartial` is.
 */
export function checkWhole(
  answer: unknown,
  index: string,
  onPartial?: LookUpOptions['onPartial'],
): void {
  const { timed_out: timedOut, _shards } = answer as {
    timed_out?: boolean;
    _shards?: { total: number; successful: number; failed: number };
  };
  const { total = 0, successful = 0, failed = 0 } = _shards ?? {};
  const missing = Math.max(failed, total - successful);
  if (missing === 0 && timedOut !== true) return;
  const shortfall: Shortfall = {
    shards: total,
    answered: total - missing,
    ...(timedOut === true ? { timedOut } : {}),
  };
  if (onPartial) {
    onPartial(shortfall);
    return;
  }
  const what = `${partialText(shortfall)}, of ${index}`;
  throw new EngineError('PARTIAL_ANSWER', what, WHOLE_HINT);
}

/** The answer to a search or count, asked again while a shard of it may answer a moment later. */
export async function sendSearch(
  { sendParts }: Pick<Cluster, 'sendParts'>,
  request: EngineRequest,
): Promise<Record<string, unknown>> {
  const answers = (body: Record<string, unknown>): [Record<string, unknown>] => [body];
  const [answer] = await sendParts({ parts: [request], request: () => request, answers });
  return answer!;
}

/**
 * Number of documents of an index, which must be open and have all its shards.
 *
 * @throws {EngineError} `PARTIAL_ANSWER`, `INDEX_CLOSED`, `INDEX_NOT_FOUND`.
 */
export async function countWhole(
  cluster: Cluster,
  index: string,
  { signal, onPartial }: LookUpOptions = {},
): Promise<number> {
  const path = `/${pathOf(index)}/_count`;
  const answer = await sendSearch(cluster, { method: 'GET', path, signal });
  checkWhole(answer, index, onPartial);
  return answer['count'] as number;
}

/**
 * The whole answer to one search of an index.
 *
 * @throws {EngineError} `PARTIAL_ANSWER`, where no `onPartial` is.
 */
export async function searchWhole(
  cluster: Cluster,
  index: string,
  body: Record<string, unknown>,
  { signal, onPartial }: LookUpOptions = {},
): Promise<Record<string, unknown>> {
  signal?.throwIfAborted();
  const path = `/${pathOf(index)}/_search`;
  const request = { method: 'POST' as const, path, query: ANY_PART, body, signal };
  const answer = await sendSearch(cluster, request);
  checkWhole(answer, index, onPartial);
  return answer;
}
