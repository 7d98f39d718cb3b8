import type { VectorLoad } from '../cluster/generations.ts';
import { objectOf, type SendRequest } from '../cluster/request.ts';

/** Segments of this size are as large as Lucene's own merges make them. */
const SEGMENT_BYTES: number = 5 * 2 ** 30;
/** Milliseconds for a merge, which builds the graphs anew. */
const MERGE_MS = 3_600_000;

/** Whether the mapping of an index has vectors that a graph is built of. */
function hasVectors(mappings: Record<string, unknown>): boolean {
  const { properties = {} } = mappings as { properties?: Record<string, { type?: string }> };
  return Object.values(properties).some(({ type }) => type === 'knn_vector');
}

/** Settings while vectors come in: native graphs are built once, by the merge at the end. */
const VECTOR_LOAD_SETTINGS: Readonly<Record<string, unknown>> = {
  'knn.advanced.approximate_threshold': -1,
};

/**
 * Merges the segments of a filled index, so that a query follows few graphs, and brings these into
 * memory where the library behind them keeps its own.
 */
async function mergeVectors(send: SendRequest, index: string): Promise<void> {
  const query = { filter_path: '_all.primaries.store.size_in_bytes,_shards.successful' };
  const stats = objectOf(await send({ method: 'GET', path: `/${index}/_stats/store`, query })) as {
    _all?: { primaries?: { store?: { size_in_bytes?: number } } };
  };
  const bytes = stats._all?.primaries?.store?.size_in_bytes ?? 0;
  await send({
    method: 'POST',
    path: `/${index}/_forcemerge`,
    query: { max_num_segments: Math.max(1, Math.ceil(bytes / SEGMENT_BYTES)) },
    timeoutMs: MERGE_MS,
  });
  // Not there without native libraries; a graph is then read when it is first asked for.
  const expected = [400, 404, 405, 500];
  await send({
    method: 'GET',
    path: `/_plugins/_knn/warmup/${index}`,
    expected,
    timeoutMs: MERGE_MS,
  });
}

/** Vectors as the k-NN plugin has them. */
export const vectorLoad: VectorLoad = {
  hasVectors,
  settings: VECTOR_LOAD_SETTINGS,
  merge: mergeVectors,
};
