import { createHash, randomUUID } from 'node:crypto';
import { holdEntry } from '../../alias/held-entry.ts';
import { type Holder, isDead, thisProcess } from '../../alias/holder.ts';
import { wallClock } from '../../clock.ts';
import type { State, StateEntry } from '../../engines/engine.ts';
import { EngineError } from '../../errors.ts';
import { leastOf } from '../../extremes.ts';
import { type IngestSource, storedSource } from '../source.ts';
import { isDone, noCounts, noteDone, type Run, type RunCounts, sumOf } from './runs.ts';

/** A source in the queue. */
export interface QueuedSource extends IngestSource {
  /** Number of failed tries. */
  attempts?: number;
  /** It is not tried again before this time, in milliseconds since 1970. */
  notBefore?: number;
}

/** The claim of a process on a chunk. */
export interface ChunkLease {
  holder: Holder;
  token: string;
  /**
   * Time at which the holder counts as dead unless it renews the lease, in milliseconds since 1970.
   */
  expires: number;
}

/**
 * A chunk as the queue lists it. Its sources are stored separately, so that a listing stays small.
 */
export interface ChunkEntry {
  /** Number of its sources. */
  size: number;
  lease: ChunkLease | null;
  /** Holders that died working on it since one of its sources was last settled. */
  deaths: number;
  /** When the first of its sources is due, in milliseconds since 1970; 0 if at once. */
  notBefore: number;
  /** The run that it belongs to, and the results of the sources that have left it. */
  run?: Run;
  counts?: RunCounts;
}

/** A chunk that this process works on. */
export interface Claim {
  /** `<job>/<number>`, or `<run>/<hash of its sources>`. */
  readonly name: string;
  readonly sources: readonly QueuedSource[];
  readonly run: Run | null;
  /** Processes that died working on it. */
  readonly deaths: number;
  /** Aborts when another process has taken over the chunk. */
  readonly lost: AbortSignal;
  /**
   * Ends the work: the chunk is done, or goes back to the queue with the sources that are left.
   *
   * @param counts - What became of the other sources.
   * @returns False if the lease was lost; what was written is still correct.
   */
  finish(left: readonly QueuedSource[], counts?: RunCounts): Promise<boolean>;
}

/** A chunk to work on, or how long to wait for one. */
export type NextChunk =
  | { claim: Claim }
  /**
   * Nothing to do now. waitMs: milliseconds until a chunk is due or its holder counts as dead; null
   * if the queue is empty. busy: whether live processes hold chunks.
   */
  | { claim: null; waitMs: number | null; busy: boolean };

/** A queue of chunks of sources, stored in an engine beside the documents of an alias. */
export interface IngestQueue {
  /**
   * Adds sources, but not those of a chunk that the run has or already had.
   *
   * @param bad - Inputs of the run that are not sources.
   * @returns Names of the new chunks.
   */
  add(sources: readonly QueuedSource[], bad?: number): Promise<string[]>;
  /** Takes a chunk to work on, if one is due. */
  claim(): Promise<NextChunk>;
  /** All chunks with their names; reads their entries, never their sources. */
  chunks(): Promise<[name: string, chunk: ChunkEntry][]>;
  /** Chunks that killed every process that worked on them, with their names. */
  quarantined(): Promise<[name: string, sources: QueuedSource[]][]>;
  /** Puts a quarantined chunk back into the queue. False if there is none of this name. */
  requeue(name: string): Promise<boolean>;
  /** Takes a chunk away from its holder, dead or alive. False if nobody holds it. */
  release(name: string): Promise<boolean>;
}

/** Options of a queue. Times in milliseconds. */
export interface QueueOptions {
  /**
   * A holder that does not renew its lease for this long counts as dead; it renews three times as
   * often. Default 60000.
   */
  leaseMs?: number;
  /** Called for a picture that killed every process that worked on it. */
  onQuarantine?: (source: QueuedSource, deaths: number) => void;
  /** The run that added sources belong to. Default: none. */
  run?: Run | undefined;
  /** Returns the time in milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

export const QUEUE_DEFAULTS: Readonly<{ chunkSize: number; leaseMs: number }> = Object.freeze({
  chunkSize: 500,
  leaseMs: 60_000,
});

const CHUNKS = 'ingest/chunk/';
const SOURCES = 'ingest/sources/';
const BAD = 'ingest/quarantine/';
/** Deaths after which a chunk is split, and after which a single source is set aside. */
const SPLIT_AFTER = 2;
const QUARANTINE_AFTER = 3;
/** A chunk is split into this many parts: 500 sources are narrowed down to one in three steps. */
const PARTS = 8;

/**
 * Opens the queue of an alias; any number of processes may add to it and work on it.
 *
 * A chunk is taken by compare-and-swap and held under a lease. If its holder died on this machine,
 * the chunk is taken over at once; on any other machine, when the lease expires. Leases only avoid
 * double work: if two processes index the same picture, the result is the same document.
 *
 * @param options - leaseMs: above 0.
 */
export async function ingestQueue(
  engine: State,
  alias: string,
  options: QueueOptions = {},
): Promise<IngestQueue> {
  const { leaseMs = QUEUE_DEFAULTS.leaseMs, now = wallClock } = options;
  const job = `${now().toString(36)}-${randomUUID().slice(0, 8)}`;
  const holder = await thisProcess();
  let added = 0;
  /**
   * Chunks of the last listing that have not been tried yet, so that not every claim lists all
   * chunks.
   */
  let listed: StateEntry[] = [];

  const { read, drop, list } = chunkState(engine, alias);

  async function add(sources: readonly QueuedSource[], deaths = 0): Promise<string[]> {
    const names: string[] = [];
    for (let at = 0; at < sources.length; at += QUEUE_DEFAULTS.chunkSize) {
      const page = sources.slice(at, at + QUEUE_DEFAULTS.chunkSize);
      const name = `${job}/${String(++added).padStart(9, '0')}`;
      const chunk: ChunkEntry = { size: page.length, lease: null, deaths, notBefore: dueAt(page) };
      // Sources first: the chunk entry announces that there is work.
      await engine.writeState(alias, `${SOURCES}${name}`, page);
      await engine.writeState(alias, `${CHUNKS}${name}`, chunk);
      names.push(name);
    }
    return names;
  }

  async function claim(): Promise<NextChunk> {
    const afresh = listed.length === 0;
    if (afresh) listed = await engine.listState(alias, CHUNKS);
    const open: number[] = [];
    let busy = false;
    for (let entry = listed.shift(); entry; entry = listed.shift()) {
      const chunk = entry.value as ChunkEntry;
      const { lease, notBefore } = chunk;
      if (lease !== null && lease.expires > now() && !(await isDead(lease.holder))) {
        busy = true;
        open.push(lease.expires);
      } else if (lease === null && notBefore > now()) {
        open.push(notBefore);
      } else {
        const taken = await take(entry, lease === null ? chunk.deaths : chunk.deaths + 1);
        if (taken) return { claim: taken };
        // Another process took it, or it was split.
        open.push(now());
      }
    }
    if (!afresh) return claim();
    const waitMs = open.length === 0 ? null : Math.max(0, leastOf(open) - now());
    return { claim: null, waitMs, busy };
  }

  async function take(entry: StateEntry, deaths: number): Promise<Claim | null> {
    const name = entry.key.slice(CHUNKS.length);
    const token = randomUUID();
    const chunk = entry.value as ChunkEntry;
    const held = (): ChunkEntry => ({
      ...chunk,
      deaths,
      lease: { holder, token, expires: now() + leaseMs },
    });
    const revision = await engine.writeState(alias, entry.key, held(), entry.revision);
    if (revision === null) return null;
    if (chunk.run && (await isDone(engine, alias, name))) {
      await drop(SOURCES, name);
      await drop(CHUNKS, name);
      return null;
    }
    const sources = ((await read(SOURCES, name))?.value ?? []) as QueuedSource[];
    if (deaths >= (sources.length > 1 ? SPLIT_AFTER : QUARANTINE_AFTER) && sources.length > 0) {
      await isolate({ name, sources, chunk }, deaths);
      return null;
    }
    const lease = { value: held, revision, leaseMs };
    return holdChunk(engine, alias, { name, sources, chunk, deaths }, lease);
  }

  /** Splits a chunk that killed several processes, and quarantines a single picture that did. */
  async function isolate(
    { name, sources, chunk }: { name: string; sources: readonly QueuedSource[]; chunk: ChunkEntry },
    deaths: number,
  ): Promise<void> {
    const [only] = sources;
    const { run, counts = noCounts() } = chunk;
    const lost = sources.length === 1 ? { ...counts, failed: counts.failed + 1 } : counts;
    if (sources.length === 1) {
      // It may stay for long, so it is stored without the secrets of its address.
      const source = storedSource(only!.source, only);
      await engine.writeState(alias, `${BAD}${name}`, [{ ...only!, source }]);
      options.onQuarantine?.(only!, deaths);
    } else {
      const size = Math.ceil(sources.length / PARTS);
      for (let at = 0; at < sources.length; at += size) {
        const part = sources.slice(at, at + size);
        await (run ? addToRun(engine, alias, { sources: part, run, deaths: 1 }) : add(part, 1));
      }
    }
    if (run) await noteDone(engine, alias, { chunk: name, counts: lost });
    await drop(SOURCES, name);
    await drop(CHUNKS, name);
  }

  return {
    async add(sources, bad = 0) {
      const { run } = options;
      return run ? addToRun(engine, alias, { sources, run, bad }) : add(sources);
    },
    claim,
    chunks: () => list<ChunkEntry>(CHUNKS),
    quarantined: () => list<QueuedSource[]>(BAD),
    async requeue(name) {
      const entry = await read(BAD, name);
      if (!entry) return false;
      await add(entry.value as QueuedSource[]);
      await drop(BAD, name);
      return true;
    },
    async release(name) {
      // Repeats if the holder renewed its lease in between.
      for (;;) {
        const entry = await read(CHUNKS, name);
        const chunk = entry?.value as ChunkEntry | undefined;
        if (!entry || !chunk?.lease) return false;
        const free: ChunkEntry = { ...chunk, lease: null };
        if ((await engine.writeState(alias, entry.key, free, entry.revision)) !== null) return true;
      }
    },
  };
}

/** Names a chunk of a run by its contents, so that all readers of the same list make the same chunks. */
async function addToRun(
  engine: State,
  alias: string,
  part: { sources: readonly QueuedSource[]; run: Run; bad?: number; deaths?: number },
): Promise<string[]> {
  const { sources, run, bad = 0, deaths = 0 } = part;
  const hash = createHash('sha256')
    .update(JSON.stringify([sources, bad]))
    .digest('hex');
  const name = `${run.name}/${hash.slice(0, 32)}`;
  if (await isDone(engine, alias, name)) return [];
  const counts = { ...noCounts(), failed: bad };
  if (sources.length === 0) {
    await noteDone(engine, alias, { chunk: name, counts });
    return [];
  }
  const due = { lease: null, deaths, notBefore: dueAt(sources) };
  const chunk: ChunkEntry = { size: sources.length, ...due, run, counts };
  // The stored chunk may have fewer sources by now.
  await engine.writeState(alias, `${SOURCES}${name}`, sources, null);
  const revision = await engine.writeState(alias, `${CHUNKS}${name}`, chunk, null);
  return revision === null ? [] : [name];
}

/** What the engine keeps of chunks, by a prefix and the name of a chunk. */
interface ChunkState {
  read: (prefix: string, name: string) => Promise<StateEntry | null>;
  drop: (prefix: string, name: string) => Promise<void>;
  list: <T>(prefix: string) => Promise<[name: string, value: T][]>;
}

function chunkState(engine: State, alias: string): ChunkState {
  return {
    read: (prefix, name) => engine.readState(alias, `${prefix}${name}`),
    async drop(prefix, name) {
      await engine.writeState(alias, `${prefix}${name}`, null);
    },
    async list<T>(prefix: string) {
      const entries = await engine.listState(alias, prefix);
      return entries.map(({ key, value }): [string, T] => [key.slice(prefix.length), value as T]);
    },
  };
}

/** A claim on a chunk that was just taken, and whose lease is renewed from now on. */
function holdChunk(
  engine: State,
  alias: string,
  {
    name,
    sources,
    chunk,
    deaths,
  }: { name: string; sources: readonly QueuedSource[]; chunk: ChunkEntry; deaths: number },
  lease: { value: () => ChunkEntry; revision: string; leaseMs: number },
): Claim {
  const lost = new AbortController();
  const key = `${CHUNKS}${name}`;
  const onLost = (): void => lost.abort(leaseLost(name));
  const entry = holdEntry(engine, { alias, key }, { ...lease, onLost });
  return {
    name,
    sources,
    run: chunk.run ?? null,
    deaths,
    lost: lost.signal,
    async finish(left, made = noCounts()): Promise<boolean> {
      const revision = await entry.stop();
      if (revision === null) return false;
      const counts = sumOf(chunk.counts ?? noCounts(), made);
      if (left.length === 0) {
        if (chunk.run) await noteDone(engine, alias, { chunk: name, counts });
        // An entry without sources counts as done, so a crash between the two writes leaves
        // nothing to do.
        await chunkState(engine, alias).drop(SOURCES, name);
        return (await engine.writeState(alias, key, null, revision)) !== null;
      }
      const settled = left.length < sources.length;
      if (settled || left.some(({ attempts }) => attempts)) {
        await engine.writeState(alias, `${SOURCES}${name}`, left);
      }
      const rest: ChunkEntry = {
        size: left.length,
        lease: null,
        deaths: 0,
        notBefore: dueAt(left),
        ...(chunk.run ? { run: chunk.run, counts } : {}),
      };
      return (await engine.writeState(alias, key, rest, revision)) !== null;
    },
  };
}

/** When the first of the sources is due, in milliseconds since 1970; 0 if at once. */
function dueAt(sources: readonly QueuedSource[]): number {
  return sources.reduce((due, { notBefore = 0 }) => Math.min(due, notBefore), Infinity);
}

function leaseLost(name: string): EngineError {
  const what = `Another process took over the chunk ${name}`;
  return new EngineError(
    'CHUNK_LOST',
    what,
    'That process continues with it; there is nothing to do.',
  );
}
