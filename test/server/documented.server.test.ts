import { expect } from 'chai';
import { PHOTOS } from '../../examples/photos.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { OpenApiDocument } from '../../lib/server/openapi.ts';
import { PROBLEMS, type ProblemStatus } from '../../lib/server/problem.ts';
import { blackPng } from '../support/black-png.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { makeStores, rawRequest, type Rig, serveOn } from './rig.ts';

const TOKEN = 'not-the-token-of-anybody';
const AUTHORIZED = `authorization: Bearer ${TOKEN}\r\n`;
/** So that no connection stays open to wait for another request. */
const CLOSE = 'connection: close\r\n';

interface Asked {
  method?: 'GET' | 'POST' | 'HEAD' | 'DELETE' | 'TRACE';
  path: string;
  /** Lines behind those of every request. */
  lines?: string[];
  /** Written as it is, instead of all of that. */
  raw?: string;
  body?: Buffer;
}

/** What gets each status, by each way that leads to it: the compiler asks for one of every status. */
const ASKED: Readonly<Record<ProblemStatus, Asked[]>> = {
  400: [
    { path: '/suggest', lines: [] },
    { path: '/places/{id}?id=%E6%9D' },
    { path: '/suggest', raw: `GET /suggest?q=九 HTTP/1.1\r\nhost: localhost\r\n${CLOSE}\r\n` },
    { path: '/suggest', raw: `GET /suggest?q=x HTTP/1.1\r\n${CLOSE}\r\n` },
    {
      path: '/suggest',
      raw: `GET /suggest?q=x HTTP/1.1\r\nhost: localhost\r\nhost: a\r\n${CLOSE}\r\n`,
    },
    { path: '/search', raw: 'GET /search?q=x HTTP/1.1\r\nhost: localhost\r\nfolded\r\n\r\n' },
  ],
  401: [
    { path: '/suggest?q=x', raw: `GET /suggest?q=x HTTP/1.1\r\nhost: localhost\r\n${CLOSE}\r\n` },
    { path: '/openapi.json', lines: [`authorization: Bearer ${TOKEN}x`] },
  ],
  404: [
    { path: '/places/{id}?id=nope' },
    { path: '/images/{id}?id=nope' },
    { method: 'POST', path: '/similar?id=nope' },
  ],
  405: [
    { method: 'DELETE', path: '/suggest?q=x' },
    { method: 'POST', path: '/places/{id}?id=x' },
    { path: '/similar' },
    { method: 'TRACE', path: '/status' },
  ],
  406: [{ path: '/detect?name=x', lines: ['accept: text/html'] }],
  408: [
    { path: '/detect', raw: 'GET /detect?name=x HTTP/1.1\r\nhost: localhost\r\nx-a: ' },
    { method: 'POST', path: '/similar', lines: ['content-length: 9'] },
  ],
  413: [
    { method: 'POST', path: '/similar', lines: ['content-length: 99999999999'] },
    { method: 'POST', path: '/similar', body: blackPng(16_000, 16_000) },
  ],
  414: [{ path: `/detect?name=${'x'.repeat(5000)}` }],
  415: [
    { method: 'POST', path: '/similar', body: Buffer.from('<html>') },
    { method: 'POST', path: '/similar', lines: ['content-type: text/csv'], body: Buffer.from('x') },
  ],
  417: [
    { path: '/suggest?q=x', lines: ['expect: 200-ok'] },
    { method: 'POST', path: '/similar', lines: ['expect: x'], body: PHOTOS['flower.jpg']! },
  ],
  421: [{ path: '/suggest', raw: `GET /suggest?q=x HTTP/1.1\r\nhost: a.example\r\n${CLOSE}\r\n` }],
  422: [
    { method: 'POST', path: '/similar', body: Buffer.alloc(0) },
    {
      method: 'POST',
      path: '/similar',
      lines: ['content-type: application/json'],
      body: Buffer.from('{"url":"http://169.254.169.254/a"}'),
    },
  ],
  431: [{ path: '/suggest?q=x', lines: [`x-a: ${'a'.repeat(20_000)}`] }],
  500: [{ path: '/suggest?q=fails' }],
  501: [{ method: 'POST', path: '/similar', lines: ['transfer-encoding: gzip, chunked'] }],
  503: [{ path: '/notes?q=x' }, { path: '/notes/{id}?id=x' }, { path: '/similar-notes?id=x' }],
};

describe('every status of an answer', () => {
  let rig: Rig;
  let document: OpenApiDocument;
  before(async () => {
    const { dataDir, places, images } = await makeStores();
    const engine = closeAtEnd(embedded({ dataDir, readOnly: true }));
    rig = await serveOn({
      places: {
        suggest: (text, options) =>
          text === 'fails' ? Promise.reject(new Error('a fault')) : places.suggest(text, options),
        search: (text, options) => places.search(text, options),
        get: (id) => places.get(id),
      },
      images,
      notes: new NoteIndex(engine),
      status: [new PlaceIndex(engine)],
      token: TOKEN,
      fetchUrls: true,
      limits: { bodyMs: 300 },
      connections: { headersMs: 300 },
    });
    const headers = { authorization: `Bearer ${TOKEN}` };
    document = (await (
      await fetch(`${rig.url}/openapi.json`, { headers })
    ).json()) as OpenApiDocument;
  });

  const answerTo = ({ method = 'GET', path, lines = [], raw, body }: Asked): Promise<string> => {
    const [route, query = ''] = path.split('?') as [string, string?];
    const id = /^id=(.*)/.exec(query)?.[1];
    const target = route.includes('{id}') ? route.replace('{id}', id!) : path;
    const head = [
      `${method} ${target} HTTP/1.1`,
      'host: localhost',
      CLOSE.trim(),
      ...(/authorization/.test(lines.join()) ? [] : [AUTHORIZED.trim()]),
      ...lines,
      ...(body ? [`content-length: ${body.length}`] : []),
    ].join('\r\n');
    const text = Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body ?? Buffer.alloc(0)]);
    return rawRequest(rig.port, raw ?? text);
  };

  for (const [status, asked] of Object.entries(ASKED)) {
    it(`is in the OpenAPI document, and comes with a problem: ${status}`, async () => {
      for (const one of asked) {
        const answer = await answerTo(one);
        const [head, body] = answer.split('\r\n\r\n') as [string, string];
        expect(answer.slice(0, 13), one.path).to.equal(`HTTP/1.1 ${status} `);
        expect(head).to.match(/content-type: application\/problem\+json/i);
        expect(JSON.parse(body)).to.include({ status: Number(status) });
        for (const { responses } of Object.values(
          document.paths[one.path.split('?')[0]!] as Record<string, { responses: object }>,
        )) {
          expect(responses, one.path).to.have.property(status);
        }
      }
    });
  }

  it('is one of these, whatever the operation', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const documented = operations.flatMap(({ responses }: { responses?: object }) =>
      Object.keys(responses!),
    );
    const all = ['200', '304', ...Object.keys(PROBLEMS)];
    expect(new Set(documented)).to.deep.equal(new Set(all));
  });

  it('comes to nobody behind the last request of a connection', async () => {
    const served = await serveOn({ connections: { requestsPerConnection: 3 } });
    const one = 'GET /detect?name=x HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const answer = await rawRequest(served.port, one.repeat(9));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).to.deep.equal(Array(3).fill('HTTP/1.1 200'));
    expect(answer.match(/connection: close/gi)).to.have.length(1);
  });
});
