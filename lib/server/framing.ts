import type { IncomingMessage } from 'node:http';
import { quoteValue } from '../errors.ts';
import { countHosts, isHost } from '../health/host-header.ts';
import { RequestError } from './problem.ts';

/**
 * What is wrong with how a request is sent, which a proxy before this server may read in another
 * way; null if nothing is.
 */
export function framingFault({
  rawHeaders,
  headers,
  httpVersion,
}: IncomingMessage): RequestError | null {
  if (countHosts(rawHeaders) > 1) {
    const what = 'The request has more than one Host header';
    return new RequestError('HOST_INVALID', what, 'Send one.', { status: 400 });
  }
  // HTTP/1.0 knows no Host; where names are checked, it is refused for that.
  if (headers.host === undefined && httpVersion === '1.1') {
    const what = 'The request has no Host header';
    return new RequestError('HOST_INVALID', what, 'Send one.', { status: 400 });
  }
  if (headers.host !== undefined && !isHost(headers.host)) {
    const what = `The Host header ${quoteValue(headers.host)} is no name or address with a port`;
    const hint = 'Send a name or an address, and a port of 0 to 65535 where it is not 80.';
    return new RequestError('HOST_INVALID', what, hint, { status: 400 });
  }
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    const what = `What the request expects, ${quoteValue(expect)}, is not known here`;
    const hint = 'Send it without the header Expect.';
    return new RequestError('EXPECTATION_UNKNOWN', what, hint, { status: 417 });
  }
  const coding = headers['transfer-encoding'];
  if (coding === undefined || coding.trim().toLowerCase() === 'chunked') return null;
  const what = 'The body is sent in another transfer coding than chunked';
  return new RequestError('TRANSFER_UNKNOWN', what, 'Send it as it is, or in chunks.', {
    status: 501,
    headers: { connection: 'close' },
  });
}
