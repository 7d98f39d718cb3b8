import type { LookupAddress } from 'node:dns';
import type { IncomingMessage, RequestListener } from 'node:http';
import { expect } from 'chai';
import { fetchImage } from '../../lib/ingest/fetch/fetch.ts';
import { failureCode, fetchFailure, GIF, LOCAL } from './fetch-failures.ts';
import { selfSigned } from '../support/certificate.ts';
import { serve, serveSecure, type TestServer } from '../support/servers.ts';

describe('fetchImage', () => {
  it('answers the bytes and what the server says of them', async () => {
    const { origin } = await serve((_, response) => {
      const headers = { 'content-type': 'image/gif', etag: '"v1"', 'last-modified': 'then' };
      response.writeHead(200, headers).end(GIF);
    });
    expect(await fetchImage(`${origin}/a.gif?size=1`, LOCAL)).to.deep.equal({
      notModified: false,
      bytes: GIF,
      url: `${origin}/a.gif?size=1`,
      status: 200,
      contentType: 'image/gif',
      etag: '"v1"',
      lastModified: 'then',
      redirects: [],
    });
  });

  it('takes what is empty or no picture as it is, but for HTML', async () => {
    const bodies: Record<string, string> = {
      '/empty': '',
      '/text': 'busy',
      '/page': '\ufeff\n<!DOCTYPE html><title>Busy</title>',
    };
    const { origin } = await serve((request, response) => {
      response.setHeader('content-type', 'image/jpeg').end(bodies[request.url ?? '']);
    });
    expect((await fetchImage(`${origin}/empty`, LOCAL)).bytes).to.have.lengthOf(0);
    expect(String((await fetchImage(`${origin}/text`, LOCAL)).bytes)).to.equal('busy');
    const error = await fetchFailure(`${origin}/page`);
    expect(error).to.include({ code: 'NOT_IMAGE', status: 200, retryable: true });
  });

  describe('addresses', () => {
    it('are refused before anything is sent, however they are written', async () => {
      let requests = 0;
      const { port } = await serve((_, response) => {
        requests++;
        response.end(GIF);
      });
      const hosts = [
        '127.0.0.1',
        '2130706433',
        '0x7f.1',
        '0177.0.0.1',
        '127.1',
        '0.0.0.0',
        'localhost',
      ];
      hosts.push(
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[::ffff:7f00:1]',
        '[::]',
        '127.0.0.1.',
        '１２７.0.0.1',
      );
      for (const host of hosts) {
        expect(await failureCode(`http://${host}:${port}/`, {}), host).to.equal('BLOCKED_ADDRESS');
      }
      for (const host of [
        '169.254.169.254',
        '[64:ff9b::a9fe:a9fe]',
        '[2002:7f00:1::]',
        '10.0.0.1',
      ]) {
        expect(await failureCode(`http://${host}/`, {}), host).to.equal('BLOCKED_ADDRESS');
      }
      expect(requests).to.equal(0);
      expect((await fetchImage(`http://2130706433:${port}/`, LOCAL)).url).to.equal(
        `http://127.0.0.1:${port}/`,
      );
    });

    it('are refused behind redirects too', async () => {
      const asked: (string | undefined)[] = [];
      const { origin, port } = await serve((request, response) => {
        asked.push(request.url);
        response.writeHead(302, { location: `http://0.0.0.0:${port}/inside` }).end();
      });
      const error = await fetchFailure(`${origin}/outside`);
      expect(error.code).to.equal('BLOCKED_ADDRESS');
      expect(error.message).to.include('0.0.0.0, unspecified');
      expect(asked).to.deep.equal(['/outside']);
    });

    it('are refused when a name changes its address between two hops', async () => {
      const asked: (string | undefined)[] = [];
      const { port } = await serve((request, response) => {
        asked.push(request.url);
        response.writeHead(302, { location: '/second' }).end();
      });
      const answers = ['127.0.0.1', '0.0.0.0'];
      const lookup = (): Promise<LookupAddress[]> =>
        Promise.resolve([{ address: answers.shift() ?? '', family: 4 }]);
      const url = `http://rebinding.example:${port}/first`;
      expect(await failureCode(url, { ...LOCAL, lookup })).to.equal('BLOCKED_ADDRESS');
      expect(asked).to.deep.equal(['/first']);
    });

    it('are looked up once a hop: what was checked is what is connected to', async () => {
      const { port } = await serve((_, response) => void response.end(GIF));
      const names: string[] = [];
      const lookup = (name: string): Promise<LookupAddress[]> => {
        const address = names.push(name) === 1 ? '127.0.0.1' : '0.0.0.0';
        return Promise.resolve([{ address, family: 4 }]);
      };
      const options = { ...LOCAL, lookup };
      const { bytes } = await fetchImage(`http://rebinding.example:${port}/`, options);
      expect(bytes).to.deep.equal(GIF);
      expect(names).to.deep.equal(['rebinding.example']);
    });

    it('that are refused are left out where a name has others', async () => {
      const { port } = await serve((_, response) => void response.end(GIF));
      const lookup = (): Promise<LookupAddress[]> =>
        Promise.resolve([
          { address: '64:ff9b::7f00:1', family: 6 },
          { address: '127.0.0.1', family: 4 },
        ]);
      const options = { ...LOCAL, lookup };
      expect((await fetchImage(`http://both.example:${port}/`, options)).bytes).to.deep.equal(GIF);
    });

    it('that do not exist are a failed connection', async () => {
      const lookup = (): Promise<LookupAddress[]> => Promise.resolve([]);
      const error = await fetchFailure('http://nowhere.example/', { lookup });
      expect(error).to.include({ code: 'CONNECTION_FAILED', retryable: true });
    });
  });

  it('refuses what is no http or https URL', async () => {
    expect(await failureCode('file:///etc/passwd')).to.equal('BAD_SCHEME');
    expect(await failureCode('data:image/gif;base64,R0lGODlh')).to.equal('BAD_SCHEME');
    expect(await failureCode('photos/a.jpg')).to.equal('BAD_URL');
    expect(await failureCode('http://')).to.equal('BAD_URL');
    const { origin } = await serve((request, response) => {
      const location = request.url === '/file' ? 'file:///etc/passwd' : 'http://[bad/';
      response.writeHead(301, { location }).end();
    });
    expect(await failureCode(`${origin}/file`)).to.equal('BAD_SCHEME');
    expect(await failureCode(`${origin}/bad`)).to.equal('BAD_URL');
  });

  it('refuses options that can not be sent or kept', async () => {
    const url = 'http://127.0.0.1:1/';
    expect(await failureCode(url, { etag: '"a"\r\nx: y' })).to.equal('HEADER_INVALID');
    expect(await failureCode(url, { userAgent: '索引' })).to.equal('HEADER_INVALID');
    expect(await failureCode(url, { headers: { 'a b': 'c' } })).to.equal('HEADER_INVALID');
    expect(await failureCode(url, { maxBytes: 0 })).to.equal('FETCH_LIMIT_INVALID');
    expect(await failureCode(url, { totalMs: 2 ** 31 })).to.equal('FETCH_LIMIT_INVALID');
    expect(await failureCode(url, { maxRedirects: -1 })).to.equal('FETCH_LIMIT_INVALID');
  });

  describe('redirects', () => {
    it('are followed and listed', async () => {
      const { origin } = await serve((request, response) => {
        if (request.url === '/a') response.writeHead(301, { location: 'b' }).end();
        else if (request.url === '/b') response.writeHead(308, { location: `${origin}/c` }).end();
        else response.end(GIF);
      });
      const { url, redirects } = await fetchImage(`${origin}/a`, LOCAL);
      expect(url).to.equal(`${origin}/c`);
      expect(redirects).to.deep.equal([`${origin}/a`, `${origin}/b`]);
    });

    it('are followed where they name a path in raw UTF-8', async () => {
      const { origin } = await serve((request, response) => {
        const location = Buffer.from('/圖.gif').toString('latin1');
        if (request.url === '/') response.writeHead(302, { location }).end();
        else response.end(GIF);
      });
      const { url } = await fetchImage(`${origin}/`, LOCAL);
      expect(url).to.equal(`${origin}/%E5%9C%96.gif`.replace(/%../g, (byte) => byte.toLowerCase()));
    });

    it('stop after five, or as many as allowed', async () => {
      let requests = 0;
      const { origin } = await serve((_, response) => {
        response.writeHead(302, { location: `/${++requests}` }).end();
      });
      expect(await failureCode(`${origin}/0`)).to.equal('TOO_MANY_REDIRECTS');
      expect(requests).to.equal(6);
      requests = 0;
      expect(await failureCode(`${origin}/0`, { ...LOCAL, maxRedirects: 0 })).to.equal(
        'TOO_MANY_REDIRECTS',
      );
      expect(requests).to.equal(1);
    });

    it('take credentials along within an origin, and to no other one and back', async () => {
      const seen: unknown[] = [];
      const see = ({ url, headers }: IncomingMessage): void => {
        seen.push([url, headers.authorization, headers.cookie, headers['user-agent']]);
      };
      const other = await serve((request, response) => {
        see(request);
        response.writeHead(302, { location: `http://eve:x@${new URL(home.origin).host}/3` }).end();
      });
      const home = await serve((request, response) => {
        see(request);
        if (request.url === '/3') response.end(GIF);
        else
          response
            .writeHead(302, { location: request.url === '/0' ? '/1' : `${other.origin}/2` })
            .end();
      });
      const source = home.origin.replace('//', '//amy:p%C3%A4ss@');
      const options = { ...LOCAL, userAgent: 'test', headers: { Cookie: 'a=b' } };
      const { url, redirects } = await fetchImage(`${source}/0`, options);
      expect(seen).to.deep.equal([
        ['/0', `Basic ${Buffer.from('amy:päss').toString('base64')}`, 'a=b', 'test'],
        ['/1', `Basic ${Buffer.from('amy:päss').toString('base64')}`, 'a=b', 'test'],
        ['/2', undefined, undefined, 'test'],
        ['/3', undefined, undefined, 'test'],
      ]);
      expect([url, ...redirects].join(' ')).to.not.match(/amy|eve/);
    });
  });

  it('gives each status its code, and tells whether to try again', async () => {
    const { origin } = await serve((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { 'retry-after': '7' }).end('no');
    });
    const expected: [number, string, boolean][] = [
      [204, 'HTTP_STATUS', false],
      [304, 'HTTP_STATUS', false],
      [302, 'HTTP_STATUS', false],
      [401, 'HTTP_STATUS', false],
      [403, 'HTTP_STATUS', false],
      [404, 'NOT_FOUND', false],
      [410, 'GONE', false],
      [429, 'RATE_LIMITED', true],
      [500, 'SERVER_ERROR', true],
      [503, 'SERVER_ERROR', true],
    ];
    for (const [status, code, retryable] of expected) {
      const error = await fetchFailure(`${origin}/${status}`);
      const retryAfterSeconds = 7;
      expect(error).to.include({ code, status, retryable, retryAfterSeconds });
    }
  });

  it('reads Retry-After as a date by the clock of the server', async () => {
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT';
    const waits: Record<string, string> = {
      '/date': 'Wed, 21 Oct 2015 07:30:00 GMT',
      '/past': 'Wed, 21 Oct 2015 07:00:00 GMT',
      '/word': 'soon',
    };
    const { origin } = await serve((request, response) => {
      response.writeHead(503, { date, 'retry-after': waits[request.url ?? ''] }).end();
    });
    expect((await fetchFailure(`${origin}/date`)).retryAfterSeconds).to.equal(120);
    expect((await fetchFailure(`${origin}/past`)).retryAfterSeconds).to.equal(0);
    expect((await fetchFailure(`${origin}/word`)).retryAfterSeconds).to.equal(null);
  });

  it('answers notModified where the copy is still good', async () => {
    const { origin } = await serve((request, response) => {
      const same =
        request.headers['if-none-match'] === '"v1"' ||
        request.headers['if-modified-since'] === 'then';
      response.writeHead(same ? 304 : 200, { etag: '"v1"' }).end(same ? undefined : GIF);
    });
    const byTag = await fetchImage(origin, { ...LOCAL, etag: '"v1"' });
    expect(byTag).to.include({ notModified: true, bytes: null, status: 304, etag: '"v1"' });
    const byDate = await fetchImage(origin, { ...LOCAL, lastModified: 'then' });
    expect(byDate.notModified).to.equal(true);
    expect((await fetchImage(origin, { ...LOCAL, etag: '"v0"' })).bytes).to.deep.equal(GIF);
  });

  it('throws the reason of its signal as it is', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const { origin } = await serve((_, response) => {
      response.write('GIF89a');
      controller.abort(reason);
    });
    const { signal } = controller;
    const thrown = (): Promise<unknown> =>
      fetchImage(origin, { ...LOCAL, signal }).catch((error: unknown) => error);
    expect(await thrown()).to.equal(reason);
    expect(await thrown()).to.equal(reason);
  });

  it('tells a refused and a reset connection', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    const error = await fetchFailure(gone.origin);
    expect(error).to.include({ code: 'CONNECTION_FAILED', retryable: true, status: null });
    const { origin } = await serve((request) => void request.socket.destroy());
    expect(await failureCode(origin)).to.equal('CONNECTION_FAILED');
  });

  it('keeps secrets of a URL out of its messages', async () => {
    const { origin } = await serve((_, response) => void response.writeHead(404).end());
    const source = `${origin.replace('//', '//amy:hunter2@')}/a.jpg?token=s3cret`;
    const error = await fetchFailure(source);
    expect(error.source).to.equal(`${origin}/a.jpg?...`);
    expect(error.message).to.equal(
      `${origin}/a.jpg?... answered 404. Check the URL; another try will not help.`,
    );
  });

  describe('TLS', () => {
    const pair = selfSigned();
    const secure = (handle: RequestListener): Promise<TestServer> => serveSecure(pair, handle);

    it('is not trusted where the certificate is self-signed, unless it is given', async () => {
      const { origin } = await secure((_, response) => void response.end(GIF));
      expect(await fetchFailure(origin)).to.include({ code: 'TLS_FAILED', retryable: false });
      const { bytes } = await fetchImage(origin, { ...LOCAL, ca: pair.cert });
      expect(bytes).to.deep.equal(GIF);
    });

    it('is not trusted for another name', async () => {
      const { port } = await secure((_, response) => void response.end(GIF));
      const lookup = (): Promise<LookupAddress[]> =>
        Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      const options = { ...LOCAL, lookup, ca: pair.cert };
      expect(await failureCode(`https://other.example:${port}/`, options)).to.equal('TLS_FAILED');
    });

    it('can not be had from a server without it', async () => {
      const { port } = await serve((_, response) => void response.end(GIF));
      expect(await failureCode(`https://127.0.0.1:${port}/`)).to.equal('TLS_FAILED');
    });

    it('is not given up by a redirect, unless allowed', async () => {
      const plain = await serve((_, response) => void response.end(GIF));
      const { origin } = await secure((_, response) => {
        response.writeHead(302, { location: `${plain.origin}/` }).end();
      });
      const options = { ...LOCAL, ca: pair.cert };
      expect(await failureCode(origin, options)).to.equal('INSECURE_REDIRECT');
      const { url } = await fetchImage(origin, { ...options, allowDowngrade: true });
      expect(url).to.equal(`${plain.origin}/`);
    });
  });
});
