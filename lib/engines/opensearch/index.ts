import { settle } from '../../options.ts';
import { type ClusterOptions, clusterEngine } from '../cluster/index.ts';
import type { Engine } from '../engine.ts';
import { OPENSEARCH } from './dialect.ts';
import { OPENSEARCH_SPEC } from './options.ts';

export type { ClusterOptions as OpenSearchOptions } from '../cluster/index.ts';
export type { ClusterClient as OpenSearchClient } from '../cluster/request.ts';

/**
 * An engine on an OpenSearch cluster, 2.12 or later, of a plain distribution: no plugin is needed.
 *
 * A generation is an index, `places-000001`; the alias `places` points to the live one. Everything
 * else of an alias (its counter, leases, checkpoints) is in the small hidden index `places-state`.
 *
 * @throws {OptionError} `OPTION_UNKNOWN`, `OPTION_INVALID`.
 * @throws {EngineError} From its methods: `INDEX_NOT_FOUND`, `INDEX_IN_USE`, `ALIAS_MOVED`,
 *   `ALIAS_INVALID`, `NOT_READY`, `FENCED`, `SWAP_UNKNOWN`, `CLUSTER_UNFIT`, `CLUSTER_BLOCKED`,
 *   `UNAUTHORIZED`, `ENGINE_UNREACHABLE`, `BULK_UNAVAILABLE`, `ENGINE_CLOSED`, `ENGINE_FAILED`.
 *   They contain neither what was sent nor credentials.
 * @example
 * const engine = opensearch({ client: new Client({ node: 'https://search.example:9200' }) });
 */
export function opensearch(options: ClusterOptions): Engine {
  return clusterEngine(OPENSEARCH, settle(OPENSEARCH_SPEC, options));
}
