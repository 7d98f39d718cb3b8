import type { PlaceDocument } from '../autocomplete/document.ts';
import type { KeySearch, PlaceFilter, PlaceHit } from '../autocomplete/query.ts';

/** One concrete index behind an alias. */
export interface Generation {
  /** `<alias>-<number>`: `places-000003`. */
  name: string;
  alias: string;
  /** building: not yet complete; ready: complete, may be swapped in; retired: was live once. The live one is `ready` and named by the alias. */
  state: 'building' | 'ready' | 'retired';
  /** ISO 8601 time. */
  createdAt: string;
  /** Documents in it. */
  documents: number;
  /** Free facts of whoever built it: source fingerprint, schema version, counts. */
  meta: Record<string, unknown>;
}

/** One document to index, replacing the one of its id, or one id to delete. */
export type WriteOperation = { index: PlaceDocument } | { delete: string };

/** Outcome of one write operation, in the order of the call. */
export interface WriteOutcome {
  id: string;
  /** 200 replaced or deleted, 201 created, 404 nothing to delete, 409 the id exists (`create`), 400 refused. */
  status: number;
  reason?: string;
}

/** Where an alias points. */
export interface AliasState {
  alias: string;
  /** Name of the live generation. */
  generation: string;
  /** Name of the generation that was live before, if it still exists. */
  previous?: string;
}

/** How an engine is. */
export interface EngineHealth {
  engine: string;
  version: string;
  status: 'ok' | 'degraded' | 'down';
  details: Record<string, unknown>;
}

/**
 * The port that every engine implements: few, wide verbs.
 *
 * `index` is an alias or a generation's name. An unknown one is an `EngineError` `INDEX_NOT_FOUND`.
 */
export interface Engine {
  readonly name: string;
  /** Creates an empty generation in state `building`. The number is one above the highest ever used for the alias. */
  createGeneration(
    alias: string,
    body: Record<string, unknown>,
    meta?: Record<string, unknown>,
  ): Promise<Generation>;
  /** Writes a batch; durable when it resolves. With `create`, an id that exists is refused with 409 and left as it is. */
  write(
    index: string,
    operations: readonly WriteOperation[],
    options?: { create?: boolean },
  ): Promise<WriteOutcome[]>;
  /** Marks a building generation complete; `meta` is merged. */
  finishGeneration(generation: string, meta?: Record<string, unknown>): Promise<Generation>;
  /** Compare-and-swap: moves `alias` to `next` only if it is at `expected` (null: not there yet). Else `EngineError` `ALIAS_MOVED`. */
  swapAlias(alias: string, expected: string | null, next: string): Promise<AliasState>;
  /** Drops a generation that no alias names; `EngineError` `INDEX_IN_USE` otherwise. */
  dropGeneration(generation: string): Promise<void>;
  generations(alias?: string): Promise<Generation[]>;
  aliases(): Promise<AliasState[]>;
  /** Runs key searches; the union of their documents, each once, in order of search, then `rank`, then `id`. */
  suggest(
    index: string,
    searches: readonly KeySearch[],
    filter?: PlaceFilter,
    options?: { signal?: AbortSignal },
  ): Promise<PlaceHit[]>;
  get(index: string, id: string): Promise<PlaceDocument | null>;
  count(index: string): Promise<number>;
  /** Every document, in order of id. */
  scan(index: string): AsyncIterable<PlaceDocument>;
  health(): Promise<EngineHealth>;
  close(): Promise<void>;
}
