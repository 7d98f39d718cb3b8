// A thread that searches the vectors of a file; see search-threads.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { SearchError } from '../../errors.ts';
import { embedded } from './index.ts';
import type { ThreadReply, ThreadRequest } from './search-threads.ts';

const { dataDir } = workerData as { dataDir: string };
const engine = embedded({ dataDir, readOnly: true, threads: 0 });

parentPort!.on('message', (request: ThreadRequest | null) => {
  void (async () => {
    if (request === null) {
      await engine.close();
      parentPort!.close();
      return;
    }
    const { id, index, search } = request;
    let reply: ThreadReply;
    try {
      reply = { id, answer: await engine.nearest(index, search) };
    } catch (error) {
      const { name, code, hint, message } =
        error instanceof SearchError
          ? error
          : {
              name: 'EngineError',
              code: 'ENGINE_FAILED',
              hint: 'Please report it.',
              message: String(error),
            };
      const what = message.replace(`. ${hint}`, '');
      reply = { id, fault: { name, code, what, hint } };
    }
    parentPort!.postMessage(reply);
  })();
});
