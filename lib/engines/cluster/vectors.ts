import type { Cluster } from './cluster.ts';
import type { Dialect } from './dialect.ts';
import { objectOf } from './request.ts';

/** Largest segment that Lucene's own merges make. */
const SEGMENT_BYTES: number = 5 * 2 ** 30;
/** Time limit of a merge in milliseconds; it builds the graphs again. */
const MERGE_MS = 3_600_000;

/** Whether the mapping of an index has vectors with a graph. */
export function hasVectors({ vectorType }: Dialect, mappings: object): boolean {
  const { properties = {} } = mappings as { properties?: Record<string, { type?: string }> };
  return Object.values(properties).some(({ type }) => type === vectorType);
}

/**
 * Merges the segments of a filled index, so that a query searches few graphs, and loads these into
 * memory if their library has memory of its own.
 */
export async function mergeVectors(cluster: Cluster, index: string): Promise<void> {
  const stats = await cluster.send({
    method: 'GET',
    path: `/${index}/_stats/store`,
    query: { filter_path: '_all.primaries.store.size_in_bytes,_shards.successful' },
  });
  const { _all } = objectOf(stats) as {
    _all?: { primaries?: { store?: { size_in_bytes?: number } } };
  };
  const bytes = _all?.primaries?.store?.size_in_bytes ?? 0;
  await cluster.send({
    method: 'POST',
    path: `/${index}/_forcemerge`,
    query: { max_num_segments: Math.max(1, Math.ceil(bytes / SEGMENT_BYTES)) },
    timeoutMs: MERGE_MS,
  });
  const warmUp = cluster.dialect.warmUp(index);
  if (warmUp) await cluster.send({ ...warmUp, timeoutMs: MERGE_MS });
}
