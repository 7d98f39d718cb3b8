import { LUMA_SIDE } from './planes.ts';

/** What is compared closely of a picture, besides its hashes and vectors. */
export interface Preview {
  /** Share of the pixels that have the commonest colour, 0..1. */
  flat: number;
  /** Share of the area that lies within borders or a frame, 0..1; 1 without one. */
  within: number;
  /** Brightness of the whole picture: 64 x 64, 0..255. */
  whole: Float64Array;
  /** What the vector `trimmed` describes: the picture within flat borders, or within a frame with more on it. */
  trimmed: { kind: 'content' | 'inner'; luma: Float64Array } | null;
  /** Parts of a collage, if they are kept: at most four. */
  parts: Float64Array[];
}

/** Bytes before the squares: version of the form, two shares of 255, and the kind of `trimmed`. */
const HEAD = 4;
const VERSION = 2;
const KINDS = [null, 'content', 'inner'] as const;
/** Bytes of a square: each holds two pixels of 16 levels. */
const SQUARE = LUMA_SIDE ** 2 / 2;
/** Distance between two of the 16 levels, in levels of 255. */
const STEP = 17;
const PARTS_MAX = 4;

/** The text of a preview: 2 or 4 kB of bytes in base64, and 2 kB for each part. */
export function previewText({ flat, within, whole, trimmed, parts }: Preview): string {
  const share = (value: number): number => Math.round(value * 255);
  const kind = trimmed === null ? 0 : KINDS.indexOf(trimmed.kind);
  const squares = [whole, ...(trimmed ? [trimmed.luma] : []), ...parts];
  const bytes = [VERSION, share(flat), share(within), kind, ...squares.flatMap(packed)];
  return btoa(String.fromCharCode(...bytes));
}

/** Decodes a preview; null if the text is not one, such as that of an index of an earlier version. */
export function readPreview(text: string): Preview | null {
  const bytes = bytesOf(text);
  if (bytes === null || bytes[0] !== VERSION) return null;
  const kind = KINDS[bytes[3]!];
  if (kind === undefined) return null;
  const before = kind === null ? 1 : 2;
  const parts = (bytes.length - HEAD) / SQUARE - before;
  if (!Number.isInteger(parts) || parts < 0 || parts > PARTS_MAX) return null;
  const square = (from: number): Float64Array => unpacked(bytes.subarray(from, from + SQUARE));
  return {
    flat: bytes[1]! / 255,
    within: bytes[2]! / 255,
    whole: square(HEAD),
    trimmed: kind === null ? null : { kind, luma: square(HEAD + SQUARE) },
    parts: Array.from({ length: parts }, (_, at) => square(HEAD + (before + at) * SQUARE)),
  };
}

/** Appends parts, as `squareText` makes them, to a preview. */
export function withParts(preview: string, parts: readonly string[]): string {
  const texts = [preview, ...parts].map((text) => atob(text));
  return btoa(texts.join(''));
}

/** Bytes of a preview of 32 x 32, which version 0.1 made. */
const EARLIER = 1024;

/** Whether a text has the form of a preview, of this version or of an earlier one. */
export function isPreview(text: string): boolean {
  return bytesOf(text)?.length === EARLIER || readPreview(text) !== null;
}

/** A part of a picture as text: 2 kB in base64. */
export function squareText(luma: Float64Array): string {
  return btoa(String.fromCharCode(...packed(luma)));
}

export function readSquare(text: string): Float64Array | null {
  const bytes = bytesOf(text);
  return bytes?.length === SQUARE ? unpacked(bytes) : null;
}

function bytesOf(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function packed(luma: Float64Array): number[] {
  const level = (at: number): number => Math.round(luma[at]! / STEP);
  return Array.from({ length: SQUARE }, (_, at) => level(2 * at) * 16 + level(2 * at + 1));
}

function unpacked(bytes: Uint8Array): Float64Array {
  const pixel = (_: unknown, at: number): number =>
    (at % 2 === 0 ? bytes[at >> 1]! >> 4 : bytes[at >> 1]! & 15) * STEP;
  return Float64Array.from({ length: bytes.length * 2 }, pixel);
}
