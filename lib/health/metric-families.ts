import { wallClock } from '../clock.ts';
import type { Health } from './health.ts';
import type { IndexFigures, IndexWatch } from './index-watch.ts';
import { PRIORITIES } from './limiter-options.ts';
import type { Limiter } from './limiter.ts';
import type { MetricFamily, Sample } from './metric-text.ts';
import type { QueueFigures } from './queue-verdict.ts';
import { QUEUE_VERDICTS } from './queue-verdict.ts';
import type { QueueReport, QueueWatch } from './queue-watch.ts';

/** Metrics of a limiter; none without one. */
export function limiterFamilies(limiter: Limiter | undefined): MetricFamily[] {
  if (limiter === undefined) return [];
  const { limit, circuit, inFlight, queued, finished, refused } = limiter.stats();
  return [
    gauge('suoyin_limiter_limit', 'Most work in flight at present.', [plain(limit)]),
    gauge('suoyin_limiter_circuit_open', '1 while the backend does not answer.', [
      plain(Number(circuit !== 'closed')),
    ]),
    gauge('suoyin_limiter_in_flight', 'Work in flight.', byKey('priority', inFlight)),
    gauge('suoyin_limiter_queued', 'Work that waits in the queue.', byKey('priority', queued)),
    {
      name: 'suoyin_limiter_finished_total',
      help: 'Work that was started and has ended.',
      type: 'counter',
      samples: PRIORITIES.flatMap((priority) =>
        Object.entries(finished[priority]).map(([outcome, value]) => ({
          labels: { priority, outcome },
          value,
        })),
      ),
    },
    {
      name: 'suoyin_limiter_refused_total',
      help: 'Work that was refused or given up, by the code of the error.',
      type: 'counter',
      samples: PRIORITIES.flatMap((priority) =>
        Object.entries(refused[priority]).map(([code, value]) => ({
          labels: { priority, reason: code.toLowerCase() },
          value,
        })),
      ),
    },
  ];
}

/** Metrics of health at the last probe; none before the first. */
export function healthFamilies(health: Health | undefined): MetricFamily[] {
  if (health === undefined) return [];
  const report = health.report();
  const checks = Object.entries(report?.checks ?? {});
  return [
    gauge(
      'suoyin_health_ready',
      '1 if the process is ready, degraded or not.',
      report ? [plain(Number(report.status !== 'fail'))] : [],
    ),
    gauge(
      'suoyin_health_check_up',
      '1 if the check passes.',
      checks.map(([check, { status }]) => ({
        labels: { check },
        value: Number(status === 'pass'),
      })),
    ),
    gauge(
      'suoyin_event_loop_lag_seconds',
      'Delay of the event loop, 99th percentile between two probes.',
      report ? [plain(report.eventLoopLagMs / 1000)] : [],
    ),
  ];
}

/** Metrics of what a server has open; none without one. */
export function trafficFamilies(
  traffic: { requests: number; connections: number } | undefined,
): MetricFamily[] {
  if (traffic === undefined) return [];
  const { requests, connections } = traffic;
  return [
    gauge('suoyin_http_requests_open', 'Requests without an answer.', [plain(requests)]),
    gauge('suoyin_http_connections_open', 'Open connections.', [plain(connections)]),
  ];
}

/** Metrics of the version and of the memory of the process. */
export function processFamilies(version: string): MetricFamily[] {
  return [
    gauge('suoyin_build_info', '1; the label has the version.', [
      { labels: { version, node: process.versions.node }, value: 1 },
    ]),
    gauge('suoyin_process_resident_memory_bytes', 'Resident memory of the process.', [
      plain(process.memoryUsage.rss()),
    ]),
    gauge('suoyin_process_start_time_seconds', 'Start of the process, in seconds since 1970.', [
      plain(Math.round(wallClock() / 1000 - process.uptime())),
    ]),
  ];
}

/** Metrics of indexes at the last look; none before the first. */
export function indexFamilies(watch: IndexWatch | undefined): MetricFamily[] {
  if (watch === undefined) return [];
  const figures = watch.report();
  const of = (name: string, help: string, read: (one: IndexFigures) => number | null) =>
    gauge(
      name,
      help,
      figures.flatMap((one) => {
        const value = read(one);
        return value === null ? [] : [{ labels: { index: one.alias }, value }];
      }),
    );
  return [
    of('suoyin_index_live', '1 if a generation is live.', ({ documents }) =>
      Number(documents !== null),
    ),
    of('suoyin_index_documents', 'Documents of the live generation.', ({ documents }) => documents),
    of(
      'suoyin_index_created_timestamp_seconds',
      'Start of the rebuild that made the live generation, in seconds since 1970.',
      ({ createdSeconds }) => createdSeconds,
    ),
    of(
      'suoyin_index_dead_letters',
      'Records that the live generation lacks because they could not be used.',
      ({ deadLetters }) => deadLetters,
    ),
    {
      ...gauge('suoyin_index_rebuild', '1 for the present state of the rebuild.', []),
      samples: figures.flatMap(({ alias, rebuild }) =>
        (['none', 'running', 'unfinished'] as const).map((state) => ({
          labels: { index: alias, state },
          value: Number(state === rebuild),
        })),
      ),
    },
  ];
}

/** Metrics of watched queues at the last look. */
export function queueFamilies(watches: readonly QueueWatch[]): MetricFamily[] {
  const reports = watches.map((watch) => watch.report()).filter((report) => report !== null);
  if (watches.length === 0) return [];
  return [
    {
      ...gauge('suoyin_queue_jobs', 'Jobs by state.', []),
      samples: reports.flatMap(({ queue, figures }) =>
        Object.entries(figures?.jobs ?? {}).map(([state, value]) => ({
          labels: { queue, state },
          value,
        })),
      ),
    },
    figure(
      'suoyin_queue_oldest_waiting_seconds',
      'Age of the oldest job that could run.',
      reports,
      ({ oldestWaitingSeconds, pending }) => oldestWaitingSeconds ?? (pending === 0 ? 0 : null),
    ),
    figure(
      'suoyin_queue_oldest_active_seconds',
      'Time that the longest running job has run so far.',
      reports,
      ({ oldestActiveSeconds }) => oldestActiveSeconds ?? 0,
    ),
    figure(
      'suoyin_queue_still_seconds',
      'Time without progress while jobs wait.',
      reports,
      ({ stillForSeconds }) => stillForSeconds,
    ),
    figure('suoyin_queue_paused', '1 while the queue is paused.', reports, ({ paused }) =>
      Number(paused),
    ),
    figure(
      'suoyin_queue_workers',
      'Connected workers, if Redis reports them.',
      reports,
      ({ workers }) => workers,
    ),
    {
      ...gauge(
        'suoyin_queue_last_finished_timestamp_seconds',
        'When the last of the kept jobs finished.',
        [],
      ),
      samples: reports.flatMap(({ queue, at, figures }) =>
        typeof figures?.lastFinishedSeconds === 'number'
          ? [{ labels: { queue }, value: Math.round(at / 1000) - figures.lastFinishedSeconds }]
          : [],
      ),
    },
    {
      ...gauge(
        'suoyin_queue_last_look_timestamp_seconds',
        'When the queue was last looked at.',
        [],
      ),
      samples: reports.map(({ queue, at }) => ({
        labels: { queue },
        value: Math.round(at / 1000),
      })),
    },
    {
      ...gauge('suoyin_queue_verdict', '1 for the present verdict.', []),
      samples: reports.flatMap(({ queue, verdict }) =>
        QUEUE_VERDICTS.map((name) => ({
          labels: { queue, verdict: name },
          value: Number(name === verdict),
        })),
      ),
    },
  ];
}

function figure(
  name: string,
  help: string,
  reports: readonly QueueReport[],
  read: (figures: QueueFigures) => number | null,
): MetricFamily {
  const samples = reports.flatMap(({ queue, figures }) => {
    const value = figures && read(figures);
    return value === null ? [] : [{ labels: { queue }, value }];
  });
  return gauge(name, help, samples);
}

function gauge(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, help, type: 'gauge', samples };
}

function plain(value: number): Sample {
  return { labels: {}, value };
}

function byKey(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { [label]: key }, value }));
}
