// A thread that searches the vectors of a file; see search-threads.ts.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../thread-pool.ts';
import { embedded } from './index.ts';
import type { VectorCall } from './search-threads.ts';

const { dataDir } = workerData as { dataDir: string };
const engine = embedded({ dataDir, readOnly: true, threads: 0 });

answerCalls<VectorCall>(
  ({ index, search }) => engine.nearest(index, search),
  () => engine.close(),
);
