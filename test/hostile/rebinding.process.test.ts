import { createSocket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { PHOTOS } from '../../examples/photos.ts';
import { noteUnreached } from '../../lib/ingest/fetch/fetch-error.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { secretWaitMs } from '../../lib/server/problem.ts';
import { serveOn } from '../server/rig.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';

const PHOTO = PHOTOS['flower.jpg']!;
const OPEN = '127.0.0.1';
/** Addresses that are refused; the first one reaches the same server as `OPEN`. */
const INNER = ['0.0.0.0', '10.0.0.1', '169.254.169.254', '192.168.1.1'];

/** A DNS server whose owner changes his mind with every question. */
async function dnsStub(answer: () => readonly string[]): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (asked, from) => {
    const end = asked.indexOf(0, 12) + 5;
    const addresses = answer();
    const header = Buffer.from(asked.subarray(0, 12));
    // A response that was recursive; a name without addresses does not exist.
    header.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8);
    // Name as in the question, A, IN, not to be kept, 4 bytes.
    const records = addresses.map((address) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
    );
    socket.send(Buffer.concat([header, asked.subarray(12, end), ...records]), from.port);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  giveBack(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return `127.0.0.1:${socket.address().port}`;
}

describe('a name whose addresses change', function () {
  this.timeout(120_000);
  let asked: string[];
  let answers: (readonly string[])[];
  let given: (readonly string[])[];
  let url: string;
  let port: number;
  let redirects: boolean;

  before(async () => {
    const victim = createServer((request, response) => {
      asked.push(request.url!);
      if (redirects && request.url === '/first') {
        response.writeHead(302, { location: '/second' }).end();
      } else response.end(PHOTO);
    });
    // On all addresses, so that whatever is connected to is heard of.
    victim.listen(0);
    await once(victim, 'listening');
    giveBack(() => new Promise<void>((resolve) => victim.close(() => resolve())));
    port = (victim.address() as AddressInfo).port;
    const resolver = new Resolver();
    resolver.setServers([
      await dnsStub(() => {
        const next = answers.shift() ?? [];
        given.push(next);
        return next;
      }),
    ]);
    const lookup = async (name: string): Promise<LookupAddress[]> =>
      (await resolver.resolve4(name)).map((address) => ({ address, family: 4 }));
    const images = new ImageIndex(closeAtEnd(embedded({ dataDir: tempFolder() })), {
      fetch: { lookup, allowAddresses: [`${OPEN}/32`] },
    });
    await images.add(PHOTO, { id: 'flower' });
    ({ url } = await serveOn({ images, fetchUrls: true }));
  });

  const similarTo = async (path: string): Promise<[status: number, body: string]> => {
    const response = await fetch(`${url}/similar`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: `http://rebinding.example:${port}${path}` }),
    });
    return [response.status, await response.text()];
  };
  const begin = (next: (readonly string[])[], isRedirected: boolean): void => {
    [asked, given, answers, redirects] = [[], [], next.slice(), isRedirected];
  };

  it('is connected to only where what was looked up for that connection is allowed', async () => {
    const answer = fc.uniqueArray(fc.constantFrom(OPEN, ...INNER), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(answer, answer),
        fc.boolean(),
        async ([first, second], isRedirected) => {
          begin([first, second], isRedirected);
          const [status] = await similarTo('/first');
          const hops = isRedirected ? [first, second] : [first];
          const refused = hops.findIndex((addresses) => !addresses.includes(OPEN));
          expect(status).to.equal(refused < 0 ? 200 : 422);
          const reached = refused < 0 ? hops.length : refused;
          expect(asked).to.deep.equal(['/first', '/second'].slice(0, reached));
          // One question for each connection that was tried.
          expect(given).to.deep.equal(hops.slice(0, refused < 0 ? hops.length : refused + 1));
        },
      ),
      { numRuns: runs(20) },
    );
  });

  it('is answered at whole seconds behind its look-up, whenever that ended', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 60_000, noNaN: true }), (ms) => {
        const error = new Error('of a look-up');
        expect(secretWaitMs(error)).to.equal(0);
        noteUnreached(error, ms);
        const total = ms + secretWaitMs(error);
        expect(total).to.be.closeTo(Math.max(1000, Math.ceil(ms / 1000) * 1000), 1e-6);
      }),
      { numRuns: runs(200) },
    );
  });

  it('tells clients nothing of what it is inside', async () => {
    const bodies = new Set<string>();
    const times: number[] = [];
    const timed = async (answer: () => Promise<string>): Promise<void> => {
      const began = performance.now();
      bodies.add(await answer());
      times.push(performance.now() - began);
    };
    for (const isRedirected of [false, true]) {
      for (const addresses of [[], ...INNER.map((address) => [address]), INNER]) {
        begin(isRedirected ? [[OPEN], addresses] : [addresses], isRedirected);
        await timed(async () => {
          const [status, body] = await similarTo('/first');
          expect(status).to.equal(422);
          return body;
        });
      }
    }
    // Nor whether nobody listens there.
    begin([[OPEN]], false);
    await timed(async () => {
      const closed = await fetch(`${url}/similar`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ url: 'http://rebinding.example:1/first' }),
      });
      return closed.text();
    });
    // None of them comes sooner, however soon its name was known.
    expect(Math.min(...times)).to.be.at.least(999);
    expect([...bodies]).to.have.length(1);
    expect([...bodies][0]).not.to.match(/\d+\.\d+\.\d+\.\d+|ENOTFOUND|loopback|private/);
  });
});
