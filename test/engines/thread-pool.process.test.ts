import { expect } from 'chai';
import { type ThreadPool, threadPool } from '../../lib/engines/thread-pool.ts';
import { EngineError, OptionError } from '../../lib/errors.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const SCRIPT = new URL('./pool-thread.ts', import.meta.url);

interface Answer {
  call: string;
  threadId: number;
  data: unknown;
}

describe('threadPool', () => {
  let pool: ThreadPool<string>;
  beforeEach(() => {
    pool = closeAtEnd(threadPool(SCRIPT, { count: 2, data: { alias: 'places' } }));
  });

  const failure = (call: string, at?: number): Promise<unknown> =>
    pool.ask(call, { at }).catch((error: unknown) => error);

  it('asks the idlest thread, or the one that is named', async () => {
    const calls = ['a', 'b', 'c'].map((call) => pool.ask<Answer>(call));
    const [a, b, c] = await Promise.all(calls);
    expect(a).to.deep.include({ call: 'a', data: { alias: 'places' } });
    expect(b!.threadId).to.not.equal(a!.threadId);
    expect(c!.threadId).to.equal(a!.threadId);
    const named = await Promise.all([pool.ask<Answer>('d', { at: 1 }), pool.ask('e', { at: 1 })]);
    expect(named[0]).to.include({ call: 'd', threadId: b!.threadId });
  });

  it('rejects with the error of the thread, by class and code', async () => {
    expect(await failure('refuse'))
      .to.be.instanceOf(OptionError)
      .and.include({ code: 'LIMIT_INVALID', message: 'limit 0. Give 1. Or more.' });
    const unforeseen = await failure('crash');
    expect(unforeseen).to.be.instanceOf(EngineError);
    expect(unforeseen).to.include({ code: 'ENGINE_FAILED', cause: 'Error: swordfish' });
    expect((unforeseen as Error).message).to.not.include('swordfish');
  });

  it('rejects what a thread that ends leaves open, and starts another', async () => {
    const before = await pool.ask<Answer>('a', { at: 0 });
    for (const error of await Promise.all([failure('end', 0), failure('a', 0)])) {
      expect(error).to.be.instanceOf(EngineError).and.include({ code: 'ENGINE_FAILED' });
    }
    const after = await pool.ask<Answer>('a', { at: 0 });
    expect(after.threadId).to.not.equal(before.threadId);
  });

  it('rejects at once when a signal aborts', async () => {
    const stop = new AbortController();
    const asked = pool.ask('a', { signal: stop.signal }).catch((error: unknown) => error);
    stop.abort();
    expect(await asked).to.have.property('name', 'AbortError');
    const { signal } = stop;
    const late = await pool.ask('a', { signal }).catch((error: unknown) => error);
    expect(late).to.have.property('name', 'AbortError');
  });

  it('answers what is under way when it closes, and nothing after', async () => {
    await pool.ask('a');
    const underWay = pool.ask<Answer>('b');
    await pool.close();
    expect(await underWay).to.include({ call: 'b' });
    expect(await failure('c'))
      .to.be.instanceOf(EngineError)
      .and.include({ code: 'ENGINE_CLOSED' });
  });

  for (const call of ['spin', 'ask SQLite for ever', 'cut for ever']) {
    it(`ends a thread that does not answer (${call}), and asks another what waited behind`, async () => {
      const before = await pool.ask<Answer>('a', { at: 0 });
      const stuck = pool.ask(call, { at: 0, limitMs: 50 }).catch((error: unknown) => error);
      const waiting = pool.ask<Answer>('b', { at: 0 });
      expect(await stuck)
        .to.be.instanceOf(EngineError)
        .and.include({ code: 'SEARCH_TIMEOUT' });
      const after = await waiting;
      expect(after.call).to.equal('b');
      expect(after.threadId).to.not.equal(before.threadId);
    });

    it(`ends when a thread is at what never ends (${call})`, async () => {
      await pool.answers();
      const stuck = failure(call);
      expect(await pool.close(0)).to.equal(true);
      expect(await stuck).to.include({ code: 'ENGINE_CLOSED' });
    });
  }

  it('gives up a call that threads are stuck with, though it was not the first that was asked', async () => {
    const calls = ['spin', 'spin', 'spin', 'spin', 'a'].map((call) =>
      pool.ask(call, { at: 1, limitMs: 50 }).then(
        () => 'answered',
        (error: unknown) => (error as EngineError).code,
      ),
    );
    expect(await Promise.all(calls)).to.deep.equal([
      ...['SEARCH_TIMEOUT', 'SEARCH_TIMEOUT', 'SEARCH_TIMEOUT', 'SEARCH_TIMEOUT'],
      'SEARCH_TIMEOUT',
    ]);
    expect(await pool.ask<Answer>('b', { at: 1 })).to.include({ call: 'b' });
  });

  it('tells whether a thread answers', async () => {
    await pool.answers();
    await Promise.all([0, 1].map((at) => pool.ask('a', { at })));
    const stuck = [0, 1].map((at) => pool.ask('spin', { at }).catch((error: unknown) => error));
    let told = false;
    const answers = pool.answers().then(
      () => (told = true),
      () => undefined,
    );
    // A round trip of another pool, in which these could have answered.
    const other = threadPool<string>(SCRIPT, { count: 1, data: {} });
    await other.answers();
    await other.close();
    expect(told).to.equal(false);
    await pool.close(0);
    await Promise.all([...stuck, answers]);
    expect(told).to.equal(false);
  });
});
