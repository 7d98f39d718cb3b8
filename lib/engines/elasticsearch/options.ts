import type { Spec } from '../../options.ts';
import { clusterSpec } from '../cluster/options.ts';
import type { ClusterOptions } from '../cluster/index.ts';

/** Options of `elasticsearch`. */
export const ELASTICSEARCH_SPEC: Spec<ClusterOptions, 'refresh'> =
  clusterSpec('@elastic/elasticsearch');
