import { AliasIndex } from './alias/alias-index.ts';
import { WRITE_SPEC, type WriteOptions } from './alias/versions.ts';
import type { RebuildPlan } from './alias/plan.ts';
import type { ShardNumbers } from './alias/shard-numbers.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import {
  checkThreshold,
  IMAGE_DEFAULTS,
  IMAGE_INDEX_SPEC,
  type ImageIndexOptions,
  type ImageModel,
  PICTURE_SPEC,
  type PictureOptions,
  DESCRIBE_SPEC,
  SIMILAR_CALL_SPEC,
  type SimilarCallOptions,
} from './image-options.ts';
import type { SemanticVectors } from './ingest/decode/semantic-vectors.ts';
import type { PictureSources } from './ingest/queue/feed.ts';
import { listSources } from './ingest/stores/source-files.ts';
import {
  INGEST_VECTORS_SPEC,
  ingestVectors,
  type IngestVectorsOptions,
  type IngestVectorsResult,
} from './ingest/vectors/add-vectors.ts';
import {
  checkImages,
  IMAGE_CHECK_SPEC,
  type ImageCheckOptions,
  type ImageCheckReport,
} from './ingest/work/check.ts';
import {
  INGEST_SPEC,
  ingestImages,
  type IngestOptions,
  type IngestResult,
} from './ingest/work/pipeline.ts';
import {
  IMAGE_PURGE_SPEC,
  type ImagePurgeOptions,
  type ImagePurgeResult,
  purgeImages,
} from './ingest/work/purge.ts';
import {
  bodyOf,
  documentOf,
  findOrAdd,
  indexedPicture,
  keepsNoParts,
  LiveImages,
  makesItsOwn,
  nothingIfGone,
  refused,
  searchSimilar,
  semanticVectors,
  viewsOf,
} from './image-search.ts';
import type { ImageContent, ImageDocument } from './knn/document.ts';
import {
  DUPLICATES_SPEC,
  type DuplicateGroup,
  type DuplicateOptions,
  findDuplicates,
} from './knn/similar/duplicates.ts';
import type { SimilarImage } from './knn/similar/similar.ts';
import type { VectorSpace } from './knn/space.ts';
import { checkOptions, defined, partOf, settle } from './options.ts';
import type { Counted, CountOptions, Markable } from './partial.ts';
import {
  type FoundOrAdded,
  isReference,
  type PictureSource,
  type PreparedPicture,
  type ReadPicture,
  readSource,
} from './picture-source.ts';
import { IMAGE_REBUILD_SPEC, rebuildImages } from './rebuild/images.ts';
import type { ImageRebuildOptions, ImageRebuildResult } from './rebuild/images.ts';

export type { ImageIndexOptions, ImageModel, PictureOptions } from './image-options.ts';
export type { FoundOrAdded, PreparedPicture, PictureSource } from './picture-source.ts';

/**
 * Pictures whose copies, edited versions and lookalikes are found, on an engine.
 *
 * @example
 * const index = new ImageIndex(embedded({ dataDir: './data' }));
 * await index.add('photos/kiyomizu.jpg', { fields: { country: 'JP' } });
 * const [best] = await index.similar('https://example.com/copy.jpg');
 * // => { id: 'photos/kiyomizu.jpg', rule: 'near-hash', bits: 6, distance: 0.004, document: { ... } }
 * await index.close();
 */
export class ImageIndex extends AliasIndex {
  /** How its vectors are compared. */
  readonly space: VectorSpace;
  readonly #model: ImageModel;
  readonly #options: ImageIndexOptions;
  readonly #live: LiveImages;
  readonly #semantic: SemanticVectors | null;

  /**
   * @param engine - May serve several indexes; closed by `close` of the last one.
   * @throws {OptionError} `ALIAS_INVALID`; here and below `OPTION_UNKNOWN`.
   */
  constructor(engine: Engine, options: ImageIndexOptions = {}) {
    const settings = settle(IMAGE_INDEX_SPEC, options);
    super(engine, settings.alias, settings.now);
    this.#live = new LiveImages(engine, settings.alias);
    this.#model = settings.model ?? IMAGE_DEFAULTS.model;
    this.#options = settings;
    this.#semantic = semanticVectors(settings);
    this.space = this.#model.space;
  }

  /**
   * Makes the index if there is none, and checks that it holds vectors of this model.
   * The first write does the same; call it to detect a wrong index early.
   *
   * @throws {EngineError} `MODEL_DIFFERS`, `INDEX_OTHER`, `COLLAGES_OFF`, `SEMANTIC_OFF`, `SEMANTIC_DIFFERS`.
   * @throws {OptionError} `ONNX_INVALID`.
   */
  async open(): Promise<void> {
    this.refuseClosed();
    await this.#semantic?.model();
    while (!(await this.#live.isThere(this.#model.id))) await this.begin();
    const { collages } = this.#options.mapping ?? {};
    if (collages && !this.#live.kept?.collages) throw keepsNoParts(this.alias);
    this.#live.checkSemantic(this.#semantic?.opened);
  }

  /**
   * Adds a picture, or replaces the one of its id.
   *
   * @throws {FetchError} Where it can't be had.
   * @throws {ImageError} Where it can't be read.
   * @throws {RecordError} Where its id, fields or vector can't be used.
   */
  async add(picture: PictureSource, options: PictureOptions = {}): Promise<PreparedPicture> {
    return this.#write(await this.prepare(picture, options), options);
  }

  /**
   * Finds the picture that this one is a copy of, and adds it where there is none. Of calls at the same time,
   * in whatever process, one adds the picture and the others find it; a plain `add` meanwhile is not waited for.
   *
   * @returns `found`: the surest copy, null where the picture was `added`.
   * @throws As `add` and `similar`.
   */
  async findOrAdd(picture: PictureSource, options: PictureOptions = {}): Promise<FoundOrAdded> {
    checkOptions(PICTURE_SPEC, options);
    await this.open();
    const read = await this.#read(picture, options);
    const find = async (): Promise<SimilarImage | null> => {
      const [first] = await this.#similar(read.content, null, { limit: 1 });
      return first && first.rule !== 'nearest' ? first : null;
    };
    const add = async (): Promise<PreparedPicture> =>
      this.#write(await this.#prepared(picture, read, options), options);
    return findOrAdd(this.engine, this.alias, { find, add });
  }

  async #write(prepared: PreparedPicture, options: PictureOptions): Promise<PreparedPicture> {
    const [outcome] = await this.write([prepared.document], partOf(WRITE_SPEC, options));
    if (outcome!.status < 300 || outcome!.status === 409) return prepared;
    throw refused(outcome!);
  }

  /** Reads and describes a picture, for `write`: many may be prepared at the same time. */
  async prepare(picture: PictureSource, options: PictureOptions = {}): Promise<PreparedPicture> {
    checkOptions(PICTURE_SPEC, options);
    return this.#prepared(picture, await this.#read(picture, options), options);
  }

  async #prepared(
    picture: PictureSource,
    { content, warnings, bytes }: ReadPicture,
    options: PictureOptions,
  ): Promise<PreparedPicture> {
    const { thumbnails, keepQuery, mapping } = this.#options;
    if (thumbnails && bytes && content.sha256) await thumbnails.write(content.sha256, bytes);
    const kept = await this.#live.keeps();
    if (bytes && !this.#semantic) this.#live.refuseWithout();
    const document = documentOf(picture, content, {
      ...defined({ keepQuery, id: options.id, fields: options.fields }),
      addedAt: new Date(this.now()).toISOString(),
      space: this.#model.space,
      // As the index does, or as a new one will.
      collages: kept?.collages ?? mapping?.collages ?? false,
    });
    return { document, warnings };
  }

  /** Writes documents of `prepare`, newest version last. A rebuild that runs meanwhile keeps them. */
  async write(
    documents: readonly ImageDocument[],
    options: WriteOptions = {},
  ): Promise<WriteOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    await this.open();
    return this.writeDocuments(documents, options);
  }

  /**
   * Removes pictures; an unknown id has the outcome 404. Thumbnails stay, since another picture
   * may have the same bytes; `images check` finds those that nobody needs.
   */
  async delete(ids: readonly string[], options: WriteOptions = {}): Promise<WriteOutcome[]> {
    checkOptions(WRITE_SPEC, options);
    await this.open();
    return this.deleteDocuments(ids, options);
  }

  /**
   * Pictures like one, the surest first: of the same bytes, of the same hash, of nearly the same hash,
   * then by distance of their vectors. `rule` says which of these it was.
   *
   * @param picture - Or `{ id }` of an indexed one, which is left out of the answer.
   * @throws {OptionError} `LIMIT_INVALID`, `MAX_DISTANCE_INVALID`, `VECTOR_INVALID`, `IMAGE_UNKNOWN`.
   * @throws {EngineError} `SEMANTIC_OFF`, `SEMANTIC_DIFFERS`.
   */
  async similar(
    picture: PictureSource | { id: string },
    options: SimilarCallOptions = {},
  ): Promise<Markable<SimilarImage[]>> {
    checkOptions(SIMILAR_CALL_SPEC, options);
    await this.#live.isThere(this.#model.id);
    this.#live.checkSemantic(await this.#semantic?.model());
    const leftOut = isReference(picture) ? picture.id : null;
    const content = isReference(picture)
      ? await indexedPicture(this.engine, this.alias, picture.id)
      : (await this.#read(picture, defined({ signal: options.signal }))).content;
    return this.#similar(content, leftOut, options);
  }

  #similar(
    content: ImageContent,
    leftOut: string | null,
    options: SimilarCallOptions,
  ): Promise<Markable<SimilarImage[]>> {
    const { space, threshold } = this.#model;
    const views = viewsOf(content, this.#model === IMAGE_DEFAULTS.model);
    const query = { content, views, space, threshold, alias: this.alias, leftOut };
    return searchSimilar(this.engine, { ...options, ...query });
  }

  /**
   * Reads and describes a picture, as input for `similar`. For callers that limit reading and
   * searching separately: reading loads this machine, searching the engine.
   *
   * @throws {FetchError} Where it can't be had.
   * @throws {ImageError} Where it can't be read.
   */
  async describe(
    picture: PictureSource,
    options: { signal?: AbortSignal } = {},
  ): Promise<ImageContent> {
    checkOptions(DESCRIBE_SPEC, options);
    return (await this.#read(picture, options)).content;
  }

  /**
   * Groups of pictures that are the same to the eye, each around its best one.
   * Every picture of a group is within the thresholds of that one, never of another member only.
   */
  async *duplicates(options: DuplicateOptions = {}): AsyncGenerator<DuplicateGroup> {
    const { maxDistance, turned: asked } = settle(DUPLICATES_SPEC, options);
    if (maxDistance === undefined) checkThreshold(this.#model);
    const turned = asked && maxDistance !== 0;
    yield* findDuplicates(() => this.scan(), {
      ...options,
      similar: (id, limit) => this.similar({ id }, { limit, turned }).catch(nothingIfGone),
      get: (id) => this.get(id),
    });
  }

  /**
   * Takes many pictures in, together with other processes that do the same; see `ingestImages`.
   *
   * @param sources - Paths, URLs, or records `{ source, id?, fields? }`; may be endless. Or a text that names
   *   a folder with all below it, or a file that lists sources, a line each.
   */
  async ingest(
    sources: PictureSources | string,
    options: IngestOptions = {},
  ): Promise<IngestResult> {
    checkOptions(INGEST_SPEC, options);
    const { thumbnails, fetch, keepQuery, now } = this.#options;
    const own = defined({ thumbnails, fetch, keepQuery, now });
    const given = typeof sources === 'string' ? listSources([sources]) : sources;
    const how = { ...own, ...defined(options) };
    return ingestImages({ engine: this.engine, index: this }, given, how);
  }

  /**
   * Takes the vectors of a `.jsonl`, `.npy` or `.parquet` in, see `readVectors`: in batches with
   * checkpoints, so that after a crash the same call resumes.
   *
   * @throws {OptionError} `VECTORS_UNREADABLE`, `VECTOR_INVALID`, `MODEL_MISSING` for suoyin's own
   * vectors.
   */
  async ingestVectors(
    path: string,
    options: IngestVectorsOptions = {},
  ): Promise<IngestVectorsResult> {
    checkOptions(INGEST_VECTORS_SPEC, options);
    if (this.#model === IMAGE_DEFAULTS.model) throw makesItsOwn(this.alias);
    return ingestVectors({ engine: this.engine, index: this, space: this.space }, path, options);
  }

  /** Compares index, files and queue, and repairs what the options name; see `checkImages`. */
  async check(options: ImageCheckOptions = {}): Promise<ImageCheckReport> {
    checkOptions(IMAGE_CHECK_SPEC, options);
    const { thumbnails, now } = this.#options;
    const own = defined({ thumbnails, now });
    return checkImages({ engine: this.engine, index: this }, { ...own, ...defined(options) });
  }

  /** Deletes pictures that are old, or whose source is gone; see `purgeImages`. */
  async purge(options: ImagePurgeOptions): Promise<ImagePurgeResult> {
    checkOptions(IMAGE_PURGE_SPEC, options);
    const { thumbnails, fetch: settings, now } = this.#options;
    const { maxBytes: _size, ...fetch } = settings ?? {};
    const own = defined({ thumbnails, fetch, now });
    return purgeImages({ engine: this.engine, index: this }, { ...own, ...defined(options) });
  }

  /** The document of a picture, null where there is none. */
  async get(id: string): Promise<ImageDocument | null> {
    await this.#live.isThere(this.#model.id);
    return this.engine.get<ImageDocument>(this.alias, id);
  }

  /** Number of pictures. */
  count(): Promise<number>;
  count(options: { allowPartial: true }): Promise<Counted>;
  async count(options: CountOptions = {}): Promise<number | Counted> {
    await this.#live.isThere(this.#model.id);
    return this.counted(options);
  }

  /** Every picture, in order of id. */
  async *scan(): AsyncGenerator<ImageDocument> {
    await this.#live.isThere(this.#model.id);
    yield* this.engine.scan<ImageDocument>(this.alias);
  }

  /**
   * Builds a new generation from the live one and moves the alias to it, while queries go on: for other
   * settings of the mapping.
   * @throws {RebuildError} See `rebuildImages`.
   */
  async rebuild(options: ImageRebuildOptions = {}): Promise<ImageRebuildResult> {
    checkOptions(IMAGE_REBUILD_SPEC, options);
    await this.#semantic?.model();
    if (!options.revise) await this.#live.isThere(this.#model.id);
    await this.#live.keeps();
    this.#live.checkSemantic(this.#semantic?.opened, { mayAdd: true });
    const { engine, alias } = this;
    const bodyWith = (kept: ShardNumbers): Record<string, unknown> => this.indexBodyWith(kept);
    return rebuildImages(engine, alias, bodyWith, options).finally(() => this.moved());
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#semantic?.close();
  }

  protected override moved(): void {
    this.#live.forget();
  }

  protected indexBodyWith(kept: ShardNumbers): Record<string, unknown> {
    const { kept: has } = this.#live;
    const collages = has?.collages ? { collages: true } : {};
    const mapping = { ...kept, ...this.#options.mapping, ...collages };
    return bodyOf(this.#model, mapping, has?.semantic ?? this.#semantic?.opened ?? null);
  }

  /** See `planRebuild`. */
  override async plan(): Promise<RebuildPlan> {
    await this.#semantic?.model();
    await this.#live.keeps();
    return super.plan();
  }

  #read(
    picture: PictureSource,
    given: Pick<PictureOptions, 'vector' | 'signal'>,
  ): Promise<ReadPicture> {
    const own = this.#model === IMAGE_DEFAULTS.model;
    const embed = async (bytes: Uint8Array): Promise<ArrayLike<number> | null> =>
      (await this.#model.embed?.(bytes)) ?? null;
    const { fetch, limits, decoder } = this.#options;
    return readSource(picture, {
      ...defined({ fetch, limits, decoder, ...given }),
      ...{ embed: own ? null : embed, semantic: this.#semantic },
    });
  }
}
