import { aliasState } from './alias/generations.ts';
import { inTurn } from './alias/turns.ts';
import { steadyClock } from './clock.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import { EngineError, OptionError, quoteValue, RecordError } from './errors.ts';
import type { ImageSearches } from './engines/images.ts';
import { queryViews } from './knn/describe/describe.ts';
import type { ImageContent, ImageDocument } from './knn/document.ts';
import { IMAGE_DEFAULTS, type ImageModel } from './image-options.ts';
import { imageMapping, type ImageSettings, keepsCollages } from './knn/mapping.ts';
import { HITS_MAX } from './knn/query.ts';
import {
  rankSimilar,
  type SimilarImage,
  type SimilarQuery,
  similarSearches,
  turnedViews,
} from './knn/similar/similar.ts';
import { defined } from './options.ts';
import { type CallOptions, type LookUpOptions, type Markable, markingPartial } from './partial.ts';
import type { FoundOrAdded, PreparedPicture } from './picture-source.ts';

/** Finds a copy or adds the picture: looked for again in a turn of its own before it is added. */
export async function findOrAdd(
  engine: Engine,
  alias: string,
  { find, add }: { find: () => Promise<SimilarImage | null>; add: () => Promise<PreparedPicture> },
): Promise<FoundOrAdded> {
  const found = await find();
  if (found) return { found, added: null };
  return inTurn(engine, { alias, key: 'find-or-add' }, async () => {
    const meanwhile = await find();
    return meanwhile ? { found: meanwhile, added: null } : { found: null, added: await add() };
  });
}

/** The error for a picture that the engine does not take. */
export function refused({ id, status, reason }: WriteOutcome): RecordError {
  const what = `The engine refused ${quoteValue(id)} with ${status}: ${reason ?? 'no reason'}`;
  return new RecordError('REFUSED', what, 'Mend the picture.', { field: null, value: id });
}

/** What a search for similar pictures needs of an engine. */
interface SearchedEngine extends ImageSearches {
  count(index: string, options?: LookUpOptions): Promise<number>;
}

/** What is searched for, and where. */
interface SimilarSearch extends Omit<SimilarQuery, 'pictures'>, CallOptions {
  alias: string;
  /** Id of a picture that is left out of the answer. */
  leftOut: string | null;
}

/** Pictures like one; turned views are asked for in a second round where the first tells no copy. */
export function searchSimilar(
  engine: SearchedEngine,
  { signal, allowPartial, ...search }: SimilarSearch,
): Promise<Markable<SimilarImage[]>> {
  return markingPartial(defined({ signal, allowPartial }), (how) => searchIn(engine, search, how));
}

async function searchIn(
  engine: SearchedEngine,
  { alias, leftOut, ...query }: Omit<SimilarSearch, keyof CallOptions>,
  how: LookUpOptions,
): Promise<SimilarImage[]> {
  const { content, views, space: _, threshold: __, ...options } = query;
  const { hashes, vectors } = similarSearches(content, views, options);
  // The picture itself is among what is found.
  for (const search of leftOut === null ? [] : [...hashes, ...(vectors ? [vectors] : [])]) {
    search.limit = Math.min(search.limit + 1, HITS_MAX);
  }
  const [byHash, near, pictures] = await Promise.all([
    Promise.all(hashes.map((search) => engine.byHash(alias, search, how))),
    vectors ? engine.nearest(alias, vectors, how) : null,
    engine.count(alias, how),
  ]);
  const others = (found: readonly ImageDocument[]): ImageDocument[] =>
    found.filter(({ id }) => id !== leftOut);
  const found = others([...byHash.flat(), ...(near?.documents ?? [])]);
  const plain = rankSimilar(found, { ...query, pictures, turned: false });
  const { turned = plain.every(({ rule }) => rule === 'nearest') } = query;
  const more = turned ? turnedViews(content) : [];
  if (!vectors || more.length === 0) return plain;
  const { documents } = await engine.nearest(alias, { ...vectors, vectors: more }, how);
  return rankSimilar([...found, ...others(documents)], { ...query, pictures, turned: true });
}

/**
 * Checks that an index is one of pictures, with vectors of a model.
 *
 * @throws {EngineError} `INDEX_OTHER`, `MODEL_DIFFERS`.
 */
export function checkModel(body: Record<string, unknown>, alias: string, id: string): void {
  const { mappings } = body as { mappings?: { _meta?: Record<string, unknown> } };
  const { model, feature } = mappings?._meta ?? {};
  if (feature !== 'images') {
    const hint = 'Give the alias of an image index.';
    throw new EngineError('INDEX_OTHER', `${alias} holds no pictures`, hint);
  }
  if (model === id) return;
  const what = `${alias} holds vectors of ${String(model)}, not of ${id}`;
  throw new EngineError('MODEL_DIFFERS', what, 'Use another alias, or the model of the index.');
}

/** Milliseconds after which the live generation is looked at again: another process may have rebuilt it. */
const LOOK_AGAIN_MS = 5000;

/** What is known of the live generation of an index of pictures. */
export class LiveImages {
  /** Whether it keeps views of the parts of collages; null if that is not known, or there is none. */
  collages: boolean | null = null;
  readonly #engine: Engine;
  readonly #alias: string;
  #isChecked = false;
  #lookedAt = -Infinity;

  constructor(engine: Engine, alias: string) {
    this.#engine = engine;
    this.#alias = alias;
  }

  /**
   * Whether there is one; its model is compared once.
   *
   * @throws {EngineError} See `checkModel`.
   */
  async isThere(modelId: string): Promise<boolean> {
    if (this.#isChecked) return true;
    const body = await this.#body();
    if (body === null) return false;
    checkModel(body, this.#alias, modelId);
    this.collages = keepsCollages(body);
    this.#isChecked = true;
    return true;
  }

  /** As `collages`, looked at again after five seconds. */
  async keepsCollages(): Promise<boolean | null> {
    if (this.collages === null || steadyClock() - this.#lookedAt >= LOOK_AGAIN_MS) {
      const body = await this.#body();
      this.collages = body && keepsCollages(body);
    }
    return this.collages;
  }

  /** Another generation may be live. */
  forget(): void {
    this.#isChecked = false;
    this.collages = null;
  }

  async #body(): Promise<Record<string, unknown> | null> {
    this.#lookedAt = steadyClock();
    const live = await aliasState(this.#engine, this.#alias);
    return live && this.#engine.indexBodyOf(live.generation);
  }
}

/** The error for a picture without anything to call it by. */
export function hasNoId(): OptionError {
  const hint = 'Give an id with a vector of your own.';
  return new OptionError('IMAGE_ID_INVALID', 'The picture has no id', hint);
}

/** The create-index body of an index of a model. */
export function bodyOf(
  { id, space, threshold }: ImageModel,
  mapping: ImageSettings,
): Record<string, unknown> {
  const own = id === IMAGE_DEFAULTS.model.id || threshold === null;
  const kept = own ? {} : { threshold };
  return { ...imageMapping({ ...defined(mapping), ...space, model: id, ...kept }) };
}

/** The error for an index that was made without `collages`. */
export function keepsNoParts(alias: string): EngineError {
  const what = `${alias} keeps no parts of collages`;
  const hint =
    'Rebuild it with collages (suoyin index-rebuild images --collages), then describe its pictures again ' +
    '(images add --again), or leave collages out.';
  return new EngineError('COLLAGES_OFF', what, hint);
}

/** The error for vectors from elsewhere. */
export function makesItsOwn(alias: string): OptionError {
  const what = `${alias} makes its vectors itself, of pictures`;
  return new OptionError('MODEL_MISSING', what, 'Make the ImageIndex with a model of your own.');
}

/** @throws {OptionError} `IMAGE_UNKNOWN`. */
export async function indexedPicture(
  engine: Pick<Engine, 'get'>,
  alias: string,
  id: string,
): Promise<ImageDocument> {
  const document = await engine.get<ImageDocument>(alias, id);
  if (document) return document;
  const what = `There is no picture ${quoteValue(id)}`;
  throw new OptionError('IMAGE_UNKNOWN', what, 'Give the id of an indexed picture.');
}

/** A picture may be deleted between its listing and its turn. */
export function nothingIfGone(error: unknown): [] {
  if ((error as { code?: unknown }).code === 'IMAGE_UNKNOWN') return [];
  throw error;
}

/**
 * The vectors that a search asks for at first.
 *
 * @param own - Whether they are suoyin's own.
 */
export function viewsOf(
  { vector = null, trimmed = null }: ImageContent,
  own: boolean,
): readonly (readonly number[])[] {
  if (!own) return vector ? [vector] : [];
  return queryViews({ vector: vector && [...vector], trimmed: trimmed && [...trimmed] });
}
