// The process that hostile clients attack: real stores, threads and limits as `suoyin serve` has them.
import process from 'node:process';
import { createLimiter } from '../../lib/health/limiter.ts';
import type { LogEntry } from '../../lib/server/request-log.ts';
import { CLUSTER_LIMITS, serve, type ServeOptions } from '../../lib/server/serve.ts';
import { makeStores } from '../server/rig.ts';
import type { ServerSettings, ServerState } from './attacked.ts';

const settings = JSON.parse(process.argv[2]!) as ServerSettings;
const stores = await makeStores();
const stopped: LogEntry[] = [];
const options: ServeOptions = {
  places: stores.places,
  images: stores.images,
  status: [stores.places, stores.images],
  limiter: createLimiter(CLUSTER_LIMITS),
  port: 0,
  healthPort: 0,
  dictionaries: false,
  log: (entry) => {
    if (entry.event === 'stopped') stopped.push(entry);
  },
  ...settings,
};
const serving = await serve(options);

process.on('message', () => {
  gc!();
  const state: ServerState = { memory: process.memoryUsage.rss() };
  process.send!(state);
});
process.on('SIGTERM', () => {
  void serving.stop().then(async () => {
    await stores.close();
    process.send!(stopped, () => process.disconnect());
  });
});
const { url, healthUrl } = serving;
process.send!({ url, healthUrl });
