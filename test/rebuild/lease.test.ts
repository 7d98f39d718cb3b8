import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RebuildError } from '../../lib/errors.ts';
import { leaseHolder, takeLease } from '../../lib/rebuild/lease.ts';

describe('takeLease', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'suoyin-lease-'));
    path = join(folder, 'places.lease');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function codeOf(run: Promise<unknown>): Promise<string> {
    return run.then(
      () => 'no error',
      (error: unknown) => (error as RebuildError).code,
    );
  }

  /** A process id that was in use a moment ago and is free now. */
  function deadPid(): number {
    return spawnSync(process.execPath, ['-e', '']).pid;
  }

  it('is held by one at a time and names the holder to the second', async () => {
    const lease = await takeLease(folder, 'places');
    const error = await takeLease(folder, 'places').catch((e: unknown) => e);
    expect(error).to.be.instanceOf(RebuildError);
    expect((error as RebuildError).code).to.equal('LEASE_HELD');
    expect((error as RebuildError).message).to.include(`process ${process.pid} on ${hostname()}`);
    await lease.release();
    await (await takeLease(folder, 'places')).release();
    expect(existsSync(path)).to.equal(false);
  });

  it('is one for each alias', async () => {
    const leases = [await takeLease(folder, 'places'), await takeLease(folder, 'others')];
    expect((await leaseHolder(folder, 'places'))?.pid).to.equal(process.pid);
    for (const lease of leases) await lease.release();
    expect(await leaseHolder(folder, 'places')).to.equal(null);
  });

  it('is taken over from a dead process of this host', async () => {
    const dead = { token: 't', pid: deadPid(), host: hostname(), since: 'x', started: null };
    writeFileSync(path, JSON.stringify(dead));
    expect(await leaseHolder(folder, 'places')).to.equal(null);
    await (await takeLease(folder, 'places')).release();
  });

  it('is taken over where another process has got the number of the dead one', async function () {
    if (process.platform !== 'linux') this.skip();
    const reused = { token: 't', pid: process.pid, host: hostname(), since: 'x', started: '1' };
    writeFileSync(path, JSON.stringify(reused));
    await (await takeLease(folder, 'places')).release();
  });

  it('of another host holds while it is renewed, and is taken over a minute after', async () => {
    const other = { token: 't', pid: 1, host: 'elsewhere.example', since: 'x', started: null };
    writeFileSync(path, JSON.stringify(other));
    expect(await codeOf(takeLease(folder, 'places'))).to.equal('LEASE_HELD');
    const longAgo = Date.now() / 1000 - 61;
    utimesSync(path, longAgo, longAgo);
    await (await takeLease(folder, 'places')).release();
  });

  it('holds while it is being written', async () => {
    writeFileSync(path, '');
    expect(await codeOf(takeLease(folder, 'places'))).to.equal('LEASE_HELD');
  });

  it('is found lost by a holder that was taken for dead, who then leaves the new one alone', async () => {
    const lease = await takeLease(folder, 'places');
    await lease.check('swap');
    writeFileSync(path, JSON.stringify({ token: 'new', pid: 1, host: 'elsewhere.example' }));
    expect(await codeOf(lease.check('swap'))).to.equal('LEASE_LOST');
    await lease.release();
    expect(JSON.parse(readFileSync(path, 'utf8'))).to.include({ token: 'new' });
  });
});
