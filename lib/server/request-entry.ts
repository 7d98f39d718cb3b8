import { SearchError } from '../errors.ts';

/** Log entry of one request, without its query and body. */
export interface RequestEntry {
  /** The id of the header `x-request-id`, which may come from a proxy. */
  id: string;
  /** Trace id of the header `traceparent` (W3C Trace Context), if the request has one. */
  trace?: string;
  method: string;
  /** Path of the OpenAPI document; null if no route matched. */
  route: string | null;
  /** Null if the client disconnected before the answer. */
  status: number | null;
  durationMs: number;
  /** Characters of the query string. */
  queryLength: number;
  /** Bytes of the body, as far as it was read. */
  bytesIn: number;
  bytesOut: number;
  /** Of a request that failed. */
  code?: string;
  /** Class and origin of an unexpected error, without its message. */
  fault?: { name: string; at: string[] };
}

/** The parts of an error to log. Messages may quote the query, so they are left out. */
export function faultOf(error: unknown, status: number): Pick<RequestEntry, 'code' | 'fault'> {
  const code = error instanceof SearchError ? error.code : 'INTERNAL';
  if (status < 500 || status === 503 || !(error instanceof Error)) return { code };
  const at = (error.stack ?? '').split('\n').map((line) => line.trim());
  const frames = at.filter((line) => /^at [^\n]*:\d+:\d+\)?$/.test(line)).slice(0, 5);
  return { code, fault: { name: error.constructor.name, at: frames } };
}
