import { expect } from 'chai';
import { backOffMs, retryAfterMs } from '../../lib/back-off.ts';
import { adaptiveConcurrency } from '../../lib/engines/cluster/concurrency.ts';

describe('backOffMs', () => {
  const options = { baseDelayMs: 100, maxDelayMs: 1000 };

  it('is drawn from 0 up to a ceiling that doubles to a bound', () => {
    const longest = [1, 2, 3, 4, 5, 60].map((n) => backOffMs(n, { ...options, random: () => 1 }));
    expect(longest).to.deep.equal([100, 200, 400, 800, 1000, 1000]);
    expect(backOffMs(3, { ...options, random: () => 0.25 })).to.equal(100);
    expect(backOffMs(3, { ...options, random: () => 0 })).to.equal(0);
  });

  it('is never shorter than what the server asked for', () => {
    expect(backOffMs(1, { ...options, random: () => 1, retryAfterMs: 5000 })).to.equal(5000);
    expect(backOffMs(1, { ...options, random: () => 1, retryAfterMs: 5 })).to.equal(100);
  });
});

describe('retryAfterMs', () => {
  it('reads seconds and dates, and is 0 for anything else', () => {
    expect(retryAfterMs({ 'retry-after': '3' })).to.equal(3000);
    const date = 'Fri, 21 Nov 2025 10:00:00 GMT';
    const later = 'Fri, 21 Nov 2025 10:00:09 GMT';
    expect(retryAfterMs({ date, 'retry-after': later })).to.equal(9000);
    expect(retryAfterMs({ date: later, 'retry-after': date })).to.equal(0);
    expect(retryAfterMs({ 'retry-after': later })).to.equal(0);
    expect(retryAfterMs({ 'retry-after': 'soon' })).to.equal(0);
    expect(retryAfterMs({ 'retry-after': '-1' })).to.equal(0);
    expect(retryAfterMs({})).to.equal(0);
    expect(retryAfterMs()).to.equal(0);
  });
});

describe('adaptiveConcurrency', () => {
  it('halves once for all requests that were sent before it fell', () => {
    const concurrency = adaptiveConcurrency({ min: 1, start: 8, max: 8 });
    const sentIn = concurrency.epoch();
    concurrency.pushback(sentIn);
    concurrency.pushback(sentIn);
    expect(concurrency.limit()).to.equal(4);
    concurrency.pushback(concurrency.epoch());
    expect(concurrency.limit()).to.equal(2);
  });

  it('rises by one after five clean requests, within its bounds', () => {
    const concurrency = adaptiveConcurrency({ min: 2, start: 3, max: 4 });
    for (let i = 0; i < 4; i++) concurrency.clean();
    expect(concurrency.limit()).to.equal(3);
    concurrency.clean();
    expect(concurrency.limit()).to.equal(4);
    for (let i = 0; i < 20; i++) concurrency.clean();
    expect(concurrency.limit()).to.equal(4);
    for (let i = 0; i < 4; i++) concurrency.pushback(concurrency.epoch());
    expect(concurrency.limit()).to.equal(2);
  });

  it('counts clean requests anew after push-back', () => {
    const concurrency = adaptiveConcurrency({ min: 1, start: 4, max: 8 });
    for (let i = 0; i < 4; i++) concurrency.clean();
    concurrency.pushback(concurrency.epoch());
    concurrency.clean();
    expect(concurrency.limit()).to.equal(2);
  });
});
