import { join } from 'node:path';
import { placeMapping } from '../autocomplete/mapping.ts';
import type { Engine } from '../engines/engine.ts';
import { OptionError, RebuildError, quoteValue } from '../errors.ts';
import { type DeadLetter, type DeadLetters, collectDeadLetters } from './dead-letters.ts';
import { loadDictionaries, type ReadingSource } from './dictionaries.ts';
import { checkFailures, checkMaxFailed, failureLimit } from './failure-limit.ts';
import { fillGeneration } from './fill.ts';
import { aliasState, dropOrphans } from './generations.ts';
import { type GeographySource, loadGeography } from './geography.ts';
import { takeLease, type Lease } from './lease.ts';
import { type LineageCounts, traceLineage } from './lineage.ts';
import {
  meterStage,
  type RebuildProgress,
  type RebuildStage,
  type StageMeter,
} from './progress.ts';
import { keepRecords, scanRecords } from './scan.ts';
import { openSource, type PlaceRecordSource, type RecordSource } from './source.ts';
import { sampleDocuments, verifyGeneration } from './verify.ts';

/** What a rebuild may be told. Everything is optional. */
export interface RebuildOptions extends GeographySource {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /** Folder of the lease and of dead letters; null for neither. */
  dataDir?: string | null;
  /** File of dead letters. Default `<dataDir>/dead-letters/<generation>.jsonl`. */
  deadLetters?: string;
  /** Dead letters borne: under 1 a share of the records, from 1 on a count. Default 0.001. */
  maxFailed?: number;
  /** Swap in an index without any place. Default false. */
  allowEmpty?: boolean;
  /** Read, check and build everything, write nothing. Default false. */
  dryRun?: boolean;
  /**
   * Readings of Japanese names that list none: `dictionary` asks kuromoji (a second and 300 MB once
   * it is needed), `data` leaves them out. Default `dictionary`.
   */
  readings?: ReadingSource;
  /** Stops the rebuild; the old generation goes on answering. */
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  now?: () => number;
}

/** What a rebuild did. */
export interface RebuildResult {
  alias: string;
  /** The generation that is live now; null after a dry run. */
  generation: string | null;
  /** The one before it, kept for `rollback`. */
  previous: string | null;
  /** Records read, good and bad. */
  records: number;
  /** Places in the new generation. */
  documents: number;
  /** Dead letters: records, boundaries and corrections that did not go in. */
  failed: number;
  /** The first of them, at most 20. */
  deadLetters: readonly DeadLetter[];
  /** File of all of them, null where there were none. */
  deadLettersFile: string | null;
  /** Where parents came from, in places. */
  parents: LineageCounts;
  /** Half-filled generations of killed rebuilds that were dropped. */
  orphansDropped: string[];
  /** What was done without, such as a dictionary. */
  warnings: string[];
  seconds: number;
}

/** Defaults of a rebuild. */
export const REBUILD_DEFAULTS: Readonly<{
  alias: string;
  maxFailed: number;
  readings: ReadingSource;
}> = Object.freeze({
  alias: 'places',
  /** One record in a thousand. */
  maxFailed: 0.001,
  readings: 'dictionary',
});

/** Same rule as for the names of OpenSearch indexes, shorter by the generation's number. */
const ALIAS = /^[a-z0-9][a-z0-9._-]{0,180}$/;

/**
 * Builds a new generation of a place index from its source, checks it, and moves the alias to it.
 *
 * Queries go on with the old generation until the new one is complete; on any failure, an abort or
 * a kill the alias stays. What is written to the alias meanwhile is not in the new generation.
 *
 * @param source - Read three times, or four where ids come twice.
 * @throws {OptionError} Before anything is made.
 * @throws {RebuildError} `LEASE_HELD`, `EMPTY_SOURCE`, `TOO_MANY_FAILED`, `COUNT_DIFFERS`,
 *   `DOCUMENT_DIFFERS`, `CANARY_FAILED`, `LEASE_LOST`, `SOURCE_CHANGED`; `aliasMoved` is false.
 * @throws {RecordError} `TRUNCATED_GZIP` or `CORRUPT_GZIP`: the rest of the source is unknown.
 * @throws {EngineError} `ALIAS_MOVED` when somebody else swapped meanwhile; the new generation stays.
 */
export async function rebuildPlaces(
  engine: Engine,
  source: PlaceRecordSource,
  options: RebuildOptions = {},
): Promise<RebuildResult> {
  const alias = options.alias ?? REBUILD_DEFAULTS.alias;
  if (!ALIAS.test(alias)) {
    const hint = 'Use lower-case letters, digits, dots, hyphens and underscores.';
    throw new OptionError('ALIAS_INVALID', `${quoteValue(alias)} is no name for an alias`, hint);
  }
  checkMaxFailed(options.maxFailed ?? REBUILD_DEFAULTS.maxFailed);
  const opened = await openSource(source);
  const dataDir = options.dataDir ?? null;
  const lease = dataDir === null || options.dryRun ? null : await takeLease(dataDir, alias);
  try {
    return await runUnderLease(engine, opened, { ...options, alias, dataDir, lease });
  } finally {
    await lease?.release();
  }
}

interface RunOptions extends RebuildOptions {
  alias: string;
  dataDir: string | null;
  lease: Lease | null;
}

async function runUnderLease(
  engine: Engine,
  source: RecordSource,
  options: RunOptions,
): Promise<RebuildResult> {
  const { alias, lease, dataDir } = options;
  const orphansDropped = lease === null ? [] : await dropOrphans(engine, alias);
  const before = await aliasState(engine, alias);
  const generation = options.dryRun
    ? null
    : (await engine.createGeneration(alias, { ...placeMapping() })).name;
  const file =
    dataDir && join(dataDir, 'dead-letters', `${generation ?? `${alias}-dry-run`}.jsonl`);
  const letters = collectDeadLetters(options.deadLetters ?? file);
  try {
    const built = await buildGeneration(engine, source, { ...options, generation, letters });
    if (generation !== null) {
      await lease?.check('swap');
      await engine.swapAlias(alias, before?.generation ?? null, generation);
    }
    return {
      alias,
      generation,
      previous: before?.generation ?? null,
      ...built,
      failed: letters.count,
      deadLetters: letters.first,
      deadLettersFile: letters.path,
      orphansDropped,
    };
  } catch (error) {
    if (generation !== null) await dropUnfinished(engine, generation);
    throw error;
  } finally {
    letters.close();
  }
}

type Built = Pick<RebuildResult, 'records' | 'documents' | 'parents' | 'warnings' | 'seconds'>;

async function buildGeneration(
  engine: Engine,
  source: RecordSource,
  options: RunOptions & { generation: string | null; letters: DeadLetters },
): Promise<Built> {
  const { generation, letters, signal, alias } = options;
  const now = options.now ?? ((): number => performance.now());
  const began = now();
  const meter = (stage: RebuildStage, total: number | null): StageMeter =>
    meterStage(stage, { total, now, onProgress: options.onProgress });

  const geography = await loadGeography(options, letters);
  const onBad = (letter: DeadLetter): void => {
    letters.add(letter);
  };
  const scan = await scanRecords(source, { meter: meter('scan', null), onBad, signal });
  const { records } = scan;
  if (records === 0 && !options.allowEmpty) throw empty(alias, 'scan', 'The source has no record');
  const limit = failureLimit(options.maxFailed ?? REBUILD_DEFAULTS.maxFailed, records);
  checkFailures('scan', letters, { limit, records });

  const wanted = new Set([...scan.parentIds, ...geography.placeIds]);
  const known = await keepRecords(source, wanted, {
    meter: meter('parents', records),
    failed: letters.count,
    signal,
  });
  const dictionaries = await loadDictionaries({
    chinese: scan.hasHan,
    japanese: scan.lacksReading && (options.readings ?? REBUILD_DEFAULTS.readings) === 'dictionary',
  });
  const lineage = traceLineage(known, geography);
  const sample = sampleDocuments(records);
  const refused = await fillGeneration(engine, source, {
    generation,
    lineage: lineage.parentsOf,
    context: dictionaries.context,
    meter: meter('fill', records - scan.failed),
    letters,
    limit,
    records,
    sample,
    signal,
  });
  const documents = records - scan.failed - refused;
  if (documents === 0 && !options.allowEmpty) throw empty(alias, 'fill', 'No record was good');
  if (generation !== null) {
    await engine.finishGeneration(generation, { records, failed: letters.count });
    const verify = meter('verify', documents);
    verify.report(0, letters.count);
    await verifyGeneration(engine, generation, {
      count: documents,
      sample: sample.documents,
      signal,
    });
    verify.report(documents, letters.count);
    signal?.throwIfAborted();
  }
  return {
    records,
    documents,
    parents: lineage.counts,
    warnings: dictionaries.warnings,
    seconds: (now() - began) / 1000,
  };
}

function empty(alias: string, stage: string, what: string): RebuildError {
  const hint = `${alias} was left as it is; allow an empty index if you mean it.`;
  return new RebuildError('EMPTY_SOURCE', stage, what, hint);
}

/** Best effort: what stays behind is an orphan, which the next rebuild or gc drops. */
async function dropUnfinished(engine: Engine, generation: string): Promise<void> {
  try {
    const found = (await engine.generations()).find((g) => g.name === generation);
    // Refused where the alias is there already.
    if (found) await engine.dropGeneration(generation);
  } catch {
    return;
  }
}
