import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { FetchError, publicSource, tooLarge } from '../fetch/fetch-error.ts';
import { readLimits } from '../fetch/limits.ts';

/**
 * Reads the bytes of a picture from a file.
 *
 * Never pass it a path from an untrusted source: it reads every file that the process may read.
 *
 * @param source - A path, or a `file:` URL as a string or object.
 * @param options - maxBytes: largest file in bytes, default 32 MiB.
 * @throws {OptionError} `FETCH_LIMIT_INVALID`.
 * @throws {FetchError} `BAD_URL`, `NOT_FOUND`, `NOT_A_FILE`, `FILE_UNREADABLE`, `TOO_LARGE`.
 */
export async function readImage(
  source: string | URL,
  options: { maxBytes?: number } = {},
): Promise<Buffer> {
  const { maxBytes } = readLimits(options);
  const path = pathOf(source);
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer. (Windows has neither.)
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const state = await file.stat();
    if (!state.isFile()) {
      const what = state.isDirectory() ? 'is a folder' : 'is not a regular file';
      const hint = "Give the path of a picture; for folders use ingest('folder/') or images add.";
      throw new FetchError('NOT_A_FILE', what, hint, { source: path });
    }
    return await readAtMost(file, maxBytes, path);
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await file?.close();
  }
}

async function readAtMost(file: FileHandle, maxBytes: number, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of file.createReadStream({ autoClose: false, end: maxBytes })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
  }
  if (length > maxBytes) throw tooLarge(path, maxBytes);
  return Buffer.concat(chunks, length);
}

function pathOf(source: string | URL): string {
  if (typeof source === 'string' && !/^file:/i.test(source)) return source;
  try {
    return fileURLToPath(source);
  } catch (cause) {
    const hint = 'Give a path, or a file: URL without a host.';
    throw new FetchError('BAD_URL', 'is not a file', hint, {
      source: publicSource(String(source)),
      cause,
    });
  }
}

function fileError(cause: unknown, path: string): unknown {
  if (cause instanceof FetchError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    // A name that is not UTF-8 is listed with this character, and can't be opened by the listed name.
    const hint = path.includes('\ufffd')
      ? 'If it is there, its name is no UTF-8: rename it.'
      : 'Check the path.';
    return new FetchError('NOT_FOUND', 'does not exist', hint, { source: path, cause });
  }
  const hint = 'Check its permissions and the disk.';
  return new FetchError('FILE_UNREADABLE', `can't be read (${code})`, hint, {
    source: path,
    cause,
  });
}
