// The process that hostile clients attack: real stores, threads and limits as `suoyin serve` has them.
import process from 'node:process';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { createLimiter } from '../../lib/health/limiter.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { decoderProcesses } from '../../lib/ingest/decode/decoder-processes.ts';
import type { LogEntry } from '../../lib/server/request-log.ts';
import { placeThreads } from '../../lib/server/place-threads.ts';
import { embeddedLimits, serve, type ServeOptions } from '../../lib/server/serve.ts';
import { makeStores } from '../server/rig.ts';
import type { ServerSettings, ServerState } from './attacked.ts';

const settings = JSON.parse(process.argv[2]!) as ServerSettings;
const stores = await makeStores();
const { threads: count = 1, limitMs = 60_000, decoder: decoderOptions, ...rest } = settings;
const decoder = decoderProcesses({ count: 1, ...decoderOptions });
const images = new ImageIndex(embedded({ dataDir: stores.dataDir }), { decoder });
const threads = placeThreads({
  script: new URL('stuck-thread.ts', import.meta.url),
  data: { dataDir: stores.dataDir },
  count,
  limitMs,
});
await threads.warm();
const stopped: LogEntry[] = [];
const options: ServeOptions = {
  places: threads,
  images,
  status: [stores.places, images],
  limiter: createLimiter(embeddedLimits(count)),
  port: 0,
  healthPort: 0,
  dictionaries: false,
  log: (entry) => {
    if (entry.event === 'stopped') stopped.push(entry);
  },
  ...rest,
};
const serving = await serve(options);

process.on('message', () => {
  gc!();
  const { heapUsed, external } = process.memoryUsage();
  const state: ServerState = { memory: heapUsed + external };
  process.send!(state);
});
process.on('SIGTERM', () => {
  void serving.stop().then(async () => {
    const ended = await threads.close(100);
    await decoder.close();
    await images.close();
    await stores.places.close();
    process.send!([...stopped, ended], () => process.disconnect());
  });
});
const { url, healthUrl } = serving;
process.send!({ url, healthUrl });
