import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const test = fileURLToPath(new URL('../', import.meta.url));

const KINDS = ['cluster', 'redis', 'process', 'server', 'browser', 'postgres'];

/** Modules that start something, and the kinds of test files that may import them. */
const STARTERS: Record<string, readonly string[]> = {
  'node:child_process': ['process', 'redis', 'cluster', 'browser', 'postgres'],
  'node:cluster': ['process'],
  'node:http': KINDS,
  'node:https': KINDS,
  'node:net': KINDS,
  'node:worker_threads': ['process'],
  '../lib/engines/thread-pool.ts': ['process'],
  '../lib/server/place-threads.ts': ['process'],
  'support/processes.ts': ['process', 'redis', 'cluster', 'browser', 'postgres'],
  'support/redis.ts': ['redis'],
  'support/clusters.ts': ['cluster'],
  '../scripts/elasticsearch.mjs': ['cluster'],
  '../scripts/opensearch.mjs': ['cluster'],
  'support/postgres.ts': ['postgres'],
  '../scripts/postgres.mjs': ['postgres'],
  pg: ['postgres'],
  bull: ['redis'],
  bullmq: ['redis'],
  'playwright-core': ['browser', 'cluster'],
};
/** Its kind as the name of a test file says it; '' of a unit test. */
function kindOf(path: string): string {
  return /\.(\w+)\.test\.ts$/.exec(path)?.[1] ?? '';
}

/** What a file imports to run, import() included: paths within test, names of modules. */
function importsOf(path: string, text: string): string[] {
  const code = text.replace(/^(import|export) type [^;]*;/gm, '');
  const pattern =
    /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return Array.from(code.matchAll(pattern), (found) => {
    const name = found.slice(1).find(Boolean)!;
    return name.startsWith('.') ? normalize(join(dirname(path), name)) : name;
  });
}

/** How a file comes to import something that its kind may not; null where it does not. */
function breachOf(files: ReadonlyMap<string, string>, path: string): string | null {
  const kind = kindOf(path);
  const ways: string[][] = [[path]];
  const seen = new Set<string>([path]);
  for (const way of ways) {
    const at = way.at(-1)!;
    for (const next of importsOf(at, files.get(at) ?? '')) {
      if (seen.has(next)) continue;
      seen.add(next);
      const allowed = STARTERS[next];
      if (allowed && !allowed.includes(kind)) return [...way, next].join(' -> ');
      if (!allowed && files.has(next)) ways.push([...way, next]);
    }
  }
  return null;
}

describe('kinds of tests', () => {
  const files = new Map(
    readdirSync(test, { recursive: true, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts'))
      .map((path) => [path, readFileSync(test + path, 'utf8')]),
  );
  const tests = [...files.keys()].filter((path) => path.endsWith('.test.ts'));

  it('are those that CONTRIBUTING.md names', () => {
    expect([...new Set(tests.map(kindOf))].sort()).to.deep.equal(['', ...KINDS].sort());
    const text = readFileSync(`${test}../CONTRIBUTING.md`, 'utf8');
    for (const kind of KINDS) expect(text).to.include(`*.${kind}.test.ts`);
  });

  it('are true: a unit test starts no server, process or thread and opens no cluster, Redis or browser', () => {
    expect(tests.map((path) => breachOf(files, path)).filter(Boolean)).to.deep.equal([]);
  });

  it('are told from what a file imports, directly or not', () => {
    const made = new Map([
      ['a/one.test.ts', "import { rig } from './rig.ts';"],
      ['a/rig.ts', "import {\n  start,\n} from '../support/processes.ts';"],
      ['a/two.test.ts', "import type { Child } from '../support/processes.ts';"],
      ['a/three.process.test.ts', "import { rig } from './rig.ts';"],
      ['a/four.redis.test.ts', "import { onOpenSearch } from '../support/clusters.ts';"],
    ]);
    const named = [...made.keys()].filter((path) => path.endsWith('.test.ts'));
    expect(named.map((path) => breachOf(made, path))).to.deep.equal([
      'a/one.test.ts -> a/rig.ts -> support/processes.ts',
      null,
      null,
      'a/four.redis.test.ts -> support/clusters.ts',
    ]);
  });
});
