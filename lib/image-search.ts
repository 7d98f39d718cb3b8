import { aliasState } from './alias/generations.ts';
import { inTurn } from './alias/turns.ts';
import { steadyClock } from './clock.ts';
import type { Engine, WriteOutcome } from './engines/engine.ts';
import { EngineError, OptionError, quoteValue, RecordError } from './errors.ts';
import { type ImageSearches, noSemantic } from './engines/images.ts';
import { queryViews } from './knn/describe/describe.ts';
import { storedSource } from './ingest/source.ts';
import { type ImageContent, type ImageDocument, toImageDocument } from './knn/document.ts';
import { IMAGE_DEFAULTS, type ImageIndexOptions, type ImageModel } from './image-options.ts';
import { SemanticVectors } from './ingest/decode/semantic-vectors.ts';
import { imageMapping, type ImageSettings, keepsCollages, semanticOf } from './knn/mapping.ts';
import type { SemanticModel } from './knn/semantic.ts';
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
import type { FoundOrAdded, PictureSource, PreparedPicture } from './picture-source.ts';

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
  const { hashes, vectors, semantic } = similarSearches(content, views, options);
  const byVector = [vectors, semantic].filter((search) => search !== null);
  // The picture itself is among what is found.
  for (const search of leftOut === null ? [] : [...hashes, ...byVector]) {
    search.limit = Math.min(search.limit + 1, HITS_MAX);
  }
  const [byHash, near, pictures] = await Promise.all([
    Promise.all(hashes.map((search) => engine.byHash(alias, search, how))),
    Promise.all(byVector.map((search) => engine.nearest(alias, search, how))),
    engine.count(alias, how),
  ]);
  const others = (found: readonly ImageDocument[]): ImageDocument[] =>
    found.filter(({ id }) => id !== leftOut);
  const found = others([...byHash.flat(), ...near.flatMap(({ documents }) => documents)]);
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

/** What an index of pictures keeps beside what all do. */
interface Kept {
  /** Views of the parts of collages. */
  collages: boolean;
  /** What makes its second vectors; null if it has none. */
  semantic: SemanticModel | null;
}

/** What is known of the live generation of an index of pictures. */
export class LiveImages {
  /** Null if that is not known, or there is none. */
  kept: Kept | null = null;
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
    this.kept = keptOf(body);
    this.#isChecked = true;
    return true;
  }

  /** As `kept`, looked at again after five seconds. */
  async keeps(): Promise<Kept | null> {
    if (this.kept === null || steadyClock() - this.#lookedAt >= LOOK_AGAIN_MS) {
      const body = await this.#body();
      this.kept = body && keptOf(body);
    }
    return this.kept;
  }

  /**
   * Checks that a second model is the one of the index, once that is known.
   *
   * @param mayAdd - Whether an index that has none will do.
   * @throws {EngineError} `SEMANTIC_DIFFERS`, `SEMANTIC_OFF`.
   */
  checkSemantic(
    given: SemanticModel | null | undefined,
    { mayAdd = false }: { mayAdd?: boolean } = {},
  ): void {
    if (!given || this.kept === null) return;
    const { semantic } = this.kept;
    if (semantic === null && !mayAdd) throw noSemantic(this.#alias);
    if (semantic === null || semantic.id === given.id) return;
    const what = `${this.#alias} keeps vectors of ${shown(semantic)}, not of ${shown(given)}`;
    const hint = 'Give the model and the options that it was made with, or use another alias.';
    throw new EngineError('SEMANTIC_DIFFERS', what, hint);
  }

  /**
   * Refuses a picture that would lack the second vector which the index keeps of all.
   *
   * @throws {EngineError} `SEMANTIC_MISSING`.
   */
  refuseWithout(): void {
    const { semantic } = this.kept ?? {};
    if (!semantic) return;
    const what = `${this.#alias} keeps vectors of ${semantic.id}, which is not given`;
    const hint = 'Give semantic: { model: FILE } (--semantic-model FILE).';
    throw new EngineError('SEMANTIC_MISSING', what, hint);
  }

  /** Another generation may be live. */
  forget(): void {
    this.#isChecked = false;
    this.kept = null;
  }

  async #body(): Promise<Record<string, unknown> | null> {
    this.#lookedAt = steadyClock();
    const live = await aliasState(this.#engine, this.#alias);
    return live && this.#engine.indexBodyOf(live.generation);
  }
}

function keptOf(body: Record<string, unknown>): Kept {
  return { collages: keepsCollages(body), semantic: semanticOf(body) };
}

/** A second model with all that its vectors depend on. */
function shown({ id, dimension, made }: SemanticModel): string {
  return `${id} (${dimension} dimensions, ${JSON.stringify(made)})`;
}

/**
 * The second model of an index, if it is given one.
 *
 * @throws {OptionError} `OPTION_INVALID` for two models of which either finds pictures.
 */
export function semanticVectors({
  model,
  semantic,
  decoder,
}: Pick<ImageIndexOptions, 'model' | 'semantic' | 'decoder'>): SemanticVectors | null {
  if (!semantic) return null;
  if (!model) return new SemanticVectors(semantic, decoder);
  const what = "semantic goes with suoyin's own vectors, and model gives others";
  throw new OptionError('OPTION_INVALID', what, 'Leave one of the two out.');
}

/** The error for a picture without anything to call it by. */
function hasNoId(): OptionError {
  const hint = 'Give an id with a vector of your own.';
  return new OptionError('IMAGE_ID_INVALID', 'The picture has no id', hint);
}

/**
 * The document of a picture, under the id that was given, or its source, or the hash of its bytes.
 *
 * @param options - See `PictureOptions` and `toImageDocument`.
 */
export function documentOf(
  picture: PictureSource,
  content: ImageContent,
  options: Omit<Parameters<typeof toImageDocument>[1], 'content' | 'source'> & {
    id?: string;
    keepQuery?: boolean;
  },
): ImageDocument {
  const { id, keepQuery = false, ...how } = options;
  const source =
    typeof picture === 'string' || picture instanceof URL
      ? storedSource(String(picture), { keepQuery })
      : undefined;
  const name = id ?? source ?? content.sha256;
  if (name === undefined) throw hasNoId();
  return toImageDocument(name, { content, ...defined({ source }), ...how });
}

/** The create-index body of an index of a model. */
export function bodyOf(
  { id, space, threshold }: ImageModel,
  mapping: ImageSettings,
  semantic: SemanticModel | null,
): Record<string, unknown> {
  const own = id === IMAGE_DEFAULTS.model.id || threshold === null;
  const kept = own ? {} : { threshold };
  const second = semantic ? { semantic } : {};
  return { ...imageMapping({ ...defined(mapping), ...space, model: id, ...kept, ...second }) };
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
