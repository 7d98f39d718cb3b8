import type { Generations, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';

/** How far a rebuild is, as kept beside the index. */
export interface RebuildState {
  generation: string;
  /** ISO 8601 time at which it began. */
  since: string;
  /** Of the source and of everything that goes into documents; null until the source was read once. */
  fingerprint: string | null;
  /** What is in the generation, null before the first checkpoint. */
  filled: FillCheckpoint | null;
  /** Set when the alias is about to move: only the swap may be left to do. */
  complete: boolean;
}

/** Everything up to a record of the source is in. */
export interface FillCheckpoint {
  /** Good records of the source that are done with, from the first on. */
  through: number;
  /** Documents in the generation that came from the source. */
  documents: number;
  /** Records that became dead letters while it was filled. */
  failed: number;
  /** Bytes and lines of the file of dead letters, those of reading the source included. */
  letters: { bytes: number; count: number };
  /** Where parents came from, in places. */
  parents: Record<string, number>;
}

const KEY = 'rebuild';

/** The rebuild that runs, or that was cut off; null where there is none. */
export async function readRebuildState(engine: State, alias: string): Promise<RebuildState | null> {
  return ((await engine.readState(alias, KEY))?.value as RebuildState | undefined) ?? null;
}

/** The rebuild that was cut off and may be resumed; null where there is none, nothing is in yet, or its generation is gone. */
export async function resumableRebuild(
  engine: Generations & State,
  alias: string,
): Promise<RebuildState | null> {
  const state = await readRebuildState(engine, alias);
  if (state === null || state.fingerprint === null) return null;
  const isThere = (await engine.generations(alias)).some(({ name }) => name === state.generation);
  return isThere ? state : null;
}

/** Removes the state of the rebuild of a generation, if it is that. */
export async function forgetRebuild(
  engine: State,
  alias: string,
  generation: string,
): Promise<void> {
  for (;;) {
    const entry = await engine.readState(alias, KEY);
    if ((entry?.value as RebuildState | undefined)?.generation !== generation) return;
    if ((await engine.writeState(alias, KEY, null, entry!.revision)) !== null) return;
  }
}

/** Keeps the state of one run; a run that was taken over can't write it any more. */
export interface RebuildLog {
  save(state: RebuildState): Promise<void>;
  /** Forgets the run: it is done, or given up. @returns False where another run took over. */
  clear(): Promise<boolean>;
}

/** Opens the log of a run, and closes that of whoever wrote it before. */
export async function openRebuildLog(engine: State, alias: string): Promise<RebuildLog> {
  const before = await engine.readState(alias, KEY);
  let revision = before?.revision ?? null;
  if (before) revision = await engine.writeState(alias, KEY, before.value, revision);
  return {
    async save(state: RebuildState): Promise<void> {
      revision = await engine.writeState(alias, KEY, state, revision);
      if (revision !== null) return;
      const what = `Another run took over the rebuild of ${alias}`;
      throw new RebuildError('LEASE_LOST', what, 'Wait for it; status names it.', {
        stage: 'fill',
      });
    },
    async clear(): Promise<boolean> {
      if (revision === null) return (await engine.readState(alias, KEY)) === null;
      const cleared = await engine.writeState(alias, KEY, null, revision);
      revision = null;
      return cleared !== null;
    },
  };
}
