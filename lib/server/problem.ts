import { STATUS_CODES } from 'node:http';
import {
  EngineError,
  MissingDependencyError,
  OptionError,
  RecordError,
  SearchError,
} from '../errors.ts';
import { illnessOf } from '../health/illness.ts';
import { OverloadError } from '../health/overload-error.ts';

/** A request can't be answered, by its own fault or the server's; has the status of the answer. */
export class RequestError extends SearchError {
  readonly status: number;
  /** Headers of the answer: `allow`, `accept`, ... */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    what: string,
    hint: string,
    options: { status: number; headers?: Readonly<Record<string, string>> },
  ) {
    super(code, what, hint);
    this.status = options.status;
    this.headers = options.headers ?? {};
  }
}

/** An error for the client: problem details of RFC 9457, with a `code`. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  code: string;
}

/** A problem with its headers. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Readonly<Record<string, string>>;
}

/** Statuses of callers' errors other than 400. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  IMAGE_UNKNOWN: 404,
  NOTE_UNKNOWN: 404,
  NOT_IMAGE: 415,
  SVG_REFUSED: 415,
  UNSUPPORTED_FORMAT: 415,
  TOO_MANY_PIXELS: 413,
  DECODE_TIMEOUT: 413,
  DECODE_MEMORY: 413,
};

/**
 * Errors of fetching that clients can't distinguish, since they would reveal names and addresses
 * of the internal network.
 */
const HIDDEN: ReadonlySet<string> = new Set(['BLOCKED_ADDRESS', 'CONNECTION_FAILED']);
const HIDDEN_MESSAGE =
  'The address can not be fetched: its host is unknown, not on the public internet, or does not answer. Send the bytes.';

/** Seconds after which an unavailable backend may answer again. */
const RETRY_AFTER = '5';

/**
 * The answer to a client for an error.
 *
 * Faults of the request are reported in full. Of faults of the server only the code is sent, since
 * messages of engines name files, hosts and indexes.
 */
export function problemOf(error: unknown): ProblemAnswer {
  if (error instanceof RequestError) return answer(error.status, error, error.headers);
  if (error instanceof OverloadError) {
    return answer(503, error, { 'retry-after': String(error.retryAfterSeconds) });
  }
  if (error instanceof SearchError && HIDDEN.has(error.code) && error.name === 'FetchError') {
    return answer(422, { code: 'BLOCKED_ADDRESS', message: HIDDEN_MESSAGE });
  }
  if (error instanceof SearchError && isOfRequest(error)) {
    const unreadable = error instanceof OptionError || error instanceof RecordError ? 400 : 422;
    return answer(STATUS_BY_CODE[error.code] ?? unreadable, error);
  }
  if (illnessOf(error) !== null) {
    const code = error instanceof SearchError ? error.code : 'ENGINE_UNREACHABLE';
    const message = 'The search backend does not answer. Try again later.';
    return answer(503, { code, message }, { 'retry-after': RETRY_AFTER });
  }
  if (error instanceof EngineError && error.code === 'SEARCH_TIMEOUT') {
    return answer(503, error, { 'retry-after': RETRY_AFTER });
  }
  if (error instanceof EngineError || error instanceof MissingDependencyError) {
    const message = 'The server can not answer this at present; its log has the same code.';
    const passes = ['INDEX_NOT_FOUND', 'PARTIAL_ANSWER'].includes(error.code);
    return answer(passes ? 503 : 500, { code: error.code, message });
  }
  return answer(500, { code: 'INTERNAL', message: 'The server failed; its log says where.' });
}

/** Whether an error is about a picture, an option or a record of the request. */
function isOfRequest(error: SearchError): boolean {
  return (
    error instanceof OptionError ||
    error instanceof RecordError ||
    error.name === 'ImageError' ||
    error.name === 'FetchError'
  );
}

function answer(
  status: number,
  { code, message: detail }: { code: string; message: string },
  headers: Readonly<Record<string, string>> = {},
): ProblemAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  return { problem: { type: 'about:blank', title, status, detail, code }, headers };
}
