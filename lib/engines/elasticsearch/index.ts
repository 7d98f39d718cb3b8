import { settle } from '../../options.ts';
import { type ClusterOptions, clusterEngine } from '../cluster/index.ts';
import type { Engine } from '../engine.ts';
import { ELASTICSEARCH } from './dialect.ts';
import { ELASTICSEARCH_SPEC } from './options.ts';

export type { ClusterOptions as ElasticsearchOptions } from '../cluster/index.ts';
export type { ClusterClient as ElasticsearchClient } from '../cluster/request.ts';

/**
 * An engine on an Elasticsearch cluster, 8.15 or later, of the basic licence: no plugin is needed.
 * Behaviour and answers are the same as with `opensearch`. On Elastic's serverless service, shards
 * and replicas can't be chosen.
 *
 * @param options - client: a client of @elastic/elasticsearch, with the major version of the
 *   server or the one before.
 * @throws {OptionError} `OPTION_UNKNOWN`, `OPTION_INVALID`.
 * @throws {EngineError} From its methods: as `opensearch`.
 * @example
 * const engine = elasticsearch({ client: new Client({ node: 'https://search.example:9200' }) });
 */
export function elasticsearch(options: ClusterOptions): Engine {
  return clusterEngine(ELASTICSEARCH, settle(ELASTICSEARCH_SPEC, options));
}
