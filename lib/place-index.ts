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
import { RecordError, quoteValue } from './errors.ts';
import { type CheckReport, type CheckSource, checkPlaces } from './rebuild/check.ts';
import { hasHanName, lacksReading, loadDictionaries } from './rebuild/dictionaries.ts';
import { aliasState, gcGenerations, type GcResult, rollbackAlias } from './rebuild/generations.ts';
import { leaseHeld, leaseHolder, type LeaseHolder } from './rebuild/lease.ts';
import {
  REBUILD_DEFAULTS,
  rebuildPlaces,
  type RebuildOptions,
  type RebuildResult,
} from './rebuild/run.ts';
import type { PlaceRecordSource } from './rebuild/source.ts';

/** Where an index lives. */
export interface PlaceIndexOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /** Folder of leases and dead letters. Default none: rebuilds are not kept from each other. */
  dataDir?: string;
}

/** What `PlaceIndex.suggest` may be told beside the query. */
export interface SuggestCallOptions extends PlaceQueryOptions, SuggestionOptions {
  signal?: AbortSignal;
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

  /** @param engine - Closed by `close`. */
  constructor(engine: Engine, options: PlaceIndexOptions = {}) {
    this.#engine = engine;
    this.alias = options.alias ?? REBUILD_DEFAULTS.alias;
    this.#dataDir = options.dataDir ?? null;
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
   * Adds places to the live generation, or replaces them. Their parents are looked up among the
   * given records, then in the index.
   *
   * Children keep the parent names that they were indexed with until they are put or rebuilt.
   *
   * @param raw - As `readPlaceRecord` takes them; all are checked before any is written.
   * @throws {RecordError} See `readPlaceRecord`; `UNKNOWN_PARENT`, `PARENT_CYCLE`.
   * @throws {RebuildError} `LEASE_HELD` during a rebuild, since the new generation would lack them.
   */
  async put(raw: readonly unknown[]): Promise<WriteOutcome[]> {
    const records = raw.map(readPlaceRecord);
    await this.#refuseDuringRebuild();
    const given = new Map(records.map((record) => [record.id, record]));
    const { context } = await loadDictionaries({
      chinese: records.some(hasHanName),
      japanese: records.some(lacksReading),
    });
    const operations: { index: PlaceDocument }[] = [];
    for (const record of records) {
      const parents = await this.#parentsOf(record, given);
      operations.push({ index: toPlaceDocument(record, { ...context, parents }) });
    }
    return this.#engine.write(this.alias, operations);
  }

  /**
   * Removes places from the live generation; an id that is not there is told by status 404.
   *
   * @throws {RebuildError} `LEASE_HELD` during a rebuild, since the new generation would have them.
   */
  async delete(ids: readonly string[]): Promise<WriteOutcome[]> {
    await this.#refuseDuringRebuild();
    return this.#engine.write(
      this.alias,
      ids.map((id) => ({ delete: id })),
    );
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
    return gcGenerations(this.#engine, { ...options, alias, dataDir: this.#dataDir });
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
      rebuilding: this.#dataDir === null ? null : await leaseHolder(this.#dataDir, alias),
      health: await this.#engine.health(),
    };
  }

  /** Checks a source's parents without an index; see `checkPlaces`. */
  check(source: PlaceRecordSource, options: CheckSource = {}): Promise<CheckReport> {
    return checkPlaces(source, options);
  }

  /** Closes the engine. */
  close(): Promise<void> {
    return this.#engine.close();
  }

  async #refuseDuringRebuild(): Promise<void> {
    if (this.#dataDir === null) return;
    const holder = await leaseHolder(this.#dataDir, this.alias);
    if (holder) throw leaseHeld(this.alias, this.#dataDir, holder);
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
