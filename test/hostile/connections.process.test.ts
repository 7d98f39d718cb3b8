import { once } from 'node:events';
import { expect } from 'chai';
import { rawRequest } from '../server/rig.ts';
import { until } from '../support/polling.ts';
import { type Attacked, openSocket, startAttacked } from './attacked.ts';

const ONE = 'GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n';

describe('connections that are used badly', () => {
  let attacked: Attacked;
  before(async () => {
    attacked = await startAttacked();
  });
  after(() => attacked.stop());

  const forgotten = (): Promise<void> =>
    until(async () => (await attacked.gauge('suoyin_http_requests_open')) === 0);

  it('leave nothing behind: 30,000 pipelined requests of 150 connections that go away', async () => {
    const attack = async (connections: number): Promise<void> => {
      for (let at = 0; at < connections; at++) {
        const socket = await openSocket(attacked.port);
        socket.write(ONE.repeat(200));
        // Half of them read a little before they go, so that answers are under way.
        if (at % 2) await Promise.race([once(socket, 'data'), once(socket, 'close')]);
        socket.destroy();
      }
      await forgotten();
    };
    await attack(20);
    const { memory: before } = await attacked.state();
    await attack(150);
    expect(await attacked.gauge('suoyin_http_connections_open')).to.equal(0);
    const { memory } = await attacked.state();
    // What was kept of each request came to 15 kB, 440 MiB in all.
    expect((memory - before) / 2 ** 20).to.be.below(30);
  });

  it('get the answers to so many requests that were sent ahead, in order, and are closed', async () => {
    const requests = Array.from(
      { length: 100 },
      (_, at) => `GET /detect?name=${at} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    );
    const answer = await rawRequest(attacked.port, requests.join(''));
    expect(answer.match(/HTTP\/1\.1 200/g)).to.have.length(32);
    expect(answer.match(/connection: close/gi)).to.have.length(1);
  });

  it('get no answer where they send thousands ahead', async () => {
    await rawRequest(attacked.port, ONE.repeat(5000));
    await forgotten();
  });

  it('get 400 for two Host headers', async () => {
    const text = 'GET /detect?name=x HTTP/1.1\r\nhost: localhost\r\nHost: localhost\r\n\r\n';
    const answer = await rawRequest(
      attacked.port,
      text.replace('\r\n\r\n', '\r\nconnection: close\r\n\r\n'),
    );
    expect(answer).to.match(/^HTTP\/1\.1 400 .*"code":"HOST_INVALID"/s);
  });

  for (const [host, status] of [
    ['localhost:', 200],
    ['LOCALHOST:65535', 200],
    ['[::1]:8080', 200],
    ['localhost:65536', 400],
    ['localhost:99999', 400],
    ['localhost:080808', 400],
    ['localhost:8080:1', 400],
    ['localhost:-1', 400],
    ['localhost:8080/x', 400],
    ['user@localhost', 400],
    ['local host', 400],
    ['[::1', 400],
    ['local\xe9host', 400],
  ] as const) {
    it(`get ${status} for the Host ${JSON.stringify(host)}, on both ports`, async () => {
      for (const [port, path] of [
        [attacked.port, '/detect?name=x'],
        [attacked.healthPort, '/livez'],
      ] as const) {
        const text = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
        expect(await rawRequest(port, text)).to.match(new RegExp(`^HTTP/1\\.1 ${status} `));
      }
    });
  }
});

describe('a server that stops', () => {
  it('counts as cut only what somebody still waits for', async () => {
    const attacked = await startAttacked({ drainMs: 500, limits: { bodyMs: 60_000 } });
    const gone = await openSocket(attacked.port);
    gone.write(ONE.repeat(50));
    gone.destroy();
    for (let at = 0; at < 20; at++) {
      const socket = await openSocket(attacked.port);
      socket.write(ONE);
      socket.destroy();
    }
    const waiting = await Promise.all([1, 2].map(() => openSocket(attacked.port)));
    for (const socket of waiting) {
      socket.write('POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nx');
    }
    await until(async () => (await attacked.gauge('suoyin_http_requests_open')) === 2);
    const [last] = await attacked.stop();
    expect(last).to.deep.include({ event: 'stopped', cut: 2 });
    for (const socket of waiting) socket.destroy();
  });
});
