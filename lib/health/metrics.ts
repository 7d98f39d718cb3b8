import { createRequire } from 'node:module';
import { checkOptions, OPTION_INVALID, type Spec } from '../options.ts';
import type { Health } from './health.ts';
import type { Limiter } from './limiter.ts';
import { LIMITER_OPTION } from './limiter-options.ts';
import {
  healthFamilies,
  indexFamilies,
  limiterFamilies,
  processFamilies,
  queueFamilies,
  trafficFamilies,
} from './metric-families.ts';
import { type WatchedIndex, watchIndexes } from './index-watch.ts';
import { exposition, histogram, type MetricFamily } from './metric-text.ts';
import type { QueueWatch } from './queue-watch.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Kind of a search. */
export type SearchKind = 'suggest' | 'search' | 'detect' | 'similar' | 'place' | 'image' | 'notes';

/** Outcome of a search: `invalid` is a mistake of the caller, `refused` an `OverloadError`. */
export type SearchOutcome = 'ok' | 'invalid' | 'refused' | 'failed' | 'aborted';

/** Outcome for a picture or record that came in. */
export type IngestOutcome = 'indexed' | 'unchanged' | 'retried' | 'dead-letter';

/** Sources of metrics. The names given here become labels, so keep them few and fixed. */
export interface MetricSources {
  limiter?: Limiter;
  health?: Health;
  queues?: readonly QueueWatch[];
  /** Indexes whose size, age and rebuilds are shown; the figures are at most 15 seconds old. */
  indexes?: readonly WatchedIndex[];
  /** Returns the present number of requests in progress and open connections of a server. */
  traffic?: () => { requests: number; connections: number };
}

/** Options of `createMetrics`. */
export const METRICS_SPEC: Spec<MetricSources> = {
  code: OPTION_INVALID,
  options: {
    limiter: LIMITER_OPTION,
    health: {
      type: 'object',
      like: ['report'],
      wanted: 'what createHealth returns',
      help: 'whose checks are shown',
    },
    queues: {
      type: 'list',
      items: {
        type: 'object',
        like: ['report'],
        wanted: 'what watchQueue returns',
        help: '',
      },
      help: 'queues that are watched',
    },
    indexes: {
      type: 'list',
      items: { type: 'object', like: ['status'], wanted: 'an index', help: '' },
      help: 'indexes whose size, age and rebuilds are shown',
    },
    traffic: { type: 'function', help: 'returns open requests and connections of a server' },
  },
};

/** The part of a registry of prom-client 13 to 15 that is used here. */
export interface PromRegistry {
  registerMetric(metric: never): void;
}

/** Metrics of this process. */
export interface Metrics {
  /** Counts a search. @param seconds - Time from the request to the answer, 0 or more. */
  searchDone(kind: SearchKind, outcome: SearchOutcome, seconds: number): void;
  /**
   * Counts an answer.
   *
   * @param route - A path of the OpenAPI document, such as `/places/{id}`; null if no route
   * matched.
   * @param status - Status of the answer; null if the client disconnected before it.
   */
  requestDone(method: string, route: string | null, status: number | null): void;
  /** Counts a record or picture that came in. */
  ingested(outcome: IngestOutcome): void;
  /** Prometheus text format 0.0.4; serve it as `METRICS_CONTENT_TYPE`. */
  text(): string;
  /**
   * Adds the metrics to a registry of the host, whose own `/metrics` then shows them.
   *
   * A registry takes each name once, so register only one `Metrics` with it.
   */
  register(registry: PromRegistry): void;
}

/** Content type of `Metrics.text`. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const KINDS: readonly SearchKind[] = [
  'suggest',
  'search',
  'detect',
  'similar',
  'place',
  'image',
  'notes',
];
const OUTCOMES: readonly SearchOutcome[] = ['ok', 'invalid', 'refused', 'failed', 'aborted'];
const INGESTED: readonly IngestOutcome[] = ['indexed', 'unchanged', 'retried', 'dead-letter'];
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'DELETE'];
/** Most routes that get a label of their own. */
const ROUTES_MAX = 100;
/** Upper bounds in seconds: from a look-up in memory to the longest that anybody waits. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Makes the metrics of a process: what is counted here, and what the sources report at each scrape.
 *
 * No label ever holds typed text, an address or an id: whatever is not a known word is counted as
 * `other`.
 */
export function createMetrics(sources: MetricSources = {}): Metrics {
  checkOptions(METRICS_SPEC, sources);
  const searches = histogram(BUCKETS);
  const requests = new Map<string, { labels: Record<string, string>; value: number }>();
  const routes = new Set<string>();
  const indexes = sources.indexes && watchIndexes(sources.indexes);
  const ingested = new Map<string, number>(INGESTED.map((outcome) => [outcome, 0]));
  const families = (): MetricFamily[] => [
    {
      name: 'suoyin_search_duration_seconds',
      help: 'Time from a request to its answer.',
      type: 'histogram',
      samples: searches.samples(),
    },
    {
      name: 'suoyin_ingest_records_total',
      help: 'Records and pictures that came in, by outcome.',
      type: 'counter',
      samples: [...ingested].map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    {
      name: 'suoyin_http_requests_total',
      help: 'Answered requests by route and status; status 0 if the client disconnected first.',
      type: 'counter',
      samples: [...requests.values()],
    },
    ...limiterFamilies(sources.limiter),
    ...healthFamilies(sources.health),
    ...queueFamilies(sources.queues ?? []),
    ...indexFamilies(indexes),
    ...trafficFamilies(sources.traffic?.()),
    ...processFamilies(version),
  ];
  return {
    searchDone(kind, outcome, seconds) {
      const labels = { kind: known(kind, KINDS), outcome: known(outcome, OUTCOMES) };
      searches.observe(labels, Math.max(0, seconds));
    },
    requestDone(method, route, status) {
      const path = routeLabel(route, routes);
      const labels = { method: known(method, METHODS), route: path, status: statusLabel(status) };
      const key = JSON.stringify(labels);
      const counted = requests.get(key) ?? { labels, value: 0 };
      counted.value += 1;
      requests.set(key, counted);
    },
    ingested(outcome) {
      const key = known(outcome, INGESTED);
      ingested.set(key, (ingested.get(key) ?? 0) + 1);
    },
    text: () => exposition(families()),
    register(registry) {
      for (const { name } of families()) {
        const metric = {
          name,
          // Evaluated at every scrape, so that nothing has to be pushed.
          get: () =>
            Promise.resolve(promMetric(families().find((family) => family.name === name)!)),
          reset: () => undefined,
        };
        registry.registerMetric(metric as never);
      }
    },
  };
}

/**
 * The route itself if it is among the first `ROUTES_MAX`, so that the number of labels is bounded.
 */
function routeLabel(route: string | null, routes: Set<string>): string {
  if (route === null) return 'none';
  if (routes.size < ROUTES_MAX) routes.add(route);
  return routes.has(route) ? route : 'other';
}

function statusLabel(status: number | null): string {
  if (status === null) return '0';
  return Number.isInteger(status) && status >= 100 && status < 600 ? String(status) : 'other';
}

function known(word: string, words: readonly string[]): string {
  return words.includes(word) ? word : 'other';
}

/** A metric in the form that `get()` of prom-client's own metrics returns. */
function promMetric({ name, help, type, samples }: MetricFamily): object {
  const values = samples.map(({ labels, value, suffix = '' }) => ({
    labels,
    value,
    metricName: name + suffix,
  }));
  return { name, help, type, values, aggregator: 'sum' };
}
