import type { Generations, State } from '../engines/engine.ts';
import { resumableRebuild } from './checkpoint.ts';
import { aliasState } from './generations.ts';

/** Number of shards of an index, and of replicas of each shard. */
export interface ShardNumbers {
  numberOfShards?: number;
  numberOfReplicas?: number;
}

/** The numbers in a create-index body; OpenSearch returns them as strings. */
export function shardNumbersOf(body: Record<string, unknown>): ShardNumbers {
  const { settings } = body as { settings?: { index?: Record<string, unknown> } };
  const { number_of_shards: shards, number_of_replicas: replicas } = settings?.index ?? {};
  return {
    ...(shards === undefined ? {} : { numberOfShards: Number(shards) }),
    ...(replicas === undefined ? {} : { numberOfReplicas: Number(replicas) }),
  };
}

/**
 * The numbers to use if options have none: those of the rebuild that can be resumed, else of the
 * live generation, so that a rebuild never changes them as a side effect.
 */
export async function keptShardNumbers(
  engine: Generations & State,
  alias: string,
): Promise<ShardNumbers> {
  const from =
    (await resumableRebuild(engine, alias))?.generation ??
    (await aliasState(engine, alias))?.generation;
  return from === undefined ? {} : shardNumbersOf(await engine.indexBodyOf(from));
}
