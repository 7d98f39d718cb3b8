import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type FaultProxy, faultProxy } from '../support/fault-proxy.ts';

describe('faultProxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  let seen: string[];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  beforeEach(async () => {
    seen = [];
    server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        seen.push(`${incoming.method} ${incoming.url} ${body}`);
        outgoing.writeHead(201, { 'x-from': 'upstream' }).end(`got ${body}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await faultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await proxy.close();
    server.close();
    server.closeAllConnections();
  });

  async function post(path: string, ...chunks: string[]): Promise<[number, string, string]> {
    const sent = request(`${proxy.url}${path}`, { method: 'POST', agent });
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of answer.setEncoding('utf8')) body += chunk;
    return [answer.statusCode!, String(answer.headers['x-from'] ?? ''), body];
  }
  async function failure(call: Promise<unknown>): Promise<string> {
    try {
      await call;
      return 'none';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }

  it('passes on requests, chunked or whole, over one connection', async () => {
    expect(await post('/a?b=1', 'x')).to.deep.equal([201, 'upstream', 'got x']);
    expect(await post('/c', 'y', 'z')).to.deep.equal([201, 'upstream', 'got yz']);
    expect(seen).to.deep.equal(['POST /a?b=1 x', 'POST /c yz']);
  });

  it('resets before anything is forwarded', async () => {
    proxy.inject({ kind: 'reset' });
    expect(await failure(post('/a', 'x'))).to.equal('ECONNRESET');
    expect(seen).to.deep.equal([]);
    expect((await post('/a', 'x'))[0]).to.equal(201);
  });

  it('loses the answer of a request that was carried out', async () => {
    proxy.inject({ kind: 'lose-answer' });
    expect(await failure(post('/a', 'x'))).to.equal('ECONNRESET');
    expect(seen).to.deep.equal(['POST /a x']);
  });

  it('closes the connection in the middle of an answer', async () => {
    proxy.inject({ kind: 'half-close' });
    expect(await failure(post('/a', 'x'))).to.equal('ECONNRESET');
    expect(seen).to.deep.equal(['POST /a x']);
  });

  it('answers itself as often as asked, and only what the rule is for', async () => {
    const headers = { 'x-from': 'proxy' };
    const answer = { status: 503, headers, body: '<html>' };
    const when = ({ path }: { path: string }): boolean => path === '/a';
    proxy.inject({ kind: 'answer', answer }, { times: 2, when });
    expect(await post('/b', 'x')).to.deep.equal([201, 'upstream', 'got x']);
    expect(await post('/a', 'x')).to.deep.equal([503, 'proxy', '<html>']);
    expect(await post('/a', 'x')).to.deep.equal([503, 'proxy', '<html>']);
    expect(await post('/a', 'x')).to.deep.equal([201, 'upstream', 'got x']);
    expect(proxy.hits()).to.deep.equal(['answer', 'answer']);
    expect(proxy.requests()).to.equal(4);
  });

  it('lets a test change request and answer', async () => {
    proxy.inject({
      kind: 'handle',
      handle: async (given, forward) => {
        const { body } = await forward({ ...given, body: Buffer.from('changed') });
        return { status: 200, body: `${String(body)}!` };
      },
    });
    expect(await post('/a', 'x')).to.deep.equal([200, '', 'got changed!']);
  });

  it('passes on late', async () => {
    proxy.inject({ kind: 'delay', ms: 1 });
    expect(await post('/a', 'x')).to.deep.equal([201, 'upstream', 'got x']);
  });

  it('refuses connections while stopped and is at the same address afterwards', async () => {
    const { url } = proxy;
    await proxy.stop();
    expect(await failure(post('/a', 'x'))).to.be.oneOf(['ECONNREFUSED', 'ECONNRESET']);
    await proxy.resume();
    expect(proxy.url).to.equal(url);
    expect((await post('/a', 'x'))[0]).to.equal(201);
  });

  it('forgets what was injected', async () => {
    proxy.inject({ kind: 'reset' }, { times: 9 });
    proxy.clear();
    expect((await post('/a', 'x'))[0]).to.equal(201);
  });
});
