import { hostname } from 'node:os';

import { expect } from 'chai';

import { thisProcess } from '../../lib/alias/holder.ts';
import { breakLease, leaseHolder, takeLease } from '../../lib/alias/lease.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { RebuildError } from '../../lib/errors.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { NO_PROCESS } from '../support/process-id.ts';

describe('takeLease', () => {
  let engine: Engine;
  beforeEach(() => {
    engine = closeAtEnd(embedded({ dataDir: ':memory:' }));
  });

  const HOUR = 3_600_000;
  const held = (holder: Record<string, unknown>): Promise<string | null> =>
    engine.writeState('places', 'lease', {
      token: 't',
      pid: 1,
      host: 'elsewhere.example',
      since: 'x',
      started: null,
      expires: Date.now() + HOUR,
      ...holder,
    });

  it('is held by one at a time and names the holder to the second', async () => {
    const lease = await takeLease(engine, 'places');
    const error: unknown = await takeLease(engine, 'places').catch((e: unknown) => e);
    expect(error).to.be.instanceOf(RebuildError);
    expect((error as RebuildError).code).to.equal('LEASE_HELD');
    expect((error as RebuildError).message).to.include(`process ${process.pid} on ${hostname()}`);
    await lease.release();
    await (await takeLease(engine, 'places')).release();
    expect(await engine.listState('places', '')).to.deep.equal([]);
  });

  it('is held for every copy of this module in the process', async () => {
    const lease = await takeLease(engine, 'places');
    const again = '../../lib/alias/lease.ts?again';
    const copy = (await import(again)) as { takeLease: typeof takeLease };
    expect(copy.takeLease).not.to.equal(takeLease);
    expect((await failureOf(copy.takeLease(engine, 'places'))).code).to.equal('LEASE_HELD');
    await lease.release();
    await (await copy.takeLease(engine, 'places')).release();
  });

  it('is had by exactly one of many that ask at once', async () => {
    const codes = await Promise.all([1, 2, 3, 4].map(() => codeOf(takeLease(engine, 'places'))));
    expect(codes.sort()).to.deep.equal(['LEASE_HELD', 'LEASE_HELD', 'LEASE_HELD', 'no error']);
  });

  it('is one for each alias', async () => {
    const leases = [await takeLease(engine, 'places'), await takeLease(engine, 'others')];
    expect((await leaseHolder(engine, 'places'))?.pid).to.equal(process.pid);
    for (const lease of leases) await lease.release();
    expect(await leaseHolder(engine, 'places')).to.equal(null);
  });

  it('is taken over from a dead process of this host', async () => {
    await held({ ...(await thisProcess()), pid: NO_PROCESS });
    expect(await leaseHolder(engine, 'places')).to.equal(null);
    await (await takeLease(engine, 'places')).release();
  });

  it('is taken over where another process has got the number of the dead one', async function () {
    if (process.platform !== 'linux') this.skip();
    await held({ ...(await thisProcess()), started: '1' });
    await (await takeLease(engine, 'places')).release();
  });

  it('of another host holds until it expires', async () => {
    await held({});
    expect(await codeOf(takeLease(engine, 'places'))).to.equal('LEASE_HELD');
    await held({ expires: Date.now() - 1 });
    await (await takeLease(engine, 'places')).release();
  });

  it('is found lost by a holder that was taken for dead, who then leaves the new one alone', async () => {
    const lease = await takeLease(engine, 'places');
    await lease.check('swap');
    await held({});
    expect(await codeOf(lease.check('swap'))).to.equal('LEASE_LOST');
    await lease.release();
    expect((await leaseHolder(engine, 'places'))?.host).to.equal('elsewhere.example');
  });

  it('is renewed by its holder', async () => {
    const lease = await takeLease(engine, 'places', { leaseMs: 60 });
    const first = (await engine.readState('places', 'lease'))!.revision;
    await lease.check('fill');
    expect((await engine.readState('places', 'lease'))!.revision).to.not.equal(first);
    await lease.release();
  });

  it('can be broken by hand', async () => {
    const lease = await takeLease(engine, 'places');
    expect((await breakLease(engine, 'places'))?.pid).to.equal(process.pid);
    expect(await breakLease(engine, 'places')).to.equal(null);
    expect(await codeOf(lease.check('swap'))).to.equal('LEASE_LOST');
    await lease.release();
  });
});
