import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

import { type ContainerRow, Containers } from '../autocomplete/reading/containers.ts';
import type { Engine, State } from './engine.ts';

// Every engine keeps the table of containers as state of its generation: one packed entry as
// built, and one for what live writes have added since. Both are removed with the generation.

const baseKey = (generation: string): string => `${generation}/containers`;
const addedKey = (generation: string): string => `${generation}/containers/added`;

/** Milliseconds for which the table of a remote engine is used, by default, before looking for a newer one. */
const LOOK_EVERY_MS = 5000;

/** Stores the containers of a generation after its fill. */
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

/** A table, and the state that it was made from. */
interface Held {
  /** Null before the first rebuild. */
  generation: string | null;
  /** Revision of what live writes have added; null if nothing. */
  revision: string | null;
  table: Containers;
  /** Revision of the engine when the table was made; undefined if the engine has none. */
  engine: string | undefined;
  /** Milliseconds since 1970 of the last look for a newer one. */
  looked: number;
}

/**
 * The table of containers of an alias, read once per generation. Another process may swap the
 * alias or add to the table. So an embedded engine is asked each time; a remote one from time to
 * time and in the background, while queries use the present table.
 */
export class ContainerTables {
  readonly #engine: Engine;
  readonly #alias: string;
  readonly #steadyNow: () => number;
  readonly #lookEveryMs: number;
  #held: Promise<Held> | null = null;
  #looking = false;

  /** @param options - lookEveryMs: of a remote engine, default 5000. */
  constructor(
    engine: Engine,
    alias: string,
    { steadyNow, lookEveryMs = LOOK_EVERY_MS }: { steadyNow: () => number; lookEveryMs?: number },
  ) {
    this.#engine = engine;
    this.#alias = alias;
    this.#steadyNow = steadyNow;
    this.#lookEveryMs = lookEveryMs;
  }

  /**
   * The table to read texts with; `Containers.NONE` if the generation was made by an older suoyin.
   */
  async current(): Promise<Containers> {
    return (await this.#current()).table;
  }

  /**
   * The generation that the table is of, null before the first rebuild, and a text that changes with it and with
   * what can be seen of live writes: of an embedded engine all, of a remote one those that add to the table.
   */
  async state(): Promise<{ generation: string | null; revision: string }> {
    const { generation, revision, engine } = await this.#current();
    return { generation, revision: engine ?? `${generation} ${revision}` };
  }

  async #current(): Promise<Held> {
    if (!this.#held) return this.#hold(this.#look(null));
    const holding = this.#held;
    const held = await holding;
    if (!this.#engine.remote) return this.#hold(this.#look(held));
    if (this.#steadyNow() - held.looked >= this.#lookEveryMs && !this.#looking) {
      this.#looking = true;
      void this.#look(held)
        .then((next) => {
          // What was forgotten meanwhile may be older than the reason for it.
          if (this.#held === holding) this.#held = Promise.resolve(next);
        })
        // The query itself reports faults of the engine.
        .catch(() => null)
        .finally(() => (this.#looking = false));
    }
    return held;
  }

  /** Makes the next query read the table again. */
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
    const looked = this.#steadyNow();
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
    const all = rows.concat((added?.value ?? []) as ContainerRow[]);
    const table = base || added ? new Containers(all) : Containers.NONE;
    return { generation, revision, table, engine: now, looked };
  }
}

async function unpacked(packed: string): Promise<ContainerRow[]> {
  const text = await promisify(gunzip)(Buffer.from(packed, 'base64'));
  return JSON.parse(text.toString('utf8')) as ContainerRow[];
}
