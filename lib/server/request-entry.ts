import { SearchError } from '../errors.ts';

/** One request as it is logged: nothing that was asked for, and nothing that was sent. */
export interface RequestEntry {
  /** The same as in the header `x-request-id`. */
  id: string;
  method: string;
  /** As in the OpenAPI document; null where no route was found. */
  route: string | null;
  /** Null where the client went away before. */
  status: number | null;
  durationMs: number;
  /** Characters of the query string. */
  queryLength: number;
  /** Bytes of the body, as far as it was read. */
  bytesIn: number;
  bytesOut: number;
  /** Of a request that failed. */
  code?: string;
  /** Of an error that nobody foresaw: its class and where it came from, without its message. */
  fault?: { name: string; at: string[] };
}

/** What is logged of an error. Messages may quote what was asked for, so they are left out. */
export function faultOf(error: unknown, status: number): Pick<RequestEntry, 'code' | 'fault'> {
  const code = error instanceof SearchError ? error.code : 'INTERNAL';
  if (status < 500 || status === 503 || !(error instanceof Error)) return { code };
  const at = (error.stack ?? '').split('\n').map((line) => line.trim());
  const frames = at.filter((line) => /^at [^\n]*:\d+:\d+\)?$/.test(line)).slice(0, 5);
  return { code, fault: { name: error.constructor.name, at: frames } };
}
