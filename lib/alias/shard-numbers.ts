import type { Generations, State } from '../engines/engine.ts';
import { resumableRebuild } from './checkpoint.ts';
import { aliasState } from './generations.ts';

/** Into how many shards an index is cut, and how many replicas each has. */
export interface ShardNumbers {
  numberOfShards?: number;
  numberOfReplicas?: number;
}

/** Those of a create-index body; OpenSearch gives them back as text. */
export function shardNumbersOf(body: Record<string, unknown>): ShardNumbers {
  const { settings } = body as { settings?: { index?: Record<string, unknown> } };
  const { number_of_shards: shards, number_of_replicas: replicas } = settings?.index ?? {};
  return {
    ...(shards === undefined ? {} : { numberOfShards: Number(shards) }),
    ...(replicas === undefined ? {} : { numberOfReplicas: Number(replicas) }),
  };
}

/**
 * What a rebuild keeps of shards and replicas where none were asked for: those of the rebuild that
 * may be resumed, else of the live generation, so that no rebuild shrinks an index by the way.
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
