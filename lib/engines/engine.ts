import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { LookUpOptions } from '../partial.ts';
import type { IndexDocument, Searches } from './features.ts';

export type { IndexDocument, Searches } from './features.ts';

/** One concrete index behind an alias. */
export interface Generation {
  /** `<alias>-<number>`: `places-000003`. */
  name: string;
  alias: string;
  /**
   * building: not yet complete. ready: complete, can go live. retired: was live before. The live
   * one is `ready`, and the alias points to it.
   */
  state: 'building' | 'ready' | 'retired';
  /** ISO 8601 time. */
  createdAt: string;
  /** Documents in it. */
  documents: number;
  /** Facts stored by the builder: source fingerprint, schema version, counts. */
  meta: Record<string, unknown>;
}

/**
 * One document to index, replacing the one of its id, or one id to delete.
 *
 * `madeOf`, a digest of what the document is made of, is stored with it by engines that have `copy`.
 *
 * With a `version` (whole number, 1..2^53-1) it is done only if the stored version of the id is
 * lower, as with external versions of OpenSearch; without one, always.
 */
export type WriteOperation = ({ index: IndexDocument; madeOf?: string } | { delete: string }) & {
  version?: number;
};

/** A document to copy from another generation, if it was stored with an equal `madeOf`. */
export interface CopyOperation {
  id: string;
  /** A digest of what the document is made of: no quotes, no backslashes. */
  madeOf: string;
  version: number;
}

/** Outcome of one write operation, in the order of the call. */
export interface WriteOutcome {
  id: string;
  /**
   * 200: replaced or deleted. 201: created. 404: nothing to delete. 409: the stored version is as
   * high or higher. 400 or 413: refused.
   */
  status: number;
  reason?: string;
}

/** Accepts write operations one by one and executes them in batches, in order for each id. */
export interface WriteStream {
  /**
   * Resolves when there is room for more, so that memory stays bounded.
   *
   * @throws {EngineError} The error that ended the stream; every later call throws it too.
   */
  add(operation: WriteOperation, tag: number): Promise<void>;
  /** Resolves when everything added has its outcome. */
  flush(): Promise<void>;
}

/** A small value that an engine stores for an alias, beside its documents. */
export interface StateEntry {
  key: string;
  value: unknown;
  /** Changes with every write of the entry. */
  revision: string;
}

/** A server that accepts an index. */
export interface Fitting {
  /** Product and version, such as `Elasticsearch 8.19.9`. */
  server: string;
  /** Features that it lacks, with the effect, in sentences. */
  notices: string[];
}

/** Where an alias points. */
export interface AliasState {
  alias: string;
  /** Name of the live generation. */
  generation: string;
  /** Name of the generation that was live before, if it still exists. */
  previous?: string;
  /**
   * After a swap: other aliases, made by the application, that moved from the former generation.
   */
  aliases?: string[];
}

/** Health of an engine. */
export interface EngineHealth {
  engine: string;
  version: string;
  status: 'ok' | 'degraded' | 'down';
  details: Record<string, unknown>;
}

/** Documents of one index, named by its alias or its generation. */
export interface Documents {
  /** Writes a batch; when it resolves, the documents are durable and searchable. */
  write(index: string, operations: readonly WriteOperation[]): Promise<WriteOutcome[]>;
  /**
   * Writes many documents into a generation that is being built; `onOutcome` is called once for
   * each, in any order.
   */
  stream(
    generation: string,
    onOutcome: (outcome: WriteOutcome, tag: number) => void,
    options?: { signal?: AbortSignal },
  ): WriteStream;
  /**
   * Copies documents into a generation that is being built, where that takes less than making them again; each as
   * `write` would write it. Absent where it does not.
   *
   * @returns Outcomes in order; null for one that is not in `from`, was stored with another `madeOf` or without one,
   *   or is damaged. All are null if `from` is no more.
   */
  copy?(
    from: string,
    into: string,
    operations: readonly CopyOperation[],
  ): Promise<(WriteOutcome | null)[]>;
  /** The version of each id; null if there is no document. */
  versions(index: string, ids: readonly string[]): Promise<(number | null)[]>;
  /** The document of an id; the caller knows its type. */
  get<D extends IndexDocument = PlaceDocument>(index: string, id: string): Promise<D | null>;
  count(index: string, options?: LookUpOptions): Promise<number>;
  /** Every document, in order of id. */
  scan<D extends IndexDocument = PlaceDocument>(index: string): AsyncIterable<D>;
}

/** Generations, and the aliases that point to the live ones. */
export interface Generations {
  /** Creates an empty generation in state `building`. The number is one above the highest ever used for the alias. */
  createGeneration(
    alias: string,
    indexBody: Record<string, unknown>,
    meta?: Record<string, unknown>,
  ): Promise<Generation>;
  /** Makes sure that writes of an earlier filler of this generation are refused from now on. */
  takeOverGeneration(generation: string): Promise<void>;
  /** Marks a building generation complete; `meta` is merged. */
  finishGeneration(generation: string, meta?: Record<string, unknown>): Promise<Generation>;
  /**
   * Compare-and-swap: moves `alias` to `next` only if it is at `expected` (null: not there yet).
   * Otherwise `EngineError` `ALIAS_MOVED`.
   */
  swapAlias(alias: string, expected: string | null, next: string): Promise<AliasState>;
  /**
   * On a server: makes a restored or cloned generation live, whatever the alias points to now.
   * Suoyin owns it from then on.
   */
  adoptGeneration?(alias: string, generation: string): Promise<AliasState>;
  /**
   * Whether a generation has a shard without any copy left, so that waiting is useless. False if
   * unknown.
   */
  isLost?(generation: string): Promise<boolean>;
  /**
   * Drops a generation that no alias points to; `EngineError` `INDEX_IN_USE` otherwise. State
   * whose keys begin with its name and a slash is removed too.
   */
  dropGeneration(generation: string): Promise<void>;
  /** All, or those of one alias, in order of alias, then of number. */
  generations(alias?: string): Promise<Generation[]>;
  aliases(alias?: string): Promise<AliasState[]>;
  /**
   * On a server: checks, as far as permissions allow, that it accepts a new generation with this
   * body, and returns what the server is. Changes nothing.
   *
   * @throws {EngineError} `CLUSTER_UNFIT`, `CLUSTER_BLOCKED`, `ALIAS_MOVED`.
   * @throws {OptionError} `MAPPING_INVALID`.
   */
  fitting?(alias: string, indexBody: Record<string, unknown>): Promise<Fitting>;
  /** The create-index body of a generation, as given or as the engine has it now. */
  indexBodyOf(generation: string): Promise<Record<string, unknown>>;
}

/** Small values beside the documents of an alias: leases, checkpoints, queues. */
export interface State {
  readState(alias: string, key: string): Promise<StateEntry | null>;
  /**
   * Compare-and-swap of an entry: writes `value`, or removes the entry if `value` is null, provided
   * that the entry has the expected revision (null: it does not exist; omitted: in any case).
   *
   * @returns The new revision; null if the entry was not as expected.
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
 * The interface of every engine, in four parts, so that callers can require only what they need.
 *
 * `index` is an alias or a generation's name. An unknown one is an `EngineError` `INDEX_NOT_FOUND`.
 */
export interface Engine extends Documents, Generations, State, Searches {
  readonly name: string;
  /** Whether calls go over a network, so that fewer and larger ones are better. */
  readonly remote: boolean;
  /**
   * A text that changes whenever any process may have written; absent if it would cost a request.
   */
  revision?(): Promise<string>;
  health(): Promise<EngineHealth>;
  /**
   * Returns the space of dropped data to the file system; a server does that by itself.
   *
   * @returns Bytes on disk before and after.
   */
  compact?(): Promise<{ before: number; after: number }>;
  /**
   * On a full disk: releases the reserve, so that a generation can be dropped.
   *
   * @returns Whether there was a reserve.
   */
  makeRoom?(): boolean;
  close(): Promise<void>;
}
