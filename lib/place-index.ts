import { AnswerCache, LOOKS_FOR_ANSWERS, REMOTE_ANSWERS } from './answer-cache.ts';
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
import { placeMapping, type PlaceMappingOptions } from './autocomplete/mapping.ts';
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
import { examinePlaceRecord, recordId } from './autocomplete/record/record.ts';
import { languageOfInput } from './autocomplete/suggest/reader.ts';
import { answerPlaceQuery } from './autocomplete/suggest/answer.ts';
import type { Suggestion } from './autocomplete/suggest/suggestions.ts';
import { answerTextQuery, type TextAnswer } from './autocomplete/text/hits.ts';
import { TEXT_QUERY_SPEC, textQuery } from './autocomplete/text/query.ts';
import { addContainers, ContainerTables } from './engines/containers.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import { RecordError } from './errors.ts';
import { ListedFaults } from './listed-faults.ts';
import { checkOptions, defined, partOf, settle } from './options.ts';
import { type Markable, markingPartial } from './partial.ts';
import {
  PLACE_INDEX_SPEC,
  type PlaceIndexOptions,
  SEARCH_SPEC,
  type SearchCallOptions,
  SUGGEST_SPEC,
  type SuggestCallOptions,
} from './place-options.ts';
import { countryAround } from './rebuild/countries.ts';
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
  type RebuildResult,
} from './rebuild/options.ts';
import { rebuildPlaces } from './rebuild/places.ts';
import { parentsByOutlines, PUT_SPEC, type PutOptions } from './rebuild/put-places.ts';
import { pauses, TURN_UNITS } from './turns.ts';
import {
  VERIFY_SPEC,
  verifySource,
  type Verification,
  type VerifyOptions,
} from './rebuild/verify-source.ts';
import type { PlaceRecordSource } from './source/source.ts';

/** The outcome of `put` for one place. */
export type PutOutcome = WriteOutcome & {
  /** Details of the record that were corrected or left out, and fields that it does not have. */
  warnings?: readonly RecordWarning[];
};

/**
 * Places that are found by what is typed of their names, on an engine.
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
  readonly #jyutping: boolean;

  /**
   * @param engine - May serve several indexes; closed by `close` of the last one.
   * @throws {OptionError} `ALIAS_INVALID`; here and below `OPTION_UNKNOWN`.
   */
  constructor(engine: Engine, options: PlaceIndexOptions = {}) {
    const { alias, dataDir, mapping, cache, jyutping, now } = settle(PLACE_INDEX_SPEC, options);
    super(engine, alias, now);
    this.#dataDir = dataDir ?? null;
    this.#mapping = defined(mapping ?? {});
    const looks = cache > 0 ? LOOKS_FOR_ANSWERS : {};
    this.#containers = new ContainerTables(engine, this.alias, { steadyNow: this.now, ...looks });
    this.#jyutping = jyutping;
    this.#answers =
      cache > 0 ? new AnswerCache(cache, engine.revision ? {} : REMOTE_ANSWERS) : null;
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
    const all = { jyutping: this.#jyutping, ...options, ...own };
    return rebuildPlaces(this.engine, source, all).finally(() => this.moved());
  }

  /**
   * Places for what was typed, best first.
   *
   * @param text - Anything; blank or over-long text finds nothing.
   * @throws {OptionError} See `placeQuery`.
   * @throws {EngineError} `INDEX_NOT_FOUND` before the first rebuild, `PARTIAL_ANSWER` without `allowPartial`.
   */
  async suggest(text: string, options: SuggestCallOptions = {}): Promise<Markable<Suggestion[]>> {
    checkOptions(SUGGEST_SPEC, options);
    this.refuseClosed();
    if (!this.#answers) return this.#suggest(text, options);
    const state = await this.#containers.state();
    return this.#answers.answer(state, text, options, (...asked) => this.#suggest(...asked));
  }

  /**
   * Places for a text of names, categories and containers in any order: 清水寺 京都, 台南 古蹟.
   *
   * For finished text. Use `suggest` for text that is still being typed. The first search in a
   * language loads its dictionary.
   *
   * @param text - Anything; blank text finds nothing, of long text only the beginning is looked at.
   * @param options - from: hits to pass over, 0..300, default 0. limit: 1..100, default 10. The
   * rest as
   *   for `suggest`. in: where to look, names and descriptions or one of them, default names; a
   *   description counts less than a name (`DESCRIPTION_RANKING`). fragments, fragmentLength: of descriptions.
   * @returns `total` counts up to 300 places for each way to read the text; `more` where there may
   * be
   *   others. `score` is comparable within one answer only.
   * @throws {OptionError} `FROM_INVALID`, and see `placeQuery`.
   * @throws {EngineError} `INDEX_NOT_FOUND` before the first rebuild, `TEXT_NOT_INDEXED` where the
   * last
   *   one was by a suoyin without text search.
   */
  async search(text: string, options: SearchCallOptions = {}): Promise<Markable<TextAnswer>> {
    checkOptions(SEARCH_SPEC, options);
    this.refuseClosed();
    const { signal, allowPartial, ...query } = options;
    const { language } = textQuery('', {
      ...partOf(TEXT_QUERY_SPEC, query),
      language: query.language ?? languageOfInput(text),
    }).reader;
    const japanese = language === 'ja';
    const { context } = await loadDictionaries({ chinese: !japanese, japanese });
    signal?.throwIfAborted();
    const containers = await this.#containers.current();
    const { engine, alias } = this;
    return markingPartial(defined({ signal, allowPartial }), (how) => {
      const pause = pauses(signal);
      // What is found is judged in a turn of its own.
      const apart = async <T>(lookUp: () => Promise<T>): Promise<T> => {
        await pause(TURN_UNITS);
        const found = await lookUp();
        await pause(TURN_UNITS);
        return found;
      };
      return answerTextQuery(text, { ...query, containers }, context, {
        byTerms: (search, filter) => apart(() => engine.findByTerms(alias, search, filter, how)),
        byKeys: (searches, filter) => apart(() => engine.findByKeys(alias, searches, filter, how)),
        countAbout: (terms) => engine.countAbout(alias, terms, how),
      });
    });
  }

  /**
   * The table that texts are read by, for `readQuery`; read once a generation. `Containers.NONE` where the live
   * generation was made by a suoyin without one: a rebuild makes it.
   *
   * @throws {EngineError} As the engine does.
   */
  async containers(): Promise<Containers> {
    this.refuseClosed();
    return this.#containers.current();
  }

  /** The document of a place, null where there is none. */
  async get(id: string): Promise<PlaceDocument | null> {
    return this.engine.get(this.alias, id);
  }

  /**
   * Adds places, or replaces them. Their parents are looked up among the given records, then in the
   * index; with `boundaries`, parents and countries are found as by a rebuild. A rebuild that runs
   * meanwhile keeps them.
   *
   * Children keep the parent names that they were indexed with until they are put or rebuilt.
   *
   * @param raw - As `readPlaceRecord` takes them; all are checked before any is written.
   * @returns Outcomes in order; status 409 where a newer write of the place was there first; `warnings`
   *   where details of a record were corrected or left out.
   * @throws {RecordError} See `readPlaceRecord`; `UNKNOWN_PARENT`, `PARENT_CYCLE`. All bad records and all their
   *   faults are in `faults`, each with its index, `at`.
   * @throws {OptionError} `VERSION_INVALID`.
   */
  async put(raw: readonly unknown[], options: PutOptions = {}): Promise<PutOutcome[]> {
    checkOptions(PUT_SPEC, options);
    const { boundaries = null } = options;
    const warnings = raw.map((): RecordWarning[] => []);
    const faults = new ListedFaults();
    const read = raw.map((each, i) => {
      const warn = (warning: RecordWarning): unknown => warnings[i]!.push(warning);
      const country = boundaries && countryAround(each, boundaries);
      if (country !== null) {
        warn({ code: 'COUNTRY_FOUND', field: 'country', value: undefined, meant: country });
      }
      const given = country === null ? each : { ...(each as object), country };
      return faults.attempt(i, () => examinePlaceRecord(given, warn));
    });
    const records = read.filter((record) => record !== undefined);
    const refused = new Set<unknown>(raw.filter((_, i) => !read[i]).map(recordId));
    const given = new Map(records.map((record) => [record.id, record]));
    const { context } = await loadDictionaries({
      chinese: records.some(hasHanName),
      japanese: records.some(isJapanese),
      cantonese: this.#jyutping,
    });
    const versions = this.versionsOf(options, raw.length);
    const operations: VersionedOperation[] = [];
    for (const [i, record] of read.entries()) {
      if (!record) continue;
      const found = boundaries
        ? parentsByOutlines(record, boundaries, (id) => this.#placeOf(id, given))
        : this.#parentsOf(record, given);
      const parents = await found.catch((fault: unknown) => {
        // A child of a refused record is not reported too.
        if (!(fault instanceof RecordError && refused.has(fault.value))) faults.add(i, fault);
        return [];
      });
      const index = toPlaceDocument(record, { ...context, parents });
      operations.push({ index, version: versions[i]! });
      const lost = await this.#lostCountry(record, index);
      if (lost !== null) warnings[i]!.push(lost);
    }
    faults.throwAny(raw.length);
    const outcomes = await writeEverywhere(this.engine, this.alias, operations, this.now()).finally(
      () => this.#answers?.forget(),
    );
    await this.#noteContainers(records, operations);
    return outcomes.map((outcome, i) =>
      warnings[i]!.length === 0 ? outcome : { ...outcome, warnings: warnings[i]! },
    );
  }

  /**
   * Removes places; an unknown id has the outcome 404. A rebuild that runs meanwhile leaves them
   * out.
   *
   * @throws {OptionError} `VERSION_INVALID`.
   */
  async delete(ids: readonly string[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    return this.deleteDocuments(ids, options).finally(() => this.#answers?.forget());
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

  protected override moved(): void {
    this.#containers.forget();
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

  async #suggest(text: string, options: SuggestCallOptions): Promise<Markable<Suggestion[]>> {
    const { signal, allowPartial, ...query } = options;
    const containers = await this.#containers.current();
    const asked = { ...query, containers, fewRequests: this.engine.remote };
    return markingPartial(defined({ signal, allowPartial }), (how) =>
      answerPlaceQuery(text, asked, (searches, filter) =>
        this.engine.findByKeys(this.alias, searches, filter, how),
      ),
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
      const parent = await this.#placeOf(next, given);
      if (!parent) throw parentFault('UNKNOWN_PARENT', record, next, 'is not in the index');
      chain.push(parent);
      next = parent.parent;
    }
    return chain;
  }

  /** The place of an id: the one that is put, else the one of the index. */
  async #placeOf(id: string, given: ReadonlyMap<string, PlaceRecord>): Promise<PlaceRecord | null> {
    const put = given.get(id);
    if (put) return put;
    const document = await this.get(id);
    return document && recordOf(document);
  }

  /** A warning where a place had a country by outlines, and is put without it. */
  async #lostCountry(
    { id, location }: PlaceRecord,
    { country }: PlaceDocument,
  ): Promise<RecordWarning | null> {
    if (!location || country !== undefined) return null;
    const before = (await this.get(id))?.country;
    if (before === undefined) return null;
    return { code: 'COUNTRY_LOST', field: 'country', value: undefined, meant: before };
  }
}
