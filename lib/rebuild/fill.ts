import { SOURCE_VERSIONS } from '../alias/live-writes.ts';
import {
  type DocumentContext,
  type PlaceDocument,
  toPlaceDocument,
} from '../autocomplete/record/document.ts';
import type { Documents, WriteOutcome, WriteStream } from '../engines/engine.ts';
import type { SearchError } from '../errors.ts';
import { RecordError, quoteValue } from '../errors.ts';
import { type DeadLetters, deadLetterOf } from '../source/dead-letters.ts';
import { duplicateOf, FirstSeen, type RecordLines, recordLines } from '../source/record-lines.ts';
import type { RecordSource } from '../source/source.ts';
import { checkFailures } from './failure-limit.ts';
import type { Lineage } from './lineage.ts';
import type { StageMeter } from './progress.ts';
import { type LocatedRecord, readRecords } from './scan.ts';
import type { Sample, SampledDocument } from './verify.ts';

/** Records between two checkpoints. */
const CHECKPOINT_EVERY = 5000;

/** What filling a generation needs. */
export interface FillOptions {
  /** Null for a dry run: documents are built and not written. */
  generation: string | null;
  lineage: Lineage;
  context: DocumentContext;
  meter: StageMeter;
  letters: DeadLetters;
  limit: number;
  records: number;
  sample: Sample;
  /** Number of good records that an earlier run has written. */
  through: number;
  /** Called, in order, when everything up to a good record (counted from 1) is written. */
  onCheckpoint: (through: number, filled: Filled) => Promise<void>;
  signal?: AbortSignal | undefined;
}

/** Result of a fill, without what an earlier run wrote. */
export interface Filled {
  /** Documents written, including those of requests whose answers were lost. */
  documents: number;
  /** Records that became dead letters. */
  failed: number;
}

/** A document that is being written, with what is needed when its outcome arrives. */
interface Pending extends LocatedRecord {
  document: PlaceDocument;
}

/**
 * Third pass: writes a document of every good record into a building generation.
 *
 * A document's version encodes the position of its record in the source. So the first of two
 * records with one id stays, a repeated write is recognized, and live writes stay.
 *
 * @throws {RebuildError} `TOO_MANY_FAILED` as soon as the limit is exceeded.
 * @throws {EngineError} A failure that repetition does not overcome; everything up to the last
 *   checkpoint is written.
 */
export async function fillGeneration(
  engine: Documents,
  source: RecordSource,
  options: FillOptions,
): Promise<Filled> {
  const { letters, lineage, context, records, limit, sample, signal } = options;
  const lines = recordLines();
  const filled: Filled = { documents: 0, failed: 0 };
  const refuse = (error: SearchError, { record, file, line }: LocatedRecord): void => {
    filled.failed += 1;
    letters.add(deadLetterOf(error, { file, line }, record));
    checkFailures('fill', letters, { limit, records });
  };
  const sink = options.generation === null ? dryRun(lines) : writing(engine, options, lines);
  let ordinal = 0;
  let checkpoint = options.through;

  const settle = async (): Promise<void> => {
    signal?.throwIfAborted();
    const { documents, refused } = await sink.settle();
    filled.documents += documents;
    for (const { error, located } of refused) refuse(error, located);
    options.meter.report(ordinal, letters.count);
  };

  for await (const located of readRecords(source, { signal })) {
    ordinal += 1;
    lines.add(ordinal, located);
    const done = ordinal <= options.through;
    const sampled = sample.wants(ordinal);
    if (!done || sampled) {
      try {
        const parents = lineage(located.record, { counted: !done });
        const document = toPlaceDocument(located.record, { ...context, parents });
        if (sampled) sample.add(document, SOURCE_VERSIONS - ordinal);
        if (!done) await sink.add(ordinal, { ...located, document });
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        if (!done) refuse(error, located);
      }
    }
    if (ordinal - checkpoint >= CHECKPOINT_EVERY) {
      await settle();
      checkpoint = ordinal;
      await options.onCheckpoint(ordinal, filled);
    }
  }
  await settle();
  await options.onCheckpoint(ordinal, filled);
  return filled;
}

/** The documents that `fillGeneration` writes, made again, each with its version. */
export async function* documentsOf(
  source: RecordSource,
  { lineage, context, signal }: Pick<FillOptions, 'lineage' | 'context' | 'signal'>,
): AsyncGenerator<SampledDocument> {
  let ordinal = 0;
  for await (const { record } of readRecords(source, { signal })) {
    ordinal += 1;
    try {
      const parents = lineage(record, { counted: false });
      const document = toPlaceDocument(record, { ...context, parents });
      yield { document, version: SOURCE_VERSIONS - ordinal };
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
    }
  }
}

/** Writes the documents of a fill. */
interface Sink {
  add(ordinal: number, pending: Pending): Promise<void>;
  /** Waits for everything added; returns what happened since the last call. */
  settle(): Promise<{
    documents: number;
    refused: { error: RecordError; located: LocatedRecord }[];
  }>;
}

function writing(engine: Documents, options: FillOptions, lines: RecordLines): Sink {
  const generation = options.generation!;
  const pending = new Map<number, Pending>();
  let documents = 0;
  let conflicts: number[] = [];
  let refused: { error: RecordError; located: LocatedRecord }[] = [];
  const onOutcome = ({ id, status, reason }: WriteOutcome, ordinal: number): void => {
    const located = pending.get(ordinal)!;
    if (status === 409) {
      conflicts.push(ordinal);
      return;
    }
    pending.delete(ordinal);
    if (status < 300) documents += 1;
    else refused.push({ error: refusal(id, status, reason), located });
  };
  const stream: WriteStream = engine.stream(
    generation,
    onOutcome,
    options.signal ? { signal: options.signal } : {},
  );

  /** Finds out what has the id: this record itself, an earlier one, or a live write. */
  const resolveConflicts = async (): Promise<void> => {
    const ordinals = conflicts.sort((a, b) => a - b);
    conflicts = [];
    const ids = ordinals.map((ordinal) => pending.get(ordinal)!.record.id);
    const versions = ids.length === 0 ? [] : await engine.versions(generation, ids);
    ordinals.forEach((ordinal, i) => {
      const located = pending.get(ordinal)!;
      pending.delete(ordinal);
      const first = SOURCE_VERSIONS - (versions[i] ?? Infinity);
      if (first === ordinal) documents += 1;
      else if (first > 0)
        refused.push({ error: duplicateOf(located.record.id, lines.at(first)), located });
    });
  };

  return {
    async add(ordinal: number, next: Pending): Promise<void> {
      pending.set(ordinal, next);
      await stream.add({ index: next.document, version: SOURCE_VERSIONS - ordinal }, ordinal);
    },
    async settle() {
      await stream.flush();
      await resolveConflicts();
      const settled = { documents, refused };
      documents = 0;
      refused = [];
      return settled;
    },
  };
}

function dryRun(lines: RecordLines): Sink {
  const ids = new FirstSeen();
  let documents = 0;
  let refused: { error: RecordError; located: LocatedRecord }[] = [];
  return {
    add(ordinal: number, located: Pending): Promise<void> {
      const first = ids.seen(located.record.id, ordinal);
      if (first === ordinal) documents += 1;
      else refused.push({ error: duplicateOf(located.record.id, lines.at(first)), located });
      return Promise.resolve();
    },
    settle() {
      const settled = { documents, refused };
      documents = 0;
      refused = [];
      return Promise.resolve(settled);
    },
  };
}

function refusal(id: string, status: number, reason?: string): RecordError {
  const what = `The engine refused ${quoteValue(id)} with ${status}: ${reason ?? 'no reason'}`;
  return new RecordError('REFUSED', what, 'Mend the record.', { field: null, value: id });
}
