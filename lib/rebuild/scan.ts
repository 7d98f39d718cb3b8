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

/** A record with its position in the source. */
export interface LocatedRecord {
  record: PlaceRecord;
  file: string;
  line: number;
}

/** Result of the first pass over a source. */
export interface Scan {
  /** Number of records, and of lines that should have been records. */
  records: number;
  failed: number;
  /** Ids that records name as their parent. */
  parentIds: Set<string>;
  /** Whether a name is in Han characters. */
  hasHan: boolean;
  /** Whether a name is Japanese. */
  hasJapanese: boolean;
  /** SHA-256 over the good records, in order. */
  digest: string;
  /** What was corrected or left out. */
  warnings: RecordWarningCount[];
}

/** Records between two reports, at which signals and timers also get a turn. */
const REPORT_EVERY = 1000;

/**
 * One pass over the checked records of a source.
 *
 * @param options - onBad: called for every refused record; default: they are skipped. warnings:
 *   counts what is corrected or left out.
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

/** First pass: counts records, reports the bad ones, and collects what later passes need. */
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

/**
 * Second pass: returns the records with the given ids, the first of each; keeps nothing else in
 * memory.
 */
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
