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
import { announceBuilding, replayDeletes } from '../alias/live-writes.ts';
import { keptShardNumbers, type ShardNumbers } from '../alias/shard-numbers.ts';
import { settleSwap } from '../alias/swap.ts';
import { steadyClock } from '../clock.ts';
import type { Engine } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { giveUp, isResumable } from './give-up.ts';
import type { RunOptions } from './options.ts';
import { verifyCount } from './verify.ts';

/** What a rebuild makes: places or pictures. `Outcome` is what its result tells beside `Rebuilt`. */
export interface Feature<Outcome> {
  /** What its documents are called in messages: `pictures`. */
  documents: string;
  /** What its documents are made from, beside settings, in messages: `records or outlines`. */
  ingredients: string;
  /** The create-index body of a new generation, with these shards and replicas where none were asked for. */
  indexBodyWith(kept: ShardNumbers): Record<string, unknown>;
  /** Begins the work on a generation, which is ended by `close`. */
  open(run: Run): Work<Outcome>;
}

/** One generation on its way, as its feature sees it. */
export interface Run {
  readonly generation: string;
  /** The generation that queries see; null where there is none yet. */
  readonly live: string | null;
  /** The create-index body. */
  readonly body: Record<string, unknown>;
  readonly isResumed: boolean;
  /** False where it is complete already: then it takes single writes only, no stream. */
  readonly isBuilding: boolean;
  /** What an earlier run has put in; null where it has noted nothing. */
  readonly filled: FillCheckpoint | null;
  /** @throws {RebuildError} `LEASE_LOST`. */
  check(stage: string): Promise<void>;
  /**
   * Notes how far the fill is; from the first note on the rebuild may be resumed.
   *
   * @param filled - Null where the feature finds out by itself what is in.
   * @throws {RebuildError} `LEASE_LOST`.
   */
  checkpoint(filled: FillCheckpoint | null): Promise<void>;
}

/** The work on one generation, in order: prepare, then fill, then verify. */
export interface Work<Outcome> {
  prepare(): Promise<Prepared<Outcome>>;
  close(): void;
}

/** Everything that documents are made from is read. */
export interface Prepared<Outcome> {
  /** A digest of it: two rebuilds with equal ones make equal documents. */
  fingerprint: string;
  /** Takes up what an earlier run has noted. @returns False, and changes nothing, where it can't. */
  takeUp(filled: FillCheckpoint | null): boolean;
  fill(): Promise<Filled<Outcome>>;
}

/** Everything is in. */
export interface Filled<Outcome> {
  /** Documents that the generation should hold, live writes aside. */
  documents: number;
  /** Facts that are kept with the generation. */
  meta: { records: number; failed: number };
  /** Looks into the complete generation. @throws {RebuildError} What is wrong with it. */
  verify(): Promise<void>;
  outcome(): Outcome;
}

/** What a rebuild of any feature tells. */
export interface Rebuilt {
  alias: string;
  generation: string;
  /** Whether queries see it: false with `prepareOnly`. */
  live: boolean;
  /** Whether it was begun by a rebuild that was cut off. */
  resumed: boolean;
  /** The one before it, kept for `rollback`; null where there is none, or only the note of the swap was lost. */
  previous: string | null;
  /** Generations of killed rebuilds, and one that could not be resumed, that were dropped. */
  orphansDropped: string[];
  seconds: number;
}

/** A rebuild under its lease. */
interface Session<Outcome> {
  engine: Engine;
  alias: string;
  feature: Feature<Outcome>;
  options: RunOptions;
  lease: Lease;
  log: RebuildLog;
}

/** What an attempt at one generation has led to. */
type Attempt<Outcome> = Outcome & Omit<Rebuilt, 'alias' | 'orphansDropped' | 'seconds'>;

/**
 * Builds a new generation of an alias, checks it, and moves the alias to it: lease, orphans, begin or
 * resume, announce, fill, finish, replay, verify, swap. Whatever fails on the way, the alias stays; what
 * can't be resumed is given up, and nothing of it is left.
 *
 * @throws {RebuildError} `LEASE_HELD`, `NOTHING_TO_RESUME`, `COUNT_DIFFERS`, `LEASE_LOST`, and what the feature throws.
 * @throws {EngineError} `ALIAS_MOVED` when somebody else swapped meanwhile; the new generation stays.
 */
export async function rebuild<Outcome extends object>(
  engine: Engine,
  options: RunOptions & { alias: string },
  feature: Feature<Outcome>,
): Promise<Outcome & Rebuilt> {
  const { alias, steadyNow = steadyClock } = options;
  const began = steadyNow();
  const lease = await takeLease(engine, alias, { leaseMs: options.leaseMs });
  try {
    const former = await resumableRebuild(engine, alias);
    const orphansDropped = await discardOrphans(engine, alias, former?.generation ?? null);
    const log = await openRebuildLog(engine, alias);
    const session = { engine, alias, feature, options, lease, log };
    const attempt = await resumeOrBegin(session, former);
    if (former && !attempt.resumed) orphansDropped.push(former.generation);
    return { ...attempt, alias, orphansDropped, seconds: (steadyNow() - began) / 1000 };
  } finally {
    // The engine may be out of reach; the lease then expires.
    await lease.release().catch(() => undefined);
  }
}

async function resumeOrBegin<Outcome extends object>(
  session: Session<Outcome>,
  former: RebuildState | null,
): Promise<Attempt<Outcome>> {
  const { engine, alias, feature, options, log } = session;
  const bodyOf = async (): Promise<Record<string, unknown>> =>
    feature.indexBodyWith(await keptShardNumbers(engine, alias));
  let why = `No rebuild of ${alias} was cut off`;
  if (former) {
    const { generation } = former;
    const body = await bodyOf();
    const changes = diffBodies(await engine.indexBodyOf(generation), body);
    const resumed = changes.length === 0 ? await attemptAt(session, former, { body }) : null;
    if (resumed) return resumed;
    const reasons = changes.map(({ reason }) => reason).join(', ');
    const how = reasons ? `with other settings: ${reasons}` : `from other ${feature.ingredients}`;
    why = `${generation} was begun ${how}`;
  }
  if (options.resumeOnly) {
    const hint = `${former ? 'Give the same as then, or begin anew' : 'Begin one'}: index-rebuild run.`;
    throw new RebuildError('NOTHING_TO_RESUME', why, hint, { stage: 'scan' });
  }
  if (former) await giveUp(engine, { alias, generation: former.generation }, log);
  const body = await bodyOf();
  const { name: generation, createdAt: since } = await engine.createGeneration(alias, body);
  const state = { generation, since, fingerprint: null, filled: null, complete: false };
  await log.save(state);
  return (await attemptAt(session, state, { body, isNew: true }))!;
}

/** @returns Null where the generation was begun from something else; it is as it was then. */
async function attemptAt<Outcome extends object>(
  session: Session<Outcome>,
  state: RebuildState,
  how: { body: Record<string, unknown>; isNew?: true },
): Promise<Attempt<Outcome> | null> {
  const { engine, alias, feature, options, log } = session;
  const { generation } = state;
  const live = (await aliasState(engine, alias))?.generation ?? null;
  // Live already where only the note of the swap was lost.
  const isLive = live === generation;
  const progress = { ...state };
  const run = await runOf(session, progress, { ...how, live });
  const work = feature.open(run);
  try {
    if (run.isResumed && !isLive) await engine.takeOverGeneration(generation);
    await announceBuilding(engine, alias, generation);
    const prepared = await work.prepare();
    const isSame = state.fingerprint === prepared.fingerprint && prepared.takeUp(state.filled);
    if (run.isResumed && !isSame) return null;
    progress.fingerprint = prepared.fingerprint;
    const filled = await prepared.fill();
    if (!isLive) await complete(session, progress, filled);
    const resumed = run.isResumed;
    const result = { ...filled.outcome(), generation, resumed, previous: isLive ? null : live };
    if (options.prepareOnly && !isLive) return { ...result, live: false };
    if (!isLive) {
      await run.check('swap');
      await engine.swapAlias(alias, live, generation);
    }
    const { keepFreshMs } = options;
    await settleSwap(engine, { alias, generation, log, previous: live, keepFreshMs });
    return { ...result, live: true };
  } catch (error) {
    if (!isResumable(error, options.signal)) await giveUp(engine, { alias, generation }, log);
    throw error;
  } finally {
    work.close();
  }
}

/** @param progress - How far it is: kept up to date by its checkpoints. */
async function runOf(
  { engine, alias, lease, log }: Session<unknown>,
  progress: RebuildState,
  how: { body: Record<string, unknown>; live: string | null; isNew?: true },
): Promise<Run> {
  const { generation, filled } = progress;
  const found = (await engine.generations(alias)).find(({ name }) => name === generation);
  return {
    generation,
    live: how.live,
    body: how.body,
    isResumed: !how.isNew,
    isBuilding: found?.state === 'building',
    filled,
    check: (stage) => lease.check(stage),
    async checkpoint(soFar) {
      await lease.check('fill');
      progress.filled = soFar;
      await log.save(progress);
    },
  };
}

/** Makes a filled generation ready, brings in the deletes that came meanwhile, and checks it. */
async function complete<Outcome>(
  { engine, alias, feature, options, lease, log }: Session<Outcome>,
  progress: RebuildState,
  filled: Filled<Outcome>,
): Promise<void> {
  const { generation } = progress;
  const { documents } = filled;
  await lease.check('verify');
  await engine.finishGeneration(generation, filled.meta);
  await replayDeletes(engine, alias, generation);
  await verifyCount(engine, { alias, generation }, { documents, called: feature.documents });
  await filled.verify();
  options.signal?.throwIfAborted();
  progress.complete = true;
  await log.save(progress);
}
