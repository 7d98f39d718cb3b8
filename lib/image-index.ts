import { AliasIndex } from './alias/alias-index.ts';
import { WRITE_SPEC, type WriteOptions } from './alias/versions.ts';
import { aliasState } from './alias/generations.ts';
import type { ShardNumbers } from './alias/shard-numbers.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import { EngineError, OptionError, quoteValue } from './errors.ts';
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
} from './image-options.ts';
import type { PictureSources } from './ingest/queue/feed.ts';
import { storedSource } from './ingest/source.ts';
import { listSources } from './ingest/stores/source-files.ts';
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
import { findOrAdd, refused, searchSimilar } from './image-search.ts';
import { queryViews } from './knn/describe/describe.ts';
import { toImageDocument } from './knn/document.ts';
import type { ImageContent, ImageDocument } from './knn/document.ts';
import { imageMapping } from './knn/mapping.ts';
import {
  DUPLICATES_SPEC,
  type DuplicateGroup,
  type DuplicateOptions,
  findDuplicates,
} from './knn/similar/duplicates.ts';
import type { SimilarImage, SimilarOptions } from './knn/similar/similar.ts';
import { checkOptions, defined, partOf, settle } from './options.ts';
import {
  type FoundOrAdded,
  isContent,
  type PictureSource,
  type PreparedPicture,
  type ReadPicture,
  readSource,
} from './picture-source.ts';
import { IMAGE_REBUILD_SPEC, rebuildImages } from './rebuild/images.ts';
import type { ImageRebuildOptions, ImageRebuildResult } from './rebuild/images.ts';

export type { ImageIndexOptions, ImageModel, PictureOptions } from './image-options.ts';
export type { FoundOrAdded, PreparedPicture } from './picture-source.ts';
export type { PictureSource } from './picture-source.ts';

/**
 * Pictures that are found again when they were copied, edited, or resemble each other: the whole job
 * over an engine.
 *
 * @example
 * const index = new ImageIndex(embedded({ dataDir: './data' }));
 * await index.add('photos/kiyomizu.jpg', { fields: { country: 'JP' } });
 * const [best] = await index.similar('https://example.com/copy.jpg');
 * // => { id: 'photos/kiyomizu.jpg', rule: 'near-hash', bits: 6, distance: 0.004, document: { ... } }
 * await index.close();
 */
export class ImageIndex extends AliasIndex {
  readonly #model: ImageModel;
  readonly #options: ImageIndexOptions;
  #checked = false;

  /**
   * @param engine - Closed by `close`.
   * @throws {OptionError} `ALIAS_INVALID`; here and below `OPTION_UNKNOWN`.
   */
  constructor(engine: Engine, options: ImageIndexOptions = {}) {
    const settings = settle(IMAGE_INDEX_SPEC, options);
    super(engine, settings.alias, settings.now);
    this.#model = settings.model ?? IMAGE_DEFAULTS.model;
    this.#options = settings;
  }

  /**
   * Makes the index where there is none, and checks that it holds vectors of this model.
   *
   * The first write does it too; alone, it tells early.
   *
   * @throws {EngineError} `MODEL_DIFFERS`, `INDEX_OTHER`.
   */
  async open(): Promise<void> {
    while (!(await this.#isThere())) await this.begin();
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
    const add = async (): Promise<PreparedPicture> => {
      const added = await this.#prepared(picture, read, options);
      return this.#write(added, options);
    };
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
    const { thumbnails, keepQuery = false } = this.#options;
    const source =
      typeof picture === 'string' || picture instanceof URL
        ? storedSource(String(picture), { keepQuery })
        : null;
    if (thumbnails && bytes && content.sha256) await thumbnails.write(content.sha256, bytes);
    const id = options.id ?? source ?? content.sha256;
    if (id === undefined) {
      const hint = 'Give an id with a vector of your own.';
      throw new OptionError('IMAGE_ID_INVALID', 'The picture has no id', hint);
    }
    const document = toImageDocument(id, {
      content,
      ...(source === null ? {} : { source }),
      ...(options.fields ? { fields: options.fields } : {}),
      addedAt: new Date(this.now()).toISOString(),
      space: this.#model.space,
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
   * Removes pictures; an id that is not there is told by status 404. Thumbnails stay, since another
   * picture may have the same bytes; `images check` finds those that nobody needs.
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
   */
  async similar(
    picture: PictureSource | { id: string },
    options: SimilarOptions & { signal?: AbortSignal } = {},
  ): Promise<SimilarImage[]> {
    checkOptions(SIMILAR_CALL_SPEC, options);
    await this.#isThere();
    const leftOut = isReference(picture) ? picture.id : null;
    const content = isReference(picture)
      ? await this.#indexed(picture.id)
      : (await this.#read(picture, defined({ signal: options.signal }))).content;
    return this.#similar(content, leftOut, options);
  }

  #similar(
    content: ImageContent,
    leftOut: string | null,
    options: SimilarOptions & { signal?: AbortSignal },
  ): Promise<SimilarImage[]> {
    const { space, threshold = null } = this.#model;
    const views = this.#viewsOf(content);
    const query = { content, views, space, threshold, alias: this.alias, leftOut };
    return searchSimilar(this.engine, { ...options, ...query });
  }

  /**
   * What is known of a picture, for `similar`: for calls that have to tell reading a picture and searching
   * apart, since the one is work for this machine and the other for the engine.
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
   *
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
    const pictures = { engine: this.engine, index: this };
    return ingestImages(pictures, given, { ...own, ...defined(options) });
  }

  /** Compares index, files and queue, and heals what it is told to; see `checkImages`. */
  async check(options: ImageCheckOptions = {}): Promise<ImageCheckReport> {
    checkOptions(IMAGE_CHECK_SPEC, options);
    const { thumbnails, now } = this.#options;
    const own = defined({ thumbnails, now });
    const pictures = { engine: this.engine, index: this };
    return checkImages(pictures, { ...own, ...defined(options) });
  }

  /** Deletes pictures that are old, or whose source is no more; see `purgeImages`. */
  async purge(options: ImagePurgeOptions): Promise<ImagePurgeResult> {
    checkOptions(IMAGE_PURGE_SPEC, options);
    const { thumbnails, fetch: settings, now } = this.#options;
    const { maxBytes: _size, ...fetch } = settings ?? {};
    const own = defined({ thumbnails, fetch, now });
    const pictures = { engine: this.engine, index: this };
    return purgeImages(pictures, { ...own, ...defined(options) });
  }

  /** The document of a picture, null where there is none. */
  async get(id: string): Promise<ImageDocument | null> {
    await this.#isThere();
    return this.engine.get<ImageDocument>(this.alias, id);
  }

  /** Number of pictures. */
  async count(): Promise<number> {
    await this.#isThere();
    return this.engine.count(this.alias);
  }

  /** Every picture, in order of id. */
  async *scan(): AsyncGenerator<ImageDocument> {
    await this.#isThere();
    yield* this.engine.scan<ImageDocument>(this.alias);
  }

  /**
   * Builds a new generation from the live one and moves the alias to it, while queries go on: for other
   * settings of the mapping.
   *
   * @throws {RebuildError} See `rebuildImages`.
   */
  async rebuild(options: ImageRebuildOptions = {}): Promise<ImageRebuildResult> {
    checkOptions(IMAGE_REBUILD_SPEC, options);
    if (!options.revise) await this.#isThere();
    return rebuildImages(this.engine, this.alias, (kept) => this.indexBodyWith(kept), options);
  }

  protected indexBodyWith(kept: ShardNumbers): Record<string, unknown> {
    const { id, space } = this.#model;
    return {
      ...imageMapping({
        ...kept,
        ...defined(this.#options.mapping ?? {}),
        ...space,
        model: id,
      }),
    };
  }

  /** Whether the alias exists; a model is compared once. */
  async #isThere(): Promise<boolean> {
    if (this.#checked) return true;
    const live = await aliasState(this.engine, this.alias);
    if (live === null) return false;
    const { model, feature } = metaOf(await this.engine.indexBodyOf(live.generation));
    if (feature !== 'images') {
      const hint = 'Give the alias of an image index.';
      throw new EngineError('INDEX_OTHER', `${this.alias} holds no pictures`, hint);
    }
    if (model !== this.#model.id) {
      const what = `${this.alias} holds vectors of ${String(model)}, not of ${this.#model.id}`;
      throw new EngineError('MODEL_DIFFERS', what, 'Use another alias, or the model of the index.');
    }
    this.#checked = true;
    return true;
  }

  #read(
    picture: PictureSource,
    given: Pick<PictureOptions, 'vector' | 'signal'>,
  ): Promise<ReadPicture> {
    const own = this.#model === IMAGE_DEFAULTS.model;
    const embed = async (bytes: Uint8Array): Promise<readonly number[] | null> =>
      (await this.#model.embed?.(bytes)) ?? null;
    const { fetch, limits, decoder } = this.#options;
    return readSource(picture, {
      ...defined({ fetch, limits, decoder, ...given }),
      embed: own ? null : embed,
    });
  }

  #viewsOf({ vector = null, trimmed = null }: ImageContent): readonly (readonly number[])[] {
    if (this.#model.id !== IMAGE_DEFAULTS.model.id) return vector ? [vector] : [];
    return queryViews({ vector: vector && [...vector], trimmed: trimmed && [...trimmed] });
  }

  async #indexed(id: string): Promise<ImageDocument> {
    const document = await this.engine.get<ImageDocument>(this.alias, id);
    if (document) return document;
    const hint = 'Give the id of an indexed picture.';
    throw new OptionError('IMAGE_UNKNOWN', `There is no picture ${quoteValue(id)}`, hint);
  }
}

/** A picture may be deleted between its listing and its turn. */
function nothingIfGone(error: unknown): [] {
  if ((error as { code?: unknown }).code === 'IMAGE_UNKNOWN') return [];
  throw error;
}

function isReference(picture: PictureSource | { id: string }): picture is { id: string } {
  return isContent(picture as PictureSource) && 'id' in (picture as object);
}

function metaOf(body: Record<string, unknown>): Record<string, unknown> {
  const { mappings } = body as { mappings?: { _meta?: Record<string, unknown> } };
  return mappings?._meta ?? {};
}
