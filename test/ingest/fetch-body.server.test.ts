import type { LookupAddress } from 'node:dns';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { fetchImage } from '../../lib/ingest/fetch/fetch.ts';
import { failureCode, fetchFailure, GIF, LOCAL } from './fetch-failures.ts';
import { serve, serveRaw } from '../support/servers.ts';

describe('fetchImage', () => {
  describe('the body', () => {
    const encodings: [string, (bytes: Buffer) => Buffer][] = [
      ['gzip', gzipSync],
      ['x-gzip', gzipSync],
      ['deflate', deflateSync],
      ['BR', brotliCompressSync],
      ['identity', (bytes) => bytes],
    ];
    for (const [encoding, encode] of encodings) {
      it(`is decoded from ${encoding}, and capped when decoded`, async () => {
        const { origin } = await serve((request, response) => {
          const body = request.url === '/bomb' ? Buffer.alloc(4_000_000) : GIF;
          response.writeHead(200, { 'content-encoding': encoding }).end(encode(body));
        });
        expect((await fetchImage(`${origin}/`, LOCAL)).bytes).to.deep.equal(GIF);
        const small = { ...LOCAL, maxBytes: 100_000 };
        expect(await failureCode(`${origin}/bomb`, small)).to.equal('TOO_LARGE');
      });
    }

    it('may be exactly as long as allowed', async () => {
      const { origin } = await serve((_, response) => void response.end(GIF));
      const { bytes } = await fetchImage(origin, { ...LOCAL, maxBytes: GIF.length });
      expect(bytes).to.deep.equal(GIF);
      const tight = { ...LOCAL, maxBytes: GIF.length - 1 };
      expect(await failureCode(origin, tight)).to.equal('TOO_LARGE');
    });

    it('without an end is given up at the cap', async () => {
      let closed: () => void;
      const hungUp = new Promise<void>((resolve) => (closed = resolve));
      const { origin } = await serve((_, response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more).on('close', () => closed());
        more();
      });
      expect(await failureCode(origin, { ...LOCAL, maxBytes: 1_000_000 })).to.equal('TOO_LARGE');
      await hungUp;
    });

    it('is capped as sent too, where it decodes to nothing', async () => {
      const nothing = Buffer.concat(Array.from({ length: 100 }, () => gzipSync('')));
      const { origin } = await serve((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).write(nothing);
        response.end();
      });
      expect((await fetchImage(origin, LOCAL)).bytes).to.have.lengthOf(0);
      const small = { ...LOCAL, maxBytes: nothing.length - 1 };
      expect(await failureCode(origin, small)).to.equal('TOO_LARGE');
    });

    it('announced as too long is not read', async () => {
      const { origin } = await serveRaw(
        'HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n',
        'hang',
      );
      expect(await failureCode(origin)).to.equal('TOO_LARGE');
    });

    it('shorter than announced is incomplete', async () => {
      const { origin } = await serveRaw('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nGIF89');
      const error = await fetchFailure(origin);
      expect(error).to.include({ code: 'BODY_INCOMPLETE', retryable: true });
    });

    it('without its last chunk is incomplete', async () => {
      const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
      const { origin } = await serveRaw(`${head}5\r\nGIF89\r\n`);
      expect(await failureCode(origin)).to.equal('BODY_INCOMPLETE');
    });

    it('longer than announced is a bad response', async () => {
      const { origin } = await serveRaw(
        'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nGIF89a and more',
      );
      expect(await failureCode(origin)).to.equal('BAD_RESPONSE');
    });

    it('of no announced length goes to the end of the connection', async () => {
      const { origin } = await serveRaw('HTTP/1.0 200 OK\r\n\r\nGIF89a');
      expect(String((await fetchImage(origin, LOCAL)).bytes)).to.equal('GIF89a');
    });

    it('that can not be decoded is a bad response', async () => {
      const half = gzipSync(Buffer.alloc(10_000)).subarray(0, 30).toString('latin1');
      const bodies: [string, string][] = [
        ['gzip', 'GIF89a'],
        ['gzip', half],
        ['br', 'GIF89a'],
        ['gzip, gzip', 'GIF89a'],
        ['compress', 'GIF89a'],
      ];
      for (const [encoding, body] of bodies) {
        const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n`;
        const { origin } = await serveRaw(`${head}Content-Encoding: ${encoding}\r\n\r\n${body}`);
        expect(await failureCode(origin), encoding).to.equal('BAD_RESPONSE');
      }
    });
  });

  it('calls what is no HTTP a bad response', async () => {
    const answers = [
      'GIF89a, and a good day\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nGI',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
      `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    ];
    for (const answer of answers) {
      const { origin } = await serveRaw(answer);
      expect(await failureCode(origin), answer.slice(0, 60)).to.equal('BAD_RESPONSE');
    }
  });

  describe('time', () => {
    it('is limited for the headers', async () => {
      const { origin } = await serveRaw('HTTP/1.1 200 OK\r\nX-Slow: ', 'hang');
      const error = await fetchFailure(origin, { ...LOCAL, headersMs: 30 });
      expect(error).to.include({ code: 'TIMEOUT', retryable: true });
      expect(error.message).to.include('did not answer within 30 ms');
    });

    it('is limited for the look-up and the connection', async () => {
      const lookup = (): Promise<LookupAddress[]> => new Promise(() => undefined);
      const error = await fetchFailure('http://slow.example/', { lookup, connectMs: 30 });
      expect(error.message).to.include('was not connected to within 30 ms');
    });

    it('is limited for a TLS handshake that nobody answers', async () => {
      const { port } = await serveRaw('', 'hang');
      const options = { ...LOCAL, connectMs: 30 };
      expect(await failureCode(`https://127.0.0.1:${port}/`, options)).to.equal('TIMEOUT');
    });

    it('is not given to a body that trickles', async () => {
      let timer: NodeJS.Timeout | undefined;
      const { origin } = await serve((_, response) => {
        timer = setInterval(() => response.write('x'), 5);
      });
      const options = { ...LOCAL, minBytesPerSecond: 10_000, idleMs: 40 };
      const error = await fetchFailure(origin, options);
      clearInterval(timer);
      expect(error.code).to.equal('TIMEOUT');
      expect(error.message).to.include('sent under 10000 bytes a second');
    });

    it('is not given to a body that stops after a good start', async () => {
      const { origin } = await serve((_, response) => void response.write(Buffer.alloc(100_000)));
      const options = { ...LOCAL, minBytesPerSecond: 1000, idleMs: 30, totalMs: 60_000 };
      const error = await fetchFailure(origin, options);
      expect(error.message).to.include('sent under 1000 bytes a second');
    });

    it('is given to a body that goes on', async () => {
      // Longer than a loaded machine lets a process wait.
      const idleMs = 1000;
      const { origin } = await serve((_, response) => {
        const end = performance.now() + 1.2 * idleMs;
        const more = setInterval(() => {
          response.write('GIF89a');
          if (performance.now() < end) return;
          clearInterval(more);
          response.end();
        }, 5);
      });
      const { bytes } = await fetchImage(origin, { ...LOCAL, minBytesPerSecond: 1, idleMs });
      expect(String(bytes?.subarray(0, 6))).to.equal('GIF89a');
    });

    it('is limited for everything together', async () => {
      let requests = 0;
      const { origin } = await serve((_, response) => {
        setTimeout(() => response.writeHead(302, { location: `/${++requests}` }).end(), 20);
      });
      const error = await fetchFailure(origin, { ...LOCAL, maxRedirects: 1000, totalMs: 100 });
      expect(error.message).to.include('was not fetched within 100 ms');
    });
  });
});
