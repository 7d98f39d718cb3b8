// A run of tests that fails in every way in which something could be left behind. Prints what it started.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect } from 'chai';
import { tempFolder } from '../../support/folders.ts';
import { giveBack } from '../../support/lifetime.ts';
import { type Child, start } from '../../support/processes.ts';
import { serve } from '../../support/servers.ts';

/** A process that never ends by itself, and ignores SIGTERM. */
function startSleeper(): Child {
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
  const child = start(process.execPath, ['-e', script]);
  console.log(JSON.stringify({ pid: child.pid }));
  return child;
}

function makeFolder(): void {
  console.log(JSON.stringify({ folder: tempFolder() }));
}

describe('a test', () => {
  before(() => {
    makeFolder();
    startSleeper();
  });

  it('fails after it has started a process and a server', async () => {
    makeFolder();
    startSleeper();
    await serve(() => undefined);
    expect(1).to.equal(2);
  });

  it('is given up while it still waits, and then starts something', async function () {
    this.timeout(50);
    const child = startSleeper();
    await once(child, 'exit');
    startSleeper();
  });
});

describe('a before hook', () => {
  before(() => {
    startSleeper();
    throw new Error('on purpose');
  });
  it('fails, so that this does not run', () => undefined);
});

describe('an after hook', () => {
  it('comes after a test that starts a process', () => void startSleeper());
  after(() => {
    startSleeper();
    throw new Error('on purpose');
  });
});

describe('a release', () => {
  it('fails, and the others are made all the same', () => {
    startSleeper();
    giveBack(() => {
      throw new Error('on purpose');
    });
  });
});

if (process.env['KEEPS_RUNNING']) createServer().listen(0, '127.0.0.1');
