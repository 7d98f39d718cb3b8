/** Limiter, probes, metrics and the watch on worker queues. `suoyin` exports the functions too. */
export type { CircuitState } from './circuit.ts';
export type { Clock } from './clock.ts';
export type { EventLoop } from './event-loop.ts';
export {
  createHealth,
  type Health,
  type HealthCheck,
  type HealthCheckReport,
  type HealthOptions,
  type HealthReport,
  type HealthStatus,
} from './health.ts';
export { engineCheck, filesCheck, limiterCheck, queueCheck } from './health-checks.ts';
export type { Illness } from './illness.ts';
export { createLimiter, type Limiter, type LimiterStats, type RefusalCode } from './limiter.ts';
export {
  LIMITER_DEFAULTS,
  type LimiterOptions,
  PRIORITIES,
  type Priority,
} from './limiter-options.ts';
export {
  createMetrics,
  type IngestOutcome,
  METRICS_CONTENT_TYPE,
  type Metrics,
  type MetricSources,
  type PromRegistry,
  type SearchKind,
  type SearchOutcome,
} from './metrics.ts';
export { OverloadError } from './overload-error.ts';
export type { JobState, WatchedJob, WatchedQueue } from './queue-look.ts';
export type {
  QueueFigures,
  QueueFinding,
  QueueLevel,
  QueueVerdict,
  VerdictLimits,
} from './queue-verdict.ts';
export {
  type QueueReport,
  type QueueWatch,
  WATCH_DEFAULTS,
  watchQueue,
  type WatchQueueOptions,
} from './queue-watch.ts';
export { sharedClient, type SharedClientOptions } from './shared-client.ts';
