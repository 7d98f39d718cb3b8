/** Takes note of work that was done, and resolves when it may go on. */
export type Pause = (units: number) => Promise<void>;

/** UTF-16 code units that are read and judged in a turn: some ten milliseconds at the most. */
export const TURN_UNITS = 200_000;

/**
 * Divides long work into turns of the event loop, so that whatever else is due is never kept waiting for all of it.
 *
 * @param signal - Ends the work at its next turn.
 * @throws {unknown} From `Pause`: the reason of the signal.
 */
export function pauses(signal?: AbortSignal): Pause {
  let done = 0;
  return async (units) => {
    signal?.throwIfAborted();
    done += units;
    if (done < TURN_UNITS) return;
    done = 0;
    await new Promise<void>((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  };
}
