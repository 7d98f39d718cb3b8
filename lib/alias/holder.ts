import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';

/**
 * Identity of the process that holds a lease. A process id alone is not enough: ids are reused,
 * and are unique only within one namespace of one boot of one machine.
 */
export interface Holder {
  host: string;
  /** Id of the boot: machines may share a host name. Null if the system does not report it. */
  boot: string | null;
  /**
   * Namespace of the process id: containers may share a host name. Null if the system does not
   * report it.
   */
  space: string | null;
  pid: number;
  /** Start of the process in clock ticks since boot; null if the system does not report it. */
  started: string | null;
}

/** This process. */
export async function thisProcess(): Promise<Holder> {
  const { pid } = process;
  const stat = await processStat(pid);
  return {
    host: hostname(),
    boot: await bootId(),
    space: await pidSpace(),
    pid,
    started: stat?.started ?? null,
  };
}

/**
 * Whether a process has certainly ended. This can be known only of processes of the same boot,
 * host and namespace; for any other it is false, so that its lease has to expire.
 */
export async function isDead({ host, boot, space, pid, started }: Holder): Promise<boolean> {
  const here = await thisProcess();
  const isHere = host === here.host && boot === here.boot && space === here.space;
  if (!isHere || space === null) return false;
  if (isGone(pid)) return true;
  const stat = await processStat(pid);
  // Unreadable: the process exists, but belongs to another user or /proc is restricted.
  if (stat === null || started === null) return false;
  return stat.isZombie || stat.started !== started;
}

/** Whether a holder is this process. */
export async function isThisProcess(holder: Holder): Promise<boolean> {
  const here = await thisProcess();
  const keys = Object.keys(here) as (keyof Holder)[];
  return here.space !== null && keys.every((key) => holder[key] === here[key]);
}

/** A process as messages name it. */
export function holderText({ host, pid }: Pick<Holder, 'host' | 'pid'>): string {
  return `process ${pid} on ${host}`;
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it lives, under another user.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** Fields 3 and 22 of /proc/PID/stat (proc(5)); null where they can't be read. */
async function processStat(pid: number): Promise<{ started: string; isZombie: boolean } | null> {
  // A /proc of another namespace has other numbers.
  const self = await readlink('/proc/self').catch(() => null);
  if (self !== String(process.pid)) return null;
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name of the command, field 2, is in brackets and may hold spaces.
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { started: fields[18]!, isZombie: state === 'Z' };
}

async function bootId(): Promise<string | null> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => null);
  return text?.trim() ?? null;
}

/** Only Linux has several on a machine. */
async function pidSpace(): Promise<string | null> {
  if (process.platform !== 'linux') return process.platform;
  return readlink('/proc/self/ns/pid').catch(() => null);
}
