import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { EngineError, OptionError } from '../../lib/errors.ts';
import { measureEventLoop } from '../../lib/health/event-loop.ts';
import { createHealth, type Health, type HealthOptions } from '../../lib/health/health.ts';
import { handClock } from './hand-clock.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const SECRET = 'swordfish';

describe('createHealth', () => {
  // A busy machine for tests is no finding.
  const healthOf = (options: HealthOptions): Health =>
    closeAtEnd(createHealth({ maxLagMs: 60_000, ...options }));
  const serve = async (
    options: HealthOptions,
  ): Promise<{ url: string; health: Health; port: number }> => {
    const health = healthOf(options);
    const { port } = closeAtEnd(await health.listen({ port: 0 }));
    return { url: `http://127.0.0.1:${port}`, health, port };
  };
  const fails = (): Promise<never> =>
    Promise.reject(new EngineError('ENGINE_UNREACHABLE', `${SECRET}.example is away`, 'Wait.'));

  it('is alive whatever its dependencies do', async () => {
    let asked = 0;
    const run = (): Promise<never> => (asked++, fails());
    const { url } = await serve({ checks: { opensearch: { run, required: true } } });
    const response = await fetch(`${url}/livez`);
    expect([response.status, await response.json()]).to.deep.equal([200, { status: 'pass' }]);
    expect(asked).to.equal(0);
  });

  it('stays ready, degraded, without a shared dependency', async () => {
    const { url } = await serve({ checks: { opensearch: { run: fails } } });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).to.deep.equal([200, { status: 'warn' }]);
  });

  it('is not ready without a required one, and shows each check with ?verbose', async () => {
    const fine = { run: () => Promise.resolve() };
    const { url } = await serve({ checks: { fine, file: { run: fails, required: true } } });
    const response = await fetch(`${url}/readyz?verbose`);
    const { status, checks } = (await response.json()) as Awaited<ReturnType<Health['readyz']>>;
    expect([response.status, status]).to.deep.equal([503, 'fail']);
    expect(checks['fine']).to.deep.include({ status: 'pass' });
    expect(checks['file']).to.deep.include({ status: 'fail', code: 'ENGINE_UNREACHABLE' });
  });

  it('shows no message of an error', async () => {
    const plain = { run: () => Promise.reject(new Error(SECRET)) };
    const { url } = await serve({ checks: { plain, engine: { run: fails } } });
    const text = await (await fetch(`${url}/readyz?verbose`)).text();
    expect(text).to.include('CHECK_FAILED');
    expect(text).not.to.include(SECRET);
  });

  it('gives up a check that hangs, and tells it so', async () => {
    const clock = handClock();
    let aborted = false;
    const run = (signal: AbortSignal): Promise<void> => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    };
    const health = healthOf({ clock, timeoutMs: 500, checks: { hung: { run } } });
    const report = health.readyz();
    await clock.turn(500);
    expect((await report).checks).to.deep.equal({
      hung: { status: 'warn', code: 'TIMEOUT', durationMs: 500 },
    });
    expect(aborted).to.equal(true);
  });

  it('runs each check once for a hundred probes, and again when the result is old', async () => {
    const clock = handClock();
    let runs = 0;
    const run = (): Promise<void> => Promise.resolve(void runs++);
    const health = healthOf({ clock, maxAgeMs: 1000, checks: { one: { run } } });
    await Promise.all(Array.from({ length: 100 }, () => health.readyz()));
    await clock.turn(999);
    await health.readyz();
    expect(runs).to.equal(1);
    await clock.turn(1);
    await health.readyz();
    expect(runs).to.equal(2);
  });

  it('is not ready any more while it drains, but alive', async () => {
    const { url, health } = await serve({});
    expect((await fetch(`${url}/readyz`)).status).to.equal(200);
    health.drain();
    expect((await fetch(`${url}/readyz`)).status).to.equal(503);
    expect((await fetch(`${url}/livez`)).status).to.equal(200);
  });

  it('tells a blocked event loop', async () => {
    // In place of the histogram, which samples by the clock of a machine that may be busy.
    let lagMs = 20;
    const eventLoop = { lagMs: () => lagMs, close: () => undefined };
    const health = healthOf({ maxLagMs: 20, maxAgeMs: 0, eventLoop });
    expect(await health.readyz()).to.deep.include({ status: 'pass', eventLoopLagMs: 20 });
    lagMs = 21;
    expect(await health.readyz()).to.deep.include({ status: 'warn', eventLoopLagMs: 21 });
  });

  it('measures how long the event loop was blocked, however late its timers come', async () => {
    const eventLoop = measureEventLoop();
    const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
    // The histogram samples by a timer of its own: one sample has to be before the block, one after it.
    let measured = 0;
    for (let round = 0; round < 50 && measured < 200; round++) {
      await turn();
      for (const end = performance.now() + 300; performance.now() < end;);
      await turn();
      measured = eventLoop.lagMs();
    }
    eventLoop.close();
    expect(measured).to.be.greaterThan(200);
  });

  it('answers odd requests with a status and lives on', async () => {
    const { url, port } = await serve({});
    expect((await fetch(`${url}/`)).status).to.equal(404);
    expect((await fetch(`${url}/livez`, { method: 'POST' })).status).to.equal(405);
    expect((await fetch(`${url}/livez`, { method: 'HEAD' })).status).to.equal(200);
    for (const target of ['//', 'http://[', '/livez/../..', '%', '*']) {
      expect(
        await raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      ).to.match(/^HTTP\/1\.1 40\d/);
    }
    expect((await fetch(`${url}/livez`)).status).to.equal(200);
  });

  it('listens on loopback only where nothing else is said', async () => {
    const { port } = await serve({});
    const socket = connect(port, '127.0.0.2');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).to.equal('ECONNREFUSED');
  });

  it('refuses times under zero', () => {
    expect(() => createHealth({ timeoutMs: -1 }))
      .to.throw(OptionError)
      .with.property('code', 'HEALTH_OPTION_INVALID');
  });
});

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}
