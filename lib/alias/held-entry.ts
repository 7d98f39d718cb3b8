import type { State } from '../engines/engine.ts';

/** A state entry that a process holds as long as it renews it. */
export interface HeldEntry {
  /** Writes it again. @returns False if another process has written it. */
  renew(): Promise<boolean>;
  /**
   * Ends the renewal. @returns The revision for the last write; null if another process holds the
   * entry.
   */
  stop(): Promise<string | null>;
}

/**
 * Renews an entry three times within its lease, by compare-and-swap, until it is stopped or lost.
 *
 * @param options - value: returns what to write, for each write. revision: that of the first
 *   write, which the caller has made. leaseMs: milliseconds, over 0. onLost: called once if another
 *   process has written the entry.
 */
export function holdEntry(
  engine: State,
  at: { alias: string; key: string },
  options: { value: () => unknown; revision: string; leaseMs: number; onLost?: () => void },
): HeldEntry {
  const { value, leaseMs, onLost } = options;
  let revision: string | null = options.revision;
  let renewal: Promise<boolean> | null = null;
  const write = async (): Promise<boolean> => {
    if (revision === null) return false;
    revision = await engine.writeState(at.alias, at.key, value(), revision);
    if (revision !== null) return true;
    clearInterval(timer);
    onLost?.();
    return false;
  };
  /** One at a time, since each write needs the revision of the previous one. */
  const renew = (): Promise<boolean> =>
    (renewal ??= write().finally(() => {
      renewal = null;
    }));
  const timer = setInterval(() => {
    // If the engine can't be reached, the next write of the holder reports it.
    renew().catch(() => undefined);
  }, leaseMs / 3);
  timer.unref();
  return {
    renew,
    async stop(): Promise<string | null> {
      clearInterval(timer);
      await renewal?.catch(() => undefined);
      const last = revision;
      revision = null;
      return last;
    },
  };
}
