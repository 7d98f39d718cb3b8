import type { PlaceDocument } from './autocomplete/document.ts';
import { toPlaceDocument } from './autocomplete/document.ts';
import type { PlaceQueryOptions } from './autocomplete/query.ts';
import { type PlaceName, type PlaceRecord, readPlaceRecord } from './autocomplete/record.ts';
import {
  answerPlaceQuery,
  type Suggestion,
  type SuggestionOptions,
} from './autocomplete/suggestions.ts';
import type {
  AliasState,
  Engine,
  EngineHealth,
  Generation,
  WriteOutcome,
} from './engines/engine.ts';
import { OptionError, RecordError, quoteValue } from './errors.ts';
import { type CheckReport, type CheckSource, checkPlaces } from './rebuild/check.ts';
import { hasHanName, lacksReading, loadDictionaries } from './rebuild/dictionaries.ts';
import { aliasState, gcGenerations, type GcResult, rollbackAlias } from './rebuild/generations.ts';
import { breakLease, leaseHolder, type LeaseHolder } from './rebuild/lease.ts';
import {
  SOURCE_VERSIONS,
  type VersionedOperation,
  wallClock,
  writeEverywhere,
} from './rebuild/live-writes.ts';
import { REBUILD_DEFAULTS, type RebuildOptions, type RebuildResult } from './rebuild/options.ts';
import { type DocumentFault, type Inspection, inspectDocuments } from './rebuild/inspect.ts';
import { planRebuild, type RebuildPlan } from './rebuild/plan.ts';
import { rebuildPlaces } from './rebuild/run.ts';
import { verifySource, type Verification, type VerifyOptions } from './rebuild/verify-source.ts';
import { swapPrepared } from './rebuild/swap.ts';
import type { PlaceRecordSource } from './rebuild/source.ts';

/** Where an index lives. */
export interface PlaceIndexOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /** Folder of dead letters. Default none: only the first few of them are kept. */
  dataDir?: string;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

/** What `PlaceIndex.suggest` may be told beside the query. */
export interface SuggestCallOptions extends PlaceQueryOptions, SuggestionOptions {
  signal?: AbortSignal;
}

/** What a write may be told. */
export interface WriteOptions {
  /**
   * Which of two writes of one place is the newer, whatever the order they come in: a whole number
   * from 2^40 + 1 on, such as microseconds since 1970. Default: the time of the call.
   */
  version?: number;
}

/** What is live, what is kept, and who rebuilds. */
export interface IndexStatus {
  alias: string;
  /** Name of the live generation, null before the first rebuild. */
  live: string | null;
  /** The one that `rollback` goes to. */
  previous: string | null;
  generations: Generation[];
  /** The process that rebuilds now, null where none does. */
  rebuilding: LeaseHolder | null;
  health: EngineHealth;
}

/**
 * Places that are found by what is typed of their name: the whole job over an engine.
 *
 * @example
 * const index = new PlaceIndex(embedded({ dataDir: './data' }), { dataDir: './data' });
 * await index.rebuild([
 *   { id: 'tw', name: '臺灣', kind: 'country', country: 'TW' },
 *   { id: 'tw-ntp', name: '新北市', kind: 'city', country: 'TW', parent: 'tw' },
 *   { id: 'tw-banqiao', name: '板橋區', kind: 'district', country: 'TW', parent: 'tw-ntp' },
 * ]);
 * (await index.suggest('板')).map((suggestion) => suggestion.id);
 * // => ['tw-banqiao']
 * await index.close();
 */
export class PlaceIndex {
  readonly alias: string;
  readonly #engine: Engine;
  readonly #dataDir: string | null;
  readonly #now: () => number;
  #lastVersion = 0;

  /** @param engine - Closed by `close`. */
  constructor(engine: Engine, options: PlaceIndexOptions = {}) {
    this.#engine = engine;
    this.alias = options.alias ?? REBUILD_DEFAULTS.alias;
    this.#dataDir = options.dataDir ?? null;
    this.#now = options.now ?? wallClock;
  }

  /**
   * Builds a new generation from its source and moves the alias to it, while queries go on.
   *
   * @throws {RebuildError} See `rebuildPlaces`; `aliasMoved` is false, the old generation answers.
   */
  rebuild(
    source: PlaceRecordSource,
    options: Omit<RebuildOptions, 'alias' | 'dataDir'> = {},
  ): Promise<RebuildResult> {
    const { alias } = this;
    return rebuildPlaces(this.#engine, source, { ...options, alias, dataDir: this.#dataDir });
  }

  /**
   * Places for what was typed, best first.
   *
   * @param text - Anything; blank or over-long text finds nothing.
   * @throws {OptionError} See `placeQuery`.
   * @throws {EngineError} `INDEX_NOT_FOUND` before the first rebuild.
   */
  suggest(text: string, options: SuggestCallOptions = {}): Promise<Suggestion[]> {
    const { signal, ...query } = options;
    return answerPlaceQuery(text, query, (searches, filter) =>
      this.#engine.suggest(this.alias, searches, filter, signal ? { signal } : {}),
    );
  }

  /** The document of a place, null where there is none. */
  get(id: string): Promise<PlaceDocument | null> {
    return this.#engine.get(this.alias, id);
  }

  /**
   * Swaps in what a rebuild with `prepareOnly` has built and verified.
   *
   * @throws {RebuildError} See `swapPrepared`.
   */
  swap(options: { keepFreshMs?: number } = {}): Promise<AliasState> {
    return swapPrepared(this.#engine, this.alias, options);
  }

  /**
   * Adds places, or replaces them. Their parents are looked up among the given records, then in the
   * index. A rebuild that runs meanwhile keeps them.
   *
   * Children keep the parent names that they were indexed with until they are put or rebuilt.
   *
   * @param raw - As `readPlaceRecord` takes them; all are checked before any is written.
   * @returns Outcomes in order; status 409 where a newer write of the place was there first.
   * @throws {RecordError} See `readPlaceRecord`; `UNKNOWN_PARENT`, `PARENT_CYCLE`.
   * @throws {OptionError} `VERSION_INVALID`.
   */
  async put(raw: readonly unknown[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    const records = raw.map(readPlaceRecord);
    const given = new Map(records.map((record) => [record.id, record]));
    const { context } = await loadDictionaries({
      chinese: records.some(hasHanName),
      japanese: records.some(lacksReading),
    });
    const operations: VersionedOperation[] = [];
    for (const record of records) {
      const parents = await this.#parentsOf(record, given);
      const index = toPlaceDocument(record, { ...context, parents });
      operations.push({ index, version: this.#version(options) });
    }
    return writeEverywhere(this.#engine, this.alias, operations, this.#now());
  }

  /**
   * Removes places; an id that is not there is told by status 404. A rebuild that runs meanwhile
   * leaves them out.
   *
   * @throws {OptionError} `VERSION_INVALID`.
   */
  async delete(ids: readonly string[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    const operations = ids.map((id) => ({ delete: id, version: this.#version(options) }));
    return writeEverywhere(this.#engine, this.alias, operations, this.#now());
  }

  /**
   * Goes back to the generation that was live before.
   *
   * @throws {RebuildError} `NOTHING_TO_ROLL_BACK`.
   */
  rollback(): Promise<AliasState> {
    return rollbackAlias(this.#engine, this.alias);
  }

  /** Drops generations that nothing needs; see `gcGenerations`. */
  gc(options: { keep?: number; dryRun?: boolean } = {}): Promise<GcResult> {
    const { alias } = this;
    return gcGenerations(this.#engine, { ...options, alias });
  }

  /** What is live, what is kept, and who rebuilds. */
  async status(): Promise<IndexStatus> {
    const { alias } = this;
    const state = await aliasState(this.#engine, alias);
    return {
      alias,
      live: state?.generation ?? null,
      previous: state?.previous ?? null,
      generations: await this.#engine.generations(alias),
      rebuilding: await leaseHolder(this.#engine, alias),
      health: await this.#engine.health(),
    };
  }

  /** What a rebuild would change, and what runs or waits to be gone on with; see `planRebuild`. */
  plan(): Promise<RebuildPlan> {
    return planRebuild(this.#engine, this.alias);
  }

  /** Looks at every document of the live generation; see `inspectDocuments`. */
  inspect(
    onFault: (fault: DocumentFault) => void,
    options: { signal?: AbortSignal } = {},
  ): Promise<Inspection> {
    return inspectDocuments(this.#engine, this.alias, onFault, options);
  }

  /**
   * Compares an index with its source, record by record; changes nothing.
   *
   * @param options - generation: default the live one. The rest as it was at the rebuild.
   */
  verify(
    source: PlaceRecordSource,
    options: VerifyOptions & { generation?: string } = {},
  ): Promise<Verification> {
    const { generation = this.alias, ...rest } = options;
    return verifySource(this.#engine, generation, source, { ...rest, alias: this.alias });
  }

  /**
   * Takes the right to rebuild away from whoever holds it; a rebuild that still runs then stops
   * before its swap.
   */
  unlock(): Promise<LeaseHolder | null> {
    return breakLease(this.#engine, this.alias);
  }

  /** Checks a source's parents without an index; see `checkPlaces`. */
  check(source: PlaceRecordSource, options: CheckSource = {}): Promise<CheckReport> {
    return checkPlaces(source, options);
  }

  /** Closes the engine. */
  close(): Promise<void> {
    return this.#engine.close();
  }

  /** Microseconds since 1970, never the same twice. */
  #version({ version }: WriteOptions): number {
    if (version === undefined) {
      this.#lastVersion = Math.max(this.#lastVersion + 1, this.#now() * 1000);
      return this.#lastVersion;
    }
    if (Number.isSafeInteger(version) && version > SOURCE_VERSIONS) return version;
    const hint = `Use a whole number over 2^40, such as microseconds since 1970.`;
    throw new OptionError('VERSION_INVALID', `version ${quoteValue(version)} can't be used`, hint);
  }

  async #parentsOf(
    record: PlaceRecord,
    given: ReadonlyMap<string, PlaceRecord>,
  ): Promise<PlaceRecord[]> {
    const chain: PlaceRecord[] = [];
    let next = record.parent;
    while (next !== undefined) {
      if (next === record.id || chain.some(({ id }) => id === next)) {
        throw parentFault('PARENT_CYCLE', record, next, 'leads back to itself');
      }
      const parent: PlaceRecord | null = given.get(next) ?? (await this.#indexed(next));
      if (!parent) throw parentFault('UNKNOWN_PARENT', record, next, 'is not in the index');
      chain.push(parent);
      next = parent.parent;
    }
    return chain;
  }

  async #indexed(id: string): Promise<PlaceRecord | null> {
    const document = await this.#engine.get(this.alias, id);
    return document && recordOf(document);
  }
}

function recordOf(document: PlaceDocument): PlaceRecord {
  const names = document.names.map(({ text, language, kind }): PlaceName =>
    language === undefined ? { text, kind } : { text, language, kind },
  );
  const { id, kind, country } = document;
  const record: PlaceRecord = { id, name: names[0]!.text, names, kind };
  if (country !== undefined) record.country = country;
  const parent = document.parents[0]?.id;
  if (parent !== undefined) record.parent = parent;
  return record;
}

function parentFault(code: string, record: PlaceRecord, id: string, what: string): RecordError {
  const subject = `parent ${quoteValue(id)} of ${quoteValue(record.id)}`;
  const hint = 'Put that place first, or name another parent.';
  return new RecordError(code, 'parent', id, `${subject} ${what}`, hint);
}
