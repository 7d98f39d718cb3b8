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
import { EngineError, RebuildError } from '../errors.ts';
import { giveUp, isResumable, tellKept } from './give-up.ts';
import type { RunOptions } from './options.ts';
import { verifyCount } from './verify.ts';

/**
 * What a rebuild makes: places, pictures or notes. `Outcome` is what its result has beside
 * `Rebuilt`.
 */
export interface Feature<Outcome> {
  /** Name of its documents in messages: `pictures`. */
  documents: string;
  /** Name of the inputs of its documents, beside settings, in messages: `records or outlines`. */
  ingredients: string;
  /**
   * The create-index body of a new generation; `kept` are the shards and replicas to use if
   * options have none.
   */
  indexBodyWith(kept: ShardNumbers): Record<string, unknown>;
  /** Starts the work on a generation; `close` ends it. */
  open(run: Run): Work<Outcome>;
}

/** A generation during its rebuild, as its feature sees it. */
export interface Run {
  readonly generation: string;
  /** The live generation; null if there is none yet. */
  readonly live: string | null;
  /** The create-index body. */
  readonly body: Record<string, unknown>;
  readonly isResumed: boolean;
  /** False if it is already complete; then it takes single writes only, no stream. */
  readonly isBuilding: boolean;
  /** Checkpoint of an earlier run; null if there is none. */
  readonly filled: FillCheckpoint | null;
  /** @throws {RebuildError} `LEASE_LOST`. */
  check(stage: string): Promise<void>;
  /**
   * Stores the progress of the fill; after the first call the rebuild can be resumed.
   *
   * @param filled - Null if the feature finds out by itself what was written.
   * @throws {RebuildError} `LEASE_LOST`.
   */
  checkpoint(filled: FillCheckpoint | null): Promise<void>;
}

/** The work on one generation, in order: prepare, then fill, then verify. */
export interface Work<Outcome> {
  prepare(): Promise<Prepared<Outcome>>;
  close(): void;
}

/** State after everything that documents are made of was read. */
export interface Prepared<Outcome> {
  /** A digest of the inputs: rebuilds with equal digests make equal documents. */
  fingerprint: string;
  /**
   * Resumes at the checkpoint of an earlier run. @returns False, with nothing changed, if it
   * can't.
   */
  takeUp(filled: FillCheckpoint | null): boolean;
  fill(): Promise<Filled<Outcome>>;
}

/** State after the fill. */
export interface Filled<Outcome> {
  /** Number of documents that the generation should have, apart from live writes. */
  documents: number;
  /** Facts that are stored with the generation. */
  meta: { records: number; failed: number };
  /** Checks the complete generation. @throws {RebuildError} If it is not as it should be. */
  verify(): Promise<void>;
  outcome(): Outcome;
}

/** Result of a rebuild of any feature. */
export interface Rebuilt {
  alias: string;
  generation: string;
  /** Whether the generation is live: false with `prepareOnly`. */
  live: boolean;
  /** Whether an interrupted rebuild was resumed. */
  resumed: boolean;
  /**
   * The previous generation, kept for `rollback`; null if there is none, or if the swap was done
   * by an interrupted run.
   */
  previous: string | null;
  /** Other aliases on the live index, made by the application, that moved with the swap. */
  aliasesMoved: string[];
  /** Dropped generations: orphans of killed rebuilds, and one that could not be resumed. */
  orphansDropped: string[];
  /**
   * Generations that lost a shard with a node while they were built; each was built again on the
   * remaining nodes.
   */
  lost: string[];
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
  lost: string[];
  /** Whether the present generation has a checkpoint, from which the next run resumes. */
  isSaved: boolean;
  /** Whether the present generation was begun by an earlier run. */
  isResumed: boolean;
}

/** Result of the attempt at one generation. */
type Attempt<Outcome> = Outcome & Omit<Rebuilt, 'alias' | 'orphansDropped' | 'lost' | 'seconds'>;

/** Generations that may be lost before a rebuild gives up. */
const LOST_MAX = 3;

/**
 * Builds a new generation of an alias, checks it, and moves the alias to it: lease, orphans, begin
 * or resume, announce, fill, finish, replay, verify, swap. If any step fails the alias stays. A
 * generation that can't be resumed is given up and discarded.
 *
 * @throws {RebuildError} `LEASE_HELD`, `NOTHING_TO_RESUME`, `COUNT_DIFFERS`, `LEASE_LOST`, and what
 *   the feature throws.
 * @throws {EngineError} `ALIAS_MOVED` if the alias was moved meanwhile; the new generation stays.
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
    const begun = { lost: [], isSaved: false, isResumed: false };
    const session: Session<Outcome> = { engine, alias, feature, options, lease, log, ...begun };
    const attempt = await resumeOrBegin(session, former);
    if (former && !attempt.resumed) orphansDropped.push(former.generation);
    const seconds = (steadyNow() - began) / 1000;
    return { ...attempt, alias, orphansDropped, lost: session.lost, seconds };
  } finally {
    // If the engine can't be reached, the lease expires.
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
  let why = `There is no interrupted rebuild of ${alias}`;
  if (former) {
    const resumed = await resume(session, former, bodyOf);
    if (typeof resumed !== 'string') return resumed;
    why = resumed;
  }
  if (options.resumeOnly) {
    const hint = `${former ? 'Give the same as then, or start a new rebuild' : 'Begin one'}: index-rebuild run.`;
    throw new RebuildError('NOTHING_TO_RESUME', why, hint, { stage: 'scan' });
  }
  if (former) await giveUp(engine, { alias, generation: former.generation }, log);
  for (;;) {
    Object.assign(session, { isSaved: false, isResumed: false });
    const body = await bodyOf();
    const { name: generation, createdAt: since } = await engine.createGeneration(alias, body);
    const state = { generation, since, fingerprint: null, filled: null, complete: false };
    await log.save(state);
    const attempt = await orGiveUp(session, generation, () =>
      attemptAt(session, state, { body, isNew: true }),
    );
    if (attempt !== 'lost') return attempt!;
  }
}

/** @returns In words, why it can't be resumed, if so. */
async function resume<Outcome extends object>(
  session: Session<Outcome>,
  former: RebuildState,
  bodyOf: () => Promise<Record<string, unknown>>,
): Promise<Attempt<Outcome> | string> {
  const { engine, feature } = session;
  const { generation } = former;
  if (await engine.isLost?.(generation)) return `${generation} has lost a shard with a node`;
  const body = await bodyOf();
  const changes = diffBodies(await engine.indexBodyOf(generation), body);
  if (changes.length > 0) {
    const reasons = changes.map(({ reason }) => reason).join(', ');
    return `${generation} was begun with other settings: ${reasons}`;
  }
  Object.assign(session, { isSaved: true, isResumed: true });
  const attempt = await orGiveUp(session, generation, () => attemptAt(session, former, { body }));
  if (attempt === 'lost') return `${generation} has lost a shard with a node`;
  return attempt ?? `${generation} was begun from other ${feature.ingredients}`;
}

/**
 * Runs an attempt, and gives the generation up if it fails permanently. A generation that has lost
 * a shard is given up too; another attempt may follow, since the source is still there.
 */
async function orGiveUp<T>(
  session: Session<unknown>,
  generation: string,
  attempt: () => Promise<T>,
): Promise<T | 'lost'> {
  const { engine, alias, options, log, lost } = session;
  const { signal, onLost } = options;
  try {
    return await attempt();
  } catch (error) {
    // The engine may have seen the loss already; a second look may fail while nodes change.
    const isLost =
      (error instanceof EngineError && error.code === 'GENERATION_LOST') ||
      (await engine.isLost?.(generation));
    const again = isLost && lost.length < LOST_MAX && !signal?.aborted;
    const { isSaved, isResumed } = session;
    const isKept = !again && isResumable(error, signal, { mayPass: isSaved && !isResumed });
    if (!isKept) await giveUp(engine, { alias, generation }, log);
    else if (isSaved) tellKept(error, generation);
    if (!again) throw error;
    lost.push(generation);
    onLost?.(generation);
    return 'lost';
  }
}

/** @returns Null, with nothing changed, if the generation was begun from other inputs. */
async function attemptAt<Outcome extends object>(
  session: Session<Outcome>,
  state: RebuildState,
  how: { body: Record<string, unknown>; isNew?: true },
): Promise<Attempt<Outcome> | null> {
  const { engine, alias, feature, options, log } = session;
  const { generation } = state;
  const live = (await aliasState(engine, alias))?.generation ?? null;
  // It is already live if the earlier run was killed right after the swap.
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
    if (options.prepareOnly && !isLive) return { ...result, live: false, aliasesMoved: [] };
    let aliasesMoved: string[] = [];
    if (!isLive) {
      await run.check('swap');
      aliasesMoved = (await engine.swapAlias(alias, live, generation)).aliases ?? [];
    }
    const { keepFreshMs } = options;
    await settleSwap(engine, { alias, generation, log, previous: live, keepFreshMs });
    return { ...result, live: true, aliasesMoved };
  } finally {
    work.close();
  }
}

/** @param progress - State of the rebuild, which each checkpoint updates. */
async function runOf(
  session: Session<unknown>,
  progress: RebuildState,
  how: { body: Record<string, unknown>; live: string | null; isNew?: true },
): Promise<Run> {
  const { engine, alias, lease, log } = session;
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
      session.isSaved = true;
    },
  };
}

/** Makes a filled generation ready, repeats the deletes that came meanwhile, and checks it. */
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
