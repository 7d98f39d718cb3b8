import { SearchError } from '../errors.ts';

/** What a failure tells about the backend: it does not answer, it is too busy, or nothing. */
export type Illness = 'down' | 'busy' | null;

const BY_CODE: Readonly<Record<string, Illness>> = {
  ENGINE_UNREACHABLE: 'down',
  BULK_UNAVAILABLE: 'down',
  BACKEND_TIMEOUT: 'down',
  NOT_READY: 'down',
  WRITER_BUSY: 'busy',
  // Of Node.js and of its fetch.
  ECONNREFUSED: 'down',
  ECONNRESET: 'down',
  ECONNABORTED: 'down',
  EHOSTUNREACH: 'down',
  ENETUNREACH: 'down',
  ENOTFOUND: 'down',
  EAI_AGAIN: 'down',
  EPIPE: 'down',
  ETIMEDOUT: 'down',
  UND_ERR_CONNECT_TIMEOUT: 'down',
  UND_ERR_HEADERS_TIMEOUT: 'down',
  UND_ERR_SOCKET: 'down',
};

/** Of @opensearch-project/opensearch, and of `AbortSignal.timeout`. */
const BY_NAME: Readonly<Record<string, Illness>> = {
  ConnectionError: 'down',
  NoLivingConnectionsError: 'down',
  TimeoutError: 'down',
};

const BY_STATUS: Readonly<Record<number, Illness>> = {
  429: 'busy',
  502: 'down',
  503: 'down',
  504: 'down',
};

/**
 * Tells an ill backend from a caller's mistake.
 *
 * @param error - What the work was rejected with. Looks at its code, name and status, then at its cause.
 * @returns Null for everything that a healthy backend answers too: bad input, a missing index, an abort.
 */
export function illnessOf(error: unknown): Illness {
  let at: unknown = error;
  for (let depth = 0; depth < 4 && typeof at === 'object' && at !== null; depth++) {
    const { code, name, status, statusCode, meta, cause } = at as Record<string, unknown>;
    const told =
      BY_CODE[String(code)] ??
      BY_NAME[String(name)] ??
      BY_STATUS[Number(statusCode ?? status ?? (meta as { statusCode?: unknown })?.statusCode)];
    if (told) return told;
    // An error of ours has said what it is; what it came from is only for people.
    if (at instanceof SearchError) return null;
    at = cause;
  }
  return null;
}
