import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { OptionError } from '../errors.ts';
import { countHeaders } from '../health/host-header.ts';
import { type TextOption, wantedOf } from '../options.ts';
import { RequestError } from './problem.ts';

/** A token of RFC 6750 that is too long to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,}={0,2}$/;
/** The bearer token of a server. */
export const TOKEN_OPTION: TextOption & { default?: undefined } = {
  type: 'text',
  pattern: TOKEN,
  secret: true,
  code: 'TOKEN_INVALID',
  wanted: 'at least 16 characters of A-Z a-z 0-9 . _ ~ + / -, such as 32 random hex digits',
  otherwise: 'none: everybody may ask',
  help: 'bearer token that requests have to bring',
};

/** Matches the header `Authorization`. */
const BEARER = /^bearer +([^ ]+)$/i;
const HINT = 'Send it in a header: Authorization: Bearer TOKEN.';

/** Returns the error for a request without the token; null if it may pass. */
export type TokenCheck = (
  request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>,
) => RequestError | null;

/**
 * Makes a check of the bearer token of requests (RFC 6750), in a time that does not depend on the
 * token.
 *
 * @param token - At least 16 characters of A-Z a-z 0-9 . _ ~ + / -; undefined lets every request
 *   pass.
 * @throws {OptionError} `TOKEN_INVALID`, which never contains it.
 */
export function tokenCheck(token: string | undefined): TokenCheck {
  if (token === undefined) return () => null;
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    const hint = `Give ${wantedOf(TOKEN_OPTION)}.`;
    throw new OptionError('TOKEN_INVALID', 'What was given is no bearer token', hint);
  }
  // Hashes have the same length, whatever was sent.
  const wanted = digest(token);
  return ({ headers, rawHeaders }) => {
    const [, given] = BEARER.exec(headers.authorization ?? '') ?? [];
    if (given === undefined) {
      return new RequestError('TOKEN_MISSING', 'This server asks for a token', HINT, {
        status: 401,
        headers: {
          'www-authenticate': 'Bearer realm="suoyin"',
        },
      });
    }
    // Of two headers Node.js takes the first; what is in front of it may have looked at the other one.
    const isOnly = countHeaders(rawHeaders, 'authorization') === 1;
    if (timingSafeEqual(digest(given), wanted) && isOnly) return null;
    return new RequestError('TOKEN_WRONG', 'The token is not that of this server', HINT, {
      status: 401,
      headers: {
        'www-authenticate': 'Bearer realm="suoyin", error="invalid_token"',
      },
    });
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
