// The server of the load benchmark, in a process of its own, controlled by messages.
import { Client } from '@opensearch-project/opensearch';
import { embedded } from '../lib/engines/embedded/index.ts';
import { opensearch } from '../lib/engines/opensearch/index.ts';
import { createLimiter } from '../lib/health/limiter.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { placeThreads } from '../lib/server/place-threads.ts';
import { CLUSTER_LIMITS, embeddedLimits, serve } from '../lib/server/serve.ts';

/** Messages to the server process. */
export type LoadOrder =
  | {
      do: 'serve';
      dataDir: string | null;
      node: string | null;
      alias: string;
      threads: number;
      limiter: boolean;
    }
  | { do: 'memory' };

/** Addresses of the running server. */
export interface LoadServer {
  url: string;
  healthUrl: string;
}

/** Answers the parent's messages until it disconnects. */
export function serveLoad(): void {
  let stop = (): Promise<void> => Promise.resolve();
  process.on('message', (order: LoadOrder) => {
    if (order.do === 'memory') {
      process.send!(process.memoryUsage.rss());
      return;
    }
    void start(order).then(({ url, healthUrl, close }) => {
      stop = close;
      process.send!({ url, healthUrl });
    });
  });
  process.on('disconnect', () => void stop().then(() => process.exit()));
}

async function start({
  dataDir,
  node,
  alias,
  threads,
  limiter,
}: LoadOrder & { do: 'serve' }): Promise<LoadServer & { close: () => Promise<void> }> {
  const engine =
    node === null
      ? embedded({ dataDir: dataDir!, readOnly: true })
      : opensearch({ client: new Client({ node }) });
  const places =
    node === null && threads > 0
      ? placeThreads({ dataDir: dataDir!, alias, count: threads })
      : new PlaceIndex(engine, { alias });
  const limits = node === null ? embeddedLimits(threads) : CLUSTER_LIMITS;
  const serving = await serve({
    places,
    port: 0,
    healthPort: 0,
    dictionaries: false,
    drainMs: 1000,
    ...(limiter ? { limiter: createLimiter(limits) } : {}),
  });
  const close = async (): Promise<void> => {
    await serving.stop();
    await places.close();
  };
  return { url: serving.url, healthUrl: serving.healthUrl, close };
}
