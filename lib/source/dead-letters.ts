import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { recordId } from '../autocomplete/record/record.ts';
import type { Engine } from '../engines/engine.ts';
import { type SearchError, RecordError, quoteValue, writeFault } from '../errors.ts';
import { writableFile } from './named-files.ts';

/** A record that could not be indexed: where it is, what is wrong with it, what to do. */
export interface DeadLetter {
  /** Id of the record; null if it has none or it can't be read. */
  id: string | null;
  /** Its file, as named by the caller. */
  file: string;
  /** Line of the file, or position in an array or collection, counted from 1. */
  line: number;
  /** Code of the error. */
  code: string;
  /** Field at fault; null if the whole record is at fault. */
  field: string | null;
  /** The offending value as JSON, at most 80 characters. */
  value: string;
  message: string;
  hint: string;
}

/** How many dead letters a result itself contains. */
const KEPT = 20;

/** Dead letters of a run, written to a file as they occur. */
export interface DeadLetters {
  readonly count: number;
  /** The first ones, at most 20. */
  readonly first: readonly DeadLetter[];
  /** Path of the file; null if none was requested or nothing failed. */
  readonly path: string | null;
  /** Length of the file so far, in bytes. */
  readonly bytes: number;
  add(letter: DeadLetter): void;
  /**
   * Continues the file of an interrupted run, from its state at a checkpoint.
   *
   * @returns False, with nothing changed, if the file is missing or too short.
   */
  resume(at: { bytes: number; count: number }): boolean;
  close(): void;
}

/**
 * Collects dead letters in a JSON lines file. It is created with the first of them, readable by its
 * owner only, since records may contain personal data.
 *
 * @param path - Null to keep only the count and the first ones.
 */
export function collectDeadLetters(path: string | null): DeadLetters {
  if (path !== null) writableFile(path);
  const first: DeadLetter[] = [];
  let file: number | null = null;
  let count = 0;
  let bytes = 0;
  let closed = false;
  return {
    get count(): number {
      return count;
    },
    get bytes(): number {
      return bytes;
    },
    get path(): string | null {
      return file === null ? null : path;
    },
    first,
    add(letter: DeadLetter): void {
      count += 1;
      if (first.length < KEPT) first.push(letter);
      if (path === null) return;
      const line = Buffer.from(`${JSON.stringify(letter)}\n`);
      try {
        if (file === null) {
          mkdirSync(dirname(path), { recursive: true });
          file = openSync(path, 'w', 0o600);
        }
        writeFileSync(file, line);
      } catch (error) {
        throw writeFault(error, path);
      }
      bytes += line.length;
    },
    resume(at: { bytes: number; count: number }): boolean {
      if (at.count === 0) return true;
      if (path === null || !hasBytes(path, at.bytes)) return false;
      file = openSync(path, 'r+');
      ftruncateSync(file, at.bytes);
      closeSync(file);
      const kept = readFileSync(path, 'utf8').trimEnd().split('\n');
      file = openSync(path, 'a', 0o600);
      first.splice(
        0,
        first.length,
        ...kept.slice(0, KEPT).map((line) => JSON.parse(line) as DeadLetter),
      );
      count = at.count;
      bytes = at.bytes;
      return true;
    },
    close(): void {
      if (file !== null && !closed) closeSync(file);
      closed = true;
    },
  };
}

function hasBytes(path: string, bytes: number): boolean {
  try {
    return statSync(path).size >= bytes;
  } catch {
    return false;
  }
}

/**
 * Path of the dead letters of a generation of places, or of an alias of pictures.
 *
 * Every engine numbers its generations from 1, so engines other than the embedded one get a folder
 * of their own.
 */
export function lettersPath(dataDir: string, { name }: Pick<Engine, 'name'>, of: string): string {
  const folder = name === 'embedded' ? '' : name;
  return join(dataDir, 'dead-letters', folder, `${of}.jsonl`);
}

/** Generations of an alias, dropped ones too, whose dead letters are kept in a folder, in order. */
export function generationsWithLetters(dataDir: string, engine: Engine, alias: string): string[] {
  let names: string[];
  try {
    names = readdirSync(dirname(lettersPath(dataDir, engine, alias)));
  } catch {
    return [];
  }
  return names
    .flatMap((name) => (name.endsWith('.jsonl') ? [name.slice(0, -'.jsonl'.length)] : []))
    .filter((name) => name.startsWith(`${alias}-`) && /^\d+$/.test(name.slice(alias.length + 1)))
    .sort((a, b) => numberOf(a) - numberOf(b));
}

/**
 * Removes the dead letters of generations that are no more. Those of a newer one than the live one
 * stay: they say why it did not go live.
 */
export function dropLetters(
  dataDir: string,
  engine: Engine,
  { alias, live, there }: { alias: string; live: string; there: readonly string[] },
): void {
  for (const generation of generationsWithLetters(dataDir, engine, alias)) {
    if (there.includes(generation) || numberOf(generation) > numberOf(live)) continue;
    rmSync(lettersPath(dataDir, engine, generation), { force: true });
  }
}

function numberOf(generation: string): number {
  return Number(generation.slice(generation.lastIndexOf('-') + 1));
}

/** Makes the dead letter of a record or line that was refused with an error. */
export function deadLetterOf(
  error: SearchError,
  at: { file: string; line: number },
  raw: unknown,
): DeadLetter {
  const about = error instanceof RecordError ? error : null;
  return {
    id: idOf(raw),
    file: at.file,
    line: at.line,
    code: error.code,
    field: about?.field ?? null,
    value: quoteValue(about?.value),
    message: error.message,
    hint: error.hint,
  };
}

function idOf(raw: unknown): string | null {
  return recordId(raw)?.slice(0, 256).toWellFormed() ?? null;
}
