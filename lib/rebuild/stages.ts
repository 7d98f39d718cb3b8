import type { FillCheckpoint } from '../alias/checkpoint.ts';
import { liveWrites, replayDeletes } from '../alias/live-writes.ts';
import { type Dictionaries, loadDictionaries } from '../autocomplete/dictionaries.ts';
import { placeMapping } from '../autocomplete/mapping.ts';
import type { PlaceRecord } from '../autocomplete/place.ts';
import type { Documents, Engine } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import type { DeadLetters } from '../source/dead-letters.ts';
import type { RecordSource } from '../source/source.ts';
import { checkFailures, failureLimit, firstOf } from './failure-limit.ts';
import { fillGeneration } from './fill.ts';
import { settingsFingerprint } from './fingerprint.ts';
import { type Geography, loadGeography } from './geography.ts';
import { traceLineage } from './lineage.ts';
import { REBUILD_DEFAULTS, type RebuildOptions } from './options.ts';
import { meterStage, type RebuildStage, type StageMeter } from './progress.ts';
import { keepRecords, type Scan, scanRecords } from './scan.ts';
import { type Sample, sampleDocuments, verifyGeneration } from './verify.ts';

/** A rebuild as its stages need it. */
export interface StageOptions extends RebuildOptions {
  alias: string;
  /** Null for a dry run. */
  generation: string | null;
  letters: DeadLetters;
  /** Good records that are in already. */
  through: number;
}

/** A source after its first two passes. */
export interface ScannedSource {
  scan: Scan;
  known: ReadonlyMap<string, PlaceRecord>;
  geography: Geography;
  dictionaries: Dictionaries;
  /** Dead letters borne. */
  limit: number;
  /** Of everything that goes into documents. */
  fingerprint: string;
  /** Seconds since the first pass began. */
  elapsed: () => number;
}

/**
 * Reads the source twice: checks and counts, then gathers possible parents; loads what documents are
 * made with.
 *
 * @throws {RebuildError} `EMPTY_SOURCE`, `TOO_MANY_FAILED`.
 */
export async function scanSource(
  source: RecordSource,
  options: StageOptions,
): Promise<ScannedSource> {
  const { letters, signal } = options;
  const now = clockOf(options);
  const began = now();
  const geography = await loadGeography(options, letters);
  const scan = await scanRecords(source, {
    meter: meter('scan', null, options),
    onBad: (letter) => {
      letters.add(letter);
    },
    signal,
  });
  const { records } = scan;
  if (records === 0) refuseEmpty(options, 'scan', 'The source has no record');
  const limit = failureLimit(options.maxFailed, records);
  checkFailures('scan', letters, { limit, records });
  const known = await keepRecords(source, new Set([...scan.parentIds, ...geography.placeIds]), {
    meter: meter('parents', records, options),
    failed: letters.count,
    signal,
  });
  const readings = options.readings ?? REBUILD_DEFAULTS.readings;
  const dictionaries = await loadDictionaries({
    chinese: scan.hasHan,
    japanese: scan.hasJapanese && readings === 'dictionary',
  });
  const { warnings } = dictionaries;
  const settings = await settingsFingerprint(placeMapping(options.mapping), options, {
    readings,
    warnings,
  });
  return {
    scan,
    known,
    geography,
    dictionaries,
    limit,
    fingerprint: `${scan.digest} ${settings}`,
    elapsed: () => (now() - began) / 1000,
  };
}

/** What a fill has done, without what an earlier run did. */
export type FilledSource = Omit<FillCheckpoint, 'letters'> & { sample: Sample };

/**
 * Third pass: documents into the generation.
 *
 * @throws {RebuildError} `TOO_MANY_FAILED`, `EMPTY_SOURCE`.
 */
export async function fillFrom(
  engine: Documents,
  source: RecordSource,
  options: StageOptions,
  scanned: ScannedSource,
  onCheckpoint: (filled: Omit<FillCheckpoint, 'letters'>) => Promise<void>,
): Promise<FilledSource> {
  const { scan, limit } = scanned;
  const { records, failed } = scan;
  const { letters, generation, through, signal } = options;
  const lineage = traceLineage(scanned.known, scanned.geography);
  const sample = sampleDocuments(records);
  const filled = await fillGeneration(engine, source, {
    generation,
    lineage: lineage.parentsOf,
    context: scanned.dictionaries.context,
    meter: meter('fill', records - failed, options),
    letters,
    limit,
    records,
    sample,
    through,
    onCheckpoint: (done, so) => onCheckpoint({ through: done, ...so, parents: lineage.counts }),
    signal,
  });
  if (filled.documents === 0 && through === 0) {
    refuseEmpty(options, 'fill', `None of ${records} records was good: ${firstOf(letters)}`);
  }
  return { through: records - failed, ...filled, parents: lineage.counts, sample };
}

/**
 * Makes a filled generation ready, brings in the deletes that came meanwhile, and checks it.
 *
 * @throws {RebuildError} See `verifyGeneration`.
 */
export async function completeGeneration(
  engine: Engine,
  options: StageOptions & {
    generation: string;
    scanned: ScannedSource;
    filled: Omit<FillCheckpoint, 'letters'>;
    sample: Sample;
  },
): Promise<void> {
  const { alias, generation, letters, signal, scanned, filled, sample } = options;
  const { records } = scanned.scan;
  await engine.finishGeneration(generation, { records, failed: letters.count });
  await replayDeletes(engine, alias, generation);
  const verify = meter('verify', filled.documents, options);
  verify.report(0, letters.count);
  const { documents, failed } = filled;
  await verifyGeneration(engine, generation, {
    documents,
    failed,
    live: () => liveWrites(engine, alias, generation),
    sample: sample.documents,
    signal,
  });
  verify.report(documents, letters.count);
  signal?.throwIfAborted();
}

function meter(stage: RebuildStage, total: number | null, options: StageOptions): StageMeter {
  return meterStage(stage, { total, now: clockOf(options), onProgress: options.onProgress });
}

function clockOf({ now }: StageOptions): () => number {
  return now ?? ((): number => performance.now());
}

function refuseEmpty({ alias, allowEmpty }: StageOptions, stage: string, what: string): void {
  if (allowEmpty) return;
  const hint = `${alias} was left as it is. If it is to be empty: allowEmpty, on the command line --allow-empty.`;
  throw new RebuildError('EMPTY_SOURCE', stage, what, hint);
}
