import { expect } from 'chai';

import { serve } from '../support/servers.ts';
import { CAT } from '../knn/photos.ts';
import { runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';
import { type Child, endOf, startCli } from '../support/processes.ts';

describe('suoyin images add', () => {
  it('is interrupted in order, says so, and goes on without sources', async () => {
    const cwd = tempFolder();
    const start = (...args: string[]): Child => startCli(['images', 'add', ...args], { cwd });
    let child: Child | null = null;
    let hang = true;
    const { origin } = await serve((request, response) => {
      if (hang && request.url === '/3') child!.kill('SIGINT');
      else response.writeHead(200).end(CAT);
    });
    const urls = Array.from({ length: 5 }, (_, i) => `${origin}/${i}`);
    const loopback = ['--allow-address', '127.0.0.0/8', '--quiet'];
    child = start(...urls, ...loopback, '--concurrency', '1');
    const { code, err } = await endOf(child);
    expect(code, err).to.equal(8);
    expect(err).to.include('suoyin images add resumes');
    hang = false;
    const status = await runCli(['images', 'status', '--json'], { cwd });
    expect(JSON.parse(status.out)).to.include({ pictures: 3, waiting: 2 });
    const rest = await endOf(start(...loopback, '--json'));
    expect(rest.code, rest.err).to.equal(0);
    expect(JSON.parse(rest.out)).to.include({ added: 2, left: 0 });
  });
});
