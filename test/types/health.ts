// Probes, limits, queues, metrics and errors, as a user of the packed package writes it. Compiled by
// scripts/package-check.mjs, never run.
import {
  BulkError,
  createHealth,
  createLimiter,
  createMetrics,
  elasticsearch,
  EngineError,
  FetchError,
  type Health,
  type Limiter,
  type Metrics,
  OverloadError,
  queueCheck,
  type QueueReport,
  RebuildError,
  SearchError,
  sharedClient,
  watchQueue,
} from 'suoyin';
import {
  type CircuitState,
  type Clock,
  type HealthCheck,
  type HealthCheckReport,
  type HealthReport,
  type HealthStatus,
  type Illness,
  type JobState,
  LIMITER_DEFAULTS,
  type MetricSources,
  type Priority,
  type PromRegistry,
  type QueueFigures,
  type QueueFinding,
  type QueueLevel,
  type QueueVerdict,
  type QueueWatch,
  type RefusalCode,
  type SearchKind,
  type SearchOutcome,
  type SharedClientOptions,
  type VerdictLimits,
  type WatchedJob,
  type WatchedQueue,
} from 'suoyin/health';
import { exactly } from './exactly.ts';

const clock: Clock = { steadyNow: () => 0, after: () => () => {} };
const database: HealthCheck = { run: (signal) => Promise.resolve(signal.aborted), required: true };
const health = createHealth({ checks: { database }, clock });
exactly<Health>()(health);
const ready = await health.readyz();
exactly<HealthReport>()(ready);
exactly<Record<string, HealthCheckReport>>()(ready.checks);
exactly<HealthStatus>()(ready.status);
exactly<HealthReport | null>()(health.report());
// @ts-expect-error A check has something to run.
createHealth({ checks: { database: { required: true } } });
// @ts-expect-error The unit is in the name.
createHealth({ timeout: 500 });

const illnessOf = (error: unknown): Illness => (error instanceof EngineError ? 'down' : null);
const limiter = createLimiter({ maxWaitMs: { autocomplete: 15 }, illnessOf });
exactly<Limiter>()(limiter);
const sum = await limiter.run('autocomplete', () => 1 + 1);
exactly<number>()(sum);
const rows = await limiter.run('batch', (signal) => Promise.resolve([signal.aborted]));
exactly<boolean[]>()(rows);
const { circuit, refused } = limiter.stats();
exactly<CircuitState>()(circuit);
exactly<Record<Priority, Record<RefusalCode, number>>>()(refused);
// @ts-expect-error No such priority.
await limiter.run('search', () => 1);
// @ts-expect-error No such priority.
createLimiter({ timeoutMs: { search: 1 } });
// @ts-expect-error Frozen.
LIMITER_DEFAULTS.maxQueue = 1;

declare const queue: WatchedQueue;
const sourceOf = (job: WatchedJob): string => job.name ?? '';
const limits: Partial<VerdictLimits> = { maxStillMs: 60_000, sourceOf };
const watch = watchQueue(queue, { ...limits, pollMs: null });
exactly<QueueWatch>()(watch);
const report = await watch.look();
exactly<QueueReport>()(report);
exactly<QueueLevel>()(report.level);
exactly<QueueFinding[]>()(report.findings);
exactly<QueueFigures | null>()(report.figures);
if (report.figures) exactly<Record<JobState, number>>()(report.figures.jobs);
exactly<HealthCheck>()(queueCheck(watch));
isIll(report.verdict);
// @ts-expect-error Not a queue.
watchQueue({ name: 'photos' });

function isIll(verdict: QueueVerdict): boolean {
  switch (verdict) {
    case 'ok':
    case 'unknown':
      return false;
    case 'paused':
    case 'no-workers':
    case 'stuck-job':
    case 'not-consuming':
    case 'bad-retry':
    case 'bad-source':
    case 'blocked-parent':
      return true;
  }
}

const measured: MetricSources = { health, limiter, queues: [watch] };
const metrics = createMetrics(measured);
exactly<Metrics>()(metrics);
declare const registry: PromRegistry;
metrics.register(registry);
const kind: SearchKind = 'suggest';
const outcome: SearchOutcome = 'ok';
metrics.searchDone(kind, outcome, 0.01);
// @ts-expect-error Labels are few and fixed.
metrics.searchDone('autocomplete', outcome, 0.01);

const shared: SharedClientOptions = { nodes: ['https://search.example:9200'], warn: console.warn };
await sharedClient(shared);
const { client } = await sharedClient({ ...shared, engine: 'elasticsearch', apiKey: 'a2V5' });
elasticsearch({ client });
// @ts-expect-error Whoever shares a client is told where options differ.
await sharedClient({ nodes: ['https://search.example:9200'] });

function retryAfter(error: unknown): number | null {
  if (error instanceof OverloadError) return error.retryAfterSeconds;
  if (error instanceof FetchError) return error.retryable ? error.retryAfterSeconds : null;
  if (error instanceof BulkError) exactly<BulkError['progress']>()(error.progress);
  if (error instanceof RebuildError) exactly<boolean>()(error.aliasMoved);
  if (!(error instanceof SearchError)) throw error;
  // @ts-expect-error An error says what it is once.
  error.code = 'OTHER';
  return null;
}
retryAfter(new OverloadError('OVERLOADED', 'what', 1));
