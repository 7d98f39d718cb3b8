import { expect } from 'chai';
import fc from 'fast-check';

import { JOB_STATES, type JobState, type QueueLook } from '../../lib/health/queue-look.ts';
import { judgeQueue, type QueueHistory } from '../../lib/health/queue-verdict.ts';
import { WATCH_DEFAULTS } from '../../lib/health/queue-watch.ts';

/** Looks at a queue in which three jobs wait and nobody works, at moments of both clocks. */
function still(at: number, steadyAt: number): QueueLook {
  const none = JOB_STATES.map((state) => [state, 0] as const);
  const jobs = { ...(Object.fromEntries(none) as Record<JobState, number>), waiting: 3 };
  const ends = { active: [], delayed: [], completed: [], failed: [], blocked: [] };
  const waiting = [{ id: '1', timestamp: 1 }] as unknown as QueueLook['waiting'];
  return {
    ...{ at, steadyAt, jobs, paused: false, workers: 0, limitedMs: 0, waiting, ...ends },
    formerlyNext: waiting[0],
  };
}

describe('judgeQueue', () => {
  it('measures how long a queue stands still by the steady clock, wherever the time of day is set', () => {
    const set = fc.integer({ min: -86_400_000, max: 86_400_000 });
    fc.assert(
      fc.property(fc.array(set, { minLength: 7, maxLength: 7 }), (moved) => {
        let history: QueueHistory | null = null;
        let last: ReturnType<typeof judgeQueue> | null = null;
        for (const [look, by] of moved.entries()) {
          const at = 1_800_000_000_000 + look * 10_000 + by;
          last = judgeQueue(still(at, look * 10_000), history, WATCH_DEFAULTS);
          history = last.history;
        }
        expect(last!.figures.stillForSeconds).to.equal(60);
        expect(last!.findings.map(({ verdict }) => verdict)).to.include('no-workers');
      }),
    );
  });

  it('judges a look at 200,000 jobs', () => {
    const job = { id: '1', name: 'n', data: {}, timestamp: 1, processedOn: 2, finishedOn: 9 };
    const jobs = Array.from({ length: 200_000 }, () => job) as unknown as QueueLook['failed'];
    const lists = { waiting: jobs, delayed: jobs, completed: jobs, failed: jobs };
    const look = { ...still(1000, 1000), ...lists };
    const { history } = judgeQueue(look, null, WATCH_DEFAULTS);
    expect(judgeQueue(look, history, WATCH_DEFAULTS).history.longestJobMs).to.equal(7);
  });
});
