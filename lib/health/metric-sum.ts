/** How the gauges of several processes become one; the others are of what all share: the largest counts. */
const GAUGES: readonly [RegExp, (a: number, b: number) => number][] = [
  [/^suoyin_limiter_(?:limit|in_flight|queued)$/, add],
  [/^suoyin_http_(?:requests|connections)_open$/, add],
  [/^suoyin_process_resident_memory_bytes$/, add],
  [/^suoyin_health_(?:ready|check_up)$/, Math.min],
  [/^suoyin_process_start_time_seconds$/, Math.min],
];

interface Family {
  comments: string[];
  type: string;
  values: Map<string, number>;
}

/**
 * One text of metrics for several processes.
 *
 * @param texts - Of `Metrics.text`, of each process that runs.
 * @param ended - The last texts of those that have ended: what they counted stays counted.
 */
export function addedMetrics(texts: readonly string[], ended: readonly string[] = []): string {
  const families = new Map<string, Family>();
  for (const text of texts) take(families, text, false);
  for (const text of ended) take(families, text, true);
  return [...families.values()]
    .flatMap(({ comments, values }) => [
      ...comments,
      ...Array.from(values, ([sample, value]) => `${sample} ${value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function take(families: Map<string, Family>, text: string, isEnded: boolean): void {
  let name = '';
  let family: Family | null = null;
  let comments: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('# HELP ')) comments = [line];
    else if (line.startsWith('# TYPE ')) {
      const type = line.slice(line.lastIndexOf(' ') + 1);
      name = line.split(' ')[2]!;
      family = families.get(name) ?? { comments: [...comments, line], type, values: new Map() };
      families.set(name, family);
    } else if (family && line !== '' && !(isEnded && family.type === 'gauge')) {
      const at = line.lastIndexOf(' ');
      const sample = line.slice(0, at);
      const value = Number(line.slice(at + 1).replace('Inf', 'Infinity'));
      const before = family.values.get(sample);
      const join = family.type === 'gauge' ? joinOf(name) : add;
      family.values.set(sample, before === undefined ? value : join(before, value));
    }
  }
}

function joinOf(name: string): (a: number, b: number) => number {
  return GAUGES.find(([names]) => names.test(name))?.[1] ?? Math.max;
}

function add(a: number, b: number): number {
  return a + b;
}
