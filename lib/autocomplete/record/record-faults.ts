import { RecordError } from '../../errors.ts';

/** A detail of a record that was corrected or left out, while the record itself is taken. */
export interface RecordWarning {
  /**
   * - `FIELD_UNKNOWN`: no field of a record; `meant` is one that is like it
   * - `FIELD_EMPTY`: empty text, left out
   * - `VALUE_CORRECTED`: a number as text, text as a number, and the like; `meant` is what was taken
   * - `SPREADSHEET_CHANGED`: an id or name like 1.23E+11 or 3月4日, which a spreadsheet made of another; kept, since
   *   what it was is lost
   * - `COUNTRY_FOUND`: none is stated, and `meant` is that of the outline around it; `COUNTRY_LOST`: `meant` is what the
   *   place had in the index, by outlines that `put` was not given
   * - `LANGUAGE_CORRECTED`: `zh_Hant`, `jp`; `meant` is the tag that was taken
   * - `LANGUAGE_UNKNOWN`: a well-formed tag of no known language, kept
   * - `NAME_INVALID`, `NAME_TOO_LONG`, `LANGUAGE_INVALID`, `KIND_INVALID`: a name or kind of name beside
   *   the main one that can't be used, left out
   * - `DESCRIPTION_INVALID`: a description that is no text, left out; `DESCRIPTION_CUT`: one that is too long, of
   *   which the beginning was taken
   */
  code: string;
  /** As in `lng`, `names.zh_Hant`. */
  field: string;
  /** As it was given. */
  value: unknown;
  /** What was taken, or is likely to be meant; null if nothing. */
  meant: string | null;
}

/** Told of every detail that is corrected or left out. */
export type OnWarning = (warning: RecordWarning) => void;

/** What is wrong with one record. */
export class RecordFaults {
  readonly #faults: RecordError[] = [];
  readonly #onWarning: OnWarning;
  /** Fields that the record does not have, by the one that each is like. */
  readonly #likely = new Map<string, string>();

  constructor(onWarning: OnWarning) {
    this.#onWarning = onWarning;
  }

  warn(code: string, field: string, value: unknown, meant: string | null = null): void {
    if (code === 'FIELD_UNKNOWN' && meant !== null) this.#likely.set(meant, field);
    this.#onWarning({ code, field, value, meant });
  }

  /** The value of a field, or undefined if it has a fault, which is kept for the end. */
  attempt<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (fault) {
      if (!(fault instanceof RecordError)) throw fault;
      this.#faults.push(fault);
      return undefined;
    }
  }

  /** The value of a detail, or undefined with a warning if it has a fault. */
  detail<Value>(read: () => Value): Value | undefined {
    try {
      return read();
    } catch (fault) {
      if (!(fault instanceof RecordError)) throw fault;
      this.warn(fault.code, fault.field ?? '', fault.value);
      return undefined;
    }
  }

  /** @throws {RecordError} With all faults, where there are any; code, field and value of the first. */
  throwAny(): void {
    const [first, ...others] = this.#faults;
    if (!first) return;
    const renames = this.#faults.flatMap(({ field, value }) => {
      const other = value === undefined && field !== null ? this.#likely.get(field) : undefined;
      return other === undefined ? [] : `The record has ${other}; is that ${field}?`;
    });
    if (others.length === 0 && renames.length === 0) throw first;
    const whats = this.#faults.map(({ message, hint }) => message.slice(0, -hint.length - 2));
    const hints = [...new Set([...renames, ...this.#faults.map(({ hint }) => hint)])];
    const what = whats.join(', and ');
    throw new RecordError(first.code, what, hints.join(' '), {
      field: first.field,
      value: first.value,
      faults: this.#faults,
    });
  }
}
