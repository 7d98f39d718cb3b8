import { SearchError } from '../errors.ts';

/** What a failure says about the backend: it does not answer, it is too busy, or nothing. */
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
 * Distinguishes failures of the backend from mistakes of the caller.
 *
 * @param error - The reason of the rejection. Its code, name and status are read, then those of its
 * cause.
 * @returns Null for what also happens with a healthy backend: bad input, a missing index, an
 * abort.
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
    // A SearchError is already classified by its own code; its cause is only for people to read.
    if (at instanceof SearchError) return null;
    at = cause;
  }
  return null;
}
