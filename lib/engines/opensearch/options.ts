import type { Spec } from '../../options.ts';
import type { ClusterOptions } from '../cluster/index.ts';
import { clusterSpec } from '../cluster/options.ts';

/** Options of `opensearch`. */
export const OPENSEARCH_SPEC: Spec<ClusterOptions, 'refresh'> = clusterSpec(
  '@opensearch-project/opensearch',
);
