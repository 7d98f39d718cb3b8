import { engineClosed } from '../refusals.ts';
import type { Dialect } from './dialect.ts';
import type { ClusterFeature } from './feature.ts';
import { type SendParts, sendPartsWith } from './parts.ts';
import { type ClusterClient, sendOnce, type SendRequest, sendWith } from './request.ts';
import type { ClusterServer } from './server.ts';

/** Options of an engine on a cluster. */
export interface ClusterOptions {
  /** A client of the product's own package. The engine never closes it. */
  client: ClusterClient;
  /**
   * When a write to a live index resolves. `wait_for`: when the next refresh has made it
   * searchable, by default within a second. `true`: after an immediate refresh. `false`: as soon as
   * it is durable. Default `wait_for`.
   */
  refresh?: 'wait_for' | boolean;
  /**
   * Milliseconds for which a bulk write is retried while the cluster accepts nothing; a write of the state
   * at most a minute. Default 300000.
   */
  retryBudgetMs?: number;
  /** Gets new credentials; called after a 401 or 403, before the request is sent again. */
  refreshAuth?: () => Promise<void>;
}

/** The state that all parts of an engine share. */
export interface Cluster {
  readonly dialect: Dialect;
  readonly refresh: 'wait_for' | boolean;
  /** Options for retries of bulk writes. */
  readonly retries: Pick<ClusterOptions, 'retryBudgetMs' | 'refreshAuth'>;
  /** Sends a request and retries it if that may help. Errors contain nothing of what was sent. */
  readonly send: SendRequest;
  /** The same for a request of parts that fail each by itself. */
  readonly sendParts: SendParts;
  /** Sends a request once; throws the error of the client, which may contain what was sent. */
  readonly sendOnce: SendRequest;
  /** Caches that never become stale, since names of generations are never reused. */
  readonly known: {
    /** The server, after it was first asked. */
    server: ClusterServer | null;
    /** Aliases whose state index exists. */
    states: Set<string>;
    /** Features by generation. */
    features: Map<string, ClusterFeature>;
    /** Tokens that generations are filled with, by generation; see `fillAlias`. */
    fills: Map<string, string>;
  };
  close(): void;
}

/** Makes the shared state from a client and a dialect. */
export function openCluster(dialect: Dialect, options: ClusterOptions): Cluster {
  const { client, refresh = 'wait_for', retryBudgetMs, refreshAuth } = options;
  const renewal = refreshAuth ? { refreshAuth } : {};
  const again = { title: dialect.title, ...renewal };
  const [sendAgain, sendParts] = [sendWith(client, again), sendPartsWith(client, again)];
  let closed = false;
  const refuseClosed = (): void => {
    if (closed) throw engineClosed(dialect.name);
  };
  return {
    dialect,
    refresh,
    retries: retryBudgetMs === undefined ? renewal : { ...renewal, retryBudgetMs },
    known: { server: null, states: new Set(), features: new Map(), fills: new Map() },
    async send(request) {
      refuseClosed();
      return sendAgain(request);
    },
    async sendParts(request) {
      refuseClosed();
      return sendParts(request);
    },
    async sendOnce(request) {
      refuseClosed();
      return sendOnce(client, request);
    },
    close() {
      closed = true;
    },
  };
}
