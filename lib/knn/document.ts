import { fieldError } from '../errors.ts';
import { isPreview } from './describe/alignment.ts';
import { hashSlots, isHash } from './describe/hash.ts';
import { DEFAULT_SPACE, vectorFault, type VectorSpace } from './space.ts';

const CONTROL = /\p{Cc}/u;

/** A value that the host keeps with a picture. Texts of up to 256 characters can be filtered by. */
export type FieldValue = string | number | boolean | readonly string[];

/** What is indexed of a picture. */
export interface ImageDocument {
  /** Of the host, or the source, or the hash of the bytes. */
  id: string;
  /** URL or path that the picture came from. */
  source?: string;
  /** Of the bytes: 64 hexadecimal digits. */
  sha256?: string;
  /** Length of the file. */
  bytes?: number;
  /** `jpeg`, `png`, `webp`, ... as decoded. */
  format?: string;
  /** Pixels as shown, after the orientation that the file asks for. */
  width?: number;
  height?: number;
  /** Mean colour, `#rrggbb`. */
  color?: string;
  /** How much there is to compare, 0..100; a flat picture has neither hashes nor vectors. */
  quality?: number;
  /** Block-mean hash of 256 bits: 64 hexadecimal digits. */
  blockhash?: string;
  /** DCT hash of 256 bits: 64 hexadecimal digits. */
  dctHash?: string;
  /** Terms of `dctHash` that find every hash within 31 bits; see `hashSlots`. */
  slots?: string[];
  /** Of the whole picture. */
  vector?: number[];
  /** Of the picture without its borders, where it has any. */
  trimmed?: number[];
  /** 32 x 32 levels of brightness without the borders, in base64; see `previewOf`. */
  preview?: string;
  /** As the host gave them. */
  fields: Record<string, FieldValue>;
  /** `fields` as `name=value`, for filters. */
  terms: string[];
  /** What the server said of the version of a URL, for the next request. */
  etag?: string;
  lastModified?: string;
  /** ISO 8601 times. */
  addedAt: string;
  checkedAt?: string;
  /** Since when the source is no more. */
  goneAt?: string;
}

/** What describing a picture gave; every part may be missing. */
export interface ImageContent extends Pick<
  ImageDocument,
  'sha256' | 'bytes' | 'format' | 'width' | 'height' | 'color' | 'quality'
> {
  blockhash?: string | null;
  dctHash?: string | null;
  vector?: readonly number[] | null;
  trimmed?: readonly number[] | null;
  preview?: string | null;
}

/** Longest value of a field that pictures can be filtered by, in UTF-16 units. */
const FIELD_TERM_MAX = 256;

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** The term that a field's value is filtered by. */
export function fieldTerm(name: string, value: string | number | boolean): string {
  return `${name}=${String(value)}`;
}

/**
 * The document of a picture.
 *
 * Vectors are rounded to single precision, and to unit length under cosine, as engines keep them.
 *
 * @param options - content: as `describeImage` gives it, or a vector of your own. addedAt: ISO 8601.
 * @throws {RecordError} `IMAGE_ID_INVALID`, `FIELD_INVALID`, `VECTOR_INVALID`, `HASH_INVALID`, `PREVIEW_INVALID`.
 */
export function toImageDocument(
  id: string,
  options: {
    content: ImageContent;
    source?: string;
    fields?: Readonly<Record<string, FieldValue>>;
    addedAt: string;
    space?: VectorSpace;
  },
): ImageDocument {
  const { content, source, fields = {}, addedAt, space = DEFAULT_SPACE } = options;
  if (typeof id !== 'string' || id === '' || CONTROL.test(id) || !id.isWellFormed()) {
    const hint = 'Give a text without control characters';
    throw fieldError('IMAGE_ID_INVALID', 'id', id, 'is no id', hint);
  }
  const document: ImageDocument = { id, fields: { ...fields }, terms: termsOf(fields), addedAt };
  if (source !== undefined) document.source = source;
  const { sha256, bytes, format, width, height, color, quality } = content;
  for (const [name, value] of Object.entries({ bytes, format, width, height, color, quality })) {
    if (value !== undefined) Object.assign(document, { [name]: value });
  }
  for (const [name, value] of Object.entries({
    sha256,
    blockhash: content.blockhash,
    dctHash: content.dctHash,
  })) {
    if (value === undefined || value === null) continue;
    if (!isHash(value)) {
      const hint = 'Give 64 lower-case hexadecimal digits';
      throw fieldError('HASH_INVALID', name, value, 'is no hash of 256 bits', hint);
    }
    Object.assign(document, { [name]: value });
  }
  if (content.preview) document.preview = previewText(content.preview);
  if (document.dctHash !== undefined) document.slots = hashSlots(document.dctHash);
  for (const name of ['vector', 'trimmed'] as const) {
    const vector = content[name];
    if (vector) document[name] = storedVector(space, name, vector);
  }
  return document;
}

function previewText(preview: string): string {
  if (isPreview(preview)) return preview;
  const hint = 'Give that of describeImage, or none';
  throw fieldError('PREVIEW_INVALID', 'preview', preview, 'is no preview of a picture', hint);
}

function storedVector(space: VectorSpace, name: string, vector: readonly number[]): number[] {
  const fault = vectorFault(space, vector);
  if (fault !== null) {
    const hint = `Give ${space.dataType} vectors of ${space.dimension} dimensions`;
    throw fieldError('VECTOR_INVALID', name, vector.slice(0, 4), fault, hint);
  }
  if (space.dataType !== 'float') return [...vector];
  const norm = space.spaceType === 'cosinesimil' ? Math.hypot(...vector) : 1;
  return vector.map((x) => Math.fround(x / norm));
}

function termsOf(fields: Readonly<Record<string, FieldValue>>): string[] {
  const terms = new Set<string>();
  for (const [name, value] of Object.entries(fields)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    const known = (one: unknown): boolean =>
      typeof one === 'string' ||
      typeof one === 'boolean' ||
      (typeof one === 'number' && Number.isFinite(one));
    if (!FIELD_NAME.test(name) || !values.every(known)) {
      const hint = 'Name it with letters and digits, and give texts, numbers or truth values';
      throw fieldError('FIELD_INVALID', name, value, 'is no field of a picture', hint);
    }
    for (const one of values as (string | number | boolean)[]) {
      const term = fieldTerm(name, one);
      if (String(one).length <= FIELD_TERM_MAX && !CONTROL.test(term)) terms.add(term);
    }
  }
  return [...terms];
}
