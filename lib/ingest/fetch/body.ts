import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import { badResponse, FetchError, isParseError, timeoutError, tooLarge } from './fetch-error.ts';
import type { FetchLimits } from './limits.ts';

/** What is needed to read a body. */
export interface BodyContext {
  /** The URL in the form that messages may show. */
  source: string;
  limits: FetchLimits;
  /** Aborts the whole request when a limit is exceeded. */
  stop: AbortController;
  /** The first error of the connection, such as more bytes than announced; null so far. */
  wireError: () => Error | null;
}

/** Error codes of Node's streams for a connection that ends early, whatever the reason. */
const BROKEN_OFF = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * Reads the body of a response and decodes it.
 *
 * The announced length is used to refuse early and to detect a truncated body, never to reserve
 * memory.
 *
 * @throws {FetchError} `TOO_LARGE`, `TIMEOUT`, `BODY_INCOMPLETE`, `BAD_RESPONSE`.
 */
export async function readBody(response: IncomingMessage, context: BodyContext): Promise<Buffer> {
  const { source, stop } = context;
  const { maxBytes, minBytesPerSecond, idleMs } = context.limits;
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(source, maxBytes);
  const decoder = decoderFor(response, source);
  const chunks: Buffer[] = [];
  let received = 0;
  let receivedBefore = 0;
  let decoded = 0;
  async function* counted(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      received += chunk.length;
      if (received > maxBytes) throw tooLarge(source, maxBytes);
      yield chunk;
    }
  }
  async function collect(body: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of body) {
      decoded += chunk.length;
      if (decoded > maxBytes) throw tooLarge(source, maxBytes);
      chunks.push(chunk);
    }
  }
  const rate = setInterval(() => {
    if (received - receivedBefore < (minBytesPerSecond * idleMs) / 1000) {
      stop.abort(timeoutError(source, `sent under ${minBytesPerSecond} bytes a second`));
    }
    receivedBefore = received;
  }, idleMs);
  try {
    const { signal } = stop;
    await (decoder === null
      ? pipeline(response, counted, collect, { signal })
      : pipeline(response, counted, decoder, collect, { signal }));
  } catch (error) {
    throw bodyError(error as Error, response, context);
  } finally {
    clearInterval(rate);
  }
  const wireError = context.wireError();
  // A connection that is reset after the complete body does no harm.
  if (wireError !== null && isParseError(wireError)) throw bodyError(wireError, response, context);
  return Buffer.concat(chunks, decoded);
}

function bodyError(error: Error, response: IncomingMessage, context: BodyContext): Error {
  if (error instanceof FetchError || context.stop.signal.aborted) return error;
  const { source } = context;
  const cause = context.wireError() ?? error;
  if (isParseError(cause)) {
    const what = response.complete
      ? 'sent more than it announced'
      : 'sent something that is not HTTP';
    return badResponse(source, what, cause);
  }
  if (!BROKEN_OFF.has((error as NodeJS.ErrnoException).code ?? '')) {
    return badResponse(source, 'sent a body that its content-encoding does not decode', cause);
  }
  const options = { retryable: true, cause };
  const what = 'broke off before the end of the body';
  return new FetchError('BODY_INCOMPLETE', what, 'Try again later.', { source, ...options });
}

function decoderFor(response: IncomingMessage, source: string): Transform | null {
  const coding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  switch (coding) {
    case '':
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return createUnzip();
    case 'br':
      return createBrotliDecompress();
    default:
      // Decompression bombs hide their size in several layers; no real server sends pictures like
      // that.
      throw badResponse(source, `comes with an unknown content-encoding ${coding.slice(0, 40)}`);
  }
}
