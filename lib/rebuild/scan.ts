import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { hasHanName, isJapanese } from '../autocomplete/dictionaries.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import { examinePlaceRecord, readPlaceRecord, recordId } from '../autocomplete/record/record.ts';
import { SearchError } from '../errors.ts';
import { type DeadLetter, deadLetterOf } from '../source/dead-letters.ts';
import type { RecordSource } from '../source/source.ts';
import type { StageMeter } from './progress.ts';
import { countWarnings, type RecordWarningCount, type WarningCounter } from './record-warnings.ts';

/** A record with the place it stands in. */
export interface LocatedRecord {
  record: PlaceRecord;
  file: string;
  line: number;
}

/** What a first pass over a source found. */
export interface Scan {
  /** Records and lines that should have been records. */
  records: number;
  failed: number;
  /** Ids that records name as their parent. */
  parentIds: Set<string>;
  /** A name is in Han characters. */
  hasHan: boolean;
  /** A name is Japanese. */
  hasJapanese: boolean;
  /** SHA-256 over the good records, in order. */
  digest: string;
  /** What was corrected or left out. */
  warnings: RecordWarningCount[];
}

/** Records after which comes a report, and a turn for signals and timers. */
const REPORT_EVERY = 1000;

/**
 * One pass over the checked records of a source.
 *
 * @param options - onBad: told of every record that is refused; default: they are passed over.
 *   warnings: counts what is corrected or left out.
 */
export async function* readRecords(
  source: RecordSource,
  options: {
    onRead?: (amount: number) => void;
    onBad?: (letter: DeadLetter) => void;
    warnings?: WarningCounter;
    signal?: AbortSignal | undefined;
  } = {},
): AsyncGenerator<LocatedRecord> {
  for await (const { file, line, value, error } of source.lines(options.onRead)) {
    if (line % REPORT_EVERY === 0) await setImmediate();
    options.signal?.throwIfAborted();
    let record: PlaceRecord | null = null;
    try {
      if (error) throw error;
      record = options.warnings
        ? examinePlaceRecord(value, (warning) => options.warnings!.add(warning, { file, line }))
        : readPlaceRecord(value);
    } catch (fault) {
      if (!(fault instanceof SearchError)) throw fault;
      options.onBad?.(deadLetterOf(fault, { file, line }, value));
    }
    if (record) yield { record, file, line };
  }
}

/** First pass: counts records, reports the bad ones, and notes what the passes after it will need. */
export async function scanRecords(
  source: RecordSource,
  options: {
    meter: StageMeter;
    onBad: (letter: DeadLetter) => void;
    signal?: AbortSignal | undefined;
  },
): Promise<Scan> {
  const hash = createHash('sha256');
  const scan = {
    records: 0,
    failed: 0,
    parentIds: new Set<string>(),
    hasHan: false,
    hasJapanese: false,
  };
  const warnings = countWarnings();
  let read = 0;
  const report = (): void => {
    options.meter.report(scan.records, scan.failed, source.size ? read / source.size : null);
  };
  const records = readRecords(source, {
    signal: options.signal,
    warnings,
    onRead: (amount) => {
      read += amount;
    },
    onBad: (letter) => {
      scan.records += 1;
      scan.failed += 1;
      options.onBad(letter);
    },
  });
  for await (const { record } of records) {
    scan.records += 1;
    if (record.parent !== undefined) scan.parentIds.add(record.parent);
    hash.update(`${JSON.stringify(record)}\n`);
    scan.hasHan ||= hasHanName(record);
    scan.hasJapanese ||= isJapanese(record);
    if (scan.records % REPORT_EVERY === 0) report();
  }
  report();
  return { ...scan, digest: hash.digest('hex'), warnings: warnings.counts(source) };
}

/** Second pass: the records with the given ids, the first of each; nothing else is kept in memory. */
export async function keepRecords(
  source: RecordSource,
  ids: ReadonlySet<string>,
  options: { meter: StageMeter; failed: number; signal?: AbortSignal | undefined },
): Promise<Map<string, PlaceRecord>> {
  const kept = new Map<string, PlaceRecord>();
  if (ids.size === 0) return kept;
  let done = 0;
  for await (const { value, error } of source.lines()) {
    options.signal?.throwIfAborted();
    done += 1;
    if (done % REPORT_EVERY === 0) options.meter.report(done, options.failed);
    const id = error ? null : recordId(value);
    if (id === null || !ids.has(id) || kept.has(id)) continue;
    const record = recordOrNull(value);
    if (record) kept.set(id, record);
  }
  return kept;
}

function recordOrNull(value: unknown): PlaceRecord | null {
  try {
    return readPlaceRecord(value);
  } catch (fault) {
    if (fault instanceof SearchError) return null;
    throw fault;
  }
}
