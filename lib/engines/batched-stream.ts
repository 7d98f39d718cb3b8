import type { WriteOperation, WriteOutcome, WriteStream } from './engine.ts';

/** Operations per batch. */
const BATCH = 500;

/** A write stream on an engine that writes one batch at a time. */
export function batchedStream(
  write: (operations: readonly WriteOperation[]) => Promise<WriteOutcome[]>,
  onOutcome: (outcome: WriteOutcome, tag: number) => void,
  signal?: AbortSignal,
): WriteStream {
  let waiting: { operation: WriteOperation; tag: number }[] = [];
  async function flush(): Promise<void> {
    signal?.throwIfAborted();
    if (waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    const outcomes = await write(batch.map(({ operation }) => operation));
    outcomes.forEach((outcome, i) => {
      onOutcome(outcome, batch[i]!.tag);
    });
  }
  return {
    flush,
    async add(operation: WriteOperation, tag: number): Promise<void> {
      waiting.push({ operation, tag });
      if (waiting.length >= BATCH) await flush();
    },
  };
}
