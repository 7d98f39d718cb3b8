import { randomUUID } from 'node:crypto';
import { holdEntry } from '../../alias/held-entry.ts';
import { type Holder, isDead, thisProcess } from '../../alias/holder.ts';
import { wallClock } from '../../alias/live-writes.ts';
import type { State, StateEntry } from '../../engines/engine.ts';
import { EngineError } from '../../errors.ts';
import type { IngestSource } from '../source.ts';

/** A source in the queue. */
export interface QueuedSource extends IngestSource {
  /** Tries that have failed. */
  attempts?: number;
  /** Milliseconds since 1970 before which it is not tried again. */
  notBefore?: number;
}

/** Who works on a chunk. */
export interface ChunkLease {
  holder: Holder;
  token: string;
  /** Milliseconds since 1970 at which the holder counts as dead unless it renews. */
  expires: number;
}

/** A chunk as the queue lists it; its sources are kept apart, so that a listing stays small. */
export interface ChunkEntry {
  /** Sources in it. */
  size: number;
  lease: ChunkLease | null;
  /** Holders that died over it since something in it was settled. */
  deaths: number;
  /** Milliseconds since 1970; 0 for at once. */
  notBefore: number;
}

/** A chunk that is worked on. */
export interface Claim {
  /** `<job>/<number>`. */
  readonly name: string;
  readonly sources: readonly QueuedSource[];
  /** Aborted when another process has taken the chunk over. */
  readonly lost: AbortSignal;
  /**
   * Ends the work: the chunk is done, or goes back with what is left of it.
   *
   * @returns False where it was not ours any more; what was written is right all the same.
   */
  finish(left: readonly QueuedSource[]): Promise<boolean>;
}

/** What there is to do. */
export type NextChunk =
  | { claim: Claim }
  /** Nothing now: milliseconds until the next chunk is due or its holder counts as dead; null: nothing at all. */
  | { claim: null; waitMs: number | null; busy: boolean };

/** Chunks of sources, kept by an engine beside the documents of an alias. */
export interface IngestQueue {
  /** @returns Names of the chunks. */
  add(sources: readonly QueuedSource[]): Promise<string[]>;
  claim(): Promise<NextChunk>;
  /** Chunks by name; a page of all is read, never their sources. */
  chunks(): Promise<[name: string, chunk: ChunkEntry][]>;
  /** Chunks that killed whoever worked on them, by name. */
  quarantined(): Promise<[name: string, sources: QueuedSource[]][]>;
  /** Puts what was quarantined back into the queue. */
  requeue(name: string): Promise<boolean>;
  /** Takes a chunk from a holder, dead or alive. */
  release(name: string): Promise<boolean>;
}

/** How a queue works. Times in milliseconds. */
export interface QueueOptions {
  /** After which a holder that gives no sign counts as dead; renewed three times in that time. Default 60000. */
  leaseMs?: number;
  /** Told of what killed every process that worked on it. */
  onQuarantine?: (source: QueuedSource, deaths: number) => void;
  /** Milliseconds since 1970. Default: the clock of this machine. */
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
/** Parts of a chunk that is split: 500 sources come down to one in three steps. */
const PARTS = 8;

/**
 * The queue of an alias: any number of processes add to it and work on it.
 *
 * A chunk is taken by compare-and-swap under a lease. That of a process which died on this machine is
 * taken over at once, of any other when its lease ends. A lease only saves work: what two processes do
 * to one picture ends in the same document.
 *
 * @param options - leaseMs: over 0.
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
  /** Chunks of the last listing that have not been tried; so not every claim lists all. */
  let listed: StateEntry[] = [];

  const read = (prefix: string, name: string): Promise<StateEntry | null> =>
    engine.readState(alias, `${prefix}${name}`);
  const drop = async (prefix: string, name: string): Promise<void> => {
    await engine.writeState(alias, `${prefix}${name}`, null);
  };

  async function add(sources: readonly QueuedSource[], deaths = 0): Promise<string[]> {
    const names: string[] = [];
    for (let at = 0; at < sources.length; at += QUEUE_DEFAULTS.chunkSize) {
      const page = sources.slice(at, at + QUEUE_DEFAULTS.chunkSize);
      const name = `${job}/${String(++added).padStart(9, '0')}`;
      const chunk: ChunkEntry = { size: page.length, lease: null, deaths, notBefore: dueAt(page) };
      // Sources first: an entry says that there is work.
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
        // Somebody else has it, or it was split.
        open.push(now());
      }
    }
    if (!afresh) return claim();
    const waitMs = open.length === 0 ? null : Math.max(0, Math.min(...open) - now());
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
    const sources = ((await read(SOURCES, name))?.value ?? []) as QueuedSource[];
    if (deaths >= (sources.length > 1 ? SPLIT_AFTER : QUARANTINE_AFTER) && sources.length > 0) {
      await isolate(name, sources, deaths);
      return null;
    }
    return hold(name, sources, revision, held);
  }

  /** What killed several processes is narrowed down, and one picture that did is set aside. */
  async function isolate(
    name: string,
    sources: readonly QueuedSource[],
    deaths: number,
  ): Promise<void> {
    const [only] = sources;
    if (sources.length === 1) {
      await engine.writeState(alias, `${BAD}${name}`, sources);
      options.onQuarantine?.(only!, deaths);
    } else {
      const size = Math.ceil(sources.length / PARTS);
      for (let at = 0; at < sources.length; at += size) await add(sources.slice(at, at + size), 1);
    }
    await drop(SOURCES, name);
    await drop(CHUNKS, name);
  }

  function hold(
    name: string,
    sources: readonly QueuedSource[],
    first: string,
    held: () => ChunkEntry,
  ): Claim {
    const lost = new AbortController();
    const key = `${CHUNKS}${name}`;
    const entry = holdEntry(
      engine,
      { alias, key },
      { value: held, revision: first, leaseMs, onLost: () => lost.abort(leaseLost(name)) },
    );
    return {
      name,
      sources,
      lost: lost.signal,
      async finish(left): Promise<boolean> {
        const revision = await entry.stop();
        if (revision === null) return false;
        if (left.length === 0) {
          // An entry without sources is done, so that a crash between the two leaves nothing to do.
          await drop(SOURCES, name);
          return (await engine.writeState(alias, key, null, revision)) !== null;
        }
        const settled = left.length < sources.length;
        if (settled || left.some(({ attempts }) => attempts)) {
          await engine.writeState(alias, `${SOURCES}${name}`, left);
        }
        const chunk: ChunkEntry = {
          size: left.length,
          lease: null,
          deaths: 0,
          notBefore: dueAt(left),
        };
        return (await engine.writeState(alias, key, chunk, revision)) !== null;
      },
    };
  }

  return {
    add: (sources) => add(sources),
    claim,
    async chunks() {
      const entries = await engine.listState(alias, CHUNKS);
      return entries.map(({ key, value }) => [key.slice(CHUNKS.length), value as ChunkEntry]);
    },
    async quarantined() {
      const entries = await engine.listState(alias, BAD);
      return entries.map(({ key, value }) => [key.slice(BAD.length), value as QueuedSource[]]);
    },
    async requeue(name) {
      const entry = await read(BAD, name);
      if (!entry) return false;
      await add(entry.value as QueuedSource[]);
      await drop(BAD, name);
      return true;
    },
    async release(name) {
      // Again where its holder has renewed its lease in between.
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

/** When the first of some sources is due. */
function dueAt(sources: readonly QueuedSource[]): number {
  return sources.reduce((due, { notBefore = 0 }) => Math.min(due, notBefore), Infinity);
}

function leaseLost(name: string): EngineError {
  const what = `Another process took over the chunk ${name}`;
  return new EngineError('CHUNK_LOST', what, 'It goes on with it; there is nothing to do.');
}
