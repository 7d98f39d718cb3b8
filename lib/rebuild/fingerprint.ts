import { createHash } from 'node:crypto';
import { readBytes } from '../source/bytes.ts';
import type { GeographySource } from './geography.ts';

/**
 * A digest of all inputs of documents beside the records: the index body, outlines, corrections
 * and options. With equal digests, equal records become equal documents.
 */
export async function settingsFingerprint(
  body: unknown,
  geography: GeographySource,
  options: Record<string, unknown>,
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([body, options]));
  for (const given of [geography.boundaries, geography.corrections]) {
    hash.update('\0');
    if (typeof given !== 'string') hash.update(JSON.stringify(given ?? null));
    else for await (const chunk of readBytes(given)) hash.update(chunk);
  }
  return hash.digest('hex');
}
