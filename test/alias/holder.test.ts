import { expect } from 'chai';

import { type Holder, isDead, thisProcess } from '../../lib/alias/holder.ts';
import { NO_PROCESS } from '../support/process-id.ts';

describe('isDead', () => {
  it('is certain of processes of this boot, host and namespace that have ended', async () => {
    const self = await thisProcess();
    expect(await isDead(self)).to.equal(false);
    expect(await isDead({ ...self, pid: NO_PROCESS, started: '1' })).to.equal(self.space !== null);
    expect(await isDead({ ...self, pid: NO_PROCESS, started: null })).to.equal(self.space !== null);
  });

  it('knows a process that has got the number of another one by its start', async function () {
    if (process.platform !== 'linux') this.skip();
    const self = await thisProcess();
    expect(await isDead({ ...self, started: '1' })).to.equal(true);
    expect(await isDead({ ...self, started: null })).to.equal(false);
  });

  it('is false of any process of another host, boot or namespace, and of one that does not say', async () => {
    const ended = { ...(await thisProcess()), pid: NO_PROCESS };
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
