import type { Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { OptionError, quoteValue } from '../../errors.ts';
import { isReadableFormat, SNIFF_BYTES, sniffFormat } from '../../knn/describe/image-format.ts';
import { readJsonLines, readTextLines } from '../../source/json-lines.ts';
import { unreadable } from '../../source/named-files.ts';
import { isUrl, PassedOver } from '../source.ts';

/** Extensions of pictures: a file with one of these that is not a picture is a failure. */
const PICTURES = new Set(
  ['jpg', 'jpeg', 'jfif', 'jpe', 'png', 'gif', 'webp', 'tif', 'tiff', 'avif', 'bmp'].map(
    (name) => `.${name}`,
  ),
);

/**
 * Expands command-line arguments to picture sources: URLs and picture files, folders with
 * everything below them, `.txt` files with one path or URL a line, and `.jsonl` files (also
 * gzipped) with one record a line.
 *
 * In folders, the bytes of a file decide whether it is a picture, not its name. Yields a `PassedOver` for each
 * skipped file (other files, pictures that can't be read, names that begin with a dot), and an error for each
 * bad line.
 *
 * @param options - strict: yields every file of a folder, so that files that are not pictures fail. Default false.
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 */
export async function* listSources(
  names: readonly string[],
  options: { strict?: boolean } = {},
): AsyncGenerator {
  const { strict = false } = options;
  for (const name of names) {
    if (isUrl(name)) yield name;
    else if ((await statOf(name)).isDirectory()) yield* filesBelow(name, strict);
    else if (/\.jsonl(\.gz)?$/i.test(name)) yield* recordsOf(name);
    else if (extname(name).toLowerCase() === '.txt') yield* linesOf(name);
    else yield name;
  }
}

async function* filesBelow(folder: string, strict: boolean): AsyncGenerator<string | PassedOver> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) {
    // As a source it fails with the reason, and the others continue.
    yield folder;
    return;
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) {
      yield new PassedOver(path, 'hidden');
      continue;
    }
    if (entry.isDirectory()) {
      yield* filesBelow(path, strict);
      continue;
    }
    const kind = strict ? null : await otherKind(path);
    yield kind === null ? path : new PassedOver(path, kind);
  }
}

/**
 * The kind of a file that is not a readable picture: its format by its bytes, else its extension. Null for a file to
 * ingest. This includes files that can't be opened or only have a picture's extension, since those are failures.
 */
async function otherKind(path: string): Promise<string | null> {
  const state = await stat(path).catch(() => null);
  if (state === null) return null;
  // A link to a folder may lead back to the folder itself.
  if (!state.isFile()) return state.isDirectory() ? 'link to a folder' : 'not a file';
  const head = await headOf(path);
  if (head === null) return null;
  const format = sniffFormat(head);
  if (isReadableFormat(format)) return null;
  const extension = extname(path).toLowerCase();
  if (format !== null) return format;
  if (PICTURES.has(extension)) return null;
  return extension === '' ? 'no extension' : extension;
}

/** The first bytes of a file; null if it can't be read. */
async function headOf(path: string): Promise<Uint8Array | null> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

async function* recordsOf(path: string): AsyncGenerator {
  for await (const { value, error } of readJsonLines(path)) yield error ?? value;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const { text } of readTextLines(path)) {
    const source = text.trim();
    if (source !== '' && !source.startsWith('#')) yield source;
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    const fault = unreadable(path, cause);
    if (fault.code !== 'SOURCE_NOT_FOUND') throw fault;
    const hint = 'Give pictures, folders, URLs, or files that list them.';
    const what = `${quoteValue(path)} does not exist`;
    throw new OptionError('SOURCE_NOT_FOUND', what, hint, { cause });
  }
}
