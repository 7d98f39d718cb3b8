import type { Generations, State } from '../engines/engine.ts';
import { type BodyChange, diffBodies } from './body-diff.ts';
import { resumableRebuild } from './checkpoint.ts';
import { aliasState } from './generations.ts';
import { leaseHolder, type LeaseHolder } from './lease.ts';
import { type ShardNumbers, shardNumbersOf } from './shard-numbers.ts';

/** What has to be done to an index so that it is as this version of suoyin makes it. */
export interface RebuildPlan {
  alias: string;
  live: string | null;
  /** What the server is that the index would be made on, such as `Elasticsearch 8.19.9`; null without one. */
  server: string | null;
  /**
   * create: there is none; none: nothing to do; update: calls on the live index will do; rebuild:
   * documents have to be made anew.
   */
  action: 'create' | 'none' | 'update' | 'rebuild';
  changes: BodyChange[];
  /** A rebuild that was cut off and may be resumed. */
  resumable: { generation: string; through: number; complete: boolean } | null;
  /** Who rebuilds now. */
  rebuilding: LeaseHolder | null;
  /** What becomes of writes while a rebuild runs. */
  writes: string;
}

const WRITES =
  'put and delete go to the live generation and to the one being built, by version; deletes are ' +
  'done again before the swap: no write is lost. Writes that pass suoyin by are lost.';

/**
 * Compares the live generation with what a rebuild would make; changes nothing. Whether the server takes such
 * an index is asked first.
 *
 * @param indexBodyWith - The create-index body, with these shards and replicas where none were asked for.
 * @throws {EngineError} `CLUSTER_UNFIT` for another product, an old version, a plugin that is missing.
 * @throws {OptionError} `MAPPING_INVALID` for what the product has not.
 */
export async function planRebuild(
  engine: Generations & State,
  alias: string,
  indexBodyWith: (kept: ShardNumbers) => Record<string, unknown>,
): Promise<RebuildPlan> {
  const server = (await engine.fitting?.(indexBodyWith({}))) ?? null;
  const live = (await aliasState(engine, alias))?.generation ?? null;
  const have = live === null ? null : await engine.indexBodyOf(live);
  const changes = have === null ? [] : diffBodies(have, indexBodyWith(shardNumbersOf(have)));
  const state = await resumableRebuild(engine, alias);
  return {
    alias,
    live,
    server,
    action: live === null ? 'create' : actionOf(changes),
    changes,
    resumable: state && {
      generation: state.generation,
      through: state.filled?.through ?? 0,
      complete: state.complete,
    },
    rebuilding: await leaseHolder(engine, alias),
    writes: WRITES,
  };
}

function actionOf(changes: readonly BodyChange[]): RebuildPlan['action'] {
  if (changes.length === 0) return 'none';
  return changes.some(({ needs }) => needs === 'rebuild') ? 'rebuild' : 'update';
}
