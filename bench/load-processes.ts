// Capacity of `suoyin serve --processes N`, and what a core answers.
import autocannon from 'autocannon';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../lib/cli/main.ts', import.meta.url));
/** Ticks of /proc in a second. */
const TICKS = 100;
/** Connections for each process: fewer than its limiter lets in. */
const CONNECTIONS = 8;

/** Serves an index in 1, 2, ... processes, and prints what each number answers. */
export async function loadProcesses(
  dataDir: string,
  counts: readonly number[],
  { alias, paths, seconds }: { alias: string; paths: readonly string[]; seconds: number },
): Promise<void> {
  console.log('| processes | answers /s | p50 / p99 ms | 503 | CPU s per s | answers per CPU s |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const count of counts) {
    const args = ['serve', '--data', dataDir, '--places', alias, '--processes', String(count)];
    const rest = ['--threads', '1', '--no-dictionaries', '--log', 'none'];
    const ports = ['--port', '0', '--health-port', '0'];
    const child = spawn(process.execPath, [...process.execArgv, MAIN, ...args, ...rest, ...ports], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /serves (\S+),/.exec(line)![1]!;
    const requests = paths.map((path) => ({ path }));
    const load = { url, requests, connections: CONNECTIONS * count };
    await autocannon({ ...load, duration: 5 });
    const before = cpuOf(child.pid!);
    const {
      '2xx': answered,
      non2xx,
      duration,
      latency,
    } = await autocannon({ ...load, duration: seconds });
    const cpu = cpuOf(child.pid!) - before;
    const cells = [
      count,
      Math.round(answered / duration),
      `${latency.p50} / ${latency.p99}`,
      non2xx,
      (cpu / duration).toFixed(2),
      Math.round(answered / cpu),
    ];
    console.log(`| ${cells.join(' | ')} |`);
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** Seconds of CPU of a process and those that it has started. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const own = (user! + system!) / TICKS;
  return children.filter(Boolean).reduce((sum, child) => sum + cpuOf(Number(child)), own);
}
