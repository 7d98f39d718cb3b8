import { Client } from '@opensearch-project/opensearch';
import type { BulkReply } from '../../lib/engines/cluster/bulk-answer.ts';
import type { BulkOutcome } from '../../lib/engines/cluster/bulk-operation.ts';
import type { BulkWriterOptions } from '../../lib/engines/cluster/bulk-options.ts';
import { type BulkWriter, bulkWriter } from '../../lib/engines/cluster/bulk-writer.ts';
import { type ClusterClient, sendOnce } from '../../lib/engines/cluster/request.ts';
import { type BulkServer, bulkServer } from './bulk-server.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { closeAtEnd } from './lifetime.ts';

/** A writer whose every hook is recorded and whose waits pass at once, on a clock of their own. */
export interface BulkRun {
  writer: BulkWriter;
  outcomes: BulkOutcome[];
  /** Milliseconds of each wait. */
  waits: number[];
  /** Milliseconds waited in all. */
  now: () => number;
  /** Most requests that were in flight at once. */
  peak: () => number;
  /** Happens by itself at the end of the test. */
  close(): Promise<void>;
}

export interface SendOptions {
  /** Milliseconds without a byte after which a request has failed. */
  timeoutMs?: number;
  requireAlias?: boolean;
  /** Default: of OpenSearch. */
  client?: ClusterClient & { close(): Promise<void> };
}

/** Sends with the real client, whose own retries are off. */
export function sendBulk(
  client: ClusterClient,
  index: string,
  { timeoutMs = 30_000, requireAlias = false }: SendOptions = {},
): BulkWriterOptions['send'] {
  const path = `/${index}/_bulk`;
  const query = { require_alias: requireAlias };
  return async (lines, { signal }): Promise<BulkReply> => {
    const request = { method: 'POST' as const, path, query, lines, timeoutMs, signal };
    const { status: statusCode, body } = await sendOnce(client, request);
    return { statusCode, body };
  };
}

/** Starts a writer to `url`; `random` is 1, so that a wait is what it may be at most. */
export function bulkRun(
  url: string,
  options: Partial<BulkWriterOptions> & SendOptions = {},
): BulkRun {
  const { index = 'places-000001' } = options;
  const client = options.client ?? new Client({ node: url });
  let closed: Promise<void> | null = null;
  // The client's second close never ends.
  const { close } = closeAtEnd({ close: () => (closed ??= client.close()) });
  const outcomes: BulkOutcome[] = [];
  const waits: number[] = [];
  let clock = 0;
  const inFlight = { now: 0, peak: 0 };
  const send = sendBulk(client, index, options);
  const now = (): number => clock;
  const writer = bulkWriter({
    send: async (...given) => {
      inFlight.now += 1;
      inFlight.peak = Math.max(inFlight.peak, inFlight.now);
      try {
        return await send(...given);
      } finally {
        inFlight.now -= 1;
      }
    },
    steadyNow: now,
    sleep: async (ms, signal) => {
      waits.push(ms);
      clock += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    },
    random: () => 1,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
    index,
  });
  return { writer, outcomes, waits, now, peak: () => inFlight.peak, close };
}

/** A server in memory and a proxy to it, fresh for each test of the suite it is called in. */
export function bulkRig(): { server: BulkServer; proxy: FaultProxy; start: typeof bulkRun } {
  const rig = { start: bulkRun } as ReturnType<typeof bulkRig>;
  beforeEach(async () => {
    rig.server = closeAtEnd(await bulkServer());
    rig.proxy = closeAtEnd(await faultProxy(rig.server.url));
  });
  return rig;
}

/** Adds documents of these ids; each holds its position, which is its tag too. */
export async function indexAll(writer: BulkWriter, ids: readonly string[]): Promise<void> {
  for (const [tag, id] of ids.entries()) {
    await writer.add({ action: 'index', id, source: { n: tag }, tag });
  }
}

/** `p0`, `p1`, ... */
export function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `p${i}`);
}

/** Id, `ok` and status of an outcome. */
export function describeOutcome({ id, ok, status }: BulkOutcome): string {
  return `${id} ${ok} ${status}`;
}

/** A promise that the test resolves. */
export function gate(): { promise: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}
