// A thread that searches the vectors of a file; see search-threads.ts.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../thread-pool.ts';
import { vectorGraphs } from './graphs.ts';
import { entryOf, nearestIn } from './image-search.ts';
import { EMBEDDED_SPEC } from './options.ts';
import type { ThreadData, VectorCall } from './search-threads.ts';
import { openStore } from './store.ts';
import { vectorScans } from './vector-scans.ts';

const { dataDir, resident } = workerData as ThreadData;
const { default: busyTimeoutMs } = EMBEDDED_SPEC.options.busyTimeoutMs;
const store = openStore({ dataDir, readOnly: true, busyTimeoutMs });
const graphs = vectorGraphs(store, { from: Infinity, readOnly: true, warn: () => undefined });
const files = { store, graphs, scans: resident ? vectorScans(store) : null };

answerCalls<VectorCall>(
  async ({ index, search, share }) => nearestIn(files, await entryOf(store, index), search, share),
  () => store.close(),
);
