/** Takes the lease on places and a chunk of the queue of pictures in a folder, says so, and keeps both until it is killed. */
import process from 'node:process';

import { thisProcess } from '../../lib/alias/holder.ts';
import { takeLease } from '../../lib/alias/lease.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ingestQueue } from '../../lib/ingest/queue/queue.ts';

const leaseMs = 3_600_000;
const engine = embedded({ dataDir: process.argv[2]! });
await takeLease(engine, 'places', { leaseMs });
await (await ingestQueue(engine, 'images', { leaseMs })).claim();
console.log(JSON.stringify(await thisProcess()));
setInterval(() => undefined, leaseMs);
