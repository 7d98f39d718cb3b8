import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { OptionError, quoteValue, RecordError } from '../errors.ts';
import { type Note, NOTE_LIMITS } from '../notes/note.ts';
import { timeOfIso } from '../notes/time.ts';
import { readMarkdown } from '../notes/markdown.ts';
import { readJsonLines } from './json-lines.ts';
import { markedEncoding } from './text.ts';

/** A result of the search for notes in files and folders. */
export type FoundNote =
  | { note: unknown; source: string }
  | { error: RecordError; source: string }
  /** A file of a kind that holds no notes. */
  | { skipped: string; source: string };

const MARKDOWN: ReadonlySet<string> = new Set(['.md', '.markdown', '.mdown']);
const PLAIN: ReadonlySet<string> = new Set(['.txt', '.text', '']);
/** Most bytes of a file with one note: no text within `NOTE_LIMITS` has more in UTF-8. */
const BYTES_MAX = 3 * NOTE_LIMITS.body;

/**
 * Reads notes of Markdown, plain text and JSON lines, gzipped or not: of files, and of folders with
 * all below them. What can't be read, and files of other kinds, are reported, and reading
 * continues. In folders, names that begin with a dot are skipped, and a folder that a link leads
 * back to is read once.
 *
 * The source of a note is the path of its file; that of a record is the source it states.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND` for a name that does not exist.
 */
export async function* readNoteFiles(names: readonly string[]): AsyncGenerator<FoundNote> {
  for (const name of names) {
    let isFolder: boolean;
    try {
      isFolder = (await stat(name)).isDirectory();
    } catch (cause) {
      const what = `${quoteValue(name)} does not exist`;
      throw new OptionError('SOURCE_NOT_FOUND', what, 'Give folders, or files of notes.', {
        cause,
      });
    }
    yield* isFolder ? notesBelow(name, new Set()) : notesOf(name, true);
  }
}

async function* notesBelow(folder: string, seen: Set<string>): AsyncGenerator<FoundNote> {
  const entries = await attempt(folder, async () => {
    const real = await realpath(folder);
    if (seen.has(real)) return [];
    seen.add(real);
    const found = await readdir(folder, { withFileTypes: true });
    return found.map(({ name }) => name).sort();
  });
  if ('error' in entries) {
    yield entries;
    return;
  }
  for (const name of entries.value) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const kind = await attempt(path, async () => {
      const found = await stat(path);
      return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
    });
    if ('error' in kind) yield kind;
    else if (kind.value === 'folder') yield* notesBelow(path, seen);
    else if (kind.value === 'file') yield* notesOf(path, false);
    else yield { skipped: 'no file', source: path };
  }
}

/**
 * @param isNamed - Whether the caller named the file, which is then read whatever its extension.
 */
async function* notesOf(path: string, isNamed: boolean): AsyncGenerator<FoundNote> {
  if (/\.(jsonl|ndjson)(\.(gz|zst))?$/i.test(path)) {
    try {
      for await (const { value, error, line } of readJsonLines(path)) {
        const source = `${path}#${line}`;
        if (error) yield { error, source };
        else yield { note: value, source };
      }
    } catch (cause) {
      yield { error: faultOf(path, cause), source: path };
    }
    return;
  }
  const extension = extname(path).toLowerCase();
  if (!MARKDOWN.has(extension) && !PLAIN.has(extension) && !isNamed) {
    yield { skipped: extension, source: path };
    return;
  }
  const text = await attempt(path, () => textOf(path));
  if ('error' in text) yield text;
  else yield { note: await noteOf(path, text.value, MARKDOWN.has(extension)), source: path };
}

async function noteOf(path: string, text: string, isMarkdown: boolean): Promise<Note> {
  if (!isMarkdown) return { title: basename(path, extname(path)), body: text, source: path };
  const { title, body, tags, time } = await readMarkdown(text);
  const note: Note = { title: title ?? basename(path, extname(path)), body, tags, source: path };
  // Invalid times are left out, since front matter is free text.
  const written = time === null ? null : (timeOfIso(time) ?? timeOfIso(time.slice(0, 10)));
  if (written !== null) note.time = new Date(written);
  return note;
}

async function textOf(path: string): Promise<string> {
  const fault = (code: string, what: string, hint: string): RecordError =>
    new RecordError(code, `${quoteValue(path)} ${what}`, hint, { field: null, value: path });
  // A pipe is opened only when somebody writes to it, and a device may have no end.
  if (!(await stat(path)).isFile()) {
    throw fault('NOTE_UNREADABLE', 'is not a regular file', 'Write what is in it to a file.');
  }
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > BYTES_MAX) {
      const hint = `Give files of up to ${NOTE_LIMITS.body} characters.`;
      throw fault('NOTE_TOO_LONG', `has ${size} bytes, too many for one note`, hint);
    }
    const bytes = await file.readFile();
    const encoding = markedEncoding(bytes) ?? 'utf-8';
    if (encoding === 'utf-8' && bytes.includes(0))
      throw fault('NOTE_BINARY', 'is no text', 'Leave it out.');
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      throw fault('NOTE_ENCODING', 'is not in UTF-8', 'Convert it (`iconv -t utf-8`).');
    }
  } finally {
    await file.close();
  }
}

/** The outcome of an action on a file, which another process may have moved or locked meanwhile. */
async function attempt<Value>(
  source: string,
  action: () => Promise<Value>,
): Promise<{ value: Value } | { error: RecordError; source: string }> {
  try {
    return { value: await action() };
  } catch (cause) {
    return { error: faultOf(source, cause), source };
  }
}

/** @throws The cause if it is not a fault of a file. */
function faultOf(source: string, cause: unknown): RecordError {
  if (cause instanceof RecordError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) throw cause;
  const what = `${quoteValue(source)} can't be read (${code})`;
  const hint = 'Check the file, and add it again.';
  return new RecordError('NOTE_UNREADABLE', what, hint, { field: null, value: source, cause });
}
