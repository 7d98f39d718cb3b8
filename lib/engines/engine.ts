import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { IndexDocument, Searches } from './features.ts';

export type { IndexDocument, Searches } from './features.ts';

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

/**
 * One document to index, replacing the one of its id, or one id to delete.
 *
 * With a `version` (whole number, 1..2^53-1) it is done only where the id has none as high, as external
 * versions of OpenSearch are; without, it is done in any case.
 */
export type WriteOperation = ({ index: IndexDocument } | { delete: string }) & {
  version?: number;
};

/** Outcome of one write operation, in the order of the call. */
export interface WriteOutcome {
  id: string;
  /** 200 replaced or deleted, 201 created, 404 nothing to delete, 409 the version there is as high, 400 or 413 refused. */
  status: number;
  reason?: string;
}

/** Takes write operations one by one and carries them out in batches; those of one id in order. */
export interface WriteStream {
  /**
   * Resolves when there is room for more, so that memory stays bounded.
   *
   * @throws {EngineError} What ended the stream, from here on.
   */
  add(operation: WriteOperation, tag: number): Promise<void>;
  /** Resolves when everything added has its outcome. */
  flush(): Promise<void>;
}

/** A small value that an engine keeps for an alias, beside its documents. */
export interface StateEntry {
  key: string;
  value: unknown;
  /** Changes with every write of the entry. */
  revision: string;
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

/** Documents of one index, which is named by an alias or by a generation's own name. */
export interface Documents {
  /** Writes a batch; durable, and seen by every search, when it resolves. */
  write(index: string, operations: readonly WriteOperation[]): Promise<WriteOutcome[]>;
  /** Writes many, into a generation that is being built; `onOutcome` is called once for each, in any order. */
  stream(
    generation: string,
    onOutcome: (outcome: WriteOutcome, tag: number) => void,
    options?: { signal?: AbortSignal },
  ): WriteStream;
  /** The version of each id, null where there is no document. */
  versions(index: string, ids: readonly string[]): Promise<(number | null)[]>;
  /** The document of an id; the caller knows what the index holds. */
  get<D extends IndexDocument = PlaceDocument>(index: string, id: string): Promise<D | null>;
  count(index: string): Promise<number>;
  /** Every document, in order of id. */
  scan<D extends IndexDocument = PlaceDocument>(index: string): AsyncIterable<D>;
}

/** Generations, and the aliases that name the live one of each. */
export interface Generations {
  /** Creates an empty generation in state `building`. The number is one above the highest ever used for the alias. */
  createGeneration(
    alias: string,
    indexBody: Record<string, unknown>,
    meta?: Record<string, unknown>,
  ): Promise<Generation>;
  /** Makes sure that writes of whoever filled this generation before are refused from now on. */
  takeOverGeneration(generation: string): Promise<void>;
  /** Marks a building generation complete; `meta` is merged. */
  finishGeneration(generation: string, meta?: Record<string, unknown>): Promise<Generation>;
  /** Compare-and-swap: moves `alias` to `next` only if it is at `expected` (null: not there yet). Else `EngineError` `ALIAS_MOVED`. */
  swapAlias(alias: string, expected: string | null, next: string): Promise<AliasState>;
  /**
   * Drops a generation that no alias names; `EngineError` `INDEX_IN_USE` otherwise. State whose keys begin
   * with its name and a slash goes with it.
   */
  dropGeneration(generation: string): Promise<void>;
  /** All, or those of one alias, in order of alias, then of number. */
  generations(alias?: string): Promise<Generation[]>;
  aliases(alias?: string): Promise<AliasState[]>;
  /**
   * On a server: what it is, such as `Elasticsearch 8.19.9`, once it is sure that it takes an index of this
   * body. Changes nothing.
   *
   * @throws {EngineError} `CLUSTER_UNFIT`.
   * @throws {OptionError} `MAPPING_INVALID`.
   */
  fitting?(indexBody: Record<string, unknown>): Promise<string>;
  /** The create-index body of a generation, as it was made or as the engine has it now. */
  indexBodyOf(generation: string): Promise<Record<string, unknown>>;
}

/** Small values beside the documents of an alias: leases, checkpoints, queues. */
export interface State {
  readState(alias: string, key: string): Promise<StateEntry | null>;
  /**
   * Compare-and-swap of an entry: writes `value`, or removes the entry where it is null, if the
   * entry has the expected revision (null: is not there; left out: in any case).
   *
   * @returns The new revision, null when the entry was not as expected.
   */
  writeState(
    alias: string,
    key: string,
    value: unknown,
    expected?: string | null,
  ): Promise<string | null>;
  /** Entries whose keys begin with `prefix`, in order of key. */
  listState(alias: string, prefix: string): Promise<StateEntry[]>;
}

/**
 * The port that every engine implements, in four parts, so that a caller can say what it needs.
 *
 * `index` is an alias or a generation's name. An unknown one is an `EngineError` `INDEX_NOT_FOUND`.
 */
export interface Engine extends Documents, Generations, State, Searches {
  readonly name: string;
  /** Its calls go over a network, so that few of them with more in each are best. */
  readonly remote: boolean;
  /** A text that changes whenever something may have been written, by whomever; not there where that costs a request. */
  revision?(): Promise<string>;
  health(): Promise<EngineHealth>;
  /**
   * Gives the space of what was dropped back to the file system; a server does that by itself.
   *
   * @returns Bytes on disk before and after.
   */
  compact?(): Promise<{ before: number; after: number }>;
  /**
   * On a full disk: gives up what is kept in reserve, so that a generation can be dropped.
   *
   * @returns Whether there was anything.
   */
  makeRoom?(): boolean;
  close(): Promise<void>;
}
