import { expect } from 'chai';
import { EngineError, OptionError, SearchError } from '../../lib/errors.ts';
import { createLimiter, type Limiter } from '../../lib/health/limiter.ts';
import type { LimiterOptions } from '../../lib/health/limiter-options.ts';
import { OverloadError } from '../../lib/health/overload-error.ts';
import { type HandClock, handClock } from './hand-clock.ts';

/** Work that ends when it is told to. */
interface Job {
  end: (value: string) => void;
  fail: (error: unknown) => void;
  signal: AbortSignal;
}

describe('createLimiter', () => {
  let clock: HandClock;
  beforeEach(() => {
    clock = handClock();
  });

  const limiterOf = (options: LimiterOptions = {}): Limiter =>
    createLimiter({ clock, random: () => 0, ...options });
  /** One place in all, so that what follows the first has to wait. */
  const narrow = (options: LimiterOptions = {}): Limiter => limiterOf({ maxLimit: 1, ...options });
  const down = (): EngineError => new EngineError('ENGINE_UNREACHABLE', 'No answer', 'Wait.');
  const begun: string[] = [];
  const jobs: Job[] = [];
  beforeEach(() => {
    begun.length = 0;
    jobs.length = 0;
  });
  const work =
    (name = '') =>
    (signal: AbortSignal): Promise<string> => {
      begun.push(name);
      return new Promise((end, fail) => jobs.push({ end, fail, signal }));
    };
  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'done',
      (error: unknown) => (error instanceof SearchError ? error.code : (error as Error).name),
    );

  it('answers with what the work gives, and passes its errors on', async () => {
    const limiter = limiterOf();
    expect(await limiter.run('images', () => 7)).to.equal(7);
    const error = new OptionError('NEAR_INVALID', 'Bad', 'Fix it.');
    const rejected = limiter.run('images', () => Promise.reject(error));
    expect(await rejected.catch((caught: unknown) => caught)).to.equal(error);
  });

  it('starts autocomplete before images before batch, and the newest of each first', async () => {
    const limiter = narrow();
    void limiter.run('batch', work('first'));
    void limiter.run('batch', work('batch'));
    void limiter.run('images', work('images'));
    void limiter.run('autocomplete', work('older'));
    void limiter.run('autocomplete', work('newer'));
    for (let n = 0; n < 4; n++) {
      jobs.at(-1)!.end('');
      await clock.turn(0);
    }
    expect(begun).to.deep.equal(['first', 'newer', 'older', 'images', 'batch']);
  });

  it('leaves half of the places to more urgent work than batch', async () => {
    const limiter = limiterOf({ initialLimit: 4 });
    for (let n = 0; n < 4; n++) void limiter.run('batch', work(`batch ${n}`));
    void limiter.run('autocomplete', work('autocomplete'));
    await clock.turn(0);
    expect(begun).to.deep.equal(['batch 0', 'batch 1', 'autocomplete']);
  });

  it('makes room in a full queue at the cost of the oldest of the least urgent', async () => {
    const limiter = narrow({ maxQueue: 2 });
    void limiter.run('autocomplete', work());
    const oldest = codeOf(limiter.run('batch', work('oldest')));
    void limiter.run('batch', work('newer'));
    void limiter.run('autocomplete', work('urgent'));
    expect(await oldest).to.equal('OVERLOADED');
    expect(limiter.stats().queued).to.deep.equal({ autocomplete: 1, images: 0, batch: 1 });
  });

  it('refuses batch where everything in a full queue is more urgent', async () => {
    const limiter = narrow({ maxQueue: 1 });
    void limiter.run('autocomplete', work());
    void limiter.run('autocomplete', work());
    const error: unknown = await limiter.run('batch', work()).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(OverloadError);
    expect((error as OverloadError).message).to.equal(
      'The server has more to do than it can. Try again in 1 s.',
    );
    expect((error as OverloadError).retryAfterSeconds).to.equal(1);
  });

  it('refuses what has waited for as long as it may', async () => {
    const limiter = narrow({ maxWaitMs: { autocomplete: 100 } });
    void limiter.run('autocomplete', work('first'));
    const late = codeOf(limiter.run('autocomplete', work('late')));
    await clock.turn(99);
    expect(limiter.stats().queued.autocomplete).to.equal(1);
    await clock.turn(1);
    expect(await late).to.equal('QUEUE_TIMEOUT');
    expect(begun).to.deep.equal(['first']);
  });

  it("takes work out of the queue, and aborts it, by the caller's signal", async () => {
    const limiter = narrow();
    const stop = new AbortController();
    const { signal } = stop;
    const running = codeOf(limiter.run('images', work('running'), { signal }));
    const queued = codeOf(limiter.run('images', work('queued'), { signal }));
    await clock.turn(0);
    stop.abort();
    expect(await Promise.all([running, queued])).to.deep.equal(['AbortError', 'AbortError']);
    expect(jobs[0]!.signal.aborted).to.equal(true);
    expect(limiter.stats().finished.images).to.deep.equal({ answered: 0, failed: 0, aborted: 2 });
    expect(await codeOf(limiter.run('images', work(), { signal }))).to.equal('AbortError');
    expect(begun).to.deep.equal(['running']);
  });

  it('gives up unanswered work and gives its place to the next', async () => {
    const limiter = narrow({ timeoutMs: { images: 500 }, maxWaitMs: { images: 10_000 } });
    const hung = codeOf(limiter.run('images', work('hung')));
    void limiter.run('images', work('next'));
    await clock.turn(500);
    expect(await hung).to.equal('BACKEND_TIMEOUT');
    expect(jobs[0]!.signal.aborted).to.equal(true);
    expect(begun).to.deep.equal(['hung', 'next']);
  });

  it('opens the circuit after five failures in a row, and empties the queue', async () => {
    const limiter = limiterOf({ initialLimit: 5, minLimit: 5, maxLimit: 5 });
    const outcomes = Array.from({ length: 6 }, () => codeOf(limiter.run('autocomplete', work())));
    await clock.turn(0);
    for (const job of jobs.slice(0, 4)) job.fail(down());
    await clock.turn(0);
    expect(limiter.stats().circuit).to.equal('closed');
    jobs[4]!.fail(down());
    await clock.turn(0);
    expect(limiter.stats().circuit).to.equal('open');
    // The sixth took the place of the first that failed.
    jobs[5]!.fail(down());
    expect(await Promise.all(outcomes)).to.deep.equal(Array(6).fill('ENGINE_UNREACHABLE'));
    expect(await codeOf(limiter.run('autocomplete', work()))).to.equal('CIRCUIT_OPEN');
  });

  it('opens the circuit when callers give up waiting, but not when they change their mind', async () => {
    const limiter = limiterOf({ initialLimit: 5, minLimit: 5, timeoutMs: { autocomplete: 5000 } });
    const giveUp = async (afterMs: number): Promise<void> => {
      const stops = Array.from({ length: 5 }, () => new AbortController());
      for (const { signal } of stops) void codeOf(limiter.run('autocomplete', work(), { signal }));
      await clock.turn(afterMs);
      for (const stop of stops) stop.abort();
      await clock.turn(0);
    };
    await giveUp(999);
    expect(limiter.stats().circuit).to.equal('closed');
    await giveUp(1000);
    expect(limiter.stats().circuit).to.equal('open');
    expect(limiter.stats().finished.autocomplete.aborted).to.equal(10);
  });

  it("does not open for callers' mistakes, missing indexes or refusals of a busy backend", async () => {
    const limiter = limiterOf();
    const errors = [
      new OptionError('NEAR_INVALID', 'Bad', 'Fix it.'),
      new EngineError('INDEX_NOT_FOUND', 'None', 'Build it.'),
      Object.assign(new Error('busy'), { statusCode: 429 }),
    ];
    for (const error of errors) {
      for (let n = 0; n < 10; n++) {
        await codeOf(limiter.run('autocomplete', () => Promise.reject(error)));
      }
    }
    expect(limiter.stats().circuit).to.equal('closed');
  });

  it('lets one probe a second through to a dead backend, and all as soon as it answers', async () => {
    const limiter = limiterOf({ failuresToOpen: 1 });
    await codeOf(limiter.run('autocomplete', () => Promise.reject(down())));
    const outcomes: string[] = [];
    for (let second = 0; second < 120; second++) {
      await clock.turn(1000);
      for (let n = 0; n < 10; n++) {
        outcomes.push(await codeOf(limiter.run('autocomplete', () => Promise.reject(down()))));
      }
    }
    const count = (code: string): number => outcomes.filter((outcome) => outcome === code).length;
    expect([count('ENGINE_UNREACHABLE'), count('CIRCUIT_OPEN')]).to.deep.equal([120, 1080]);
    await clock.turn(1000);
    expect(await limiter.run('autocomplete', () => 'up')).to.equal('up');
    expect(await limiter.run('batch', () => 'up')).to.equal('up');
    expect(limiter.stats()).to.deep.include({ circuit: 'closed', limit: 1 });
  });

  it('probes again while a probe hangs', async () => {
    const limiter = limiterOf({ failuresToOpen: 1 });
    await codeOf(limiter.run('autocomplete', () => Promise.reject(down())));
    await clock.turn(1000);
    void codeOf(limiter.run('batch', work('hangs')));
    expect(limiter.stats().circuit).to.equal('half-open');
    expect(await codeOf(limiter.run('autocomplete', work()))).to.equal('CIRCUIT_OPEN');
    await clock.turn(1000);
    expect(await limiter.run('autocomplete', () => 'up')).to.equal('up');
    expect(limiter.stats().circuit).to.equal('closed');
  });

  it('starts one piece of work per turn of the event loop where it is told to', async () => {
    const limiter = createLimiter({ perTurn: 1, maxQueue: 2 });
    const outcomes = Array.from({ length: 4 }, () =>
      codeOf(limiter.run('autocomplete', () => begun.push('.'))),
    );
    expect(begun).to.have.length(1);
    expect(await Promise.all(outcomes)).to.deep.equal(['done', 'OVERLOADED', 'done', 'done']);
  });

  it('finds the limit of a backend, and keeps its throughput under ten times the load', async () => {
    const { limiter, answered, load } = backend({ clock, places: 4, latencyMs: 10 });
    await load({ requests: 16_000, everyMs: 0.25 });
    // Four places of 10 ms answer 400 a second; at 4000 a second they are kept busy for 4 s.
    expect(answered()).to.be.within(1500, 1700);
    expect(limiter.stats().limit).to.be.within(4, 16);
    expect(limiter.stats().unloadedMs.autocomplete).to.be.within(9, 13);
  });

  it('refuses options that make no sense', () => {
    for (const options of [{ maxLimit: 0 }, { minLimit: 9, maxLimit: 8 }, { perTurn: 0 }]) {
      expect(() => createLimiter(options))
        .to.throw(OptionError)
        .with.property('code', 'LIMITER_OPTION_INVALID');
    }
  });
});

/** A backend of so many places, each with one request at a time, behind a limiter. */
function backend({
  clock,
  places,
  latencyMs,
}: {
  clock: HandClock;
  places: number;
  latencyMs: number;
}): {
  limiter: Limiter;
  answered: () => number;
  load: (options: { requests: number; everyMs: number }) => Promise<void>;
} {
  const limiter = createLimiter({ clock, random: () => 0 });
  const queue: (() => void)[] = [];
  let busy = 0;
  let answered = 0;
  const serve = (): Promise<void> =>
    new Promise((resolve) => {
      const start = (): void => {
        busy++;
        clock.after(latencyMs, () => {
          busy--;
          resolve();
          queue.shift()?.();
        });
      };
      if (busy < places) start();
      else queue.push(start);
    });
  return {
    limiter,
    answered: () => answered,
    async load({ requests, everyMs }) {
      for (let n = 0; n < requests; n++) {
        limiter.run('autocomplete', serve).then(
          () => answered++,
          () => undefined,
        );
        await clock.turn(everyMs);
      }
    },
  };
}
