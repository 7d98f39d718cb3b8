// The server, as a user of the packed package writes it. Compiled by scripts/package-check.mjs, never run.
import { createServer } from 'node:http';
import { embedded, ImageIndex, PlaceIndex } from 'suoyin';
import type { HealthCheck } from 'suoyin/health';
import {
  type ConnectionLimits,
  createHandler,
  embeddedLimits,
  type Handler,
  type LogEntry,
  type PlaceSearches,
  REQUEST_LIMITS,
  type RequestEntry,
  serve,
  type Serving,
} from 'suoyin/server';
import { exactly } from './exactly.ts';

const index = new PlaceIndex(embedded());
const places: PlaceSearches = index;
const images = new ImageIndex(embedded());
const log = ({ status, durationMs }: RequestEntry): void => {
  exactly<number | null>()(status);
  exactly<number>()(durationMs);
};
const handler = createHandler({ places, images, log, limits: { bodyBytes: 1e6 } });
exactly<Handler>()(handler);
createServer(handler);

const checks: Record<string, HealthCheck> = { engine: { run: () => index.status() } };
const connections: Partial<ConnectionLimits> = { connections: 100 };
const serving = await serve({
  places,
  checks,
  connections,
  status: [index, images],
  log: ({ level, ...facts }: LogEntry) => console.error(level, facts),
});
exactly<Serving>()(serving);
const cut = await serving.stop();
exactly<number>()(cut);
// @ts-expect-error No such option.
await serve({ places, healtPort: 8081 });
// @ts-expect-error Pictures are no places.
await serve({ places: images });
// @ts-expect-error A server has its paths.
await serve({ places, basePath: '/search' });
// @ts-expect-error Frozen.
REQUEST_LIMITS.bodyBytes = 1;
// @ts-expect-error As many threads as there are, 0 for none.
embeddedLimits('all');
