// The server of the load benchmark in a process of its own, ordered about by messages.
import { Client } from '@opensearch-project/opensearch';
import { embedded } from '../lib/engines/embedded/index.ts';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { createLimiter } from '../lib/health/limiter.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { CLUSTER_LIMITS, EMBEDDED_LIMITS, serve } from '../lib/server/serve.ts';

/** What the server process is told to do. */
export type LoadOrder =
  | { do: 'serve'; dataDir: string | null; node: string | null; alias: string; limiter: boolean }
  | { do: 'memory' };

/** Where it serves. */
export interface LoadServer {
  url: string;
  healthUrl: string;
}

/** Does what the parent process says, until that one goes away. */
export function serveLoad(): void {
  process.on('message', (order: LoadOrder) => {
    if (order.do === 'memory') process.send!(process.memoryUsage.rss());
    else void start(order).then((served) => process.send!(served));
  });
  process.on('disconnect', () => process.exit());
}

async function start({
  dataDir,
  node,
  alias,
  limiter,
}: LoadOrder & { do: 'serve' }): Promise<LoadServer> {
  const engine =
    node === null
      ? embedded({ dataDir: dataDir!, readOnly: true })
      : opensearch({ client: new Client({ node }) });
  const places = new PlaceIndex(engine, { alias });
  const { url, healthUrl } = await serve({
    places,
    port: 0,
    healthPort: 0,
    dictionaries: false,
    ...(limiter ? { limiter: createLimiter(node ? CLUSTER_LIMITS : EMBEDDED_LIMITS) } : {}),
  });
  return { url, healthUrl };
}
