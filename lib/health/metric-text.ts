import { shownText } from '../shown-text.ts';

/** One value of a metric. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
  /** Of a histogram: `_bucket`, `_sum` or `_count`. */
  suffix?: string;
}

/** A metric with all its values. */
export interface MetricFamily {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: readonly Sample[];
}

/**
 * Families in the text format 0.0.4 of Prometheus; a family without a sample still has its two
 * comment lines.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function exposition(families: readonly MetricFamily[]): string {
  return families
    .flatMap(({ name, help, type, samples }) => [
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(
        ({ labels, value, suffix = '' }) =>
          `${name}${suffix}${labelText(labels)} ${valueText(value)}`,
      ),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

/** Counts of values by bucket. */
export interface Histogram {
  observe(labels: Readonly<Record<string, string>>, value: number): void;
  samples(): Sample[];
}

/** @param bounds - Upper bounds of the buckets, ascending, without the infinite one. */
export function histogram(bounds: readonly number[]): Histogram {
  const series = new Map<
    string,
    { labels: Readonly<Record<string, string>>; counts: number[]; sum: number; count: number }
  >();
  return {
    observe(labels, value) {
      const key = labelText(labels);
      const at = series.get(key) ?? { labels, counts: bounds.map(() => 0), sum: 0, count: 0 };
      bounds.forEach((bound, index) => {
        if (value <= bound) at.counts[index]!++;
      });
      at.sum += value;
      at.count++;
      series.set(key, at);
    },
    samples: () =>
      [...series.values()].flatMap(({ labels, counts, sum, count }) => [
        ...bounds.map((bound, index) => ({
          labels: { ...labels, le: String(bound) },
          value: counts[index]!,
          suffix: '_bucket',
        })),
        { labels: { ...labels, le: '+Inf' }, value: count, suffix: '_bucket' },
        { labels, value: sum, suffix: '_sum' },
        { labels, value: count, suffix: '_count' },
      ]),
  };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    // `shownText` escapes invisible characters with a backslash, which the format then escapes
    // again.
    const escaped = shownText(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return `${name}="${escaped}"`;
  });
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
