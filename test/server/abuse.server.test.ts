import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { PHOTOS } from '../../examples/photos.ts';
import { blackPng } from '../support/black-png.ts';
import { makeStores, rawRequest, type Rig, serveOn, type Stores } from './rig.ts';

/** Status and code of an answer as it came over the wire. */
function told(answer: string): [status: number, code: string | undefined] {
  return [Number(answer.slice(9, 12)), /"code":"(\w+)"/.exec(answer)?.[1]];
}

describe('a server under abuse', () => {
  let stores: Stores;
  let rig: Rig;
  before(async () => {
    stores = await makeStores();
    rig = await serveOn({
      places: stores.places,
      images: stores.images,
      limits: { bodyBytes: 1_000_000, bodyMs: 300 },
      connections: {
        headersMs: 300,
        keepAliveMs: 300,
        requestMs: 2000,
        connections: 20,
        requestsPerConnection: 5,
      },
    });
  });
  afterEach('it still answers', async () => {
    const response = await fetch(`${rig.url}/suggest?q=tokyo`);
    expect(response.status).to.equal(200);
    await response.arrayBuffer();
  });

  const RAW: [what: string, text: string, status: number, code: string][] = [
    [
      'headers that never end',
      'GET /suggest?q=x HTTP/1.1\r\nhost: localhost\r\nx-a: ',
      408,
      'REQUEST_TIMEOUT',
    ],
    ['no request at all', '', 408, 'REQUEST_TIMEOUT'],
    [
      'headers of 20 kB',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'a URL of 20 kB',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400, 'REQUEST_MALFORMED'],
    [
      'two lengths',
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a length and chunks',
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'a broken chunk',
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      400,
      'REQUEST_MALFORMED',
    ],
    [
      'another name',
      'GET /suggest?q=x HTTP/1.1\r\nhost: rebound.example\r\nconnection: close\r\n\r\n',
      421,
      'HOST_UNKNOWN',
    ],
    [
      'a path out of the root',
      'GET /../../etc/passwd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      404,
      'PATH_UNKNOWN',
    ],
    [
      'an encoded one',
      'GET /places/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      404,
      'PLACE_UNKNOWN',
    ],
    [
      'a whole URL as path',
      'GET http://127.0.0.1/suggest?q=x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      404,
      'PATH_UNKNOWN',
    ],
    [
      'a NUL as id',
      'GET /places/%00 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      404,
      'PLACE_UNKNOWN',
    ],
    [
      'a wildcard as id',
      'GET /places/* HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n',
      404,
      'PLACE_UNKNOWN',
    ],
    [
      'a body that never comes',
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ncontent-length: 1000\r\n\r\nx',
      408,
      'BODY_TIMEOUT',
    ],
    [
      'a body of 1 TB, announced',
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ncontent-length: 1000000000000\r\n\r\n',
      413,
      'BODY_TOO_LARGE',
    ],
  ];
  for (const [what, text, status, code] of RAW) {
    it(`answers ${what} with ${status} ${code}`, async () => {
      expect(told(await rawRequest(rig.port, text))).to.deep.equal([status, code]);
    });
  }

  const CODINGS = [
    'gzip, chunked',
    'chunked, chunked',
    'identity, chunked',
    'xchunked, chunked',
  ].concat(['gzip', 'identity', 'chunked, gzip', 'chunked;q=1', '\u000bchunked']);
  for (const coding of CODINGS) {
    it(`refuses Transfer-Encoding: ${JSON.stringify(coding)}, and answers nothing behind it`, async () => {
      const smuggled = 'GET /livez?smuggled HTTP/1.1\r\nhost: localhost\r\n\r\n';
      for (const [method, path] of [
        ['POST', '/similar'],
        ['GET', '/suggest?q=x'],
      ]) {
        const text = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ntransfer-encoding: ${coding}\r\n\r\n0\r\n\r\n${smuggled}`;
        for (const port of [rig.port, Number(new URL(rig.healthUrl).port)]) {
          const answer = await rawRequest(port, text);
          expect([400, 501], answer).to.include(Number(answer.slice(9, 12)));
          expect(answer.match(/HTTP\/1\.1 /g), answer).to.have.length(1);
        }
      }
    });
  }

  it('says that a query has to be percent-encoded', async () => {
    const text = 'GET /suggest?q=九 HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answer = await rawRequest(rig.port, text);
    expect(told(answer)).to.deep.equal([400, 'REQUEST_MALFORMED']);
    expect(answer).to.include('percent-encoded: q=%E4%B9%9D');
  });

  it('stops reading a body in chunks at the limit, and the client gets the answer', async () => {
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    const head =
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ntransfer-encoding: chunked\r\n\r\n';
    const body = Buffer.concat([Buffer.from(head), ...Array.from({ length: 40 }, () => chunk)]);
    const answer = await rawRequest(rig.port, body);
    expect(told(answer)).to.deep.equal([413, 'BODY_TOO_LARGE']);
    const entry = rig.entries.findLast(({ code }) => code === 'BODY_TOO_LARGE');
    expect(entry!['bytesIn']).to.be.below(1_200_000);
  });

  it('tells a client that waits for leave before it sends too much', async () => {
    const head =
      'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\nexpect: 100-continue\r\n';
    const answer = await rawRequest(rig.port, `${head}content-length: 2000000\r\n\r\n`);
    expect(told(answer)).to.deep.equal([413, 'BODY_TOO_LARGE']);
    const small = await rawRequest(
      rig.port,
      `${head}connection: close\r\ncontent-length: 4\r\n\r\nnope`,
    );
    expect(small).to.match(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 415 /);
  });

  it('closes the oldest silent connections over the limit at once, and answers the newest', async () => {
    const sockets = Array.from({ length: 30 }, () => connect(rig.port, '127.0.0.1'));
    const told = sockets.map(() => '');
    const ended = sockets.map((socket, at) => {
      socket.setEncoding('utf8').on('data', (text) => (told[at] += String(text)));
      return once(
        socket.on('error', () => undefined),
        'close',
      );
    });
    sockets.at(-1)!.write('GET /detect?name=x HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await Promise.all(ended);
    expect(told.slice(0, 10).join('')).to.equal('');
    expect(told.at(-1)).to.match(/^HTTP\/1.1 200 /);
  });

  /** Servers of two connections, each with a request that was written. */
  async function taken(request: string): Promise<{ served: Rig; sockets: Socket[] }> {
    const never = (): Promise<never> => new Promise(() => undefined);
    const places = { suggest: never, search: never, get: never };
    const served = await serveOn({
      places,
      images: stores.images,
      connections: { connections: 2 },
    });
    const sockets = [connect(served.port, '127.0.0.1'), connect(served.port, '127.0.0.1')];
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write(request);
    }
    for (let metrics = ''; !metrics.includes('suoyin_http_requests_open 2\n');) {
      metrics = await (await fetch(`${served.healthUrl}/metrics`)).text();
    }
    return { served, sockets };
  }

  it('closes a new connection over the limit at once where each waits for an answer', async () => {
    const { served, sockets } = await taken('GET /suggest?q=x HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await rawRequest(served.port, 'GET / HTTP/1.1\r\n\r\n')).to.equal('');
    for (const socket of sockets) socket.destroy();
    await served.stop();
  });

  it('closes what has been sending a body longest in favour of a new connection', async () => {
    const half = 'POST /similar HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\nx';
    const { served, sockets } = await taken(half);
    const closed = sockets.map((socket) => once(socket, 'close'));
    const one = 'GET /detect?name=x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';
    expect(await rawRequest(served.port, one)).to.match(/^HTTP\/1.1 200 /);
    await Promise.race(closed);
    expect(sockets.filter(({ closed: isClosed }) => isClosed)).to.have.length(1);
    for (const socket of sockets) socket.destroy();
    await served.stop();
  });

  it('closes a connection after its share of requests', async () => {
    const one = 'GET /detect?name=x HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answer = await rawRequest(rig.port, one.repeat(5));
    expect(answer.match(/HTTP\/1.1 200/g)).to.have.length(5);
    expect(answer.match(/connection: close/gi)).to.have.length(1);
  });

  /** Text that search engines, shells, databases and regular expressions may take for more than text. */
  const HOSTILE = [
    'x'.repeat(4000),
    '('.repeat(1000),
    `${'a'.repeat(2000)}!`,
    "'; drop table places;--",
    '" OR 1=1 --',
    '${jndi:ldap://127.0.0.1/a}',
    '*:* AND _exists_:names',
    '/.*.*.*.*.*=/',
    '{"$gt":""}',
    '\u0000\u0001\u001f',
    '\u202e\u2066\u200d\ufeff',
    '\ud800',
    '𠮷'.repeat(300),
    'ㄅ'.repeat(400),
    'か\u3099'.repeat(300),
    '<script>alert(1)</script>',
    '%',
  ];
  for (const path of ['/suggest?q=', '/search?q=', '/detect?name=']) {
    it(`answers hostile text at ${path} as text`, async () => {
      for (const text of HOSTILE) {
        const encoded = encodeURIComponent(text.toWellFormed());
        const response = await fetch(rig.url + path + encoded);
        const body = await response.text();
        expect(response.status, `${text.slice(0, 20)} ${body}`).to.be.oneOf([200, 400, 414]);
        expect(() => JSON.parse(body) as unknown).to.not.throw();
      }
      for (const bytes of ['%', '%zz', '%ff%fe', '%ed%a0%80', '+', '&&&', '=']) {
        const response = await fetch(rig.url + path + bytes);
        expect(response.status, bytes).to.be.oneOf([200, 400]);
        await response.arrayBuffer();
      }
    });
  }

  it('answers pictures that are none with what is wrong', async () => {
    const jpeg = PHOTOS['house-cat.jpg']!;
    const wide = blackPng(16_000, 16_000);
    const pictures: [bytes: Buffer, status: number, code: string][] = [
      [Buffer.alloc(0), 422, 'EMPTY'],
      [Buffer.from('<!doctype html><title>Not found</title>'), 415, 'NOT_IMAGE'],
      [
        Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        ),
        415,
        'SVG_REFUSED',
      ],
      [jpeg.subarray(0, 200), 422, 'TRUNCATED'],
      [wide, 413, 'TOO_MANY_PIXELS'],
    ];
    for (const [bytes, status, code] of pictures) {
      const response = await fetch(`${rig.url}/similar`, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg' },
        body: new Blob([new Uint8Array(bytes)]),
      });
      expect(await response.json()).to.include({ status, code });
    }
  });

  it('gives up the work of a client that goes away', async () => {
    let begin = (): void => undefined;
    let aborted = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const seen = new Promise<void>((resolve) => (aborted = resolve));
    const hanging = await serveOn({
      places: {
        suggest: (_, options) =>
          new Promise((_resolve, reject) => {
            begin();
            options?.signal?.addEventListener('abort', () => {
              aborted();
              reject(options.signal!.reason as Error);
            });
          }),
        search: () => Promise.reject(new Error('not asked')),
        get: () => Promise.resolve(null),
      },
    });
    const request = httpRequest(`${hanging.url}/suggest?q=x`);
    request.on('error', () => undefined).end();
    await begun;
    request.destroy();
    await seen;
    await hanging.stop();
    const entry = hanging.entries.find(({ event }) => event === 'request');
    expect(entry).to.include({ status: null, bytesOut: 0 });
  });
});
