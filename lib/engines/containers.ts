import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import { type ContainerRow, Containers } from '../autocomplete/reading/containers.ts';
import type { Engine, State } from './engine.ts';

// The table of containers of a generation is kept as its state, so on every engine alike: as it was built,
// packed, and what live writes added since. Both go when the generation is dropped.

const baseKey = (generation: string): string => `${generation}/containers`;
const addedKey = (generation: string): string => `${generation}/containers/added`;

/** Milliseconds for which the table of a remote engine is used without a look for a newer one. */
const LOOK_EVERY_MS = 5000;

/** Keeps the containers of a generation that was filled. */
export async function writeContainers(
  engine: State,
  alias: string,
  generation: string,
  rows: readonly ContainerRow[],
): Promise<void> {
  const packed = await promisify(gzip)(JSON.stringify(rows));
  await engine.writeState(alias, baseKey(generation), packed.toString('base64'));
}

/** Adds containers to those of a generation, or replaces them. */
export async function addContainers(
  engine: State,
  alias: string,
  generation: string,
  rows: readonly ContainerRow[],
): Promise<void> {
  for (;;) {
    const there = await engine.readState(alias, addedKey(generation));
    const added = new Map(((there?.value ?? []) as ContainerRow[]).map((row) => [row.id, row]));
    for (const row of rows) added.set(row.id, row);
    const next = [...added.values()];
    const revision = there?.revision ?? null;
    if ((await engine.writeState(alias, addedKey(generation), next, revision)) !== null) return;
  }
}

/** A table and what it was made from. */
interface Held {
  /** Null before the first rebuild. */
  generation: string | null;
  /** Of what live writes added; null where they added nothing. */
  revision: string | null;
  table: Containers;
  /** Of the engine when it was made; undefined where that has none. */
  engine: string | undefined;
  /** Milliseconds since 1970 of the last look for a newer one. */
  looked: number;
}

/**
 * The table of containers of an alias, read once a generation. Another process may swap the alias or add to
 * the table: an embedded engine is asked every time; a remote one every five seconds, beside the query that
 * is answered, which takes the table there is.
 */
export class ContainerTables {
  readonly #engine: Engine;
  readonly #alias: string;
  readonly #now: () => number;
  #held: Promise<Held> | null = null;
  #looking = false;

  constructor(engine: Engine, alias: string, now: () => number) {
    this.#engine = engine;
    this.#alias = alias;
    this.#now = now;
  }

  /** The table to read with; one without containers where the generation has none. */
  async current(): Promise<Containers> {
    if (!this.#held) return (await this.#hold(this.#look(null))).table;
    const held = await this.#held;
    if (!this.#engine.remote) return (await this.#hold(this.#look(held))).table;
    if (this.#now() - held.looked >= LOOK_EVERY_MS && !this.#looking) {
      this.#looking = true;
      void this.#look(held)
        .then((next) => (this.#held = Promise.resolve(next)))
        // The query itself tells what is wrong with the engine.
        .catch(() => null)
        .finally(() => (this.#looking = false));
    }
    return held.table;
  }

  /** Makes the next query look for the table anew. */
  forget(): void {
    this.#held = null;
  }

  async #hold(next: Promise<Held>): Promise<Held> {
    this.#held = next;
    try {
      return await next;
    } catch (error) {
      if (this.#held === next) this.#held = null;
      throw error;
    }
  }

  async #look(held: Held | null): Promise<Held> {
    const [engine, alias] = [this.#engine, this.#alias];
    const looked = this.#now();
    const now = await engine.revision?.();
    if (held && now !== undefined && held.engine === now) return held;
    const states = await engine.aliases(alias);
    const generation = states.find((state) => state.alias === alias)?.generation ?? null;
    if (generation === null) {
      return { generation, revision: null, table: Containers.NONE, engine: now, looked };
    }
    const added = await engine.readState(alias, addedKey(generation));
    const revision = added?.revision ?? null;
    if (held?.generation === generation && held.revision === revision)
      return { ...held, engine: now, looked };
    const base = await engine.readState(alias, baseKey(generation));
    const rows = base ? await unpacked(base.value as string) : [];
    const table = new Containers([...rows, ...((added?.value ?? []) as ContainerRow[])]);
    return { generation, revision, table, engine: now, looked };
  }
}

async function unpacked(packed: string): Promise<ContainerRow[]> {
  const text = await promisify(gunzip)(Buffer.from(packed, 'base64'));
  return JSON.parse(text.toString('utf8')) as ContainerRow[];
}
