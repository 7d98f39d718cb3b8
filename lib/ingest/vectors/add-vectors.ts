import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { State, WriteOutcome } from '../../engines/engine.ts';
import { EngineError, OptionError, quoteValue, RecordError } from '../../errors.ts';
import type { FieldValue, ImageDocument } from '../../knn/document.ts';
import { lengthOf, type VectorSpace } from '../../knn/space.ts';
import { OPTION_INVALID, settle, SIGNAL, type Spec } from '../../options.ts';
import type { RebuildProgress } from '../../rebuild/progress.ts';
import {
  collectDeadLetters,
  type DeadLetter,
  type DeadLetters,
} from '../../source/dead-letters.ts';
import { storedSource } from '../source.ts';
import type { PictureIndex } from '../work/picture.ts';
import { readVectors, type VectorRow } from './vector-records.ts';

/** Options of `ImageIndex.ingestVectors`. */
export interface IngestVectorsOptions {
  /** File with one id per line, for the rows of a `.npy`. Default: `<file name>#<row>`. */
  ids?: string;
  /** Stored with every vector; those of a record take precedence. */
  fields?: Readonly<Record<string, FieldValue>>;
  /** Path of a JSON lines file for the records that can't be used. Default: none. */
  deadLetters?: string;
  signal?: AbortSignal;
  onProgress?: (progress: VectorProgress) => void;
}

/** Progress through a file of vectors. */
export interface VectorProgress extends Omit<RebuildProgress, 'stage'> {
  stage: 'vectors';
}

/** The result for a file of vectors, over all runs that it took. */
export interface IngestVectorsResult {
  added: number;
  /** Vectors that replaced one with the same id. */
  replaced: number;
  /** Records that can't be used. */
  failed: number;
  /** Rows that an earlier, interrupted run had done. */
  resumedAt: number;
  /** The first records that failed, at most 20. */
  deadLetters: readonly DeadLetter[];
  /** File with all of them; null if there is none. */
  deadLettersFile: string | null;
  seconds: number;
}

/** Options of `ImageIndex.ingestVectors`. */
export const INGEST_VECTORS_SPEC: Spec<IngestVectorsOptions> = {
  code: OPTION_INVALID,
  options: {
    ids: {
      type: 'text',
      otherwise: '`<file name>#<row>`',
      help: 'file with an id a line, for the rows of a `.npy`',
    },
    fields: { type: 'object', otherwise: 'none', help: 'stored with every vector' },
    deadLetters: {
      type: 'text',
      otherwise: 'none',
      help: "JSON lines file for the records that can't be used",
    },
    signal: SIGNAL,
    onProgress: { type: 'function', help: 'called with the progress' },
  },
};

/** Approximate characters per batch: vectors are sent to a cluster as text. */
const BATCH_CHARACTERS = 4_000_000;
const CHARACTERS_A_NUMBER = 10;
const BATCH_MOST = 1000;
/** Batches that are written concurrently. */
const CONCURRENT = 3;

/** If this many rows fail before any was indexed, the file is probably the wrong one. */
const HOPELESS = 100;

/** What is stored about a file until all of it is indexed. */
interface Checkpoint {
  rows: number;
  added: number;
  replaced: number;
  failed: number;
  letters: { bytes: number; count: number };
}

/** Where vectors go: an index of the caller's own model. */
export interface VectorTarget {
  engine: State;
  index: PictureIndex;
  space: VectorSpace;
}

/**
 * Indexes the vectors of a file, in batches. Progress is stored with the index: after an interruption or a kill, the
 * same call resumes at the last batch that was written.
 *
 * @throws {OptionError} As `readVectors`.
 * @throws {EngineError} Errors of the engine; the same call resumes.
 */
export async function ingestVectors(
  target: VectorTarget,
  path: string,
  given: IngestVectorsOptions,
): Promise<IngestVectorsResult> {
  const options = settle(INGEST_VECTORS_SPEC, given);
  const began = performance.now();
  const { engine, index, space } = target;
  const { ids = null, signal, onProgress } = options;
  await index.open();
  const key = `vectors/${await fingerprint(path, ids)}`;
  const letters = collectDeadLetters(options.deadLetters ?? null);
  const kept = (await engine.readState(index.alias, key))?.value as Checkpoint | undefined;
  const known = kept && letters.resume(kept.letters) ? kept : null;
  const done: Checkpoint = known ?? {
    ...{ rows: 0, added: 0, replaced: 0, failed: 0 },
    letters: { bytes: 0, count: 0 },
  };
  const resumedAt = done.rows;
  const length = lengthOf(space);
  const size = Math.min(
    BATCH_MOST,
    Math.max(1, Math.floor(BATCH_CHARACTERS / (length * CHARACTERS_A_NUMBER))),
  );
  const running: Promise<Written>[] = [];
  const settleFirst = async (): Promise<void> => {
    const { rows, outcomes, failures } = await running.shift()!;
    const bad = outcomes.filter(({ status }) => status >= 300 && status !== 409);
    refusePassing(bad);
    for (const { row, error } of failures) letters.add(letterOf(path, row, error));
    for (const { id, status, reason } of bad) {
      const what = `The engine refused it with ${status}: ${reason ?? 'no reason'}`;
      const error = new RecordError('REFUSED', what, 'Mend it.', { field: null, value: id });
      letters.add(letterOf(path, rows, error, id));
    }
    done.rows = rows;
    done.added += outcomes.filter(({ status }) => status === 201).length;
    done.replaced += outcomes.filter(({ status }) => status === 200 || status === 409).length;
    done.failed += failures.length + bad.length;
    done.letters = { bytes: letters.bytes, count: letters.count };
    if (done.failed === done.rows && done.failed >= HOPELESS) throw hopeless(path, letters);
    await engine.writeState(index.alias, key, done);
    onProgress?.(progressOf(done, { resumedAt, began }));
  };
  try {
    const rows = readVectors(path, { from: done.rows, length, ids });
    for await (const batch of batchesOf(rows, size)) {
      signal?.throwIfAborted();
      running.push(writeBatch(index, batch, options.fields));
      // Its error is thrown when its turn comes.
      running.at(-1)!.catch(() => undefined);
      if (running.length >= CONCURRENT) await settleFirst();
    }
    while (running.length > 0) await settleFirst();
    await engine.writeState(index.alias, key, null);
  } finally {
    await Promise.allSettled(running);
    letters.close();
  }
  const { added, replaced, failed } = done;
  return {
    ...{ added, replaced, failed, resumedAt },
    deadLetters: letters.first,
    deadLettersFile: letters.path,
    seconds: (performance.now() - began) / 1000,
  };
}

interface Written {
  /** Rows of the file that are done after this batch. */
  rows: number;
  outcomes: WriteOutcome[];
  failures: { row: number; error: RecordError }[];
}

async function writeBatch(
  index: PictureIndex,
  batch: readonly VectorRow[],
  fields: IngestVectorsOptions['fields'],
): Promise<Written> {
  const documents: ImageDocument[] = [];
  const failures: Written['failures'] = [];
  for (const item of batch) {
    try {
      if ('error' in item) throw item.error;
      const { id, content, source, fields: own } = item.record;
      const all = fields || own ? { fields: { ...fields, ...own } } : {};
      const { document } = await index.prepare(content, { id, ...all });
      documents.push(
        source === undefined ? document : { ...document, source: storedSource(source) },
      );
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      failures.push({ row: item.row, error });
    }
  }
  const outcomes = documents.length === 0 ? [] : await index.write(documents);
  return { rows: batch.at(-1)!.row, outcomes, failures };
}

async function* batchesOf(
  rows: AsyncIterable<VectorRow>,
  size: number,
): AsyncGenerator<VectorRow[]> {
  let batch: VectorRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function hopeless(path: string, letters: DeadLetters): OptionError {
  const [first] = letters.first;
  const what = `None of the first ${letters.count} rows of ${quoteValue(path)} can be used: ${first!.message}`;
  return new OptionError('VECTORS_UNREADABLE', what, 'Mend the file, or use another index.');
}

/** Throws if an engine refuses a write for now: this is no fault of the record, and the same call tries it again. */
function refusePassing(bad: readonly WriteOutcome[]): void {
  const passing = bad.find(({ status }) => status === 429 || status >= 500);
  if (!passing) return;
  const { id, status, reason } = passing;
  const what = `The engine refused ${quoteValue(id)} with ${status}: ${reason ?? 'no reason'}`;
  throw new EngineError('WRITE_REFUSED', what, 'Run it again: it goes on where it was.');
}

function letterOf(file: string, line: number, error: RecordError, id?: string): DeadLetter {
  const { code, field, value, message, hint } = error;
  return { id: id ?? null, file, line, code, field, value: quoteValue(value), message, hint };
}

/** Identifies a file in its present state: another or a changed file begins anew. */
async function fingerprint(path: string, ids: string | null): Promise<string> {
  const facts = await Promise.all(
    [path, ...(ids === null ? [] : [ids])].map(async (name) => {
      const { size = 0, mtimeMs = 0 } = await stat(name).catch(() => ({}) as never);
      return [resolve(name), size, mtimeMs];
    }),
  );
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

function progressOf(
  { rows, failed }: Checkpoint,
  { resumedAt, began }: { resumedAt: number; began: number },
): VectorProgress {
  const seconds = (performance.now() - began) / 1000;
  return {
    ...{ stage: 'vectors', done: rows, total: null, fraction: null, etaSeconds: null, failed },
    ratePerSecond: (rows - resumedAt) / seconds,
  };
}
