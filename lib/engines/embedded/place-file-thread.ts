// A thread that makes the file of a generation of places; see place-files.ts.
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../thread-pool.ts';
import { type MakeCall, makePlaceFile } from './place-files.ts';
import { openStore } from './store.ts';

const { dataDir } = workerData as { dataDir: string };
const store = openStore({ dataDir, readOnly: true, busyTimeoutMs: 5000 });

answerCalls<MakeCall>(
  async (generation) => {
    const { data: _, ...made } = await makePlaceFile(store, generation);
    return made;
  },
  () => store.close(),
);
