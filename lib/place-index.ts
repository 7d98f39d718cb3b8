import { AnswerCache } from './answer-cache.ts';
import { AliasIndex } from './alias/alias-index.ts';
import type { GcOptions, GcResult } from './alias/gc.ts';
import { aliasState } from './alias/generations.ts';
import {
  type VersionedOperation,
  writeEverywhere,
  writtenGenerations,
} from './alias/live-writes.ts';
import type { ShardNumbers } from './alias/shard-numbers.ts';
import { WRITE_SPEC, type WriteOptions } from './alias/versions.ts';
import { dropLetters } from './source/dead-letters.ts';
import { hasHanName, isJapanese, loadDictionaries } from './autocomplete/dictionaries.ts';
import {
  PLACE_MAPPING_SPEC,
  placeMapping,
  type PlaceMappingOptions,
} from './autocomplete/mapping.ts';
import type { PlaceRecord } from './autocomplete/place.ts';
import {
  type ContainerRow,
  containerRow,
  type Containers,
} from './autocomplete/reading/containers.ts';
import type { PlaceDocument } from './autocomplete/record/document.ts';
import { toPlaceDocument } from './autocomplete/record/document.ts';
import { parentFault, recordOf } from './autocomplete/record/indexed-record.ts';
import type { RecordWarning } from './autocomplete/record/record-faults.ts';
import { examinePlaceRecord } from './autocomplete/record/record.ts';
import { PLACE_QUERY_SPEC, type PlaceQueryOptions } from './autocomplete/suggest/query.ts';
import { languageOfInput } from './autocomplete/suggest/reader.ts';
import { answerPlaceQuery } from './autocomplete/suggest/answer.ts';
import {
  SUGGESTION_SPEC,
  type Suggestion,
  type SuggestionOptions,
} from './autocomplete/suggest/suggestions.ts';
import { answerTextQuery, TEXT_ANSWER_SPEC, type TextAnswer } from './autocomplete/text/hits.ts';
import { TEXT_QUERY_SPEC, textQuery, type TextQueryOptions } from './autocomplete/text/query.ts';
import { addContainers, ContainerTables } from './engines/containers.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import {
  checkOptions,
  defined,
  NOW,
  OPTION_INVALID,
  partOf,
  settle,
  SIGNAL,
  type Spec,
} from './options.ts';
import { type CheckReport, type CheckSource, checkPlaces } from './rebuild/check.ts';
import {
  type DocumentFault,
  type InspectOptions,
  type Inspection,
  inspectDocuments,
} from './rebuild/inspect.ts';
import {
  PLACE_REBUILD_SPEC,
  type PlaceRebuildOptions,
  REBUILD_SPEC,
  type RebuildResult,
} from './rebuild/options.ts';
import { rebuildPlaces } from './rebuild/places.ts';
import {
  VERIFY_SPEC,
  verifySource,
  type Verification,
  type VerifyOptions,
} from './rebuild/verify-source.ts';
import type { PlaceRecordSource } from './source/source.ts';

/** Where an index lives. */
export interface PlaceIndexOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /**
   * Of new generations, on OpenSearch; an embedded file has no shards. A rebuild keeps the shards and
   * replicas that are left out as they are.
   */
  mapping?: PlaceMappingOptions;
  /** Folder of dead letters. Default none: only the first few of them are kept. */
  dataDir?: string;
  /** Answers of `suggest` kept until something is written, about 5 kB each: 0..1000000, embedded engine only. Default 0. */
  cache?: number;
  /** Milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
}

/** Options of `PlaceIndex`. */
export const PLACE_INDEX_SPEC: Spec<PlaceIndexOptions, 'alias' | 'cache'> = {
  code: OPTION_INVALID,
  options: {
    alias: REBUILD_SPEC.options.alias,
    mapping: {
      type: 'object',
      spec: PLACE_MAPPING_SPEC,
      help: 'of new generations, on OpenSearch',
    },
    dataDir: {
      type: 'text',
      otherwise: 'none: only the first few are kept',
      help: 'folder of dead letters',
    },
    cache: {
      type: 'whole',
      min: 0,
      max: 1_000_000,
      default: 0,
      help: 'answers of `suggest` that are kept until something is written, on the embedded engine',
    },
    now: NOW,
  },
};

/** What `PlaceIndex.suggest` may be told beside the query. */
export interface SuggestCallOptions extends PlaceQueryOptions, SuggestionOptions {
  signal?: AbortSignal;
}

/** What `PlaceIndex.search` may be told beside the text. */
export interface SearchCallOptions extends TextQueryOptions, SuggestionOptions {
  signal?: AbortSignal;
}

/** Options of `PlaceIndex.suggest`. */
export const SUGGEST_SPEC: Spec<SuggestCallOptions, 'limit' | 'namesakes' | 'explain'> = {
  code: OPTION_INVALID,
  options: { ...PLACE_QUERY_SPEC.options, ...SUGGESTION_SPEC.options, signal: SIGNAL },
};

/** Options of `PlaceIndex.search`. */
export const SEARCH_SPEC: Spec<SearchCallOptions, 'limit' | 'explain' | 'from'> = {
  code: OPTION_INVALID,
  options: { ...TEXT_ANSWER_SPEC.options, signal: SIGNAL },
};

/** What became of a place that was put. */
export type PutOutcome = WriteOutcome & {
  /** Details of the record that were corrected or left out, and fields that it does not have. */
  warnings?: readonly RecordWarning[];
};

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
export class PlaceIndex extends AliasIndex {
  readonly #dataDir: string | null;
  readonly #mapping: PlaceMappingOptions;
  readonly #containers: ContainerTables;
  readonly #answers: AnswerCache | null;

  /**
   * @param engine - Closed by `close`.
   * @throws {OptionError} `ALIAS_INVALID`; here and below `OPTION_UNKNOWN`.
   */
  constructor(engine: Engine, options: PlaceIndexOptions = {}) {
    const { alias, dataDir, mapping, cache, now } = settle(PLACE_INDEX_SPEC, options);
    super(engine, alias, now);
    this.#dataDir = dataDir ?? null;
    this.#mapping = defined(mapping ?? {});
    this.#containers = new ContainerTables(engine, this.alias, this.now);
    this.#answers = cache > 0 ? new AnswerCache(cache) : null;
  }

  /**
   * Builds a new generation from its source and moves the alias to it, while queries go on.
   *
   * @throws {RebuildError} See `rebuildPlaces`; `aliasMoved` is false, the old generation answers.
   */
  async rebuild(
    source: PlaceRecordSource,
    options: PlaceRebuildOptions = {},
  ): Promise<RebuildResult> {
    checkOptions(PLACE_REBUILD_SPEC, options);
    const own = { alias: this.alias, dataDir: this.#dataDir, mapping: this.#mapping };
    return rebuildPlaces(this.engine, source, { ...options, ...own });
  }

  /**
   * Places for what was typed, best first.
   *
   * @param text - Anything; blank or over-long text finds nothing.
   * @throws {OptionError} See `placeQuery`.
   * @throws {EngineError} `INDEX_NOT_FOUND` before the first rebuild.
   */
  async suggest(text: string, options: SuggestCallOptions = {}): Promise<Suggestion[]> {
    checkOptions(SUGGEST_SPEC, options);
    const find = (asked: SuggestCallOptions): Promise<Suggestion[]> => this.#suggest(text, asked);
    const revision = this.#answers ? await this.engine.revision?.() : undefined;
    if (revision === undefined) return find(options);
    return this.#answers!.answer(revision, text, options, find);
  }

  /**
   * Places for a text of names, categories and containers in any order: 清水寺 京都, 台南 古蹟.
   *
   * For text that is complete; while it is being typed, `suggest` is the one to ask. The first search
   * in a language loads its dictionary.
   *
   * @param text - Anything; blank text finds nothing, of long text only the beginning is looked at.
   * @param options - from: hits to pass over, 0..300, default 0. limit: 1..100, default 10. The rest as
   *   for `suggest`.
   * @returns `total` counts up to 300 places for each way to read the text; `more` where there may be
   *   others. `score` is comparable within one answer only.
   * @throws {OptionError} `FROM_INVALID`, and see `placeQuery`.
   * @throws {EngineError} `INDEX_NOT_FOUND` before the first rebuild, `TEXT_NOT_INDEXED` where the last
   *   one was by a suoyin without text search.
   */
  async search(text: string, options: SearchCallOptions = {}): Promise<TextAnswer> {
    checkOptions(SEARCH_SPEC, options);
    const { signal, ...query } = options;
    const { language } = textQuery('', {
      ...partOf(TEXT_QUERY_SPEC, query),
      language: query.language ?? languageOfInput(text),
    }).reader;
    const japanese = language === 'ja';
    const { context } = await loadDictionaries({ chinese: !japanese, japanese });
    signal?.throwIfAborted();
    const containers = await this.#containers.current();
    const { engine, alias } = this;
    const how = signal ? { signal } : {};
    return answerTextQuery(text, { ...query, containers }, context, {
      byTerms: (search, filter) => engine.findByTerms(alias, search, filter, how),
      byKeys: (searches, filter) => engine.findByKeys(alias, searches, filter, how),
    });
  }

  /**
   * The table that texts are read by, for `readQuery`; read once a generation.
   *
   * @throws {EngineError} As the engine does.
   */
  containers(): Promise<Containers> {
    return this.#containers.current();
  }

  /** The document of a place, null where there is none. */
  get(id: string): Promise<PlaceDocument | null> {
    return this.engine.get(this.alias, id);
  }

  /**
   * Adds places, or replaces them. Their parents are looked up among the given records, then in the
   * index. A rebuild that runs meanwhile keeps them.
   *
   * Children keep the parent names that they were indexed with until they are put or rebuilt.
   *
   * @param raw - As `readPlaceRecord` takes them; all are checked before any is written.
   * @returns Outcomes in order; status 409 where a newer write of the place was there first; `warnings`
   *   where details of a record were corrected or left out.
   * @throws {RecordError} See `readPlaceRecord`; `UNKNOWN_PARENT`, `PARENT_CYCLE`.
   * @throws {OptionError} `VERSION_INVALID`.
   */
  async put(raw: readonly unknown[], options: WriteOptions = {}): Promise<PutOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    const warnings = raw.map((): RecordWarning[] => []);
    const records = raw.map((each, i) =>
      examinePlaceRecord(each, (warning) => warnings[i]!.push(warning)),
    );
    const given = new Map(records.map((record) => [record.id, record]));
    const { context } = await loadDictionaries({
      chinese: records.some(hasHanName),
      japanese: records.some(isJapanese),
    });
    const versions = this.versionsOf(options, records.length);
    const operations: VersionedOperation[] = [];
    for (const [i, record] of records.entries()) {
      const parents = await this.#parentsOf(record, given);
      const index = toPlaceDocument(record, { ...context, parents });
      operations.push({ index, version: versions[i]! });
    }
    const outcomes = await writeEverywhere(this.engine, this.alias, operations, this.now());
    await this.#noteContainers(records, operations);
    return outcomes.map((outcome, i) =>
      warnings[i]!.length === 0 ? outcome : { ...outcome, warnings: warnings[i]! },
    );
  }

  /**
   * Removes places; an id that is not there is told by status 404. A rebuild that runs meanwhile
   * leaves them out.
   *
   * @throws {OptionError} `VERSION_INVALID`.
   */
  async delete(ids: readonly string[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    return this.deleteDocuments(ids, options);
  }

  /** Looks at every document of the live generation; see `inspectDocuments`. */
  async inspect(
    onFault: (fault: DocumentFault) => void,
    options: InspectOptions = {},
  ): Promise<Inspection> {
    return inspectDocuments(this.engine, this.alias, onFault, options);
  }

  /**
   * Compares an index with its source, record by record; changes nothing.
   *
   * @param options - generation: default the live one. The rest as it was at the rebuild.
   */
  async verify(source: PlaceRecordSource, options: VerifyOptions = {}): Promise<Verification> {
    checkOptions(VERIFY_SPEC, options);
    const { generation = this.alias, ...rest } = options;
    return verifySource(this.engine, generation, source, { ...rest, alias: this.alias });
  }

  /** Checks a source's parents without an index; see `checkPlaces`. */
  async check(source: PlaceRecordSource, options: CheckSource = {}): Promise<CheckReport> {
    return checkPlaces(source, options);
  }

  /** Drops generations that nothing needs, and dead letters of those that are no more; see `gcGenerations`. */
  override async gc(options: GcOptions = {}): Promise<GcResult> {
    const result = await super.gc(options);
    if (this.#dataDir === null || options.dryRun) return result;
    const { engine, alias } = this;
    const live = (await aliasState(engine, alias))?.generation;
    if (live !== undefined) dropLetters(this.#dataDir, engine, { alias, live, there: result.kept });
    return result;
  }

  protected indexBodyWith(kept: ShardNumbers): Record<string, unknown> {
    return { ...placeMapping({ ...kept, ...this.#mapping }) };
  }

  /** Places that contain others are read in what is typed: those put here, and the parents of those. */
  async #noteContainers(
    records: readonly PlaceRecord[],
    operations: readonly VersionedOperation[],
  ): Promise<void> {
    const documents = operations.flatMap((o) =>
      'index' in o && 'parents' in o.index ? [o.index] : [],
    );
    const parents = new Set(documents.flatMap((document) => document.parents.map(({ id }) => id)));
    const known = await this.#containers.current();
    const given = new Map(documents.map((document) => [document.id, document]));
    const rows: ContainerRow[] = [];
    for (const { id } of records) {
      if (known.indexOf(id) !== undefined || parents.has(id))
        rows.push(containerRow(given.get(id)!));
    }
    for (const id of parents) {
      if (given.has(id) || known.indexOf(id) !== undefined) continue;
      const document = await this.get(id);
      if (document) rows.push(containerRow(document));
    }
    if (rows.length === 0) return;
    for (const generation of await writtenGenerations(this.engine, this.alias, this.now())) {
      await addContainers(this.engine, this.alias, generation, rows);
    }
    this.#containers.forget();
  }

  async #suggest(text: string, options: SuggestCallOptions): Promise<Suggestion[]> {
    const { signal, ...query } = options;
    const containers = await this.#containers.current();
    const how = { ...query, containers, fewRequests: this.engine.remote };
    return answerPlaceQuery(text, how, (searches, filter) =>
      this.engine.findByKeys(this.alias, searches, filter, signal ? { signal } : {}),
    );
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
    const document = await this.engine.get(this.alias, id);
    return document && recordOf(document);
  }
}
