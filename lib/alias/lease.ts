import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import process from 'node:process';
import type { Engine, StateEntry } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { processStat } from './process-stat.ts';

/** Who rebuilds an alias. */
export interface LeaseHolder {
  pid: number;
  host: string;
  /** ISO 8601 time. */
  since: string;
}

/** The right to rebuild an alias, held until released. */
export interface Lease {
  /** @throws {RebuildError} `LEASE_LOST` when another run took it over, or nobody could be asked. */
  check(stage: string): Promise<void>;
  release(): Promise<void>;
}

interface LeaseValue extends LeaseHolder {
  token: string;
  /** Start of the process in clock ticks since boot; a process id alone comes back. Linux only. */
  started: string | null;
  /** Milliseconds since 1970 at which the holder counts as dead unless it renews. */
  expires: number;
}

const KEY = 'lease';

/** Leases that this process holds: one whose release did not get through is not held any more. */
const held = new Set<string>();

/** How long a lease lasts without renewal; it is renewed three times in that time. */
export const LEASE_DEFAULTS: Readonly<{ leaseMs: number }> = Object.freeze({ leaseMs: 60_000 });

/**
 * Takes the lease on rebuilding an alias: an entry beside the index that names its holder.
 *
 * A lease is taken over at once where its holder is dead and was on this host, else when it has
 * expired by this host's clock. It is one for all hosts that share the engine, and it only saves
 * work: a holder that is paused and comes back is stopped by `takeOverGeneration` and by the
 * compare-and-swap of the alias, however wrong a clock is.
 *
 * @param options - leaseMs: over 0, default 60000.
 * @throws {RebuildError} `LEASE_HELD` naming the holder.
 */
export async function takeLease(
  engine: Engine,
  alias: string,
  options: { leaseMs?: number } = {},
): Promise<Lease> {
  const leaseMs = options.leaseMs ?? LEASE_DEFAULTS.leaseMs;
  const mine = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    started: await processStart(process.pid),
  };
  const value = (): LeaseValue => ({ ...mine, expires: Date.now() + leaseMs });
  let revision: string | null = null;
  while (revision === null) {
    const entry = await engine.readState(alias, KEY);
    const holder = entry && leaseOf(entry);
    if (holder && (await isAlive(holder))) throw leaseHeld(alias, holder);
    revision = await engine.writeState(alias, KEY, value(), entry?.revision ?? null);
  }
  held.add(mine.token);

  let lost = false;
  let renewal: Promise<void> | null = null;
  /** One at a time, since each needs the revision that the one before it has left. */
  const renew = (): Promise<void> =>
    (renewal ??= (async (): Promise<void> => {
      if (lost || revision === null) return;
      const next = await engine.writeState(alias, KEY, value(), revision);
      if (next === null) lost = true;
      else revision = next;
    })().finally(() => {
      renewal = null;
    }));
  const timer = setInterval(() => {
    // An engine that can't be reached is found out by `check`, which throws.
    renew().catch(() => undefined);
  }, leaseMs / 3);
  timer.unref();
  return {
    async check(stage: string): Promise<void> {
      await renew();
      if (!lost) return;
      const what = `Another run took over the rebuild of ${alias}`;
      throw new RebuildError('LEASE_LOST', stage, what, 'Wait for it; status names it.');
    },
    async release(): Promise<void> {
      clearInterval(timer);
      held.delete(mine.token);
      await renewal?.catch(() => undefined);
      if (!lost && revision !== null) await engine.writeState(alias, KEY, null, revision);
      revision = null;
    },
  };
}

/** Who rebuilds the alias now; null where nobody does or the holder is dead. */
export async function leaseHolder(engine: Engine, alias: string): Promise<LeaseHolder | null> {
  const entry = await engine.readState(alias, KEY);
  const holder = entry && leaseOf(entry);
  if (!holder || !(await isAlive(holder))) return null;
  return { pid: holder.pid, host: holder.host, since: holder.since };
}

/**
 * Takes the lease away from whoever holds it, dead or alive.
 *
 * @returns The former holder, null where there was none.
 */
export async function breakLease(engine: Engine, alias: string): Promise<LeaseHolder | null> {
  const entry = await engine.readState(alias, KEY);
  if (!entry) return null;
  await engine.writeState(alias, KEY, null);
  const { pid, host, since } = leaseOf(entry);
  return { pid, host, since };
}

/** A holder as messages name it. */
export function holderText({ pid, host, since }: LeaseHolder): string {
  return `process ${pid} on ${host} since ${since}`;
}

function leaseHeld(alias: string, holder: LeaseHolder): RebuildError {
  return new RebuildError(
    'LEASE_HELD',
    'lease',
    `${alias} is being rebuilt by ${holderText(holder)}`,
    'Wait for it to end; if it is dead, run suoyin index-rebuild unlock.',
  );
}

function leaseOf({ value }: StateEntry): LeaseValue {
  return value as LeaseValue;
}

async function isAlive(holder: LeaseValue): Promise<boolean> {
  if (Date.now() > holder.expires) return false;
  if (holder.host !== hostname()) return true;
  if (holder.pid === process.pid && holder.started === (await processStart(process.pid))) {
    return held.has(holder.token);
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.started === null || (await processStart(holder.pid)) === holder.started;
}

/** Null where the system does not say, or the process is no more. */
async function processStart(pid: number): Promise<string | null> {
  return (await processStat(pid))?.started ?? null;
}
