// What the threads of thread-pool.process.test.ts run.
import { setImmediate } from 'node:timers/promises';
import { threadId, workerData } from 'node:worker_threads';
import { loadChinese } from '../../lib/analyzers/chinese.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import { answerCalls } from '../../lib/engines/thread-pool.ts';
import { OptionError } from '../../lib/errors.ts';

const database = await openSqlite(':memory:', false);
const numbers = database.sql('select 1');
const jieba = await loadChinese({ prefer: '@node-rs/jieba' });

answerCalls<string>(
  async (call) => {
    if (call === 'end') process.exit(1);
    if (call === 'spin') for (;;);
    if (call === 'ask SQLite for ever') for (;;) numbers.rows();
    if (call === 'cut for ever') for (;;) jieba.cut('清水寺');
    if (call === 'crash') throw await setImmediate(new Error('swordfish'));
    if (call === 'refuse') throw new OptionError('LIMIT_INVALID', 'limit 0', 'Give 1. Or more.');
    return { call, threadId, data: workerData as unknown };
  },
  () => Promise.resolve(),
);
