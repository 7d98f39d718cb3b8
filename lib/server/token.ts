import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { OptionError } from '../errors.ts';
import { RequestError } from './problem.ts';

/** As RFC 6750 writes a token, and long enough not to be guessed. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,}={0,2}$/;
/** What is read of a header. */
const BEARER = /^bearer ([^ ]+)$/i;
const HINT = 'Send it in a header: Authorization: Bearer TOKEN.';

/** Why a request is refused that does not have the token; null where it may pass. */
export type TokenCheck = (headers: IncomingHttpHeaders) => RequestError | null;

/**
 * Checks the bearer token of requests (RFC 6750), in a time that tells nothing of it.
 *
 * @param token - At least 16 characters of A-Z a-z 0-9 . _ ~ + / -; undefined lets everybody pass.
 * @throws {OptionError} `TOKEN_INVALID`, which never shows it.
 */
export function tokenCheck(token: string | undefined): TokenCheck {
  if (token === undefined) return () => null;
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    const hint =
      'Give at least 16 characters of A-Z a-z 0-9 . _ ~ + / -, such as 32 random hex digits.';
    throw new OptionError('TOKEN_INVALID', 'What was given is no bearer token', hint);
  }
  // Hashes are of one length, whatever was sent.
  const wanted = digest(token);
  return ({ authorization }) => {
    const [, given] = BEARER.exec(authorization ?? '') ?? [];
    if (given === undefined) {
      return new RequestError('TOKEN_MISSING', 'This server asks for a token', HINT, {
        status: 401,
        headers: {
          'www-authenticate': 'Bearer realm="suoyin"',
        },
      });
    }
    if (timingSafeEqual(digest(given), wanted)) return null;
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
