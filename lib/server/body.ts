import type { IncomingMessage, ServerResponse } from 'node:http';
import { quoteValue } from '../errors.ts';
import { publicSource } from '../ingest/fetch/fetch-error.ts';
import type { RequestLimits } from './limits.ts';
import { RequestError } from './problem.ts';

/** Bytes of bodies that all requests of a handler hold in memory. */
export interface Held {
  bytes: number;
}

/** Most bytes of a JSON body, which has only a URL. */
const JSON_BYTES = 16_384;

/**
 * The picture in a body: its bytes or its URL.
 *
 * `request.body` of a body parser of the application is used too.
 *
 * @param options - held: the function adds what it reads; the caller subtracts it again. onBytes:
 *   called with the size of each piece.
 * @throws {RequestError} 400 `BODY_INVALID`, 408 `BODY_TIMEOUT`, 413 `BODY_TOO_LARGE`, 415
 *   `CONTENT_TYPE_UNSUPPORTED`, `CONTENT_ENCODING_UNSUPPORTED`, 500 `BODY_CONSUMED`, 503
 *   `OVERLOADED`.
 */
export async function readPicture(
  request: IncomingMessage,
  response: ServerResponse,
  options: {
    fetchUrls: boolean;
    limits: RequestLimits;
    held: Held;
    onBytes: (count: number) => void;
  },
): Promise<Uint8Array | URL> {
  const { fetchUrls, limits } = options;
  const isJson = checkType(request, fetchUrls);
  const maxBytes = isJson ? JSON_BYTES : limits.bodyBytes;
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const parsed = (request as { body?: unknown }).body;
  if (isJson && typeof parsed === 'object' && parsed !== null && !(parsed instanceof Uint8Array)) {
    return addressIn(parsed);
  }
  const bytes =
    parsed instanceof Uint8Array ? parsed : await readBytes(request, response, maxBytes, options);
  return isJson ? addressIn(parseJson(bytes)) : bytes;
}

/** @returns Whether it is JSON. */
function checkType({ headers }: IncomingMessage, fetchUrls: boolean): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    const what = `A body in ${quoteValue(encoding)} is not read`;
    throw new RequestError('CONTENT_ENCODING_UNSUPPORTED', what, 'Send it as it is.', {
      status: 415,
      headers: {
        'accept-encoding': 'identity',
      },
    });
  }
  const given = headers['content-type'] ?? 'application/octet-stream';
  const type = given.split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'application/octet-stream' || type.startsWith('image/')) return false;
  if (type === 'application/json' && fetchUrls) return true;
  const what = `A body of type ${quoteValue(type)} is not read here`;
  const hint = `Send the bytes of a picture as image/jpeg or application/octet-stream${
    fetchUrls ? ', or {"url"} as application/json' : ''
  }.`;
  const accept = `image/*, application/octet-stream${fetchUrls ? ', application/json' : ''}`;
  throw new RequestError('CONTENT_TYPE_UNSUPPORTED', what, hint, {
    status: 415,
    headers: { accept },
  });
}

function readBytes(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  options: Parameters<typeof readPicture>[2],
): Promise<Uint8Array> {
  const { limits, held, onBytes } = options;
  if (request.readableEnded) {
    const hint = 'Mount the handler before parsers of bodies.';
    throw new RequestError('BODY_CONSUMED', 'Something else has read the body before', hint, {
      status: 500,
    });
  }
  // The client sends the body only after this.
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (then: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      then();
    };
    const refuse = (error: Error): void => {
      settle(() => {
        reject(error);
      });
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      held.bytes += chunk.length;
      onBytes(chunk.length);
      if (length > maxBytes) refuse(tooLarge(maxBytes));
      else if (held.bytes > limits.heldBytes) refuse(tooMuch());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      settle(() => {
        resolve(Buffer.concat(chunks));
      });
    };
    const onGone = (): void => {
      refuse(new DOMException('The client went away', 'AbortError'));
    };
    const timer = setTimeout(() => {
      const what = `The body did not come in ${limits.bodyMs} ms`;
      refuse(new RequestError('BODY_TIMEOUT', what, 'Send it faster.', { status: 408 }));
    }, limits.bodyMs);
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('The body is no JSON');
  }
}

function addressIn(value: unknown): URL {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [name, text] = entries.length === 1 ? (entries[0] as [string, unknown]) : [];
  if (name !== 'url' || typeof text !== 'string') throw invalid('The body is no {"url"}');
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw invalid(`url "${publicSource(text)}" is not the URL of a picture`);
  }
  return new URL(text);
}

function invalid(what: string): RequestError {
  return new RequestError('BODY_INVALID', what, 'Send {"url": "https://..."}.', { status: 400 });
}

function tooLarge(maxBytes: number): RequestError {
  const what = `The body is larger than ${maxBytes} bytes`;
  return new RequestError('BODY_TOO_LARGE', what, 'Send a smaller picture.', { status: 413 });
}

function tooMuch(): RequestError {
  const what = 'The server holds as many pictures as it can';
  return new RequestError('OVERLOADED', what, 'Try again in 1 s.', {
    status: 503,
    headers: { 'retry-after': '1' },
  });
}
