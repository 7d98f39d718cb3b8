import { recordId } from '../autocomplete/record/record.ts';
import { SearchError } from '../errors.ts';
import { type DeadLetter, deadLetterOf } from '../source/dead-letters.ts';
import { readJsonLines } from '../source/json-lines.ts';
import { openSource, type PlaceRecordSource } from '../source/source.ts';

/** Result of a retry of dead letters. */
export interface RetryResult {
  written: number;
  /** Records that still fail. */
  failed: DeadLetter[];
  /**
   * Number of dead letters whose line the source no longer has, and of those of outlines and
   * corrections.
   */
  notFound: number;
}

/**
 * The dead letters of a file.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND`.
 */
export async function readDeadLetters(path: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const { value, error } of readJsonLines(path)) {
    if (error) throw error;
    letters.push(value as DeadLetter);
  }
  return letters;
}

/**
 * Writes the records of dead letters again, as the source has them now. A record is found by its
 * id, else by file and line.
 *
 * @param put - Writes one record; throws `SearchError` if it can't be written.
 */
export async function retryDeadLetters(
  letters: readonly DeadLetter[],
  source: PlaceRecordSource,
  put: (record: unknown) => Promise<void>,
): Promise<RetryResult> {
  const byId = new Set(letters.flatMap(({ id }) => (id === null ? [] : [id])));
  const byLine = new Set(
    letters.flatMap(({ id, file, line }) => (id === null ? [`${file}:${line}`] : [])),
  );
  const found = new Set<string>();
  const result: RetryResult = { written: 0, failed: [], notFound: 0 };
  for await (const { file, line, value, error } of (await openSource(source)).lines()) {
    const id = recordId(value);
    const key = id !== null && byId.has(id) ? id : `${file}:${line}`;
    if (!byId.has(key) && !byLine.has(key)) continue;
    found.add(key);
    try {
      if (error) throw error;
      await put(value);
      result.written += 1;
    } catch (fault) {
      if (!(fault instanceof SearchError)) throw fault;
      result.failed.push(deadLetterOf(fault, { file, line }, value));
    }
  }
  result.notFound = byId.size + byLine.size - found.size;
  return result;
}
