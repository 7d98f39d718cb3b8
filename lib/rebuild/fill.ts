import { SOURCE_VERSIONS } from '../alias/live-writes.ts';
import {
  type DocumentContext,
  type PlaceDocument,
  toPlaceDocument,
} from '../autocomplete/record/document.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import type { Documents, WriteOutcome, WriteStream } from '../engines/engine.ts';
import type { SearchError } from '../errors.ts';
import { RecordError, quoteValue } from '../errors.ts';
import { type DeadLetters, deadLetterOf } from '../source/dead-letters.ts';
import { duplicateOf, FirstSeen, type RecordLines, recordLines } from '../source/record-lines.ts';
import type { RecordSource } from '../source/source.ts';
import { pagesOf } from '../source/pages.ts';
import { checkFailures } from './failure-limit.ts';
import type { Lineage } from './lineage.ts';
import type { MadeOf } from './made-of.ts';
import type { StageMeter } from './progress.ts';
import { type LocatedRecord, readRecords } from './scan.ts';
import type { Sample, SampledDocument } from './verify.ts';

/** Records between two checkpoints. */
const CHECKPOINT_EVERY = 5000;

/** Records whose documents are copied together. */
const PAGE = 500;

/** What filling a generation needs. */
export interface FillOptions {
  /** Null for a dry run: documents are built and not written. */
  generation: string | null;
  /** Generation whose documents of unchanged records are copied, with `madeOf`; null: every one is made. */
  copyFrom: string | null;
  /** What a document is noted to be made of, for later copies; null where the engine has none. */
  madeOf: MadeOf | null;
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
  /** Of the documents, those that were copied. */
  copied: number;
}

/** A record of a page, with what its document is made of. */
interface Item {
  ordinal: number;
  located: LocatedRecord;
  /** Why it has none. */
  parents: readonly PlaceRecord[] | RecordError;
  /** Null if it is not noted. */
  madeOf: string | null;
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
  const { letters, context, records, limit, sample, signal } = options;
  const lines = recordLines();
  const filled: Filled = { documents: 0, failed: 0, copied: 0 };
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
    const { documents, copied, refused } = await sink.settle();
    filled.documents += documents;
    filled.copied += copied;
    for (const { error, located } of refused) refuse(error, located);
    options.meter.report(ordinal, letters.count);
  };

  for await (const page of pagesOf(readRecords(source, { signal }), PAGE)) {
    const items = page.map((located) => {
      ordinal += 1;
      lines.add(ordinal, located);
      return itemOf(located, ordinal, options);
    });
    const copied = await sink.copy(items.filter((item) => item.ordinal > options.through));
    for (const item of items) {
      const done = item.ordinal <= options.through;
      const sampled = sample.wants(item.ordinal);
      if (done && !sampled) continue;
      if (copied.has(item.ordinal) && !sampled) continue;
      try {
        if (item.parents instanceof RecordError) throw item.parents;
        const document = toPlaceDocument(item.located.record, {
          ...context,
          parents: item.parents,
        });
        if (sampled) sample.add(document, SOURCE_VERSIONS - item.ordinal);
        if (!done && !copied.has(item.ordinal)) await sink.add(item, document);
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        if (!done) refuse(error, item.located);
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

function itemOf(
  located: LocatedRecord,
  ordinal: number,
  { through, sample, lineage, madeOf }: FillOptions,
): Item {
  const done = ordinal <= through;
  // Nobody asks.
  if (done && !sample.wants(ordinal)) return { ordinal, located, parents: [], madeOf: null };
  const { record } = located;
  try {
    const parents = lineage(record, { counted: !done });
    return { ordinal, located, parents, madeOf: madeOf?.(record, parents) ?? null };
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    return { ordinal, located, parents: error, madeOf: null };
  }
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
  /** Copies what can be. @returns Ordinals of items that are done. */
  copy(items: readonly Item[]): Promise<ReadonlySet<number>>;
  add(item: Item, document: PlaceDocument): Promise<void>;
  /** Waits for everything added; returns what happened since the last call. */
  settle(): Promise<{
    documents: number;
    copied: number;
    refused: { error: RecordError; located: LocatedRecord }[];
  }>;
}

function writing(engine: Documents, options: FillOptions, lines: RecordLines): Sink {
  const generation = options.generation!;
  const pending = new Map<number, LocatedRecord>();
  let documents = 0;
  let copied = 0;
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
    async copy(items) {
      const done = new Set<number>();
      if (options.copyFrom === null || !engine.copy) return done;
      // Of records with one id the first is written first.
      await stream.flush();
      const seen = new Map<string, number>();
      for (const { located } of items) {
        seen.set(located.record.id, (seen.get(located.record.id) ?? 0) + 1);
      }
      const asked = items.flatMap(({ ordinal, located, madeOf }) => {
        const { id } = located.record;
        if (madeOf === null || seen.get(id)! > 1) return [];
        return [{ ordinal, located, id, madeOf, version: SOURCE_VERSIONS - ordinal }];
      });
      if (asked.length === 0) return done;
      const outcomes = await engine.copy(
        options.copyFrom,
        generation,
        asked.map(({ id, madeOf, version }) => ({ id, madeOf, version })),
      );
      for (const [i, { ordinal, located }] of asked.entries()) {
        const outcome = outcomes[i];
        if (!outcome) continue;
        done.add(ordinal);
        pending.set(ordinal, located);
        if (outcome.status < 300) copied += 1;
        onOutcome(outcome, ordinal);
      }
      return done;
    },
    async add({ ordinal, located, madeOf }, document): Promise<void> {
      pending.set(ordinal, located);
      const noted = madeOf === null ? {} : { madeOf };
      await stream.add({ index: document, ...noted, version: SOURCE_VERSIONS - ordinal }, ordinal);
    },
    async settle() {
      await stream.flush();
      await resolveConflicts();
      const settled = { documents, copied, refused };
      documents = 0;
      copied = 0;
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
    copy: () => Promise.resolve(new Set<number>()),
    add({ ordinal, located }): Promise<void> {
      const first = ids.seen(located.record.id, ordinal);
      if (first === ordinal) documents += 1;
      else refused.push({ error: duplicateOf(located.record.id, lines.at(first)), located });
      return Promise.resolve();
    },
    settle() {
      const settled = { documents, copied: 0, refused };
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
