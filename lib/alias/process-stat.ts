import { readFile } from 'node:fs/promises';

/** A process that runs. */
export interface ProcessStat {
  pid: number;
  /** Start in clock ticks since boot; a process id alone comes back. */
  started: string;
}

/** Fields 1 and 22 of /proc/PID/stat (proc(5)); null where there is none or the process is a zombie. */
export async function processStat(pid: number | 'self'): Promise<ProcessStat | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the command, field 2, is in brackets and may hold spaces.
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : { pid: Number.parseInt(text), started: fields[18]! };
  } catch {
    return null;
  }
}
