import { fieldError } from '../errors.ts';
import { isShownWhole } from '../shown-text.ts';
import { isPreview, withParts } from './describe/preview.ts';
import { hashSlots, isHash } from './describe/hash.ts';
import { DEFAULT_SPACE, semanticSpace, vectorFault, type VectorSpace } from './space.ts';

const CONTROL = /\p{Cc}/u;

/**
 * A value that the application stores with a picture. Searches can filter by values of up to 256
 * characters.
 */
export type FieldValue = string | number | boolean | readonly string[];

/** What is indexed of a picture. */
export interface ImageDocument {
  /** Chosen by the application; else the source, or the hash of the bytes. */
  id: string;
  /** URL or path of the picture. */
  source?: string;
  /** SHA-256 of the bytes: 64 hexadecimal digits. */
  sha256?: string;
  /** Length of the file in bytes. */
  bytes?: number;
  /** `jpeg`, `png`, `webp`, ..., detected from the bytes. */
  format?: string;
  /** Pixels as displayed, after the orientation in the file is applied. */
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
  /** Vector of the whole picture. */
  vector?: number[];
  /** Vector of the picture without its borders or its frame, if it has any. */
  trimmed?: number[];
  /** Vectors of the parts of a collage, if the index keeps them; see `collages` of `ImageSettings`. */
  part1?: number[];
  part2?: number[];
  part3?: number[];
  part4?: number[];
  /** Vector of the index's second model, if it has one; see `semantic` of `ImageSettings`. */
  semantic?: number[];
  /** Small brightness images of the whole, of what is trimmed, and of the parts, in base64. */
  preview?: string;
  /** As given by the application. */
  fields: Record<string, FieldValue>;
  /** `fields` as `name=value`, for filters. */
  terms: string[];
  /** `ETag` and `Last-Modified` of a URL, for the next conditional request. */
  etag?: string;
  lastModified?: string;
  /** ISO 8601 times. */
  addedAt: string;
  checkedAt?: string;
  /** When the source was first found to be missing. */
  goneAt?: string;
}

/** Fields of the views of a picture, in the order in which they are stored. */
export const VIEWS = ['vector', 'trimmed', 'part1', 'part2', 'part3', 'part4'] as const;
/** The views of the parts of a collage. */
export const PART_VIEWS = ['part1', 'part2', 'part3', 'part4'] as const;

/** The vectors of a picture, by their fields. */
export type ImageViews = Pick<ImageDocument, (typeof VIEWS)[number]>;

/** All fields with vectors: those of the views, and that of a second model. */
export const VECTOR_FIELDS = [
  'vector',
  'trimmed',
  'part1',
  'part2',
  'part3',
  'part4',
  'semantic',
] as const;

/** A picture without its vectors. */
export function withoutVectors(
  document: ImageDocument,
): Omit<ImageDocument, (typeof VECTOR_FIELDS)[number]> {
  const rest = { ...document };
  for (const name of VECTOR_FIELDS) delete rest[name];
  return rest;
}

/** What is known about the content of a picture; every part may be missing. */
export interface ImageContent extends Pick<
  ImageDocument,
  'sha256' | 'bytes' | 'format' | 'width' | 'height' | 'color' | 'quality'
> {
  blockhash?: string | null;
  dctHash?: string | null;
  vector?: readonly number[] | null;
  trimmed?: readonly number[] | null;
  preview?: string | null;
  semantic?: readonly number[] | null;
  /** Further views that a search asks for; documents keep them if `collages` is on. */
  parts?: readonly { vector: readonly number[]; preview: string }[];
}

/** Longest field value that can be filtered by, in UTF-16 code units. */
const FIELD_TERM_MAX = 256;

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

/** Whether a name can be that of a field: a letter, then letters, digits, `_`, `.` and `-`, up to 64 in all. */
export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}

/** The term under which a field's value is indexed for filters. */
export function fieldTerm(name: string, value: string | number | boolean): string {
  return `${name}=${String(value)}`;
}

/**
 * Makes the document of a picture.
 *
 * Vectors are rounded to single precision, and scaled to unit length under cosine, as engines store
 * them.
 *
 * @param options - content: as `describeImage` returns it, or a vector of your own. addedAt: ISO
 *   8601. collages: keep the views of its parts, for an index made with `collages`; default false.
 * @throws {RecordError} `IMAGE_ID_INVALID`, `FIELD_INVALID`, `VECTOR_INVALID`, `HASH_INVALID`,
 *   `PREVIEW_INVALID`.
 */
export function toImageDocument(
  id: string,
  options: {
    content: ImageContent;
    source?: string;
    fields?: Readonly<Record<string, FieldValue>>;
    addedAt: string;
    space?: VectorSpace;
    collages?: boolean;
  },
): ImageDocument {
  const { content, source, fields = {}, addedAt, space = DEFAULT_SPACE, collages } = options;
  if (typeof id !== 'string' || id === '' || id.trim() !== id || !isShownWhole(id)) {
    const hint =
      'Give characters that can be seen, without spaces at the ends, controls or marks of direction';
    throw fieldError('IMAGE_ID_INVALID', { field: 'id', value: id }, 'is not an id', hint);
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
      throw fieldError('HASH_INVALID', { field: name, value }, 'is not a 256-bit hash', hint);
    }
    Object.assign(document, { [name]: value });
  }
  if (content.preview) document.preview = checkedPreview(content.preview);
  if (document.dctHash !== undefined) document.slots = hashSlots(document.dctHash);
  for (const name of ['vector', 'trimmed'] as const) {
    const vector = content[name];
    if (vector) document[name] = storedVector(space, name, vector);
  }
  if (content.semantic) {
    const { semantic } = content;
    document.semantic = storedVector(semanticSpace(semantic.length), 'semantic', semantic);
  }
  const parts = collages && document.preview ? (content.parts ?? []) : [];
  for (const [at, name] of PART_VIEWS.entries()) {
    const part = parts[at];
    if (part) document[name] = storedVector(space, name, part.vector);
  }
  if (parts.length > 0) {
    document.preview = withParts(
      document.preview!,
      parts.map(({ preview }) => preview),
    );
  }
  return document;
}

function checkedPreview(preview: string): string {
  if (isPreview(preview)) return preview;
  const hint = 'Give the preview that describeImage returns, or leave it out';
  throw fieldError(
    'PREVIEW_INVALID',
    { field: 'preview', value: preview },
    'is not the preview of a picture',
    hint,
  );
}

function storedVector(space: VectorSpace, name: string, vector: readonly number[]): number[] {
  const fault = vectorFault(space, vector);
  if (fault !== null) {
    const hint = `Give ${space.dataType} vectors of ${space.dimension} dimensions`;
    throw fieldError('VECTOR_INVALID', { field: name, value: vector.slice(0, 4) }, fault, hint);
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
    if (!isFieldName(name) || !values.every(known)) {
      const hint = 'Use letters and digits in the name, and strings, numbers or booleans as values';
      throw fieldError(
        'FIELD_INVALID',
        { field: name, value },
        'is not a field of a picture',
        hint,
      );
    }
    for (const one of values as (string | number | boolean)[]) {
      const term = fieldTerm(name, one);
      if (String(one).length <= FIELD_TERM_MAX && !CONTROL.test(term)) terms.add(term);
    }
  }
  return [...terms];
}
