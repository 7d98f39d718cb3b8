import { createReadStream, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { OptionError, quoteValue } from '../../errors.ts';
import { readJsonLines } from '../../source/json-lines.ts';
import { isUrl } from '../source.ts';

const PICTURES = new Set(
  ['jpg', 'jpeg', 'png', 'gif', 'webp', 'tif', 'tiff', 'avif'].map((name) => `.${name}`),
);

/**
 * Expands command-line arguments to picture sources: URLs and picture files, folders with
 * everything below them, `.txt` files with one path or URL a line, and `.jsonl` files (also
 * gzipped) with one record a line.
 *
 * In folders, only files with a picture's extension count, and nothing whose name begins with a
 * dot. For a bad line its error is yielded.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 */
export async function* listSources(names: readonly string[]): AsyncGenerator {
  for (const name of names) {
    if (isUrl(name)) yield name;
    else if ((await statOf(name)).isDirectory()) yield* filesBelow(name);
    else if (/\.jsonl(\.gz)?$/i.test(name)) yield* recordsOf(name);
    else if (extname(name).toLowerCase() === '.txt') yield* linesOf(name);
    else yield name;
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (PICTURES.has(extname(entry.name).toLowerCase())) yield path;
  }
}

async function* recordsOf(path: string): AsyncGenerator {
  for await (const { value, error } of readJsonLines(path)) yield error ?? value;
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const line of createInterface({
    input: createReadStream(path),
    crlfDelay: Infinity,
  })) {
    const source = line.replace(/^\uFEFF/, '').trim();
    if (source !== '' && !source.startsWith('#')) yield source;
  }
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (cause) {
    const hint = 'Give pictures, folders, URLs, or files that list them.';
    const what = `${quoteValue(path)} does not exist`;
    throw new OptionError('SOURCE_NOT_FOUND', what, hint, { cause });
  }
}
