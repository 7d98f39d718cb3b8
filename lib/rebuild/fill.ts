import {
  type DocumentContext,
  type PlaceDocument,
  toPlaceDocument,
} from '../autocomplete/document.ts';
import type { Engine } from '../engines/engine.ts';
import { RecordError, SearchError, quoteValue } from '../errors.ts';
import { type DeadLetters, deadLetterOf } from './dead-letters.ts';
import { checkFailures } from './failure-limit.ts';
import type { Lineage } from './lineage.ts';
import type { StageMeter } from './progress.ts';
import { type LocatedRecord, readRecords } from './scan.ts';
import type { RecordSource } from './source.ts';
import type { Sample } from './verify.ts';

/** Documents written at once. */
const BATCH = 500;

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
  signal?: AbortSignal | undefined;
}

interface Built extends LocatedRecord {
  document: PlaceDocument;
}

/**
 * Third pass: a document of every good record into a building generation.
 *
 * @returns How many records became dead letters in this pass.
 * @throws {RebuildError} `TOO_MANY_FAILED` as soon as they are.
 */
export async function fillGeneration(
  engine: Engine,
  source: RecordSource,
  options: FillOptions,
): Promise<number> {
  const { letters, lineage, context, records, limit, signal } = options;
  const duplicates: LocatedRecord[] = [];
  const seen = options.generation === null ? new Set<string>() : null;
  let failed = 0;
  let done = 0;
  let batch: Built[] = [];

  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    for (const refused of await writeBatch(engine, options.generation, batch, options.sample)) {
      failed += 1;
      if (refused.error === null) duplicates.push(refused.built);
      else letters.add(deadLetterOf(refused.error, refused.built, refused.built.record));
    }
    batch = [];
    options.meter.report(done, letters.count + duplicates.length);
    if (letters.count + duplicates.length > limit) {
      await nameDuplicates(source, duplicates.splice(0), letters);
      checkFailures('fill', letters, { limit, records });
    }
  };

  for await (const located of readRecords(source, { signal })) {
    done += 1;
    const { record } = located;
    if (seen?.has(record.id)) {
      failed += 1;
      duplicates.push(located);
      continue;
    }
    seen?.add(record.id);
    try {
      const parents = lineage(record);
      const document = toPlaceDocument(record, { ...context, parents });
      batch.push({ ...located, document });
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
      failed += 1;
      letters.add(deadLetterOf(error, located, record));
    }
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  await nameDuplicates(source, duplicates, letters);
  checkFailures('fill', letters, { limit, records });
  return failed;
}

/** `error` null stands for an id that was there already. */
interface Refused {
  built: Built;
  error: RecordError | null;
}

async function writeBatch(
  engine: Engine,
  generation: string | null,
  batch: readonly Built[],
  sample: Sample,
): Promise<Refused[]> {
  if (generation === null || batch.length === 0) return [];
  const operations = batch.map(({ document }) => ({ index: document }));
  const outcomes = await engine.write(generation, operations, { create: true });
  const refused: Refused[] = [];
  outcomes.forEach(({ id, status, reason }, i) => {
    const built = batch[i]!;
    if (status < 300) sample.offer(built.document);
    else if (status === 409) refused.push({ built, error: null });
    else {
      const what = `The engine refused ${quoteValue(id)} with ${status}: ${reason ?? 'no reason'}`;
      const hint = 'Mend the record.';
      refused.push({ built, error: new RecordError('REFUSED', null, id, what, hint) });
    }
  });
  return refused;
}

/**
 * Dead letters of duplicates, each naming where the first record of its id stands.
 *
 * Which ids come twice is known from the engine alone, so that no list of all ids is kept; a source
 * with duplicates is read once more for their firsts.
 */
async function nameDuplicates(
  source: RecordSource,
  duplicates: readonly LocatedRecord[],
  letters: DeadLetters,
): Promise<void> {
  if (duplicates.length === 0) return;
  const wanted = new Set(duplicates.map(({ record }) => record.id));
  const firsts = new Map<string, LocatedRecord>();
  for await (const located of readRecords(source)) {
    const { id } = located.record;
    if (wanted.has(id) && !firsts.has(id)) firsts.set(id, located);
    if (firsts.size === wanted.size) break;
  }
  for (const { record, file, line } of duplicates) {
    const first = firsts.get(record.id);
    const what = `id ${quoteValue(record.id)} is taken by line ${first?.line} of ${first?.file}`;
    const hint = 'Give each place its own id, or remove one of the two records.';
    const error = new RecordError('DUPLICATE_ID', 'id', record.id, what, hint);
    letters.add(deadLetterOf(error, { file, line }, record));
  }
}
