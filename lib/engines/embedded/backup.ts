import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineError, OptionError, quoteValue, unmadeFault, writeFault } from '../../errors.ts';
import { checkFile } from './check-file.ts';
import { fileState } from './file-state.ts';
import { roomAt } from './reserve.ts';
import { openSqlite, refuseLong } from './sqlite.ts';
import { DATA_FILE } from './store.ts';

/** Folders beside the file that are made again from it. */
const MADE_AGAIN = ['generations', 'graphs'];
/** Folder in which a copy is made, with what `mkdtempSync` adds. */
const PART = '.part-';
const PART_OF = `${PART}XXXXXX`;
/** Suffixes of the file and of its write-ahead log. */
const PARTS = ['', '-wal'];
/** Name of the former file after a restore. */
const BEFORE = 'suoyin.db.before-restore';

/** A file that was written and checked. */
export interface WrittenFile {
  path: string;
  bytes: number;
}

/**
 * Copies the file of an embedded engine, as of one moment, while other processes read and write it.
 * The copy is checked page by page and document by document before it gets its name.
 *
 * @param folder - Made if it is missing. Gets `suoyin.db`, which can be served as it is.
 * @param options - force: replaces a copy that is there. Default false.
 * @throws {OptionError} `BACKUP_SAME`.
 * @throws {EngineError} `BACKUP_EXISTS` (there is a copy, or a process has it open),
 *   `BACKUP_DAMAGED` (the source is damaged; all faults are named), `INDEX_NOT_FOUND`,
 *   `DISK_FULL`. The folder is then as it was.
 */
export async function backUp(
  dataDir: string,
  folder: string,
  { force = false }: { force?: boolean } = {},
): Promise<WrittenFile> {
  const source = fileIn(
    dataDir,
    'Check --data, or make an index there (index-rebuild for places, images add, notes add).',
  );
  const path = join(folder, DATA_FILE);
  refuseSame(source, path);
  if (existsSync(path) && !force) {
    const what = `There is a back-up at ${quoteValue(path)}`;
    throw new EngineError('BACKUP_EXISTS', what, 'Name another folder, or say --force.');
  }
  return inPartOf(folder, path, async (part) => {
    refuseFull(folder, source);
    const database = await openSqlite(source, true);
    try {
      database.exec('pragma busy_timeout = 60000');
      database.sql('vacuum into ?').run(part);
    } finally {
      database.close();
    }
    const copy = await openSqlite(part, false);
    try {
      // The copy is not in WAL mode, in which readers and the writer don't wait for each other.
      copy.exec('pragma journal_mode = wal');
    } finally {
      copy.close();
    }
    await refuseDamaged(dirname(part), `The copy of ${quoteValue(source)}`);
    if (existsSync(path)) await refuseOpen(path, 'BACKUP_EXISTS');
  });
}

/**
 * Checks a back-up, with its log if it has one, and puts it in place of the file of an embedded
 * engine. The former file, even a damaged one, stays beside it as `suoyin.db.before-restore`.
 * Indexes of vectors and places are made again.
 *
 * @param options - force: replaces a file that is there. Default false.
 * @throws {OptionError} `BACKUP_SAME`.
 * @throws {EngineError} `BACKUP_DAMAGED`, `RESTORE_REFUSED` (there is a file, or a process has it
 *   open), `INDEX_NOT_FOUND`, `DISK_FULL`. The data folder is then as it was.
 */
export async function restore(
  folder: string,
  dataDir: string,
  { force = false }: { force?: boolean } = {},
): Promise<WrittenFile> {
  const source = fileIn(folder, 'Name the folder that suoyin backup was given.');
  const path = join(dataDir, DATA_FILE);
  refuseSame(source, path);
  if (existsSync(path) && !force) {
    const what = `There is an index at ${quoteValue(path)}`;
    throw new EngineError('RESTORE_REFUSED', what, 'Say --force to replace it.');
  }
  return inPartOf(dataDir, path, async (part) => {
    refuseFull(dataDir, source);
    for (const end of PARTS.filter((end) => existsSync(source + end))) {
      // A back-up may be read-only, but the restored file must be writable. Not `copyFile`, which
      // never ends if its source is cut off meanwhile, as a log is (libuv, `uv__fs_sendfile`).
      const mode = statSync(source + end).mode | 0o600;
      const copy = createWriteStream(part + end, { mode });
      await pipeline(createReadStream(source + end), copy).catch((error: unknown) => {
        throw writeFault(error, part);
      });
    }
    await refuseDamaged(dirname(part), `The copy of ${quoteValue(source)}`);
    await joinLog(part);
    if (existsSync(path)) await refuseOpen(path, 'RESTORE_REFUSED');
    for (const end of PARTS) {
      const before = join(dataDir, BEFORE) + end;
      rmSync(before, { force: true });
      if (existsSync(path + end)) linkSync(path + end, before);
    }
    for (const name of MADE_AGAIN) rmSync(join(dataDir, name), { recursive: true, force: true });
  });
}

function fileIn(folder: string, hint: string): string {
  const path = join(folder, DATA_FILE);
  const state = fileState(path);
  if (state?.isFile()) return path;
  if (state) {
    const what = `${quoteValue(path)} is no regular file`;
    throw new EngineError('FILE_UNREADABLE', what, 'Name another folder.');
  }
  throw new EngineError('INDEX_NOT_FOUND', `There is no file ${quoteValue(path)}`, hint);
}

/** Writes a file under another name, and renames it when it is complete and on the disk. */
async function inPartOf(
  folder: string,
  path: string,
  write: (part: string) => Promise<void>,
): Promise<WrittenFile> {
  refuseLong(join(folder, PART_OF, DATA_FILE));
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unmadeFault(cause, folder);
  }
  const own = partIn(folder);
  const part = join(own, DATA_FILE);
  try {
    await write(part);
    toDisk(part);
    // A log of the former file would be replayed into the new one.
    for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
    renameSync(part, path);
    toDisk(dirname(path));
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
  return { path, bytes: statSync(path).size };
}

function partIn(folder: string): string {
  try {
    return mkdtempSync(join(folder, PART));
  } catch (error) {
    throw writeFault(error, folder);
  }
}

function toDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function refuseFull(folder: string, source: string): void {
  const log = statSync(`${source}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const [needed, room] = [statSync(source).size + log, roomAt(folder)];
  if (room >= needed) return;
  const what = `${quoteValue(folder)} has room for ${room} bytes, and the copy may take ${needed}`;
  throw new EngineError('DISK_FULL', what, 'Free some space and run it again.');
}

async function refuseDamaged(folder: string, what: string): Promise<void> {
  const faults = await checkFile(folder);
  if (faults.length === 0) return;
  const list = faults.map(({ subject, detail }) => `${subject}: ${detail}`).join('; ');
  const hint = 'suoyin check-file says what to do about each.';
  throw new EngineError('BACKUP_DAMAGED', `${what} is damaged: ${list}`, hint);
}

/** Writes the log of a copy into its file. */
async function joinLog(part: string): Promise<void> {
  const database = await openSqlite(part, false);
  try {
    database.exec('pragma wal_checkpoint(truncate)');
  } finally {
    database.close();
  }
  const left = statSync(`${part}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (left === 0) return;
  const what = `${left} bytes of the log of ${quoteValue(part)} were not written into it`;
  throw new EngineError('FILE_IO', what, 'Run it again.');
}

/** Also writes the log of an undamaged file into it, as closing it does. */
async function refuseOpen(path: string, code: 'BACKUP_EXISTS' | 'RESTORE_REFUSED'): Promise<void> {
  try {
    const database = await openSqlite(path, false);
    try {
      database.exec('pragma busy_timeout = 1000; pragma locking_mode = exclusive');
      database.exec('begin immediate; commit');
      database.exec('pragma wal_checkpoint(truncate)');
    } finally {
      database.close();
    }
  } catch (cause) {
    const found = cause instanceof EngineError ? cause.code : null;
    if (found === 'FILE_DAMAGED') return;
    if (found !== 'WRITER_BUSY') throw cause;
    const what = `${quoteValue(path)} is open in another process`;
    throw new EngineError(code, what, 'Stop what serves or writes it first.', { cause });
  }
}

/** A copy onto itself would be useless, and would move the file away. */
function refuseSame(source: string, path: string): void {
  const [one, other] = [fileState(source), fileState(path)];
  if (other === null || one!.ino !== other.ino || one!.dev !== other.dev) return;
  const what = `${quoteValue(source)} and ${quoteValue(path)} are the same file`;
  throw new OptionError('BACKUP_SAME', what, 'Name another folder.');
}
