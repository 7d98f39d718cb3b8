import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Registry } from 'prom-client';
import { createHealth } from '../../lib/health/health.ts';
import { createLimiter } from '../../lib/health/limiter.ts';
import { createMetrics, type Metrics } from '../../lib/health/metrics.ts';
import { watchQueue } from '../../lib/health/queue-watch.ts';
import { onRedis } from '../support/redis.ts';
import { openQueue } from './queues.ts';
import { closeAtEnd } from '../support/lifetime.ts';

const NAMES = /\bsuoyin_[a-z_]+\b/g;

describe('createMetrics', function () {
  const redis = onRedis(this);

  /** Of everything that there can be, with one job waiting in a real queue. */
  async function everything(): Promise<Metrics> {
    const queue = openQueue('bullmq', 'thumbnails', redis.port);
    await queue.put({ url: 'https://planted.example/swordfish' });
    const watch = watchQueue(queue, { pollMs: null });
    await watch.look();
    const checks = { engine: { run: () => Promise.resolve() } };
    const health = closeAtEnd(createHealth({ checks }));
    await health.readyz();
    const limiter = createLimiter();
    await limiter.run('images', () => 1);
    const status = {
      live: 'places-000001',
      generations: [
        {
          name: 'places-000001',
          createdAt: '2026-11-28T00:00:00Z',
          documents: 3,
          meta: { failed: 2 },
        },
      ],
      rebuilding: null,
      unfinished: null,
    };
    const index = { alias: 'places', status: () => Promise.resolve(status) };
    const traffic = () => ({ requests: 1, connections: 2 });
    const metrics = createMetrics({ limiter, health, queues: [watch], indexes: [index], traffic });
    metrics.requestDone('GET', '/suggest', 200);
    await new Promise((resolve) => setImmediate(resolve));
    return metrics;
  }

  it('tells of limiter, health and queue, and nothing of what is in a job', async () => {
    const metrics = await everything();
    const text = metrics.text();
    for (const line of [
      'suoyin_limiter_limit 4',
      'suoyin_limiter_circuit_open 0',
      'suoyin_limiter_finished_total{priority="images",outcome="answered"} 1',
      'suoyin_limiter_refused_total{priority="batch",reason="circuit_open"} 0',
      'suoyin_health_ready 1',
      'suoyin_health_check_up{check="engine"} 1',
      'suoyin_queue_jobs{queue="thumbnails",state="waiting"} 1',
      'suoyin_queue_workers{queue="thumbnails"} 0',
      'suoyin_queue_verdict{queue="thumbnails",verdict="ok"} 1',
    ]) {
      expect(text.split('\n')).to.include(line);
    }
    expect(text).not.to.include('swordfish');
  });

  it('shows the same in a registry of prom-client', async () => {
    const metrics = await everything();
    metrics.searchDone('place', 'ok', 0.02);
    const registry = new Registry();
    metrics.register(registry);
    // What changes from one moment to the next is compared by name.
    const still = (line: string): string => line.replace(/^(suoyin_process_\w+) .*$/, '$1');
    const sorted = (text: string): string[] => text.split('\n').filter(Boolean).map(still).sort();
    expect(sorted(await registry.metrics())).to.deep.equal(sorted(metrics.text()));
  });

  it('has every metric that the dashboard and the alerts in examples/grafana ask for', async () => {
    const metrics = await everything();
    metrics.searchDone('suggest', 'ok', 0.1);
    const there = new Set(metrics.text().match(NAMES));
    for (const file of ['dashboard.json', 'alerts.yml', 'queue-alerts.yml']) {
      const text = readFileSync(new URL(`../../examples/grafana/${file}`, import.meta.url), 'utf8');
      const asked = [...new Set(text.match(NAMES))];
      expect(asked).to.have.length.greaterThan(2);
      expect(asked.filter((name) => !there.has(name))).to.deep.equal([]);
    }
  });
});
