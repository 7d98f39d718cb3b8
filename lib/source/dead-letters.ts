import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from '../engines/engine.ts';
import { type SearchError, RecordError, quoteValue } from '../errors.ts';

/** A record that did not go in: where it stands, what is wrong, what to do. */
export interface DeadLetter {
  /** Id of the record, null where it has none that can be read. */
  id: string | null;
  /** The file it stands in, as it was given. */
  file: string;
  /** Line of the file, or position in an array or collection, from 1. */
  line: number;
  /** Code of the error. */
  code: string;
  /** Field at fault, null where the whole record is. */
  field: string | null;
  /** The offending value as JSON, at most 80 characters. */
  value: string;
  message: string;
  hint: string;
}

/** How many dead letters a result carries itself. */
const KEPT = 20;

/** Dead letters of a run, written to a file as they come. */
export interface DeadLetters {
  readonly count: number;
  /** The first of them, at most 20. */
  readonly first: readonly DeadLetter[];
  /** Path of the file, null where none was asked for or none was needed. */
  readonly path: string | null;
  /** Length of the file so far. */
  readonly bytes: number;
  add(letter: DeadLetter): void;
  /**
   * Takes up the file of a run that was cut off, as it was at a checkpoint.
   *
   * @returns False, and changes nothing, where the file is not long enough or there is none.
   */
  resume(at: { bytes: number; count: number }): boolean;
  close(): void;
}

/**
 * Collects dead letters in a JSON lines file that is made with the first of them, readable by its
 * owner only, since records may be personal.
 *
 * @param path - Null to keep only the count and the first few.
 */
export function collectDeadLetters(path: string | null): DeadLetters {
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
      if (file === null) {
        mkdirSync(dirname(path), { recursive: true });
        file = openSync(path, 'w', 0o600);
      }
      bytes += writeSync(file, `${JSON.stringify(letter)}\n`);
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
 * The file of dead letters of a generation, or of the alias of pictures.
 *
 * Another engine than the one whose data are in the folder counts its generations from 1 as well.
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

/** The dead letter of a record or line that an error refused. */
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
  if (typeof raw !== 'object' || raw === null || !Object.hasOwn(raw, 'id')) return null;
  const id = (raw as { id: unknown }).id;
  return typeof id === 'string' ? id.slice(0, 256).toWellFormed() : null;
}
