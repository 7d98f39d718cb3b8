import type { State } from '../../engines/engine.ts';

/** Numbers of pictures of a run, by result. */
export interface RunCounts {
  added: number;
  changed: number;
  unchanged: number;
  failed: number;
}

/** A run with a name: what all processes that share its list have done together. */
export interface RunTotals extends RunCounts {
  name: string;
  /** ISO 8601 time of its first process. */
  began: string;
  /** Sources still in the queue. */
  left: number;
}

/** A run, as its chunks store it. */
export interface Run {
  name: string;
  /** Milliseconds since 1970. */
  began: number;
}

/** What the queue says of a chunk of a run. */
interface CountedChunk {
  size: number;
  run?: Run | undefined;
  counts?: RunCounts | undefined;
}

const RUNS = 'ingest/run/';
const DONE = 'ingest/done/';
const KEPT_MS = 90 * 86_400_000;

/** Names of runs: they are part of keys. */
export const RUN_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

export function noCounts(): RunCounts {
  return { added: 0, changed: 0, unchanged: 0, failed: 0 };
}

export function sumOf(a: RunCounts, b: RunCounts): RunCounts {
  return {
    added: a.added + b.added,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    failed: a.failed + b.failed,
  };
}

/** Joins a run, or begins it; deletes what is stored of runs that began over 90 days ago. */
export async function joinRun(
  engine: State,
  alias: string,
  { name, now }: { name: string; now: number },
): Promise<Run> {
  for (const { key, value } of await engine.listState(alias, RUNS)) {
    if ((value as Run).began < now - KEPT_MS) await forget(engine, alias, key.slice(RUNS.length));
  }
  await engine.writeState(alias, `${RUNS}${name}`, { began: now }, null);
  const entry = await engine.readState(alias, `${RUNS}${name}`);
  return { name, began: (entry?.value as { began: number } | undefined)?.began ?? now };
}

async function forget(engine: State, alias: string, name: string): Promise<void> {
  for (const prefix of [`${DONE}${name}/`, `ingest/sources/${name}/`]) {
    for (const { key } of await engine.listState(alias, prefix)) {
      await engine.writeState(alias, key, null);
    }
  }
  await engine.writeState(alias, `${RUNS}${name}`, null);
}

/** Records what became of a chunk of a run; replaces an earlier record. */
export async function noteDone(
  engine: State,
  alias: string,
  { chunk, counts }: { chunk: string; counts: RunCounts },
): Promise<void> {
  await engine.writeState(alias, `${DONE}${chunk}`, counts);
}

export async function isDone(engine: State, alias: string, chunk: string): Promise<boolean> {
  return (await engine.readState(alias, `${DONE}${chunk}`)) !== null;
}

/** Totals of all runs, in order of name. */
export async function runTotals(
  engine: State,
  alias: string,
  chunks: readonly [name: string, chunk: CountedChunk][],
): Promise<RunTotals[]> {
  const totals = new Map<string, RunTotals>();
  for (const { key, value } of await engine.listState(alias, RUNS)) {
    const name = key.slice(RUNS.length);
    const began = new Date((value as Run).began).toISOString();
    totals.set(name, { name, began, ...noCounts(), left: 0 });
  }
  const add = (name: string, counts: RunCounts, left: number): void => {
    const total = totals.get(name);
    if (total) Object.assign(total, sumOf(total, counts), { left: total.left + left });
  };
  for (const { key, value } of await engine.listState(alias, DONE)) {
    add(key.slice(DONE.length, key.lastIndexOf('/')), value as RunCounts, 0);
  }
  for (const [, { run, counts, size }] of chunks) {
    if (run) add(run.name, counts ?? noCounts(), size);
  }
  return [...totals.values()];
}
