import type { State } from '../engines/engine.ts';

/** A state entry that one process holds for as long as it renews it. */
export interface HeldEntry {
  /** Writes it again. @returns False where another process has written it. */
  renew(): Promise<boolean>;
  /** Ends the renewal. @returns The revision to write it last with; null where it is not ours any more. */
  stop(): Promise<string | null>;
}

/**
 * Renews an entry three times within its lease, by compare-and-swap, until it is stopped or lost.
 *
 * @param options - value: what to write, made anew each time. revision: of the first write, which the
 *   caller has made. leaseMs: milliseconds, over 0. onLost: called once, where another process has written it.
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
  /** One at a time, since each needs the revision that the one before it has left. */
  const renew = (): Promise<boolean> =>
    (renewal ??= write().finally(() => {
      renewal = null;
    }));
  const timer = setInterval(() => {
    // An engine that can't be reached is found out by the next write of the holder.
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
