import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

import { type Holder, thisProcess } from '../../lib/alias/holder.ts';
import { leaseHolder, takeLease } from '../../lib/alias/lease.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { ingestQueue } from '../../lib/ingest/queue/queue.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { type Child, startScript } from '../support/processes.ts';

const HOLD = fileURLToPath(new URL('hold-leases.ts', import.meta.url));
const NAMESPACE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];

describe('leases of processes in two namespaces of one host name', function () {
  let dataDir: string;
  let engine: Engine;
  let child: Child;
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
    dataDir = tempFolder();
    engine = closeAtEnd(embedded({ dataDir }));
  });

  /** @param through - The command that it is started by. */
  async function holdLeases(through: readonly string[] = []): Promise<Holder> {
    await (await ingestQueue(engine, 'images')).add([{ source: '/p/a.jpg', id: 'a' }]);
    child = startScript(HOLD, [dataDir], { through });
    child.stderr.pipe(process.stderr);
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    return JSON.parse(text.toString()) as Holder;
  }
  async function stop(): Promise<void> {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
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
