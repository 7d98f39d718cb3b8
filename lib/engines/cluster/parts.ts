import { failedPart, type PartAnswer } from './failures.ts';
import {
  again,
  type ClusterClient,
  type EngineRequest,
  notOfCluster,
  objectOf,
  type Retries,
  sendOnce,
} from './request.ts';

/** A request of several parts, each of which is answered, and may fail, by itself: `_msearch`, `_mget`. */
export interface PartedRequest<P, A extends PartAnswer> {
  parts: readonly P[];
  /** The request for some of the parts. */
  request(left: readonly P[]): EngineRequest;
  /** The answers in its body, one for each of these parts, in order; undefined where there are none. */
  answers(body: Record<string, unknown>): readonly A[] | undefined;
}

/**
 * Sends a request of parts, and again those that failed where a whole request with this failure would be sent again,
 * as often and with the same waits.
 *
 * @returns The last answer to each part, which may be a failure.
 */
export type SendParts = <P, A extends PartAnswer>(parted: PartedRequest<P, A>) => Promise<A[]>;

/** A sender of requests of parts on a client. */
export function sendPartsWith(client: ClusterClient, retries: Retries): SendParts {
  return async <P, A extends PartAnswer>(parted: PartedRequest<P, A>) => {
    const { parts } = parted;
    const answered: A[] = [];
    let left = [...parts.keys()];
    await again(parted.request(parts), retries, async (last) => {
      const sent = parted.request(left.map((at) => parts[at]!));
      const found = parted.answers(objectOf(await sendOnce(client, sent)));
      if (found?.length !== left.length) throw notOfCluster();
      for (const [i, at] of left.entries()) answered[at] = found[i]!;
      left = left.filter((at) => failedPart(answered[at]!) !== null);
      const failure = left.length === 0 ? null : failedPart(answered[left[0]!]!);
      if (failure && !last) throw failure;
    });
    return answered;
  };
}
