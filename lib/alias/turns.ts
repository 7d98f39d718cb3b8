import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from '../engines/engine.ts';
import { wallClock } from '../clock.ts';
import { holdEntry } from './held-entry.ts';

/** What is held while it is somebody's turn. */
interface TurnValue {
  token: string;
  /** Milliseconds since 1970 from which on the turn counts as given up. */
  expires: number;
}

const LEASE_MS = 15_000;
/** Milliseconds between two looks at a turn that another process has. */
const LOOK_AGAIN_MS = 20;

/** Turns of this process, by alias and key: a call waits for the one before it without asking the engine. */
const queues = new WeakMap<State, Map<string, Promise<void>>>();

/**
 * Runs one call at a time of all that share an engine, whatever process they are in. A turn whose process died
 * is given up after 15 seconds without renewal, by the clocks of the hosts.
 *
 * @param at - What the turns are for.
 */
export async function inTurn<T>(
  engine: State,
  at: { alias: string; key: string },
  work: () => Promise<T>,
): Promise<T> {
  const waiting = queues.get(engine) ?? new Map<string, Promise<void>>();
  queues.set(engine, waiting);
  const name = JSON.stringify([at.alias, at.key]);
  const before = waiting.get(name) ?? Promise.resolve();
  const run = before.then(() => alone(engine, at, work));
  const settled = run.then(
    () => undefined,
    () => undefined,
  );
  waiting.set(name, settled);
  try {
    return await run;
  } finally {
    if (waiting.get(name) === settled) waiting.delete(name);
  }
}

async function alone<T>(
  engine: State,
  { alias, key }: { alias: string; key: string },
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  const value = (): TurnValue => ({ token, expires: wallClock() + LEASE_MS });
  const take = async (): Promise<string | null> => {
    const entry = await engine.readState(alias, key);
    const holder = entry ? (entry.value as TurnValue | null) : null;
    if (holder && holder.expires > wallClock()) return null;
    return engine.writeState(alias, key, value(), entry?.revision ?? null);
  };
  let revision = await take();
  while (revision === null) {
    await sleep(LOOK_AGAIN_MS);
    revision = await take();
  }
  const held = holdEntry(engine, { alias, key }, { value, revision, leaseMs: LEASE_MS });
  try {
    return await work();
  } finally {
    const last = await held.stop();
    if (last !== null) await engine.writeState(alias, key, null, last);
  }
}
