// What the threads of thread-pool.test.ts run.
import { setImmediate } from 'node:timers/promises';
import { threadId, workerData } from 'node:worker_threads';
import { answerCalls } from '../../lib/engines/thread-pool.ts';
import { OptionError } from '../../lib/errors.ts';

answerCalls<string>(
  async (call) => {
    if (call === 'end') process.exit(1);
    if (call === 'crash') throw await setImmediate(new Error('swordfish'));
    if (call === 'refuse') throw new OptionError('LIMIT_INVALID', 'limit 0', 'Give 1. Or more.');
    return { call, threadId, data: workerData as unknown };
  },
  () => Promise.resolve(),
);
