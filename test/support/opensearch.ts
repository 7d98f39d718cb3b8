import type { Client } from '@opensearch-project/opensearch';
import type { Suite } from 'mocha';

import { onCluster, OPENSEARCH } from './clusters.ts';

export { wipe } from './clusters.ts';

/** As `onCluster`, with the methods that a client of OpenSearch has. */
export function onOpenSearch(suite: Suite): { url: string; client: Client } {
  return onCluster(suite, OPENSEARCH) as unknown as { url: string; client: Client };
}
