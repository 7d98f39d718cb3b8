import type { Clock } from '../../lib/health/clock.ts';

/** A clock that stands until it is turned. */
export interface HandClock extends Clock {
  /** Goes on by milliseconds; runs what is due on the way, and all that follows from it. */
  turn(ms: number): Promise<void>;
}

/** A clock for tests, at 0. */
export function handClock(): HandClock {
  let at = 0;
  const due = new Map<{ at: number }, () => void>();
  return {
    steadyNow: () => at,
    after(ms, run) {
      const timer = { at: at + ms };
      due.set(timer, run);
      return () => due.delete(timer);
    },
    async turn(ms) {
      const end = at + ms;
      await settled();
      for (;;) {
        const [next] = [...due.keys()]
          .filter((timer) => timer.at <= end)
          .sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        at = next.at;
        const run = due.get(next)!;
        due.delete(next);
        run();
        await settled();
      }
      at = end;
    },
  };
}

/** Until promises that are settled have had their say. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
