import { expect } from 'chai';
import type { HealthReport } from '../../lib/health/health.ts';
import { until } from '../support/polling.ts';
import { type Attacked, startAttacked } from './attacked.ts';

describe('a search that never ends', function () {
  this.timeout(180_000);
  let attacked: Attacked;
  afterEach(() => attacked.child.kill('SIGKILL'));

  const suggest = async (text: string): Promise<[status: number, body: { code?: string }]> => {
    const response = await fetch(`${attacked.url}/suggest?q=${encodeURIComponent(text)}`);
    return [response.status, (await response.json()) as { code?: string }];
  };
  const ready = async (): Promise<[status: number, report: HealthReport]> => {
    const response = await fetch(`${attacked.healthUrl}/readyz?verbose`);
    return [response.status, (await response.json()) as HealthReport];
  };

  for (const text of ['spin', 'cut']) {
    it(`is answered 503 and ended, and the next one is answered (${text})`, async () => {
      attacked = await startAttacked({ limitMs: 300 });
      const [status, body] = await suggest(text);
      expect([status, body.code]).to.deep.equal([503, 'SEARCH_TIMEOUT']);
      await until(async () => (await suggest('板橋'))[0] === 200);
      expect((await fetch(`${attacked.healthUrl}/livez`)).status).to.equal(200);
      const [, ended] = await attacked.stop();
      expect(ended).to.equal(true);
    });
  }

  it('takes one thread, and the others answer', async () => {
    attacked = await startAttacked({ threads: 2 });
    const stuck = suggest('spin').catch(() => undefined);
    for (let at = 0; at < 20; at++) expect((await suggest('板橋'))[0]).to.equal(200);
    expect((await ready())[0]).to.equal(200);
    attacked.child.kill('SIGKILL');
    await stuck;
  });

  it('makes the server unready where it takes every thread, and alive all the same', async () => {
    attacked = await startAttacked();
    expect((await ready())[0]).to.equal(200);
    const stuck = suggest('spin').catch(() => undefined);
    await until(async () => (await ready())[0] === 503);
    expect((await ready())[1].checks['threads']!.status).to.equal('fail');
    expect((await fetch(`${attacked.healthUrl}/livez`)).status).to.equal(200);
    attacked.child.kill('SIGKILL');
    await stuck;
  });

  it('is cut where the server stops, which then ends', async () => {
    attacked = await startAttacked({ drainMs: 100, threads: 2 });
    const stuck = ['spin', 'cut'].map((text) => suggest(text).catch(() => null));
    await until(async () => (await attacked.gauge('suoyin_http_requests_open')) === 2);
    const [last, ended] = await attacked.stop();
    expect([last['cut'], ended]).to.deep.equal([2, true]);
    expect(await Promise.all(stuck)).to.deep.equal([null, null]);
  });
});
