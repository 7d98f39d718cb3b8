import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { endOf, start } from '../support/processes.ts';
import { until } from '../support/polling.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** What bin/mocha.js starts, which is one process more. */
const MOCHA = fileURLToPath(new URL('../../node_modules/mocha/lib/cli/cli.js', import.meta.url));

/** A process or folder that a run of tests has had. */
type Loan = { pid: number } | { folder: string };

const runFailing = (env: NodeJS.ProcessEnv = {}): ReturnType<typeof start> =>
  start(process.execPath, ['--import=tsx', MOCHA, 'test/tools/runs/failing.ts'], {
    cwd: root,
    env: { ...process.env, ...env },
  });

function loansIn(out: string): Loan[] {
  return Array.from(out.matchAll(/^\{.*\}$/gm), ([line]) => JSON.parse(line) as Loan);
}

function isThere(loan: Loan): boolean {
  if ('folder' in loan) return existsSync(loan.folder);
  try {
    return process.kill(loan.pid, 0);
  } catch {
    return false;
  }
}

describe('a run of tests', () => {
  it('ends by itself whatever fails, with its failures, and leaves nothing behind', async () => {
    const { code, out, err } = await endOf(runFailing());
    expect(out.match(/^ {2}\d+ passing|^ {2}\d+ failing/gm), err).to.deep.equal([
      '  2 passing',
      '  5 failing',
    ]);
    expect(code).to.equal(5);
    expect(err).to.not.include('something still runs');
    const loans = loansIn(out);
    expect(loans.filter((loan) => 'pid' in loan)).to.have.length(8);
    expect(loans.filter((loan) => 'folder' in loan)).to.have.length(2);
    expect(loans.filter(isThere)).to.deep.equal([]);
  });

  it('that is told to end by SIGTERM leaves nothing behind', async () => {
    const child = runFailing();
    let said = '';
    const ended = endOf(child);
    const pids = await new Promise<Loan[]>((resolve) => {
      child.stdout.on('data', (text: string) => {
        said += text;
        const loans = loansIn(said);
        if (loans.length >= 2) resolve(loans);
      });
    });
    child.kill('SIGTERM');
    expect(await ended).to.include({ code: 143 });
    await until(() => !pids.some(isThere));
  });

  it('is ended, as a failure that says why, where something keeps it from ending', async () => {
    const { code, err } = await endOf(runFailing({ KEEPS_RUNNING: '1', TEST_END_SECONDS: '1' }));
    expect(err).to.match(/^The tests ended \d+ s ago, and something still runs: .*TCPServerWrap/m);
    expect(code).to.equal(5);
  });
});
