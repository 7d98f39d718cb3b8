import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect } from 'chai';

const folder = fileURLToPath(new URL('../../examples/grafana/', import.meta.url));

/** What promtool says; in CI it has to be there. */
function promtool(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

describe('alert rules', function () {
  before(function () {
    const there = spawnSync('promtool', ['--version']).status === 0;
    if (there) return;
    if (process.env['CI']) throw new Error('promtool is missing: install the package prometheus');
    this.skip();
  });

  it('fire when they should, and not before', () => {
    const { status, said } = promtool('test', 'rules', 'alerts.test.yml');
    expect(said).to.include('SUCCESS');
    expect(status).to.equal(0);
  });

  it('are rules that Prometheus loads', () => {
    const { status, said } = promtool('check', 'rules', 'alerts.yml', 'queue-alerts.yml');
    expect(status, said).to.equal(0);
  });
});
