import { expect } from 'chai';
import fc from 'fast-check';
import { OptionError } from '../../lib/errors.ts';
import { createHandler } from '../../lib/server/handler.ts';
import type { OpenApiDocument } from '../../lib/server/openapi.ts';
import { pageHandler } from '../../lib/server/page/page.ts';
import { thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { PHOTOS } from '../../examples/photos.ts';
import { runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';
import { makeStores, rawRequest, type Rig, serveOn, type Stores } from './rig.ts';

const TOKEN = 'correct-horse-battery-staple';

describe('a server with a token', () => {
  let rig: Rig;
  let stores: Stores;
  const hash = 'ab'.repeat(32);
  before(async () => {
    stores = await makeStores();
    const thumbnails = thumbnailStore(tempFolder(), { thumbnail: makeThumbnail });
    await thumbnails.write(hash, PHOTOS['french-alps.jpg']!);
    rig = await serveOn({
      places: stores.places,
      images: stores.images,
      status: [stores.places],
      token: TOKEN,
      cors: ['https://www.example.com'],
      fallback: pageHandler({ thumbnails, token: TOKEN }),
    });
  });

  const ask = (path: string, authorization?: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${rig.url}${path}`, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
  const refused = async (response: Response, code: string, challenge: string): Promise<void> => {
    expect(response.status).to.equal(401);
    expect(response.headers.get('www-authenticate')).to.equal(challenge);
    expect(response.headers.get('content-type')).to.equal('application/problem+json');
    expect(response.headers.get('cache-control')).to.equal('no-store');
    const body = await response.text();
    expect((JSON.parse(body) as { code: string }).code).to.equal(code);
    expect(body).not.to.include(TOKEN);
  };
  const MISSING = 'Bearer realm="suoyin"';
  const WRONG = 'Bearer realm="suoyin", error="invalid_token"';

  const PATHS = ['/suggest?q=tokyo', '/search?q=tokyo', '/detect?name=x', '/status'];
  for (const path of [
    ...PATHS,
    '/openapi.json',
    '/places/none',
    '/images/none',
    '/suggest',
    `/thumbnails/${hash}`,
  ]) {
    it(`refuses ${path} without it, whatever else is wrong`, async () => {
      await refused(await ask(path), 'TOKEN_MISSING', MISSING);
      await refused(await ask(path, 'Bearer wrong'), 'TOKEN_WRONG', WRONG);
    });
  }
  for (const path of [...PATHS, '/openapi.json', `/thumbnails/${hash}`]) {
    it(`answers ${path} with it`, async () => {
      expect((await ask(path, `Bearer ${TOKEN}`)).status).to.equal(200);
      expect((await ask(path, `bearer ${TOKEN}`)).status).to.equal(200);
    });
  }

  it('refuses a picture, and reads none of it', async () => {
    const body = Buffer.alloc(5_000_000);
    await refused(
      await ask('/similar', undefined, { method: 'POST', body }),
      'TOKEN_MISSING',
      MISSING,
    );
    const answer = await ask('/similar', `Bearer ${TOKEN}`, {
      method: 'POST',
      body: Buffer.from(PHOTOS['french-alps.jpg']!),
    });
    expect(answer.status).to.equal(200);
    const requests = rig.entries.filter(({ event }) => event === 'request');
    expect(requests.at(-2)).to.include({ status: 401, code: 'TOKEN_MISSING', bytesIn: 0 });
  });

  it('takes no text but the token', async () => {
    const near = fc.oneof(
      fc.string(),
      fc.nat(TOKEN.length).map((length) => TOKEN.slice(0, length)),
      fc.string({ minLength: 1 }).map((more) => `${TOKEN}${more}`),
      fc.constantFrom(TOKEN.toUpperCase(), `${TOKEN}=`, `"${TOKEN}"`, `${TOKEN}, ${TOKEN}`),
    );
    await fc.assert(
      fc.asyncProperty(
        near,
        fc.constantFrom('Bearer ', 'Basic ', '', 'Bearer  '),
        async (text, scheme) => {
          const sent = `${scheme}${text}`.replace(/[^\x21-\x7e ]/g, '?');
          if (sent.trim() === `Bearer ${TOKEN}`) return;
          expect((await ask('/detect?name=x', sent)).status).to.equal(401);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes no two headers, whichever has the token', async () => {
    const right = `Authorization: Bearer ${TOKEN}`;
    const port = Number(new URL(rig.url).port);
    const status = async (...headers: string[]): Promise<string> => {
      const lines = ['GET /detect?name=x HTTP/1.1', 'Host: localhost', 'Connection: close'];
      const answer = await rawRequest(port, [...lines, ...headers, '', ''].join('\r\n'));
      return answer.slice(9, 12);
    };
    expect(await status(right)).to.equal('200');
    expect(await status(right.replace('Bearer ', 'bearer   '))).to.equal('200');
    expect(await status(right, 'authorization: Bearer x')).to.equal('401');
    expect(await status('Authorization: Basic eDp5', right)).to.equal('401');
    expect(await status(right, right)).to.equal('401');
  });

  it('lets no shared cache keep an answer', async () => {
    const { headers } = await ask('/suggest?q=tokyo', `Bearer ${TOKEN}`);
    expect(headers.get('cache-control')).to.equal('private, max-age=60');
  });

  it('says so in its OpenAPI document', async () => {
    const answer = await ask('/openapi.json', `Bearer ${TOKEN}`);
    const { components, security, paths } = (await answer.json()) as OpenApiDocument;
    expect(components.securitySchemes).to.deep.equal({
      bearer: { type: 'http', scheme: 'bearer' },
    });
    expect(security).to.deep.equal([{ bearer: [] }]);
    for (const operations of Object.values(paths)) {
      for (const operation of Object.values(operations)) {
        expect((operation as { responses: object }).responses).to.have.property('401');
      }
    }
  });

  it('answers probes, the page and preflights without it', async () => {
    for (const path of ['/livez', '/readyz', '/metrics']) {
      expect((await fetch(`${rig.healthUrl}${path}`)).status, path).to.equal(200);
    }
    expect((await ask('/')).status).to.equal(200);
    const preflight = await ask('/suggest', undefined, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://www.example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get('access-control-allow-headers')).to.include('authorization');
  });

  it('keeps it out of log and metrics', async () => {
    await ask(`/suggest?q=${TOKEN}`, `Bearer ${TOKEN}x`);
    await ask('/nowhere', `Bearer ${TOKEN}`);
    expect(JSON.stringify(rig.entries)).not.to.include(TOKEN);
    expect(await (await fetch(`${rig.healthUrl}/metrics`)).text()).not.to.include(TOKEN);
  });

  it('is not made with a token that can be guessed or not be sent, nor shows it', () => {
    for (const token of [
      '',
      'swordfish',
      'sword fish sword fish',
      'swordfish\nswordfish',
      '魚'.repeat(20),
    ]) {
      expect(() => createHandler({ places: stores.places, token }))
        .to.throw(OptionError)
        .that.satisfies(
          ({ code, message }: OptionError) =>
            code === 'TOKEN_INVALID' && (token === '' || !message.includes(token)),
        );
    }
  });
});

describe('a server without a token', () => {
  it('asks for none, and says nothing of one', async () => {
    const rig = await serveOn({});
    const answer = await fetch(`${rig.url}/openapi.json`, {
      headers: { authorization: 'Bearer x' },
    });
    const document = (await answer.json()) as OpenApiDocument;
    expect(document).not.to.have.property('security');
    expect(JSON.stringify(document)).not.to.include('401');
  });
});

describe('suoyin serve --token-env', () => {
  it('wants a variable that holds a token, and does not show what it holds', async () => {
    for (const [value, wanted] of [
      [undefined, 'is not set'],
      ['', 'is not set'],
      ['swordfish', 'at least 16 characters'],
    ] as const) {
      const env = { SUOYIN_TOKEN: value };
      const { code, out, err } = await runCli(['serve', '--token-env', 'SUOYIN_TOKEN'], { env });
      expect([code, out]).to.deep.equal([2, '']);
      expect(err).to.include(wanted).and.not.include('swordfish');
    }
  });
});
