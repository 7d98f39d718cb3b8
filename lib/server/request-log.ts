import type { RequestEntry } from './request-entry.ts';

/** A line of the log. */
export interface LogEntry {
  /** ISO 8601. */
  time: string;
  level: 'info' | 'warn' | 'error';
  event: string;
  [fact: string]: unknown;
}

/** Makes log entries of requests. */
export interface RequestLog {
  request(entry: RequestEntry): void;
  event(level: LogEntry['level'], event: string, facts?: Record<string, unknown>): void;
  /** Writes the pending summary. */
  flush(): void;
}

/** Milliseconds between two summaries of refusals. */
const SUM_MS = 1000;

/**
 * A log of requests. Refusals are summed up, one line per second: under overload they would fill
 * the log, and writing it would be a load of its own.
 */
export function requestLog(write: (entry: LogEntry) => void): RequestLog {
  let refused = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  const event: RequestLog['event'] = (level, name, facts = {}) => {
    write({ time: new Date().toISOString(), level, event: name, ...facts });
  };
  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (refused.size === 0) return;
    event('warn', 'refused', { codes: Object.fromEntries(refused) });
    refused = new Map();
  };
  return {
    request(entry) {
      const { status, code } = entry;
      if (status !== 503 || code === undefined) {
        event(status !== null && status >= 500 ? 'error' : 'info', 'request', { ...entry });
        return;
      }
      refused.set(code, (refused.get(code) ?? 0) + 1);
      timer ??= setTimeout(flush, SUM_MS).unref();
    },
    event,
    flush,
  };
}
