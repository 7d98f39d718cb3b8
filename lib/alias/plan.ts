import type { Generations, State } from '../engines/engine.ts';
import { type BodyChange, diffBodies } from './body-diff.ts';
import { resumableRebuild } from './checkpoint.ts';
import { aliasState } from './generations.ts';
import { leaseHolder, type LeaseHolder } from './lease.ts';
import { type ShardNumbers, shardNumbersOf } from './shard-numbers.ts';

/** What to do with an index so that it is as this version of suoyin would make it. */
export interface RebuildPlan {
  alias: string;
  live: string | null;
  /** Product and version of the server, such as `Elasticsearch 8.19.9`; null without one. */
  server: string | null;
  /** Features that the server lacks, in sentences. */
  notices: string[];
  /**
   * create: there is no index. none: nothing to do. update: requests to the live index are enough.
   * rebuild: all documents have to be made again.
   */
  action: 'create' | 'none' | 'update' | 'rebuild';
  changes: BodyChange[];
  /** An interrupted rebuild that can be resumed. */
  resumable: { generation: string; through: number; complete: boolean } | null;
  /** The process that is rebuilding. */
  rebuilding: LeaseHolder | null;
  /** What happens to writes during a rebuild. */
  writes: string;
}

const WRITES =
  'put and delete go to the live generation and to the one being built, by version; deletes are ' +
  'repeated before the swap: no write is lost. Writes that bypass suoyin are lost.';

const NO_SERVER = { server: null, notices: [] };

/**
 * Compares the live generation with what a rebuild would make; changes nothing. It first checks
 * whether the server accepts such an index.
 *
 * @param indexBodyWith - Returns the create-index body, given the shards and replicas to use if
 *   options have none.
 * @throws {EngineError} `CLUSTER_UNFIT` for another product, an old version, a missing plugin, or
 *   an interfering template or limit; `CLUSTER_BLOCKED`, `ALIAS_MOVED`.
 * @throws {OptionError} `MAPPING_INVALID` for what the product does not support.
 */
export async function planRebuild(
  engine: Generations & State,
  alias: string,
  indexBodyWith: (kept: ShardNumbers) => Record<string, unknown>,
): Promise<RebuildPlan> {
  const { server, notices } = (await engine.fitting?.(alias, indexBodyWith({}))) ?? NO_SERVER;
  const live = (await aliasState(engine, alias))?.generation ?? null;
  const have = live === null ? null : await engine.indexBodyOf(live);
  const changes = have === null ? [] : diffBodies(have, indexBodyWith(shardNumbersOf(have)));
  const state = await resumableRebuild(engine, alias);
  return {
    alias,
    live,
    server,
    notices,
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
