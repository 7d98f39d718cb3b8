import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  openRebuildLog,
  type RebuildLog,
  type RebuildState,
  resumableRebuild,
} from '../alias/checkpoint.ts';
import { discardOrphans } from '../alias/discard.ts';
import { aliasState } from '../alias/generations.ts';
import { type Lease, takeLease } from '../alias/lease.ts';
import { announceBuilding, liveWrites, replayDeletes } from '../alias/live-writes.ts';
import { keptShardNumbers, type ShardNumbers } from '../alias/shard-numbers.ts';
import { settleSwap } from '../alias/swap.ts';
import type { Engine, WriteOutcome } from '../engines/engine.ts';
import { EngineError, RebuildError } from '../errors.ts';
import type { ImageDocument } from '../knn/document.ts';
import { rankByVector } from '../knn/hits.ts';
import { pagesOf } from '../source/pages.ts';
import { giveUp, isResumable } from './give-up.ts';
import type { RebuildOptions } from './options.ts';
import { meterStage } from './progress.ts';

/** What a rebuild of an image index may be told. */
export interface ImageRebuildOptions extends Pick<
  RebuildOptions,
  'prepareOnly' | 'keepFreshMs' | 'leaseMs' | 'signal' | 'onProgress' | 'now'
> {
  /** Changes a document on its way, such as to vectors of another model. Default: as it is. */
  revise?: (document: ImageDocument) => ImageDocument | Promise<ImageDocument>;
  /** Share of the ten nearest by exact search that the new index has to find, 0..1. Default 0.95. */
  minRecall?: number;
}

/** What a rebuild of an image index did. */
export interface ImageRebuildResult {
  alias: string;
  generation: string;
  /** Whether queries see it: false with `prepareOnly`. */
  live: boolean;
  /** Whether it was begun by a rebuild that was cut off. */
  resumed: boolean;
  /** The one before it, kept for `rollback`. */
  previous: string;
  documents: number;
  /** Of the ten nearest of sampled pictures, the share that the new index finds; null without vectors. */
  recall: number | null;
  orphansDropped: string[];
  seconds: number;
}

export const IMAGE_REBUILD_DEFAULTS: Readonly<{ minRecall: number }> = Object.freeze({
  minRecall: 0.95,
});

/** Documents looked up at a time. */
const PAGE = 500;
/** Documents read back, and vectors searched. */
const SAMPLES = 100;
/** Neighbours that recall is measured over. */
const NEIGHBOURS = 10;

type Run = ImageRebuildOptions & {
  alias: string;
  live: string;
  state: RebuildState;
  log: RebuildLog;
  lease: Lease;
  now: () => number;
};

/**
 * Copies the live generation of an image index into a new one, checks it, and moves the alias to it.
 *
 * Queries and writes go on meanwhile; what is written goes to both. A copy that was cut off is gone
 * on with, unless settings have changed. The new index is merged and warm before it is swapped in.
 *
 * @param indexBodyWith - The create-index body of the new generation, with these shards and replicas
 *   where none were asked for.
 * @throws {RebuildError} `LEASE_HELD`, `DOCUMENT_REFUSED`, `COUNT_DIFFERS`, `DOCUMENT_DIFFERS`,
 *   `RECALL_LOW`, `LEASE_LOST`; the alias is where it was.
 * @throws {EngineError} `INDEX_NOT_FOUND`, `ALIAS_MOVED`.
 */
export async function rebuildImages(
  engine: Engine,
  alias: string,
  indexBodyWith: (kept: ShardNumbers) => Record<string, unknown>,
  options: ImageRebuildOptions = {},
): Promise<ImageRebuildResult> {
  const { leaseMs } = options;
  const now = options.now ?? ((): number => performance.now());
  const began = now();
  const lease = await takeLease(engine, alias, leaseMs === undefined ? {} : { leaseMs });
  try {
    const live = (await aliasState(engine, alias))?.generation;
    if (live === undefined) {
      const hint = 'Add pictures first: images add.';
      throw new EngineError('INDEX_NOT_FOUND', `There is no index ${alias}`, hint);
    }
    const body = indexBodyWith(await keptShardNumbers(engine, alias));
    const { state, resumed, orphansDropped, log } = await beginOrResume(engine, alias, body, live);
    const run: Run = { ...options, alias, live, state, log, lease, now };
    const { generation } = state;
    try {
      await announceBuilding(engine, alias, generation);
      const { documents, samples } = await copy(engine, run);
      await lease.check('verify');
      await engine.finishGeneration(generation, { records: documents, failed: 0 });
      await replayDeletes(engine, alias, generation);
      const recall = await verify(engine, run, documents, samples);
      await log.save({ ...state, complete: true });
      const result = {
        alias,
        generation,
        resumed,
        previous: live,
        documents,
        recall,
        orphansDropped,
      };
      const seconds = (now() - began) / 1000;
      if (options.prepareOnly) return { ...result, live: false, seconds };
      await lease.check('swap');
      await engine.swapAlias(alias, live, generation);
      const { keepFreshMs } = options;
      await settleSwap(engine, { alias, generation, log, previous: live, keepFreshMs });
      return { ...result, live: true, seconds };
    } catch (error) {
      if (!isResumable(error, options.signal)) await giveUp(engine, { alias, generation }, log);
      throw error;
    }
  } finally {
    await lease.release().catch(() => undefined);
  }
}

async function beginOrResume(
  engine: Engine,
  alias: string,
  body: Record<string, unknown>,
  live: string,
): Promise<{ state: RebuildState; resumed: boolean; orphansDropped: string[]; log: RebuildLog }> {
  const fingerprint = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const former = await resumableRebuild(engine, alias);
  const there =
    former?.fingerprint === fingerprint &&
    former.generation !== live &&
    (await engine.generations(alias)).some(
      ({ name, state }) => name === former.generation && state === 'building',
    );
  const orphansDropped = await discardOrphans(engine, alias, there ? former.generation : null);
  const log = await openRebuildLog(engine, alias);
  if (there) {
    await engine.takeOverGeneration(former.generation);
    return { state: former, resumed: true, orphansDropped, log };
  }
  const { name, createdAt } = await engine.createGeneration(alias, body);
  const state = { generation: name, since: createdAt, fingerprint, filled: null, complete: false };
  await log.save(state);
  return { state, resumed: false, orphansDropped, log };
}

/** @returns Number of documents that the live generation had, and some of them, spread evenly. */
async function copy(
  engine: Engine,
  run: Run,
): Promise<{ documents: number; samples: ImageDocument[] }> {
  const { live, state, lease, signal, now, onProgress } = run;
  const { generation } = state;
  const total = await engine.count(live);
  const meter = meterStage('fill', { total, now, onProgress });
  const refused: WriteOutcome[] = [];
  const stream = engine.stream(
    generation,
    (outcome) => {
      // 409: it is there already, or what was written meanwhile is newer.
      if (outcome.status >= 300 && outcome.status !== 409) refused.push(outcome);
    },
    signal ? { signal } : {},
  );
  const step = Math.max(1, Math.ceil(total / SAMPLES));
  const samples: ImageDocument[] = [];
  let documents = 0;
  for await (const page of pagesOf(engine.scan<ImageDocument>(live), PAGE)) {
    signal?.throwIfAborted();
    await lease.check('fill');
    const ids = page.map(({ id }) => id);
    const [here, there] = [
      await engine.versions(live, ids),
      await engine.versions(generation, ids),
    ];
    for (const [i, document] of page.entries()) {
      const version = here[i];
      // Deleted since it was read.
      if (version === null || version === undefined) continue;
      if (documents % step === 0) samples.push(document);
      documents += 1;
      if ((there[i] ?? 0) >= version) continue;
      const index = run.revise ? await run.revise(document) : document;
      await stream.add({ index, version }, documents);
    }
    meter.report(documents, refused.length);
  }
  await stream.flush();
  const [first] = refused;
  if (!first) return { documents, samples };
  const what = `${generation} refused ${refused.length} documents, the first being ${first.id}: ${first.reason ?? first.status}`;
  throw new RebuildError(
    'DOCUMENT_REFUSED',
    'fill',
    what,
    'Mend revise or the settings, and rebuild.',
  );
}

/** @returns The recall of the new index. */
async function verify(
  engine: Engine,
  run: Run,
  documents: number,
  samples: readonly ImageDocument[],
): Promise<number | null> {
  const { alias, live, state, signal, minRecall = IMAGE_REBUILD_DEFAULTS.minRecall } = run;
  const { generation } = state;
  const count = await engine.count(generation);
  const writes = await liveWrites(engine, alias, generation);
  if (writes.any ? count < documents - writes.deletes : count !== documents) {
    throw fault('COUNT_DIFFERS', `${generation} holds ${count} pictures and not ${documents}`);
  }
  if (!run.revise) {
    for (const document of samples) {
      signal?.throwIfAborted();
      const copied = await engine.get<ImageDocument>(generation, document.id);
      if (isDeepStrictEqual(copied, document)) continue;
      const now = await engine.get<ImageDocument>(live, document.id);
      // Written or deleted meanwhile.
      if (!isDeepStrictEqual(now, document)) continue;
      throw fault('DOCUMENT_DIFFERS', `${generation} does not give ${document.id} back as it was`);
    }
  }
  const recall = await recallOf(engine, generation, samples, signal);
  if (recall === null || recall >= minRecall) return recall;
  const what = `${generation} finds ${recall.toFixed(3)} of the nearest pictures, under ${minRecall}`;
  throw fault('RECALL_LOW', what);
}

async function recallOf(
  engine: Engine,
  generation: string,
  samples: readonly ImageDocument[],
  signal: AbortSignal | undefined,
): Promise<number | null> {
  let found = 0;
  let wanted = 0;
  for (const { id } of samples) {
    signal?.throwIfAborted();
    const vector = (await engine.get<ImageDocument>(generation, id))?.vector;
    if (!vector) continue;
    const search = { vectors: [vector], limit: NEIGHBOURS };
    const distances = async (exact: boolean): Promise<number[]> => {
      const how = exact ? { ...search, exact } : search;
      const { space, documents } = await engine.nearest(generation, how);
      const hits = rankByVector(space, documents, [vector]).slice(0, NEIGHBOURS);
      return hits.map(({ distance }) => distance);
    };
    const nearest = await distances(true);
    const farthest = nearest.at(-1) ?? 0;
    wanted += nearest.length;
    // By distance: of pictures that are as near, any will do.
    found += (await distances(false)).filter((distance) => distance <= farthest).length;
  }
  return wanted === 0 ? null : found / wanted;
}

function fault(code: string, what: string): RebuildError {
  const hint = 'The old generation still answers; rebuild, and report it if it comes again.';
  return new RebuildError(code, 'verify', what, hint);
}
