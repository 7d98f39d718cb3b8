import { STATUS_CODES } from 'node:http';
import {
  EngineError,
  MissingDependencyError,
  OptionError,
  RecordError,
  SearchError,
} from '../errors.ts';
import { unreachedMs } from '../ingest/fetch/fetch-error.ts';
import { illnessOf } from '../health/illness.ts';
import { OverloadError } from '../health/overload-error.ts';

/** A status of a problem: no other one can be answered. */
export type ProblemStatus =
  400 | 401 | 404 | 405 | 406 | 408 | 413 | 414 | 415 | 417 | 421 | 422 | 431 | 500 | 501 | 503;

/** Every status of a problem, and when it is the answer; the OpenAPI document has the same words. */
export const PROBLEMS: Readonly<Record<ProblemStatus, string>> = Object.freeze({
  400: 'The request is wrong; `code` and `detail` say where.',
  401: 'The token is missing or wrong: `TOKEN_MISSING`, `TOKEN_WRONG`.',
  404: 'There is nothing of this id, or at this path.',
  405: 'The path has other methods, which `Allow` lists: `METHOD_NOT_ALLOWED`.',
  406: 'Answers are JSON, which `Accept` refuses: `NOT_ACCEPTABLE`.',
  408: 'The request did not come in time: `REQUEST_TIMEOUT`, `BODY_TIMEOUT`.',
  413: 'More bytes, pixels or work than the server reads: `BODY_TOO_LARGE`, `TOO_MANY_PIXELS`, `DECODE_TIMEOUT`, `DECODE_MEMORY`.',
  414: 'The address is too long: `URL_TOO_LONG`.',
  415: 'No picture, or not of a format that is read.',
  417: '`Expect` asks for something else than `100-continue`: `EXPECTATION_UNKNOWN`.',
  421: 'The server does not go by the name in `Host`: `HOST_UNKNOWN`.',
  422: 'A damaged picture, or one that can not be fetched.',
  431: 'The headers are too large: `HEADERS_TOO_LARGE`.',
  500: 'The fault is here; the log of the server says where.',
  501: 'The body is sent in another transfer coding than chunked: `TRANSFER_UNKNOWN`.',
  503: 'Too busy, or without its backend; try again after `Retry-After` seconds.',
});

/** A request can't be answered, by its own fault or the server's; has the status of the answer. */
export class RequestError extends SearchError {
  readonly status: ProblemStatus;
  /** Headers of the answer: `allow`, `accept`, ... */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    what: string,
    hint: string,
    options: { status: ProblemStatus; headers?: Readonly<Record<string, string>> },
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
  status: ProblemStatus;
  detail: string;
  code: string;
}

/** A problem with its headers. */
export interface ProblemAnswer {
  problem: Problem;
  headers: Readonly<Record<string, string>>;
}

/** Statuses of callers' errors other than 400. */
const STATUS_BY_CODE: Readonly<Record<string, ProblemStatus>> = {
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
 * Errors of fetching that clients can't distinguish, as those where nothing was connected to, since
 * they would reveal names and addresses of the internal network.
 */
const HIDDEN: ReadonlySet<string> = new Set(['BLOCKED_ADDRESS', 'CONNECTION_FAILED']);
/** Milliseconds, a multiple of which passes until a client hears that nothing was connected to. */
const HIDDEN_MS = 1000;
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
  if (isHidden(error)) {
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

function isHidden(error: unknown): boolean {
  if (unreachedMs(error) !== null) return true;
  return error instanceof SearchError && error.name === 'FetchError' && HIDDEN.has(error.code);
}

/**
 * Milliseconds for which the answer to an error waits, so that how long a name was looked up does
 * not tell whether it is one of the internal network. 0 for errors that say nothing of names.
 */
export function secretWaitMs(error: unknown): number {
  const ms = unreachedMs(error);
  return ms === null ? 0 : Math.max(1, Math.ceil(ms / HIDDEN_MS)) * HIDDEN_MS - ms;
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
  status: ProblemStatus,
  { code, message: detail }: { code: string; message: string },
  headers: Readonly<Record<string, string>> = {},
): ProblemAnswer {
  const title = STATUS_CODES[status] ?? 'Error';
  return { problem: { type: 'about:blank', title, status, detail, code }, headers };
}
