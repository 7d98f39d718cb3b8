import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import type { HealthReport } from '../../lib/health/health.ts';
import { until } from '../support/polling.ts';
import { type Child, endOf, startCli } from '../support/processes.ts';
import { makeStores, type Stores } from './rig.ts';

/** Processes that a process has started. */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}

describe('suoyin serve --processes', () => {
  let stores: Stores;
  before(async function () {
    // Processes are told from each other by /proc.
    if (process.platform !== 'linux') this.skip();
    stores = await makeStores();
  });

  const argsOf = (more: readonly string[]): string[] => {
    const threads = ['--threads', '1', '--no-dictionaries'];
    return ['serve', '--data', stores.dataDir, '--processes', '2', ...threads, ...more];
  };

  it('shares a port, replaces a process that dies, adds up metrics, and drains all', async () => {
    const child = startCli(argsOf(['--port', '0', '--health-port', '0', '--log', 'none']));
    const ended = endOf(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const [, url, healthUrl] = /^suoyin serves (\S+), health at (\S+)$/.exec(line)!;
    // A connection of its own each time, so that the next process takes it.
    const ask = async (): Promise<string> => {
      const headers = { connection: 'close' };
      const response = await fetch(`${url}/suggest?q=板橋&language=zh-Hant&limit=1`, { headers });
      return response.text();
    };
    const counted = async (): Promise<number> => {
      const text = await (await fetch(`${healthUrl}/metrics`)).text();
      const found = /^suoyin_http_requests_total\{[^}]*"\/suggest"[^}]*\} (\d+)$/m.exec(text);
      return Number(found?.[1] ?? 0);
    };
    const allReady = async (): Promise<boolean> => {
      const answer = await fetch(`${healthUrl}/readyz?verbose`);
      const { checks } = (await answer.json()) as HealthReport;
      return Object.values(checks).every(({ status }) => status === 'pass');
    };
    await until(allReady);
    const processes = childrenOf(child.pid!);
    expect(processes).to.have.length(2);
    for (let i = 0; i < 6; i++) expect(await ask()).to.include('板橋, 新北市, 台灣');
    expect(await counted()).to.equal(6);

    const [first, second] = processes as [number, number];
    for (const [i, killed] of [first, second].entries()) {
      process.kill(killed, 'SIGKILL');
      await until(async () => !childrenOf(child.pid!).includes(killed) && (await allReady()));
      expect(childrenOf(child.pid!)).to.have.length(2);
      for (let n = 0; n < 4; n++) expect(await ask()).to.include('板橋, 新北市, 台灣');
      expect(await counted(), 'what a dead process counted stays').to.equal(6 + 4 * (i + 1));
    }

    const left = childrenOf(child.pid!);
    child.kill('SIGTERM');
    const { code, err } = await ended;
    expect(code, err).to.equal(0);
    expect(err).to.match(/^(suoyin: process \d+ has ended \(SIGKILL\) and is started again\n){2}$/);
    for (const pid of left) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });

  it('ends at SIGTERM at whatever moment of its start, with all of its processes', async () => {
    const args = argsOf(['--port', '0', '--health-port', '0', '--log', 'none']);
    // What a run has come to: processes of its own, and that it serves.
    const moments: ((child: Child) => Promise<unknown>)[] = [
      (child) => until(() => childrenOf(child.pid!).length === 1),
      (child) => until(() => childrenOf(child.pid!).length === 2),
      (child) => once(child.stdout, 'data'),
    ];
    for (const moment of moments) {
      const child = startCli(args);
      const ended = endOf(child);
      await moment(child);
      const left = childrenOf(child.pid!);
      child.kill('SIGTERM');
      const { code, err } = await ended;
      expect(code, err).to.equal(0);
      for (const pid of left) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
    }
  });

  it('ends at SIGTERM although a process does not', async () => {
    const args = argsOf(['--port', '0', '--health-port', '0', '--log', 'none', '--drain', '100ms']);
    const child = startCli(args);
    const ended = endOf(child);
    await once(child.stdout, 'data');
    const [first, second] = childrenOf(child.pid!) as [number, number];
    process.kill(first, 'SIGSTOP');
    child.kill('SIGTERM');
    const { code, err } = await ended;
    expect(code, err).to.equal(0);
    for (const pid of [first, second]) expect(() => process.kill(pid, 0)).to.throw('ESRCH');
  });

  it('ends with the exit code of a process that cannot begin to serve, and says why once', async () => {
    const { code, err } = await endOf(
      startCli(
        argsOf(['--port', '0', '--health-port', '0', '--listen', '192.0.2.1', '--open-to-network']),
      ),
    );
    expect(code).to.equal(1);
    expect(err.match(/192\.0\.2\.1/g)).to.have.length(1);
  });
});
