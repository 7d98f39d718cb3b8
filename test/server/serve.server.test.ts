import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { EngineError, OptionError } from '../../lib/errors.ts';
import { createLimiter } from '../../lib/health/limiter.ts';
import { serve } from '../../lib/server/serve.ts';
import type { PlaceSearches } from '../../lib/server/place-threads.ts';
import { makeStores, rawRequest, serveOn, type Stores } from './rig.ts';

const SECRET = 'swordfish';

/** Places that answer when the test says so. */
function slowPlaces(): { places: PlaceSearches; begun: Promise<void>; release: () => void } {
  let begin: () => void;
  let release: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const gate = new Promise<void>((resolve) => (release = resolve));
  const places: PlaceSearches = {
    async suggest() {
      begin();
      await gate;
      return [];
    },
    search: () => Promise.reject(new Error(SECRET)),
    get: () => Promise.reject(new EngineError('ENGINE_UNREACHABLE', `${SECRET} is away`, 'Wait.')),
  };
  return { places, begun, release };
}

describe('serve', () => {
  let stores: Stores;
  before(async () => {
    stores = await makeStores();
  });

  it('listens on loopback, and elsewhere only where that is said', async () => {
    for (const options of [{ host: '0.0.0.0' }, { healthHost: '::' }, { host: 'search.example' }]) {
      const refused = await serve({ port: 0, healthPort: 0, ...options }).catch(
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(OptionError).with.property('code', 'LISTEN_PUBLIC');
    }
    const rig = await serveOn({ host: '0.0.0.0', openToNetwork: true });
    expect(rig.entries.map(({ event, level }) => [event, level])).to.deep.equal([
      ['listening', 'info'],
      ['open', 'warn'],
    ]);
    await rig.stop();
  });

  it('tells of a port that is taken, and leaves nothing open', async () => {
    const rig = await serveOn({});
    const taken = await serve({ port: rig.port, healthPort: 0 }).catch((error: unknown) => error);
    expect(taken).to.be.instanceOf(EngineError).with.property('code', 'LISTEN_FAILED');
    await rig.stop();
  });

  it('lets requests in flight end when it stops, tells probes, and takes no new ones', async () => {
    const { places, begun, release } = slowPlaces();
    const rig = await serveOn({ places });
    expect((await fetch(`${rig.healthUrl}/readyz`)).status).to.equal(200);
    const answer = rawRequest(rig.port, 'GET /suggest?q=x HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await begun;
    const stopped = rig.stop();
    expect((await fetch(`${rig.healthUrl}/readyz`)).status).to.equal(503);
    expect((await fetch(`${rig.healthUrl}/livez`)).status).to.equal(200);
    const late = connect(rig.port, '127.0.0.1');
    const [refused] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(refused.code).to.equal('ECONNREFUSED');
    release();
    expect(await answer).to.match(
      /^HTTP\/1.1 200 OK\r\n.*connection: close\r\n.*\{"suggestions":\[\]\}$/is,
    );
    expect(await stopped).to.equal(0);
    expect(rig.entries.at(-1)).to.include({ event: 'stopped', cut: 0 });
  });

  it('cuts what takes longer than it may', async () => {
    const { places, begun } = slowPlaces();
    const rig = await serveOn({ places, drainMs: 50 });
    const answer = rawRequest(rig.port, 'GET /suggest?q=x HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await begun;
    expect(await rig.stop()).to.equal(1);
    expect(await answer).to.equal('');
  });

  it('stops once, however often it is asked to', async () => {
    const rig = await serveOn({});
    expect(await Promise.all([rig.stop(), rig.stop()])).to.deep.equal([0, 0]);
    expect(rig.entries.filter(({ event }) => event === 'stopping')).to.have.length(1);
  });

  it('answers 503 with Retry-After where the limiter refuses, and sums that up in the log', async () => {
    const { places, begun, release } = slowPlaces();
    const limiter = createLimiter({ maxLimit: 1, initialLimit: 1, maxQueue: 0 });
    const rig = await serveOn({ places, limiter });
    const first = fetch(`${rig.url}/suggest?q=x`);
    await begun;
    const second = await fetch(`${rig.url}/suggest?q=x`);
    expect(second.status).to.equal(503);
    expect(Number(second.headers.get('retry-after'))).to.be.within(1, 4);
    expect(await second.json()).to.include({ code: 'OVERLOADED', status: 503 });
    expect((await fetch(`${rig.url}/detect?name=x`)).status).to.equal(200);
    release();
    expect((await first).status).to.equal(200);
    await rig.stop();
    expect(rig.entries.find(({ event }) => event === 'refused')).to.deep.include({
      level: 'warn',
      codes: { OVERLOADED: 1 },
    });
  });

  it('gives up what takes too long', async () => {
    const { places } = slowPlaces();
    const rig = await serveOn({ places, limits: { answerMs: 50 } });
    const response = await fetch(`${rig.url}/suggest?q=x`);
    expect(await response.json()).to.include({ status: 503, code: 'ANSWER_TIMEOUT' });
    expect(response.headers.get('retry-after')).to.equal('5');
    await rig.stop();
  });

  it('tells neither clients nor logs nor metrics what errors, queries, ids and headers hold', async () => {
    const { places, release } = slowPlaces();
    release();
    const rig = await serveOn({ places, images: stores.images });
    const headers = { authorization: `Bearer ${SECRET}`, cookie: `session=${SECRET}` };
    const told: string[] = [];
    for (const [path, init] of [
      [`/suggest?q=${SECRET}&sessionToken=${SECRET}`, {}],
      ['/search?q=x', {}],
      ['/places/x', {}],
      [`/${SECRET}`, {}],
      [`/images/${encodeURIComponent(`https://u:${SECRET}@example.com/`)}`, {}],
      ['/similar', { method: 'POST', body: `${SECRET} ${SECRET}` }],
    ] as const) {
      const response = await fetch(rig.url + path, {
        ...init,
        headers: { ...headers, 'content-type': 'image/png' },
      });
      // A client may be told what it asked for itself.
      if (/search|places/.test(path)) told.push(await response.text());
      else await response.arrayBuffer();
    }
    await rawRequest(rig.port, `${SECRET}\r\n\r\n`);
    const metrics = await (await fetch(`${rig.healthUrl}/metrics`)).text();
    const ready = await (await fetch(`${rig.healthUrl}/readyz?verbose`)).text();
    await rig.stop();
    expect(told.map((text) => (JSON.parse(text) as { code: string }).code)).to.deep.equal([
      'INTERNAL',
      'ENGINE_UNREACHABLE',
    ]);
    expect(metrics).to.include(
      'suoyin_search_duration_seconds_count{kind="suggest",outcome="ok"} 1',
    );
    const fault = rig.entries.find(({ code }) => code === 'INTERNAL');
    expect(JSON.stringify(fault)).to.match(/"at":\["at .*serve\.server\.test\.ts/);
    expect([...told, metrics, ready, JSON.stringify(rig.entries)].join('\n')).to.not.include(
      SECRET,
    );
  });

  it('hands what is not of the API to a fallback', async () => {
    const rig = await serveOn({
      fallback: (request, response) => response.end(`page ${request.url}`),
    });
    expect(await (await fetch(`${rig.url}/`)).text()).to.equal('page /');
    expect((await fetch(`${rig.url}/detect`)).status).to.equal(400);
    await rig.stop();
  });
});
