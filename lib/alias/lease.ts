import { wallClock } from '../clock.ts';
import { randomUUID } from 'node:crypto';
import type { State, StateEntry } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { holdEntry } from './held-entry.ts';
import { type Holder, holderText, isDead, isThisProcess, thisProcess } from './holder.ts';

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

interface LeaseValue extends Holder {
  token: string;
  /** ISO 8601 time. */
  since: string;
  /** Milliseconds since 1970 at which the holder counts as dead unless it renews. */
  expires: number;
}

const KEY = 'lease';

/**
 * Leases that this process holds: one whose release did not get through is not held any more. They belong to the process,
 * not to this module, which may be loaded twice, in two versions.
 */
const held: Set<string> = ((globalThis as Record<symbol, unknown>)[Symbol.for('suoyin.leases')] ??=
  new Set()) as Set<string>;

/** How long a lease lasts without renewal; it is renewed three times in that time. */
export const LEASE_DEFAULTS: Readonly<{ leaseMs: number }> = Object.freeze({ leaseMs: 60_000 });

/**
 * Takes the lease on rebuilding an alias: an entry beside the index that names its holder.
 *
 * A lease is taken over at once where its holder is known to be dead, else when it has expired by this
 * host's clock. It is one for all hosts that share the engine, and it only saves work: a holder that is
 * paused and comes back is stopped by `takeOverGeneration` and by the compare-and-swap of the alias,
 * however wrong a clock is.
 *
 * @param options - leaseMs: over 0, default 60000.
 * @throws {RebuildError} `LEASE_HELD` naming the holder.
 */
export async function takeLease(
  engine: State,
  alias: string,
  options: { leaseMs?: number | undefined } = {},
): Promise<Lease> {
  const leaseMs = options.leaseMs ?? LEASE_DEFAULTS.leaseMs;
  const token = randomUUID();
  const mine = { token, since: new Date().toISOString(), ...(await thisProcess()) };
  const value = (): LeaseValue => ({ ...mine, expires: wallClock() + leaseMs });
  let revision: string | null = null;
  while (revision === null) {
    const entry = await engine.readState(alias, KEY);
    const holder = entry && leaseOf(entry);
    if (holder && (await isAlive(holder))) throw leaseHeld(alias, holder);
    revision = await engine.writeState(alias, KEY, value(), entry?.revision ?? null);
  }
  held.add(token);
  const entry = holdEntry(engine, { alias, key: KEY }, { value, revision, leaseMs });
  return {
    async check(stage: string): Promise<void> {
      if (await entry.renew()) return;
      const what = `Another run took over the rebuild of ${alias}`;
      throw new RebuildError('LEASE_LOST', what, 'Wait for it; status names it.', { stage });
    },
    async release(): Promise<void> {
      held.delete(token);
      const last = await entry.stop();
      if (last !== null) await engine.writeState(alias, KEY, null, last);
    },
  };
}

/** Who rebuilds the alias now; null where nobody does or the holder is dead. */
export async function leaseHolder(engine: State, alias: string): Promise<LeaseHolder | null> {
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
export async function breakLease(engine: State, alias: string): Promise<LeaseHolder | null> {
  const entry = await engine.readState(alias, KEY);
  if (!entry) return null;
  await engine.writeState(alias, KEY, null);
  const { pid, host, since } = leaseOf(entry);
  return { pid, host, since };
}

/** A holder as messages name it. */
export function leaseHolderText(holder: LeaseHolder): string {
  return `${holderText(holder)} since ${holder.since}`;
}

function leaseHeld(alias: string, holder: LeaseHolder): RebuildError {
  return new RebuildError(
    'LEASE_HELD',
    `${alias} is being rebuilt by ${leaseHolderText(holder)}`,
    'Wait for it to end; if it is dead, run suoyin index-rebuild unlock.',
    { stage: 'lease' },
  );
}

function leaseOf({ value }: StateEntry): LeaseValue {
  return value as LeaseValue;
}

async function isAlive(holder: LeaseValue): Promise<boolean> {
  if (wallClock() > holder.expires) return false;
  if (await isThisProcess(holder)) return held.has(holder.token);
  return !(await isDead(holder));
}
