import type { Clock } from './clock.ts';
import { PRIORITIES, type Priority } from './limiter-options.ts';

/** Work that waits for room. Exactly one of the two functions is called, exactly once. */
export interface Waiting {
  start(): void;
  /** `full`: more urgent work took the place. `late`: it has waited as long as allowed. */
  refuse(why: 'full' | 'late' | 'down'): void;
}

/** A bounded queue for every priority. */
export interface WaitingRoom {
  /** @returns A function that takes the work out again; null if there was no place. */
  enter(priority: Priority, waiting: Waiting): (() => void) | null;
  /** Starts work, the most urgent and then the newest first, as long as `hasRoom` allows it. */
  startAll(hasRoom: (priority: Priority) => boolean): void;
  refuseAll(why: 'down'): void;
  sizes(): Record<Priority, number>;
}

/**
 * The newest work goes first, since people wait for what they typed last. When the room is full,
 * the oldest of the least urgent work is dropped.
 */
export function waitingRoom(options: {
  maxQueue: number;
  maxWaitMs: Readonly<Record<Priority, number>>;
  clock: Clock;
}): WaitingRoom {
  const { maxQueue, maxWaitMs, clock } = options;
  const queues: Record<Priority, Set<Waiting>> = {
    autocomplete: new Set(),
    images: new Set(),
    batch: new Set(),
  };
  const cancels = new Map<Waiting, () => void>();

  const take = (priority: Priority, waiting: Waiting): void => {
    queues[priority].delete(waiting);
    cancels.get(waiting)?.();
    cancels.delete(waiting);
  };
  const refuse = (priority: Priority, waiting: Waiting, why: 'full' | 'late' | 'down'): void => {
    take(priority, waiting);
    waiting.refuse(why);
  };
  const makePlace = (priority: Priority): boolean => {
    if (cancels.size < maxQueue) return true;
    for (const other of PRIORITIES.slice(PRIORITIES.indexOf(priority)).reverse()) {
      const [oldest] = queues[other];
      if (oldest === undefined) continue;
      refuse(other, oldest, 'full');
      return true;
    }
    return false;
  };

  return {
    enter(priority, waiting) {
      if (maxQueue === 0 || !makePlace(priority)) return null;
      queues[priority].add(waiting);
      const late = (): void => {
        refuse(priority, waiting, 'late');
      };
      cancels.set(waiting, clock.after(maxWaitMs[priority], late));
      return () => {
        take(priority, waiting);
      };
    },
    startAll(hasRoom) {
      for (const priority of PRIORITIES) {
        const newestFirst = [...queues[priority]].reverse();
        for (const waiting of newestFirst) {
          if (!hasRoom(priority)) break;
          // Starting work runs it, and it may call this function again.
          if (!queues[priority].has(waiting)) continue;
          take(priority, waiting);
          waiting.start();
        }
      }
    },
    refuseAll(why) {
      for (const priority of PRIORITIES) {
        for (const waiting of [...queues[priority]]) refuse(priority, waiting, why);
      }
    },
    sizes: () => ({
      autocomplete: queues.autocomplete.size,
      images: queues.images.size,
      batch: queues.batch.size,
    }),
  };
}
