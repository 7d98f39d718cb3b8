import { RecordError } from './errors.ts';

/** Most faults that the message names; `faults` has all of them. */
const NAMED = 10;

/** Collects the faults of all records of one call, so that one error reports them all. */
export class ListedFaults {
  readonly #faults: { at: number; fault: RecordError }[] = [];

  /** What an action on the record at an index returns, or undefined if the record has a fault, which is kept. */
  attempt<Value>(at: number, action: () => Value): Value | undefined {
    try {
      return action();
    } catch (fault) {
      this.add(at, fault);
      return undefined;
    }
  }

  /** @throws The argument if it is not a fault of a record. */
  add(at: number, fault: unknown): void {
    if (!(fault instanceof RecordError)) throw fault;
    this.#faults.push({ at, fault });
  }

  /**
   * @param records - Number of records in the call. The fault of a single record is thrown as it
   * is.
   * @throws {RecordError} Code, field and value of the first fault; every fault, with the index of
   * its record, in
   *   `faults`.
   */
  throwAny(records: number): void {
    const [first] = this.#faults;
    if (!first) return;
    if (records === 1) throw first.fault;
    const whats = this.#faults
      .slice(0, NAMED)
      .map(
        ({ at, fault: { message, hint } }) => `record ${at}: ${message.slice(0, -hint.length - 2)}`,
      );
    const more = this.#faults.length - whats.length;
    const bad = new Set(this.#faults.map(({ at }) => at)).size;
    const rest = more > 0 ? `; and ${more} more` : '';
    const what = `${bad} of ${records} records can't be used, so none was written: ${whats.join('; ')}${rest}`;
    const hints = [...new Set(this.#faults.map(({ fault }) => fault.hint))].slice(0, NAMED);
    const faults = this.#faults.flatMap(({ at, fault }) =>
      (fault.faults.length > 0 ? fault.faults : [fault]).map((each) => each.in(at)),
    );
    const { code, field, value } = first.fault;
    throw new RecordError(code, what, hints.join(' '), { field, value, faults, at: first.at });
  }
}
