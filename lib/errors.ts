import { shownJson, shownText } from './shown-text.ts';

/**
 * Every error that suoyin throws on purpose. Branch on `code`, never on the message.
 *
 * A message says what is wrong, with which value, and what to do about it.
 */
export class SearchError extends Error {
  /** Stable, upper-case identifier of the failure. */
  readonly code: string;
  /** What the caller can do about it; also the last sentence of `message`. */
  readonly hint: string;

  constructor(code: string, what: string, hint: string, options?: ErrorOptions) {
    super(`${what}. ${hint}`, options);
    this.name = new.target.name;
    this.code = code;
    this.hint = hint;
  }
}

/** A caller's option or argument is wrong. Thrown before any I/O. */
export class OptionError extends SearchError {}

/** A record or a line of an input file can't be used. A rebuild reports it as a dead letter. */
export class RecordError extends SearchError {
  /** The field at fault, or null if the whole line is at fault. */
  readonly field: string | null;
  /** The offending value, as given; `message` quotes it shortened. */
  readonly value: unknown;
  /**
   * All faults if there are several, of one record or of several; empty if this error is the only
   * one.
   */
  readonly faults: readonly RecordError[];
  /** Index of the record in the given list; null if it was given alone or comes from a file. */
  readonly at: number | null;

  constructor(
    code: string,
    what: string,
    hint: string,
    options: ErrorOptions & {
      field: string | null;
      value: unknown;
      faults?: readonly RecordError[];
      at?: number;
    },
  ) {
    super(code, what, hint, options);
    this.field = options.field;
    this.value = options.value;
    this.faults = options.faults ?? [];
    this.at = options.at ?? null;
  }

  /** The same fault, of the record at an index. */
  in(at: number): RecordError {
    const { code, message, hint, field, value, faults } = this;
    const what = message.slice(0, -hint.length - 2);
    return new RecordError(code, what, hint, { field, value, faults, at });
  }
}

/** An optional package is not installed. `hint` is the command that installs it. */
export class MissingDependencyError extends SearchError {}

/**
 * The engine refused or failed: a damaged or newer file, a missing index, a lock not obtained in
 * time.
 */
export class EngineError extends SearchError {}

const UNWRITABLE = new Set(['EACCES', 'EISDIR', 'ENOENT', 'ENOTDIR', 'ENXIO', 'EPERM', 'EROFS']);

/** The error of a failed write of a file; `DISK_FULL` if there was no room for it. */
export function writeFault(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (UNWRITABLE.has(code ?? '')) {
    const what = `${quoteValue(path)} can't be written (${code})`;
    const hint = 'Give a path in a folder that is there and that suoyin may write.';
    return new EngineError('FILE_UNWRITABLE', what, hint, { cause: error });
  }
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const what = `${quoteValue(path)} can not be written: the disk is full`;
  return new EngineError('DISK_FULL', what, 'Free some space and run it again.', { cause: error });
}

/** The error of a folder that could not be made, with the reason; `DISK_FULL` if there was no room for it. */
export function unmadeFault(error: unknown, folder: string): EngineError {
  const fault = writeFault(error, folder);
  if (fault instanceof EngineError && fault.code === 'DISK_FULL') return fault;
  const { code = 'no reason' } = error as NodeJS.ErrnoException;
  const what = `${quoteValue(folder)} can't be made (${code})`;
  const hint =
    code === 'ENAMETOOLONG'
      ? 'Give a path with shorter names.'
      : 'Give a folder that can be written.';
  return new EngineError('FILE_UNREADABLE', what, hint, { cause: error });
}

/** A rebuild stopped. `aliasMoved` says whether queries already see the new generation. */
export class RebuildError extends SearchError {
  /** The stage that failed: scan, create, fill, verify or swap. */
  readonly stage: string;
  readonly aliasMoved: boolean;

  constructor(
    code: string,
    what: string,
    hint: string,
    options: ErrorOptions & { stage: string; aliasMoved?: boolean },
  ) {
    super(code, what, hint, options);
    this.stage = options.stage;
    this.aliasMoved = options.aliasMoved ?? false;
  }
}

/**
 * A value as error messages quote it: JSON with invisible characters escaped, cut to at most 80
 * characters.
 */
export function quoteValue(value: unknown): string {
  let text: string;
  try {
    text = shownJson(value, named);
  } catch {
    text = shownText(String(value));
  }
  const chars = Array.from(text);
  return chars.length > 80 ? `${chars.slice(0, 77).join('')}...` : chars.join('');
}

/** JSON turns NaN and infinite numbers into null, which is not the value that was given. */
function named(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/**
 * An error about one field of a record; its message names the field and quotes the value.
 *
 * @param at - field: null if the whole record is at fault.
 * @param what - Completes the sentence after the value: `is not a country code`.
 * @param hint - What to do, without the final full stop.
 */
export function fieldError(
  code: string,
  { field, value }: { field: string | null; value: unknown },
  what: string,
  hint: string,
): RecordError {
  const subject = field === null ? quoteValue(value) : `${field} ${quoteValue(value)}`;
  return new RecordError(code, `${subject} ${what}`, `${hint}.`, { field, value });
}
