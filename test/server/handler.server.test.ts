import { expect } from 'chai';
import sharp from 'sharp';
import { PHOTOS } from '../../examples/photos.ts';
import type { OpenApiDocument } from '../../lib/server/openapi.ts';
import { OptionError } from '../../lib/errors.ts';
import { createHandler } from '../../lib/server/handler.ts';
import { makeStores, type Rig, serveOn, type Stores } from './rig.ts';
import { type FaultsOf, validatorOf } from './validator.ts';

type Json = Record<string, unknown>;

const BOATS = 'photos/nagasaki-boats.jpg';

describe('createHandler', () => {
  let stores: Stores;
  let rig: Rig;
  let document: OpenApiDocument;
  let faultsOf: FaultsOf;

  before(async () => {
    stores = await makeStores();
    rig = await serveOn({
      places: stores.places,
      images: stores.images,
      cors: ['https://www.example.com'],
      hosts: ['search.example'],
    });
    document = (await (await fetch(`${rig.url}/openapi.json`)).json()) as OpenApiDocument;
    faultsOf = await validatorOf(document);
  });

  const get = async (path: string): Promise<Json> => {
    const response = await fetch(rig.url + path);
    const body = (await response.json()) as Json;
    expect(response.status, JSON.stringify(body)).to.equal(200);
    return body;
  };
  const post = async (path: string, body: Uint8Array, type = 'image/jpeg'): Promise<Json> => {
    const headers = { 'content-type': type };
    const response = await fetch(rig.url + path, {
      method: 'POST',
      headers,
      body: new Blob([new Uint8Array(body)]),
    });
    return (await response.json()) as Json;
  };

  it('suggests', async () => {
    const answer = await get(
      '/suggest?q=板橋&language=zh-Hant&limit=2&near=25.01,121.46&countries=TW,JP&kinds=district,city&home=tw&explain=true&sessionToken=s-1',
    );
    expect(faultsOf('Suggestions', answer)).to.equal(null);
    const [first, second] = answer['suggestions'] as Json[];
    expect(first).to.deep.include({
      label: '板橋, 新北市, 台灣',
      matches: [[0, 2]],
      sessionToken: 's-1',
    });
    expect(first).to.have.property('explain');
    expect(second).to.include({ id: 'jp-itabashi' });
  });

  it('finds nothing for blank text', async () => {
    expect(await get('/suggest?q=%20')).to.deep.equal({ suggestions: [] });
  });

  it('searches a whole text', async () => {
    const answer = await get('/search?q=中正 基隆&language=zh-Hant&limit=1&from=0');
    expect(faultsOf('TextAnswer', answer)).to.equal(null);
    expect((answer['hits'] as Json[])[0]).to.include({ label: '中正, 基隆市, 台灣' });
  });

  it('tells the language of a name', async () => {
    const answer = await get('/detect?name=東京タワー&threshold=0.9');
    expect(faultsOf('Detection', answer)).to.equal(null);
    expect(answer).to.include({ language: 'ja', reason: 'kana' });
    expect(await get('/detect?name=中山&country=JP')).to.include({ reason: 'hint-country' });
  });

  it('gives a place, without what only searches need', async () => {
    const answer = await get('/places/tw-banqiao');
    expect(faultsOf('Place', answer)).to.equal(null);
    expect(answer).to.include({ id: 'tw-banqiao', country: 'TW' });
    expect(answer).to.not.have.any.keys('keys', 'grams', 'rank', 'within');
  });

  it('finds pictures by their bytes, edited ones too', async () => {
    const small = await sharp(PHOTOS['nagasaki-boats.jpg']).resize(300).webp().toBuffer();
    const answer = await post(
      '/similar?limit=1&filter=country=JP&filter=country=TW',
      small,
      'image/webp',
    );
    expect(faultsOf('SimilarImages', answer)).to.equal(null);
    const [best] = answer['images'] as Json[];
    expect(best).to.include({ id: BOATS });
    expect(best!['rule']).to.be.oneOf(['same-hash', 'near-hash']);
    const none = await post('/similar?filter=country=TW', small, 'application/octet-stream');
    expect(none).to.deep.equal({ images: [] });
  });

  it('finds pictures like an indexed one, which is left out', async () => {
    const path = `/similar?id=${encodeURIComponent(BOATS)}&maxDistance=2&exact=true`;
    const response = await fetch(rig.url + path, { method: 'POST' });
    const { images } = (await response.json()) as { images: Json[] };
    expect(images.map(({ id }) => id)).to.deep.equal([
      'https://example.com/alps.jpg?signature=swordfish',
    ]);
  });

  it('gives a picture by an id with slashes, without its source and vectors', async () => {
    const answer = await get(`/images/${encodeURIComponent(BOATS)}`);
    expect(faultsOf('Image', answer)).to.equal(null);
    expect(answer).to.deep.include({ id: BOATS, format: 'jpeg', fields: { country: 'JP' } });
    expect(answer).to.not.have.any.keys('source', 'vector', 'slots', 'terms');
  });

  it('documents every path that it answers', () => {
    expect(Object.keys(document.paths)).to.include.members([
      '/suggest',
      '/search',
      '/detect',
      '/similar',
      '/places/{id}',
      '/images',
      '/images/{id}',
      '/openapi.json',
    ]);
  });

  it('is checked against schemas that know a wrong answer', () => {
    expect(faultsOf('Suggestions', { suggestions: [{ id: 'x' }] })).to.not.equal(null);
    expect(faultsOf('Place', { id: 'x', rank: 1 })).to.not.equal(null);
  });

  it('has no paths of stores that it was not given', async () => {
    const bare = await serveOn({});
    const response = await fetch(`${bare.url}/suggest?q=x`);
    expect(response.status).to.equal(404);
    expect((await fetch(`${bare.url}/detect?name=x`)).status).to.equal(200);
    await bare.stop();
  });

  it('answers 304 where the client has the same', async () => {
    const path = `${rig.url}/suggest?q=tokyo`;
    const first = await fetch(path);
    expect(first.headers.get('cache-control')).to.equal('public, max-age=60');
    const headers = { 'if-none-match': first.headers.get('etag')! };
    const second = await fetch(path, { headers });
    expect([second.status, await second.text()]).to.deep.equal([304, '']);
    expect(second.headers.get('etag')).to.equal(first.headers.get('etag'));
  });

  it('answers HEAD as GET without the body', async () => {
    const path = `${rig.url}/places/tw-banqiao`;
    const body = await (await fetch(path)).text();
    const head = await fetch(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).to.deep.equal([200, '']);
    expect(head.headers.get('content-length')).to.equal(String(Buffer.byteLength(body)));
  });

  it('lets pages of listed origins read, and no others', async () => {
    const from = (origin: string): Promise<Response> =>
      fetch(`${rig.url}/suggest?q=x`, { headers: { origin } });
    const listed = (await from('https://www.example.com')).headers;
    expect(listed.get('access-control-allow-origin')).to.equal('https://www.example.com');
    expect(listed.get('vary')).to.equal('origin');
    const other = (await from('https://evil.example')).headers;
    expect(other.get('access-control-allow-origin')).to.equal(null);
    const preflight = await fetch(`${rig.url}/similar`, {
      method: 'OPTIONS',
      headers: { origin: 'https://www.example.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get('access-control-allow-methods')).to.equal('POST, OPTIONS');
  });

  it('refuses origins and limits that make no sense', () => {
    expect(() => createHandler({ cors: ['https://example.com/'] })).to.throw(OptionError, /origin/);
    expect(() => createHandler({ limits: { bodyBytes: 0 } })).to.throw(OptionError, /bodyBytes/);
  });

  /** What a request gets that can't be answered. */
  const REFUSED: [what: string, path: string, init: RequestInit, status: number, code: string][] = [
    ['another path', '/nothing', {}, 404, 'PATH_UNKNOWN'],
    ['a slash at the end', '/suggest/?q=x', {}, 404, 'PATH_UNKNOWN'],
    ['an encoded path', '/%73uggest?q=x', {}, 404, 'PATH_UNKNOWN'],
    ['an unknown place', '/places/nope', {}, 404, 'PLACE_UNKNOWN'],
    ['an unknown picture', '/images/nope', {}, 404, 'IMAGE_UNKNOWN'],
    ['a picture like an unknown one', '/similar?id=nope', { method: 'POST' }, 404, 'IMAGE_UNKNOWN'],
    ['a broken id', '/places/%E6%9D', {}, 400, 'ID_INVALID'],
    ['an endless id', `/places/${'x'.repeat(2049)}`, {}, 400, 'ID_INVALID'],
    ['another method', '/suggest?q=x', { method: 'DELETE' }, 405, 'METHOD_NOT_ALLOWED'],
    ['no text', '/suggest', {}, 400, 'PARAMETER_MISSING'],
    ['text twice', '/suggest?q=x&q=y', {}, 400, 'PARAMETER_REPEATED'],
    ['a mistyped parameter', '/suggest?q=x&langauge=ja', {}, 400, 'PARAMETER_UNKNOWN'],
    ['a prototype', '/suggest?q=x&__proto__=1', {}, 400, 'PARAMETER_UNKNOWN'],
    ['a nested parameter', '/suggest?q[$ne]=x', {}, 400, 'PARAMETER_UNKNOWN'],
    ['limit 0', '/suggest?q=x&limit=0', {}, 400, 'PARAMETER_INVALID'],
    ['limit 1e2', '/suggest?q=x&limit=1e2', {}, 400, 'PARAMETER_INVALID'],
    ['limit 2.5', '/suggest?q=x&limit=2.5', {}, 400, 'PARAMETER_INVALID'],
    ['an empty limit', '/suggest?q=x&limit=', {}, 400, 'PARAMETER_INVALID'],
    ['half a position', '/suggest?q=x&near=25', {}, 400, 'PARAMETER_INVALID'],
    ['a position off the globe', '/suggest?q=x&near=99,121', {}, 400, 'NEAR_INVALID'],
    ['a radius around nothing', '/suggest?q=x&radiusKm=5', {}, 400, 'RADIUS_INVALID'],
    ['an unknown kind', '/suggest?q=x&kinds=castle', {}, 400, 'PARAMETER_INVALID'],
    ['no language', '/suggest?q=x&language=%00', {}, 400, 'LANGUAGE_INVALID'],
    ['explain=constructor', '/suggest?q=x&explain=constructor', {}, 400, 'PARAMETER_INVALID'],
    ['explain=__proto__', '/suggest?q=x&explain=__proto__', {}, 400, 'PARAMETER_INVALID'],
    ['explain=yes', '/suggest?q=x&explain=yes', {}, 400, 'PARAMETER_INVALID'],
    [
      'a filter by no field',
      '/similar?filter=__proto__',
      { method: 'POST' },
      400,
      'PARAMETER_INVALID',
    ],
    ['HTML only', '/suggest?q=x', { headers: { accept: 'text/html' } }, 406, 'NOT_ACCEPTABLE'],
    [
      'no JSON',
      '/suggest?q=x',
      { headers: { accept: 'application/json;q=0' } },
      406,
      'NOT_ACCEPTABLE',
    ],
    ['a long URL', `/suggest?q=${'x'.repeat(5000)}`, {}, 414, 'URL_TOO_LONG'],
    [
      'a form',
      '/similar',
      { method: 'POST', body: new FormData() },
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ],
    [
      'an address, which is not switched on',
      '/similar',
      {
        method: 'POST',
        body: '{"url":"http://169.254.169.254/"}',
        headers: { 'content-type': 'application/json' },
      },
      415,
      'CONTENT_TYPE_UNSUPPORTED',
    ],
    [
      'a compressed body',
      '/similar',
      {
        method: 'POST',
        body: 'x',
        headers: { 'content-type': 'image/png', 'content-encoding': 'gzip' },
      },
      415,
      'CONTENT_ENCODING_UNSUPPORTED',
    ],
  ];
  for (const [what, path, init, status, code] of REFUSED) {
    it(`answers ${what} with ${status} ${code}`, async () => {
      const response = await fetch(rig.url + path, init);
      const problem = (await response.json()) as Json;
      expect(problem).to.include({ status, code, type: 'about:blank' });
      expect(response.status).to.equal(status);
      expect(response.headers.get('content-type')).to.equal('application/problem+json');
      expect(response.headers.get('cache-control')).to.equal('no-store');
      expect(faultsOf('Problem', problem)).to.equal(null);
    });
  }

  it('tells which methods there are with 405', async () => {
    const response = await fetch(`${rig.url}/similar`);
    expect(response.headers.get('allow')).to.equal('POST, OPTIONS');
  });
});

describe('createHandler with fetchUrls', () => {
  let stores: Stores;
  let rig: Rig;
  before(async () => {
    stores = await makeStores();
    rig = await serveOn({ images: stores.images, fetchUrls: true });
  });

  const BODIES: [body: string, status: number, code: string][] = [
    ['{"url":"http://127.0.0.1:1/a.jpg"}', 422, 'BLOCKED_ADDRESS'],
    ['{"url":"http://169.254.169.254/latest/meta-data"}', 422, 'BLOCKED_ADDRESS'],
    ['{"url":"http://no-such-name.invalid/a.jpg"}', 422, 'BLOCKED_ADDRESS'],
    ['{"url":"file:///etc/passwd"}', 400, 'BODY_INVALID'],
    ['{"url":"photos/a.jpg"}', 400, 'BODY_INVALID'],
    ['{"url":["http://example.com"]}', 400, 'BODY_INVALID'],
    ['{"__proto__":{"url":"http://example.com"}}', 400, 'BODY_INVALID'],
    ['{"url":"http://example.com","id":"x"}', 400, 'BODY_INVALID'],
    ['[]', 400, 'BODY_INVALID'],
    ['null', 400, 'BODY_INVALID'],
    ['{"url":', 400, 'BODY_INVALID'],
    ['', 400, 'BODY_INVALID'],
    [`${'['.repeat(10_000)}`, 400, 'BODY_INVALID'],
    [`{"url":"http://example.com/${'x'.repeat(20_000)}"}`, 413, 'BODY_TOO_LARGE'],
  ];
  for (const url of [
    'ftp://u:secretword@example.com/a.jpg?sig=secretword',
    'http://u:secretword@example.com:99999/a.jpg',
    '//example.com/a.jpg?sig=secretword',
  ]) {
    it(`repeats no credentials of ${url}`, async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ url });
      const response = await fetch(`${rig.url}/similar`, { method: 'POST', headers, body });
      const text = await response.text();
      expect(text).to.include('BODY_INVALID').and.not.include('secretword');
    });
  }
  for (const [body, status, code] of BODIES) {
    it(`answers ${body.slice(0, 50)} with ${status} ${code}`, async () => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${rig.url}/similar`, { method: 'POST', headers, body });
      expect(await response.json()).to.include({ status, code });
    });
  }
});
