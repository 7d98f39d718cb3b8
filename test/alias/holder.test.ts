import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { type Holder, isDead, thisProcess } from '../../lib/alias/holder.ts';
import { leaseHolder, takeLease } from '../../lib/alias/lease.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { ingestQueue } from '../../lib/ingest/queue/queue.ts';
import { startScript } from '../support/cli.ts';

const HOLD = fileURLToPath(new URL('hold-leases.ts', import.meta.url));
const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** Process id of one that has just ended. */
function endedPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('isDead', () => {
  it('is certain of processes of this boot, host and namespace that have ended', async () => {
    const self = await thisProcess();
    expect(await isDead(self)).to.equal(false);
    const pid = endedPid();
    expect(await isDead({ ...self, pid, started: '1' })).to.equal(self.space !== null);
    expect(await isDead({ ...self, pid, started: null })).to.equal(self.space !== null);
  });

  it('knows a process that has got the number of another one by its start', async function () {
    if (process.platform !== 'linux') this.skip();
    const self = await thisProcess();
    expect(await isDead({ ...self, started: '1' })).to.equal(true);
    expect(await isDead({ ...self, started: null })).to.equal(false);
  });

  it('is false of any process of another host, boot or namespace, and of one that does not say', async () => {
    const ended = { ...(await thisProcess()), pid: endedPid() };
    const others: Partial<Holder>[] = [
      { host: 'elsewhere.example' },
      { boot: '00000000-0000-4000-8000-000000000000' },
      { space: 'pid:[1]' },
      { space: null },
    ];
    for (const other of others) {
      expect(await isDead({ ...ended, ...other }), JSON.stringify(other)).to.equal(false);
    }
    const { host, pid } = ended;
    expect(await isDead({ host, pid, started: '1' } as Holder)).to.equal(false);
  });
});

describe('leases of processes in two namespaces of one host name', function () {
  this.timeout(60_000);
  let dataDir: string;
  let engine: Engine;
  let child: ChildProcess | null = null;
  before(function () {
    const [command, ...args] = NAMESPACE;
    const { status, stderr, error } = spawnSync(command!, [...args, 'true'], { encoding: 'utf8' });
    if (status === 0) return;
    const reason = error?.message ?? stderr.trim();
    if (process.env['CI']) throw new Error(`CI needs namespaces of process ids: ${reason}`);
    console.log(`    skipped: no namespaces of process ids (${reason})`);
    this.skip();
  });
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'suoyin-holder-'));
    engine = embedded({ dataDir });
  });
  afterEach(async () => {
    await stop();
    await engine.close();
    rmSync(dataDir, { recursive: true });
  });

  /** @param through - The command that it is started by. */
  async function holdLeases(through: readonly string[] = []): Promise<Holder> {
    await (await ingestQueue(engine, 'images')).add([{ source: '/p/a.jpg', id: 'a' }]);
    const started = startScript(HOLD, [dataDir], { through });
    child = started;
    started.stderr.pipe(process.stderr);
    const [text] = (await once(started.stdout, 'data')) as [Buffer];
    return JSON.parse(text.toString()) as Holder;
  }
  async function stop(): Promise<void> {
    if (child === null) return;
    const ended = once(child, 'exit');
    if (child.kill('SIGKILL')) await ended;
    child = null;
  }
  /** Whether this process may rebuild, and whether it gets the chunk. */
  async function taken(): Promise<[rebuild: string, chunk: boolean]> {
    const lease = await takeLease(engine, 'places').catch((error: unknown) => error);
    const { claim } = await (await ingestQueue(engine, 'images')).claim();
    if ('release' in (lease as object)) return ['taken', claim !== null];
    return [(lease as { code: string }).code, claim !== null];
  }

  it('are kept by one that lives, and by a dead one until they run out', async () => {
    const holder = await holdLeases(NAMESPACE);
    const self = await thisProcess();
    expect([holder.host, holder.boot]).to.deep.equal([self.host, self.boot]);
    expect(holder.space).to.not.equal(self.space);
    expect((await leaseHolder(engine, 'places'))?.pid).to.equal(holder.pid);
    expect(await taken()).to.deep.equal(['LEASE_HELD', false]);
    await stop();
    expect(await taken()).to.deep.equal(['LEASE_HELD', false]);
    const entry = (await engine.readState('places', 'lease'))!;
    const over = { ...(entry.value as object), expires: Date.now() - 1 };
    await engine.writeState('places', 'lease', over);
    expect((await taken())[0]).to.equal('taken');
  });

  it('are taken from a dead process at once where both are in one', async () => {
    await holdLeases();
    expect(await taken()).to.deep.equal(['LEASE_HELD', false]);
    await stop();
    expect(await taken()).to.deep.equal(['taken', true]);
  });
});
