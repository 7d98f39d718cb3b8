import { readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { processStat } from '../../alias/process-stat.ts';

/** A process, as far as it can be told apart from others. Null where the system does not say. */
export interface Holder {
  host: string;
  pid: number | null;
  /** Start of the process in clock ticks since boot; a process id alone comes back. */
  started: string | null;
  /** Namespace of the process id: containers may share a host name. */
  space: string | null;
}

/** This process. */
export async function thisProcess(): Promise<Holder> {
  const self = await processStat('self');
  return {
    host: hostname(),
    pid: self?.pid ?? null,
    started: self?.started ?? null,
    space: await pidSpace(),
  };
}

/** Whether a process has ended for certain: it was on this machine, and is no more. Linux only. */
export async function isDead(holder: Holder): Promise<boolean> {
  const { host, pid, started, space } = holder;
  if (pid === null || space === null || host !== hostname()) return false;
  if (space !== (await pidSpace())) return false;
  return (await processStat(pid))?.started !== started;
}

/** A process as messages name it. */
export function holderName({ host, pid }: Holder): string {
  return pid === null ? `a process on ${host}` : `process ${pid} on ${host}`;
}

async function pidSpace(): Promise<string | null> {
  return readlink('/proc/self/ns/pid').catch(() => null);
}
