import { checkOptions, OPTION_INVALID, type Spec } from '../options.ts';
import type { Health } from './health.ts';
import type { Limiter } from './limiter.ts';
import { LIMITER_OPTION } from './limiter-options.ts';
import {
  healthFamilies,
  limiterFamilies,
  queueFamilies,
  trafficFamilies,
} from './metric-families.ts';
import { exposition, histogram, type MetricFamily } from './metric-text.ts';
import type { QueueWatch } from './queue-watch.ts';

/** What was asked for. */
export type SearchKind = 'suggest' | 'search' | 'detect' | 'similar' | 'place' | 'image' | 'notes';

/** How it ended: `invalid` is a caller's mistake, `refused` an `OverloadError`. */
export type SearchOutcome = 'ok' | 'invalid' | 'refused' | 'failed' | 'aborted';

/** What became of a picture or record that came in. */
export type IngestOutcome = 'indexed' | 'unchanged' | 'retried' | 'dead-letter';

/** What metrics are taken from. Labels are the names given here, so keep these few and fixed. */
export interface MetricSources {
  limiter?: Limiter;
  health?: Health;
  queues?: readonly QueueWatch[];
  /** Requests without an answer and open connections of a server, as they are now. */
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
    traffic: { type: 'function', help: 'tells open requests and connections of a server' },
  },
};

/** What is used of a registry of prom-client 13 to 15. */
export interface PromRegistry {
  registerMetric(metric: never): void;
}

/** Metrics of this process. */
export interface Metrics {
  /** Counts a search. @param seconds - From the request to the answer, 0 or more. */
  searchDone(kind: SearchKind, outcome: SearchOutcome, seconds: number): void;
  /** Counts what came in. */
  ingested(outcome: IngestOutcome): void;
  /** Prometheus text format 0.0.4; serve it as `METRICS_CONTENT_TYPE`. */
  text(): string;
  /**
   * Adds the metrics to a registry of the host, whose own `/metrics` then shows them.
   *
   * A registry takes a name once: register one `Metrics` with it.
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
/** Seconds: from a lookup in memory to the longest that anybody waits. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Makes the metrics of a process: what is counted here, and what the sources tell when they are asked.
 *
 * No label ever holds what somebody typed, an address or an id: whatever is not one of the known words
 * is counted as `other`.
 */
export function createMetrics(sources: MetricSources = {}): Metrics {
  checkOptions(METRICS_SPEC, sources);
  const searches = histogram(BUCKETS);
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
      help: 'Records and pictures that came in, by what became of them.',
      type: 'counter',
      samples: [...ingested].map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
    ...limiterFamilies(sources.limiter),
    ...healthFamilies(sources.health),
    ...queueFamilies(sources.queues ?? []),
    ...trafficFamilies(sources.traffic?.()),
  ];
  return {
    searchDone(kind, outcome, seconds) {
      const labels = { kind: known(kind, KINDS), outcome: known(outcome, OUTCOMES) };
      searches.observe(labels, Math.max(0, seconds));
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
          // Asked for at every scrape, so that nothing has to be pushed.
          get: () =>
            Promise.resolve(promMetric(families().find((family) => family.name === name)!)),
          reset: () => undefined,
        };
        registry.registerMetric(metric as never);
      }
    },
  };
}

function known(word: string, words: readonly string[]): string {
  return words.includes(word) ? word : 'other';
}

/** As prom-client's own metrics answer `get()`. */
function promMetric({ name, help, type, samples }: MetricFamily): object {
  const values = samples.map(({ labels, value, suffix = '' }) => ({
    labels,
    value,
    metricName: name + suffix,
  }));
  return { name, help, type, values, aggregator: 'sum' };
}
