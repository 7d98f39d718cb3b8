// A thread that searches the places of a file; see place-threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { embedded } from '../engines/embedded/index.ts';
import { PlaceIndex } from '../place-index.ts';
import { faultOf, type ThreadAnswer, type ThreadCall } from './place-threads.ts';

const { dataDir, alias } = workerData as { dataDir: string; alias: string };
const places = new PlaceIndex(embedded({ dataDir, readOnly: true, threads: 0 }), { alias });

parentPort!.on('message', (call: ThreadCall | null) => {
  if (call === null) {
    parentPort!.close();
    void places.close();
    return;
  }
  void answer(call).then((reply) => {
    parentPort!.postMessage(reply);
  });
});

async function answer({ id, verb, text, options }: ThreadCall): Promise<ThreadAnswer> {
  try {
    const result = verb === 'get' ? places.get(text) : places[verb](text, options);
    return { id, result: await result };
  } catch (error) {
    return { id, fault: faultOf(error) };
  }
}
