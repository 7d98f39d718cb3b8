import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { RebuildError } from '../errors.ts';

/** Who rebuilds an alias, as the lease file says. */
export interface LeaseHolder {
  pid: number;
  host: string;
  /** ISO 8601 time. */
  since: string;
}

/** The right to rebuild an alias, held until released. */
export interface Lease {
  /** @throws {RebuildError} `LEASE_LOST` when another run took it over. */
  check(stage: string): Promise<void>;
  release(): Promise<void>;
}

interface LeaseFile extends LeaseHolder {
  token: string;
  /** Start of the process in clock ticks since boot; a process id alone comes back. Linux only. */
  started: string | null;
}

/** How often the holder renews its lease, and after how long without renewal it counts as dead. */
const RENEW_MS = 10_000;
const EXPIRE_MS = 60_000;

/**
 * Takes the lease on rebuilding an alias: a file in the data folder that names its holder.
 *
 * A lease whose holder is dead is taken over: at once on the same host, after a minute without
 * renewal else. Should two runs take over at the same moment, the one whose file was replaced finds
 * out at `check`; the alias is safe anyway, since it moves by compare-and-swap only.
 *
 * @throws {RebuildError} `LEASE_HELD` naming the holder.
 */
export async function takeLease(folder: string, alias: string): Promise<Lease> {
  await mkdir(folder, { recursive: true });
  const path = leasePath(folder, alias);
  const token = randomUUID();
  const mine: LeaseFile = {
    token,
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    started: await processStart(process.pid),
  };
  while (!(await created(path, mine))) {
    const holder = await readLease(path);
    if (holder === null) continue;
    if (await isAlive(path, holder)) throw leaseHeld(alias, path, holder);
    await rm(path, { force: true });
  }
  const renewal = setInterval(() => {
    const now = new Date();
    void holds(path, token).then((held) => (held ? utimes(path, now, now) : undefined));
  }, RENEW_MS);
  renewal.unref();
  return {
    async check(stage: string): Promise<void> {
      if (await holds(path, token)) return;
      const what = `Another run took over the rebuild of ${alias}`;
      throw new RebuildError('LEASE_LOST', stage, what, `Wait for it; ${path} names it.`);
    },
    async release(): Promise<void> {
      clearInterval(renewal);
      if (await holds(path, token)) await rm(path, { force: true });
    },
  };
}

/** Who rebuilds the alias now; null where nobody does or the holder is dead. */
export async function leaseHolder(folder: string, alias: string): Promise<LeaseHolder | null> {
  const path = leasePath(folder, alias);
  const holder = await readLease(path);
  if (holder === null || !(await isAlive(path, holder))) return null;
  return { pid: holder.pid, host: holder.host, since: holder.since };
}

/** The error for work that may not run beside a rebuild. */
export function leaseHeld(alias: string, where: string, holder: LeaseHolder): RebuildError {
  return new RebuildError(
    'LEASE_HELD',
    'lease',
    `${alias} is being rebuilt by process ${holder.pid} on ${holder.host} since ${holder.since}`,
    `Wait for it to end; if it is dead, remove ${where}.`,
  );
}

function leasePath(folder: string, alias: string): string {
  return join(folder, `${alias}.lease`);
}

async function created(path: string, lease: LeaseFile): Promise<boolean> {
  try {
    await writeFile(path, `${JSON.stringify(lease)}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Null where there is no lease; a lease caught while it is being written has no known holder. */
async function readLease(path: string): Promise<LeaseFile | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text) as LeaseFile;
  } catch {
    return { token: '', pid: 0, host: 'unknown', since: 'just now', started: null };
  }
}

async function holds(path: string, token: string): Promise<boolean> {
  return (await readLease(path))?.token === token;
}

async function isAlive(path: string, holder: LeaseFile): Promise<boolean> {
  const renewed = await stat(path).then(
    (state) => state.mtimeMs,
    () => 0,
  );
  if (Date.now() - renewed > EXPIRE_MS) return false;
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.started === null || (await processStart(holder.pid)) === holder.started;
}

/** Field 22 of /proc/PID/stat (proc(5)); null where there is none or the process is a zombie. */
async function processStart(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the command, field 2, is in brackets and may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
