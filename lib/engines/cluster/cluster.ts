import { engineClosed } from '../refusals.ts';
import type { Dialect } from './dialect.ts';
import type { ClusterFeature } from './feature.ts';
import { type ClusterClient, sendOnce, type SendRequest, sendWith } from './request.ts';
import type { ClusterServer } from './server.ts';

/** Which cluster an engine works on, and how. */
export interface ClusterOptions {
  /** A client of the product's own package. Never closed by the engine. */
  client: ClusterClient;
  /**
   * When a write to a live index resolves: `wait_for`, when the next refresh (a second, by default)
   * has made it visible; `true`, after a refresh of its own; `false`, as soon as it is durable.
   * Default `wait_for`.
   */
  refresh?: 'wait_for' | boolean;
  /** Milliseconds for which a bulk write goes on trying while the cluster takes nothing. Default 300000. */
  retryBudgetMs?: number;
  /** Called after a 401 or 403, before the request is sent once more: gets new credentials. */
  refreshAuth?: () => Promise<void>;
}

/** The one value that all parts of an engine share. */
export interface Cluster {
  readonly dialect: Dialect;
  readonly refresh: 'wait_for' | boolean;
  /** How bulk writes are repeated. */
  readonly retries: Pick<ClusterOptions, 'retryBudgetMs' | 'refreshAuth'>;
  /** Sends a request, again where that may help; errors hold nothing of what was sent. */
  readonly send: SendRequest;
  /** Sends a request once; throws what the client throws, which may hold what was sent. */
  readonly sendOnce: SendRequest;
  /** What was learned, and stays true: names of generations are never used twice. */
  readonly known: {
    /** What answers, once it was asked. */
    server: ClusterServer | null;
    /** Aliases whose state index is there. */
    states: Set<string>;
    /** Features by generation. */
    features: Map<string, ClusterFeature>;
    /** Tokens that generations are filled with, by generation; see `fillAlias`. */
    fills: Map<string, string>;
  };
  close(): void;
}

/** Joins a client and a dialect. */
export function openCluster(dialect: Dialect, options: ClusterOptions): Cluster {
  const { client, refresh = 'wait_for', retryBudgetMs, refreshAuth } = options;
  const renewal = refreshAuth ? { refreshAuth } : {};
  const sendAgain = sendWith(client, { title: dialect.title, ...renewal });
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
    async sendOnce(request) {
      refuseClosed();
      return sendOnce(client, request);
    },
    close() {
      closed = true;
    },
  };
}
