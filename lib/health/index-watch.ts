import { type Clock, SYSTEM_CLOCK } from './clock.ts';

/** The part of `PlaceIndex`, `ImageIndex` and `NoteIndex` that is used here. */
export interface WatchedIndex {
  alias: string;
  status(): Promise<{
    live: string | null;
    generations: readonly {
      name: string;
      createdAt: string;
      documents: number;
      meta: Record<string, unknown>;
    }[];
    rebuilding: unknown;
    unfinished: { filled?: { letters: { count: number } } | null } | null;
  }>;
}

/** Figures of an index at the last look. */
export interface IndexFigures {
  alias: string;
  /** When the live generation was begun, in seconds since 1970; null if none is live. */
  createdSeconds: number | null;
  /** Number of documents in the live generation; null if none is live. */
  documents: number | null;
  /** Number of dead letters of the rebuild that made the live generation. */
  deadLetters: number;
  /** Whether a rebuild is running, or one was interrupted. */
  rebuild: 'none' | 'running' | 'unfinished';
}

/** Keeps figures of indexes that can be read without waiting. */
export interface IndexWatch {
  /**
   * Figures of the last look; empty before the first. If that is long ago, a new look starts in
   * the background.
   */
  report(): IndexFigures[];
}

/** Milliseconds for which a look is reused, since each one costs a cluster requests. */
const LOOK_MS = 15_000;

/** Watches indexes. One that can't be read is left out; its readiness check reports that. */
export function watchIndexes(
  indexes: readonly WatchedIndex[],
  { lookMs = LOOK_MS, clock = SYSTEM_CLOCK }: { lookMs?: number; clock?: Clock } = {},
): IndexWatch {
  let figures: IndexFigures[] = [];
  let lookedAt = -Infinity;
  let looks: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    const found = await Promise.allSettled(
      indexes.map(async (index) => figuresOf(index.alias, await index.status())),
    );
    figures = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    lookedAt = clock.steadyNow();
    looks = null;
  };
  const refresh = (): void => {
    if (looks === null && clock.steadyNow() - lookedAt >= lookMs) looks = look();
  };
  refresh();
  return {
    report() {
      refresh();
      return figures;
    },
  };
}

function figuresOf(
  alias: string,
  status: Awaited<ReturnType<WatchedIndex['status']>>,
): IndexFigures {
  const { generations, rebuilding, unfinished } = status;
  const live = generations.find(({ name }) => name === status.live);
  const failed = live?.meta['failed'];
  return {
    alias,
    createdSeconds: live ? Math.round(Date.parse(live.createdAt) / 1000) : null,
    documents: live?.documents ?? null,
    deadLetters: typeof failed === 'number' ? failed : 0,
    rebuild: rebuilding !== null ? 'running' : unfinished !== null ? 'unfinished' : 'none',
  };
}
