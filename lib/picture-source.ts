import type { ImageIndexOptions, PictureOptions } from './image-options.ts';
import { fetchImage } from './ingest/fetch/fetch.ts';
import type { SemanticVectors } from './ingest/decode/semantic-vectors.ts';
import { isUrl } from './ingest/source.ts';
import { readImage } from './ingest/work/image-file.ts';
import { describeImage } from './knn/describe/describe.ts';
import type { ImageContent, ImageDocument } from './knn/document.ts';
import type { SimilarImage } from './knn/similar/similar.ts';
import { OptionError, quoteValue } from './errors.ts';
import { defined } from './options.ts';

/** A picture: the bytes of its file, a path, an http(s) URL; or what is known of it, such as a vector of your own. */
export type PictureSource =
  | Uint8Array
  | string
  | URL
  | (Omit<ImageContent, 'vector'> & { vector?: ArrayLike<number> | null });

type KnownPicture = Exclude<PictureSource, Uint8Array | string | URL>;

/** A picture that was read, not yet written. */
export interface PreparedPicture {
  document: ImageDocument;
  /** Why it can't be compared, if so; see `describeImage`. */
  warnings: readonly string[];
}

/** What `findOrAdd` did: one of both is null. */
export interface FoundOrAdded {
  /** The surest copy of the picture. */
  found: SimilarImage | null;
  added: PreparedPicture | null;
}

/** A picture that was had and read. */
export interface ReadPicture {
  content: ImageContent;
  /** Why it can't be compared, if so; see `describeImage`. */
  warnings: readonly string[];
  /** Null where only what is known of it was given. */
  bytes: Uint8Array | null;
}

/** Whether it is what is known of a picture, not a picture. */
export function isContent(picture: PictureSource): picture is KnownPicture {
  return (
    typeof picture === 'object' && !(picture instanceof Uint8Array) && !(picture instanceof URL)
  );
}

/** Whether an indexed picture is meant, by its id. */
export function isReference(picture: PictureSource | { id: string }): picture is { id: string } {
  return isContent(picture as PictureSource) && 'id' in (picture as object);
}

/**
 * Has a picture and describes it, with a vector of the index's own model where that is another one.
 *
 * @param options - embed: of the model; null for suoyin's own vectors. semantic: a second model.
 * @throws {FetchError} Where it can't be had.
 * @throws {ImageError} Where it can't be read.
 */
export async function readSource(
  picture: PictureSource,
  options: Pick<ImageIndexOptions, 'fetch' | 'limits' | 'decoder'> &
    Pick<PictureOptions, 'vector' | 'signal'> & {
      embed: ((bytes: Uint8Array) => Promise<ArrayLike<number> | null>) | null;
      semantic: SemanticVectors | null;
    },
): Promise<ReadPicture> {
  if (isContent(picture)) {
    checkContent(picture);
    const { vector, ...known } = picture;
    const content = { ...known, ...(vector ? { vector: Array.from(vector) } : {}) };
    return { content, warnings: [], bytes: null };
  }
  const { fetch = {}, limits, decoder, vector, embed } = options;
  const signal = defined({ signal: options.signal });
  const bytes = await bytesOf(picture, { ...fetch, ...signal });
  const { warnings: told, ...description } = await (decoder
    ? decoder.describe(bytes, { ...limits, ...signal })
    : describeImage(bytes, limits));
  const warnings = [...told];
  if (options.semantic) {
    const semantic = await options.semantic.embed(bytes, { ...limits, ...signal });
    if (semantic === null) warnings.push('NOT_SEMANTIC');
    Object.assign(description, { semantic });
  }
  if (embed === null && vector === undefined) return { content: description, warnings, bytes };
  const own = vector ?? (await embed?.(bytes)) ?? null;
  return {
    content: { ...description, vector: own && Array.from(own), trimmed: null, preview: null },
    warnings,
    bytes,
  };
}

/** What a picture without bytes is known by: one of these at least. */
const KNOWN = ['vector', 'sha256', 'dctHash', 'blockhash'] as const;

/** @throws {OptionError} `PICTURE_INVALID` for what would be stored without anything to find it by. */
function checkContent(picture: KnownPicture): void {
  const known = KNOWN.some((name) => picture[name] !== undefined && picture[name] !== null);
  if (!Array.isArray(picture) && known) return;
  const hint = 'Give bytes, a path, a URL, or { vector } of your own; one picture a call.';
  throw new OptionError('PICTURE_INVALID', `${quoteValue(picture)} is no picture`, hint);
}

async function bytesOf(
  picture: Uint8Array | string | URL,
  fetch: NonNullable<ImageIndexOptions['fetch']> & { signal?: AbortSignal },
): Promise<Uint8Array> {
  if (picture instanceof Uint8Array) return picture;
  if (isUrl(String(picture))) return (await fetchImage(picture, fetch)).bytes!;
  return readImage(picture, defined({ maxBytes: fetch.maxBytes }));
}
