import type { Cluster } from './cluster.ts';
import { pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { ANY_PART, checkWhole, sendSearch } from './whole.ts';

/** Documents per page. */
const PAGE = 500;
const KEEP_ALIVE = '5m';

/** A stored document; `_index` is its generation. */
export interface StoredDocument {
  _index: string;
  _source: object;
}

/**
 * Every document of an index, in order of id, as of the moment when the first is read.
 *
 * @throws {EngineError} `PARTIAL_ANSWER` if a shard can't be read.
 */
export async function* scanIndex(cluster: Cluster, index: string): AsyncGenerator<StoredDocument> {
  const { dialect, send } = cluster;
  const opened = objectOf(await send(dialect.openPit(`/${pathOf(index)}`, KEEP_ALIVE)));
  let pit = dialect.pitIdOf(opened);
  try {
    checkWhole(opened, index);
    for (let after: unknown[] | undefined; ;) {
      const answer = await sendSearch(cluster, {
        method: 'POST',
        path: '/_search',
        query: ANY_PART,
        body: {
          size: PAGE,
          pit: { id: pit, keep_alive: KEEP_ALIVE },
          sort: [{ id: 'asc' }],
          track_total_hits: false,
          ...(after ? { search_after: after } : {}),
        },
      });
      checkWhole(answer, index);
      const { pit_id: renewed, hits } = answer as unknown as {
        pit_id?: string;
        hits: { hits: (StoredDocument & { sort: unknown[] })[] };
      };
      pit = renewed ?? pit;
      yield* hits.hits;
      if (hits.hits.length < PAGE) return;
      after = hits.hits.at(-1)!.sort;
    }
  } finally {
    // It ends by itself soon, and a failure to end it would hide the one of the scan.
    await send(dialect.closePit(pit)).catch(() => undefined);
  }
}
