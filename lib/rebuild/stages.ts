import type { FillCheckpoint } from '../alias/checkpoint.ts';
import { type Dictionaries, loadDictionaries } from '../autocomplete/dictionaries.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import type { Documents } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import type { DeadLetters } from '../source/dead-letters.ts';
import type { RecordSource } from '../source/source.ts';
import { checkFailures, failureLimit, firstOf } from './failure-limit.ts';
import { withCountries } from './countries.ts';
import { documentsOf, fillGeneration } from './fill.ts';
import { type Geography, loadGeography } from './geography.ts';
import { traceLineage } from './lineage.ts';
import { madeOf } from './made-of.ts';
import { REBUILD_DEFAULTS, type RebuildOptions } from './options.ts';
import { meterStage } from './progress.ts';
import { keepRecords, type Scan, scanRecords } from './scan.ts';
import { type SampledDocument, sampleDocuments } from './verify.ts';

/** A source after its first two passes. */
export interface ScannedSource {
  source: RecordSource;
  scan: Scan;
  known: ReadonlyMap<string, PlaceRecord>;
  geography: Geography;
  dictionaries: Dictionaries;
  /** Dead letters tolerated. */
  limit: number;
}

/**
 * Reads the source twice: first checks and counts, then collects possible parents. Loads the
 * dictionaries and readings for documents.
 *
 * @throws {RebuildError} `EMPTY_SOURCE`, `TOO_MANY_FAILED`.
 */
export async function scanSource(
  given: RecordSource,
  letters: DeadLetters,
  options: RebuildOptions,
): Promise<ScannedSource> {
  const { signal, maxFailed, readings = REBUILD_DEFAULTS.readings, jyutping = false } = options;
  const geography = await loadGeography(options, letters);
  const source = withCountries(given, geography.boundaries);
  const scan = await scanRecords(source, {
    meter: meterStage('scan', null, options),
    onBad: (letter) => {
      letters.add(letter);
    },
    signal,
  });
  const { records } = scan;
  if (records === 0) refuseEmpty(options, 'scan', 'The source has no record');
  const limit = failureLimit(maxFailed, records);
  checkFailures('scan', letters, { limit, records });
  const known = await keepRecords(source, new Set([...scan.parentIds, ...geography.placeIds]), {
    meter: meterStage('parents', records, options),
    failed: letters.count,
    signal,
  });
  const dictionaries = await loadDictionaries({
    chinese: scan.hasHan,
    japanese: scan.hasJapanese && readings === 'dictionary',
    cantonese: jyutping,
  });
  return { source, scan, known, geography, dictionaries, limit };
}

/** Progress of a fill. */
export type Filling = Omit<FillCheckpoint, 'letters'>;

/**
 * Third pass: documents into the generation.
 *
 * @param into - generation: null for a dry run. through: number of good records that an earlier run
 *   has written. copyFrom: generation whose documents of unchanged records are copied. onCheckpoint: called with what this run has written so far.
 * @returns What this run has written, and an evenly spread sample of documents.
 * @throws {RebuildError} `TOO_MANY_FAILED`, `EMPTY_SOURCE`.
 */
export async function fillFrom(
  engine: Documents,
  scanned: ScannedSource,
  into: {
    generation: string | null;
    through: number;
    letters: DeadLetters;
    copyFrom?: string | null;
    onCheckpoint?: (filling: Filling) => Promise<void>;
  },
  options: RebuildOptions,
): Promise<Filling & { sample: readonly SampledDocument[] }> {
  const { source, limit, dictionaries } = scanned;
  const { records, failed } = scanned.scan;
  const { generation, through, letters, copyFrom = null, onCheckpoint } = into;
  const { readings = REBUILD_DEFAULTS.readings, jyutping = false } = options;
  const noted = engine.copy && madeOf(dictionaries.context, { readings, jyutping });
  const lineage = traceLineage(scanned.known, scanned.geography);
  const sample = sampleDocuments(records);
  const filled = await fillGeneration(engine, source, {
    generation,
    copyFrom,
    madeOf: noted ?? null,
    lineage: lineage.parentsOf,
    context: dictionaries.context,
    meter: meterStage('fill', records - failed, options),
    letters,
    limit,
    records,
    sample,
    through,
    async onCheckpoint(done, so) {
      await onCheckpoint?.({ through: done, ...so, parents: lineage.counts });
    },
    signal: options.signal,
  });
  if (filled.documents === 0 && through === 0) {
    refuseEmpty(options, 'fill', `None of ${records} records was good: ${firstOf(letters)}`);
  }
  const { documents } = sample;
  return { through: records - failed, ...filled, parents: lineage.counts, sample: documents };
}

/** Every document that a fill makes of a source, each with its version. */
export function documentsFrom(
  { source, known, geography, dictionaries }: ScannedSource,
  signal: AbortSignal | undefined,
): AsyncIterable<SampledDocument> {
  const lineage = traceLineage(known, geography).parentsOf;
  return documentsOf(source, { lineage, context: dictionaries.context, signal });
}

/** The sum of what an earlier run and this one have written. */
export function sumOf(before: Filling | null, filling: Filling): Filling {
  const { through, documents, copied = 0, failed, parents } = filling;
  if (!before) return { through, documents, copied, failed, parents };
  const sum = Object.entries(parents).map(([from, n]) => [from, n + before.parents[from]!]);
  return {
    through,
    documents: documents + before.documents,
    copied: copied + (before.copied ?? 0),
    failed: failed + before.failed,
    parents: Object.fromEntries(sum) as Record<string, number>,
  };
}

function refuseEmpty(
  { alias = REBUILD_DEFAULTS.alias, allowEmpty }: RebuildOptions,
  stage: string,
  what: string,
): void {
  if (allowEmpty) return;
  const hint = `${alias} was left unchanged. To make it empty: allowEmpty, on the command line --allow-empty.`;
  throw new RebuildError('EMPTY_SOURCE', what, hint, { stage });
}
