import { diffBodies } from '../alias/body-diff.ts';
import {
  type FillCheckpoint,
  openRebuildLog,
  type RebuildLog,
  type RebuildState,
  resumableRebuild,
} from '../alias/checkpoint.ts';
import { discardOrphans } from '../alias/discard.ts';
import { aliasState } from '../alias/generations.ts';
import { type Lease, takeLease } from '../alias/lease.ts';
import { announceBuilding } from '../alias/live-writes.ts';
import { keptShardNumbers } from '../alias/shard-numbers.ts';
import { settleSwap } from '../alias/swap.ts';
import { placeMapping, type PlaceMappingOptions } from '../autocomplete/mapping.ts';
import { checkAlias } from '../engines/alias.ts';
import type { Engine } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { type DeadLetters, collectDeadLetters, lettersPath } from '../source/dead-letters.ts';
import { openSource, type PlaceRecordSource, type RecordSource } from '../source/source.ts';
import { checkMaxFailed } from './failure-limit.ts';
import { giveUp, isResumable } from './give-up.ts';
import type { LineageCounts } from './lineage.ts';
import { REBUILD_DEFAULTS, type RebuildOptions, type RebuildResult } from './options.ts';
import { completeGeneration, fillFrom, type ScannedSource, scanSource } from './stages.ts';

/**
 * Builds a new generation of a place index from its source, checks it, and moves the alias to it.
 *
 * Queries go on with the old generation until the new one is complete; on any failure, an abort or
 * a kill the alias stays. What is put or deleted meanwhile is in the new generation too. A rebuild
 * that was cut off is taken up where its last checkpoint was, as long as source, outlines,
 * corrections, options and mapping are the same; else it is begun anew, or with `resumeOnly` refused.
 *
 * @param source - Read three times, or four where ids come twice.
 * @throws {OptionError} Before anything is made.
 * @throws {RebuildError} `LEASE_HELD`, `NOTHING_TO_RESUME`, `EMPTY_SOURCE`, `TOO_MANY_FAILED`, `COUNT_DIFFERS`,
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
  checkAlias(alias);
  checkMaxFailed(options.maxFailed ?? REBUILD_DEFAULTS.maxFailed);
  const opened = await openSource(source);
  const dataDir = options.dataDir ?? null;
  const run = { ...options, alias, dataDir };
  if (options.dryRun) return dryRun(engine, opened, run);
  const { leaseMs } = options;
  const lease = await takeLease(engine, alias, leaseMs === undefined ? {} : { leaseMs });
  try {
    return await runUnderLease(engine, opened, { ...run, lease });
  } finally {
    // The engine may be out of reach; the lease then expires.
    await lease.release().catch(() => undefined);
  }
}

interface RunOptions extends RebuildOptions {
  alias: string;
  dataDir: string | null;
}

async function dryRun(
  engine: Engine,
  source: RecordSource,
  options: RunOptions,
): Promise<RebuildResult> {
  const letters = collectDeadLetters(lettersFile(engine, options, `${options.alias}-dry-run`));
  try {
    const stages = { ...options, letters, generation: null, through: 0 };
    const scanned = await scanSource(source, stages);
    const filled = await fillFrom(engine, source, stages, scanned, () => Promise.resolve());
    const previous = (await aliasState(engine, options.alias))?.generation ?? null;
    return resultOf(options, letters, scanned, { ...filled, generation: null, previous });
  } finally {
    letters.close();
  }
}

async function runUnderLease(
  engine: Engine,
  source: RecordSource,
  options: RunOptions & { lease: Lease },
): Promise<RebuildResult> {
  const { alias } = options;
  const former = await resumableRebuild(engine, alias);
  const orphansDropped = await discardOrphans(engine, alias, former?.generation ?? null);
  const log = await openRebuildLog(engine, alias);
  const run = { ...options, log, orphansDropped };
  if (former) {
    const result = await attempt(engine, source, run, former);
    if (result) return result;
  }
  if (options.resumeOnly) {
    const what = `No rebuild of ${alias} was cut off`;
    throw new RebuildError('NOTHING_TO_RESUME', 'scan', what, 'Begin one: index-rebuild run.');
  }
  return (await attempt(engine, source, run, null))!;
}

function begunOtherwise(generation: string, how: string): RebuildError {
  const hint = 'Give the same as then, or begin anew: index-rebuild run.';
  return new RebuildError('NOTHING_TO_RESUME', 'scan', `${generation} was begun ${how}`, hint);
}

type Attempt = RunOptions & { lease: Lease; log: RebuildLog; orphansDropped: string[] };

/** @returns Null when what was begun before can't be gone on with; nothing of it is left then. */
async function attempt(
  engine: Engine,
  source: RecordSource,
  options: Attempt,
  former: RebuildState | null,
): Promise<RebuildResult | null> {
  const { alias, log, lease } = options;
  const before = (await aliasState(engine, alias))?.generation ?? null;
  const mapping = { ...(await keptShardNumbers(engine, alias)), ...options.mapping };
  if (former && (await differs(engine, former.generation, { ...options, mapping }))) {
    await giveUp(engine, { alias, generation: former.generation }, log);
    return null;
  }
  const state = former ?? (await begin(engine, alias, log, mapping));
  const { generation } = state;
  const isLive = before === generation;
  // What an earlier run has reported is in its file; whether that fits is known after the scan.
  const letters = collectDeadLetters(former ? null : lettersFile(engine, options, generation));
  const kept = former ? collectDeadLetters(lettersFile(engine, options, generation)) : letters;
  try {
    if (former && !isLive) await engine.takeOverGeneration(generation);
    await announceBuilding(engine, alias, generation);
    const through = state.filled?.through ?? 0;
    const stages = { ...options, mapping, letters, generation, through };
    const scanned = await scanSource(source, stages);
    const same = former?.filled && former.fingerprint === scanned.fingerprint;
    if (former && !(same && kept.resume(former.filled!.letters))) {
      if (options.resumeOnly) {
        throw begunOtherwise(generation, 'from other records, outlines, corrections or readings');
      }
      await giveUp(engine, { alias, generation }, log);
      return null;
    }
    const done = { ...stages, letters: kept };
    const save = (soFar: Omit<FillCheckpoint, 'letters'>, complete: boolean): Promise<void> => {
      const filled = { ...soFar, letters: { bytes: kept.bytes, count: kept.count } };
      return log.save({ ...state, fingerprint: scanned.fingerprint, filled, complete });
    };
    const filled = await fillFrom(engine, source, done, scanned, async (checkpoint) => {
      await lease.check('fill');
      await save(sumOf(state.filled, checkpoint), state.complete);
    });
    const total = sumOf(state.filled, filled);
    if (!isLive) {
      await completeGeneration(engine, { ...done, scanned, filled: total, sample: filled.sample });
      await save(total, true);
    }
    const built = { ...total, generation, previous: isLive ? null : before };
    const result = resultOf({ ...options, resumed: former !== null }, kept, scanned, built);
    if (options.prepareOnly && !isLive) return { ...result, live: false };
    if (!isLive) {
      await lease.check('swap');
      await engine.swapAlias(alias, before, generation);
    }
    await settleSwap(engine, {
      alias,
      generation,
      log,
      previous: before,
      keepFreshMs: options.keepFreshMs,
    });
    return result;
  } catch (error) {
    if (!isResumable(error, options.signal)) await giveUp(engine, { alias, generation }, log);
    throw error;
  } finally {
    kept.close();
    letters.close();
  }
}

/** Whether the index of a generation is made otherwise than asked. */
async function differs(
  engine: Engine,
  generation: string,
  { mapping, resumeOnly }: RebuildOptions,
): Promise<boolean> {
  const changes = diffBodies(await engine.indexBodyOf(generation), { ...placeMapping(mapping) });
  if (changes.length === 0) return false;
  if (!resumeOnly) return true;
  const reasons = changes.map(({ reason }) => reason).join(', ');
  throw begunOtherwise(generation, `with other settings: ${reasons}`);
}

async function begin(
  engine: Engine,
  alias: string,
  log: RebuildLog,
  mapping: PlaceMappingOptions,
): Promise<RebuildState> {
  const { name, createdAt } = await engine.createGeneration(alias, { ...placeMapping(mapping) });
  const state = {
    generation: name,
    since: createdAt,
    fingerprint: null,
    filled: null,
    complete: false,
  };
  await log.save(state);
  return state;
}

function lettersFile(engine: Engine, options: RunOptions, generation: string): string | null {
  const { deadLetters, dataDir } = options;
  return deadLetters ?? (dataDir && lettersPath(dataDir, engine, generation));
}

function sumOf(
  before: FillCheckpoint | null,
  filled: Omit<FillCheckpoint, 'letters'>,
): Omit<FillCheckpoint, 'letters'> {
  const { through, documents, failed, parents } = filled;
  if (!before) return { through, documents, failed, parents };
  const sum = Object.entries(parents).map(([from, n]) => [from, n + before.parents[from]!]);
  return {
    through,
    documents: documents + before.documents,
    failed: failed + before.failed,
    parents: Object.fromEntries(sum) as Record<string, number>,
  };
}

function resultOf(
  options: RunOptions & { orphansDropped?: string[]; resumed?: boolean },
  letters: DeadLetters,
  scanned: ScannedSource,
  built: Omit<FillCheckpoint, 'letters'> & { generation: string | null; previous: string | null },
): RebuildResult {
  const { generation, previous, documents, parents } = built;
  return {
    alias: options.alias,
    generation,
    live: generation !== null,
    resumed: options.resumed ?? false,
    previous,
    records: scanned.scan.records,
    documents,
    failed: letters.count,
    deadLetters: letters.first,
    deadLettersFile: letters.path,
    parents: parents as LineageCounts,
    orphansDropped: options.orphansDropped ?? [],
    warnings: scanned.dictionaries.warnings,
    seconds: scanned.elapsed(),
  };
}
