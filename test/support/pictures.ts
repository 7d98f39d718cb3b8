import type { ImageDocument } from '../../lib/knn/document.ts';
import { toImageDocument } from '../../lib/knn/document.ts';
import type { VectorSpace } from '../../lib/knn/space.ts';

/** A vector that a space takes. */
export function vectorIn(space: VectorSpace, random: () => number): number[] {
  const { dimension, dataType } = space;
  if (dataType === 'float') return Array.from({ length: dimension }, () => random() * 2 - 1);
  const length = dataType === 'binary' ? dimension / 8 : dimension;
  return Array.from({ length }, () => Math.floor(random() * 256) - 128);
}

/** A hash of 256 bits. */
export function hashOf(random: () => number): string {
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** A hash with some bits turned. */
export function turned(hash: string, bits: readonly number[]): string {
  const bytes = Buffer.from(hash, 'hex');
  for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes.toString('hex');
}

/** A picture as a document, of what is given only. */
export function pictureWith(
  id: string,
  content: Parameters<typeof toImageDocument>[1]['content'],
  options: { space?: VectorSpace; fields?: ImageDocument['fields'] } = {},
): ImageDocument {
  return toImageDocument(id, { content, addedAt: '2026-01-01T00:00:00.000Z', ...options });
}
