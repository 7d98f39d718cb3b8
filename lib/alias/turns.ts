import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from '../engines/engine.ts';
import { wallClock } from '../clock.ts';
import { holdEntry } from './held-entry.ts';

/** State entry of the process whose turn it is. */
interface TurnValue {
  token: string;
  /** Milliseconds since 1970 at which the turn expires. */
  expires: number;
}

const LEASE_MS = 15_000;
/** Milliseconds between two reads of a turn that another process holds. */
const LOOK_AGAIN_MS = 20;

/**
 * Queues of this process by alias and key: a call waits for the previous one without asking the
 * engine.
 */
const queues = new WeakMap<State, Map<string, Promise<void>>>();

/**
 * Runs one call at a time among all processes that share an engine. The turn of a process that died
 * expires 15 seconds after its last renewal, by the clocks of the hosts.
 *
 * @param at - The alias and key that callers share.
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
