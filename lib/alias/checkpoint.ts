import type { Generations, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';

/** Progress of a rebuild, stored beside the index. */
export interface RebuildState {
  generation: string;
  /** Start of the rebuild, ISO 8601. */
  since: string;
  /**
   * Fingerprint of the source and of everything else that documents are made of; null until the
   * source was read once.
   */
  fingerprint: string | null;
  /** What the generation contains; null before the first checkpoint. */
  filled: FillCheckpoint | null;
  /** Set before the alias moves: at most the swap remains to be done. */
  complete: boolean;
}

/** All records of the source up to `through` are in the generation. */
export interface FillCheckpoint {
  /** Number of good records, from the first on, that are processed. */
  through: number;
  /** Number of documents in the generation that came from the source. */
  documents: number;
  /** Number of these that were copied from the live generation; absent for none. */
  copied?: number;
  /** Number of records that became dead letters during the fill. */
  failed: number;
  /** Bytes and lines of the dead-letter file, including those from reading the source. */
  letters: { bytes: number; count: number };
  /** Number of places by where their parent came from. */
  parents: Record<string, number>;
}

const KEY = 'rebuild';

/** State of the rebuild that is running or was interrupted; null if there is none. */
export async function readRebuildState(engine: State, alias: string): Promise<RebuildState | null> {
  return ((await engine.readState(alias, KEY))?.value as RebuildState | undefined) ?? null;
}

/**
 * State of an interrupted rebuild that can be resumed; null if there is none, it has written
 * nothing yet, or its generation is gone.
 */
export async function resumableRebuild(
  engine: Generations & State,
  alias: string,
): Promise<RebuildState | null> {
  const state = await readRebuildState(engine, alias);
  if (state === null || state.fingerprint === null) return null;
  const isThere = (await engine.generations(alias)).some(({ name }) => name === state.generation);
  return isThere ? state : null;
}

/** Removes the rebuild state if it belongs to this generation. */
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

/** Stores the state of one run. A run that was taken over can't write it any more. */
export interface RebuildLog {
  save(state: RebuildState): Promise<void>;
  /**
   * Removes the state of a run that is done or given up. @returns False if another run took over.
   */
  clear(): Promise<boolean>;
}

/** Opens the log of a run; the run that wrote it before can't write it any more. */
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
