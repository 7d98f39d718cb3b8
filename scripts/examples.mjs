// Runs every numbered example and compares its output with the .txt file beside it. `--write`
// accepts the current output. An example whose server is missing is skipped, with the reason; in CI
// it fails.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from './cluster.mjs';
import { startElasticsearch } from './elasticsearch.mjs';
import { startOpenSearch } from './opensearch.mjs';
import { startPostgres } from './postgres.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../examples');
const write = process.argv.includes('--write');
const { CI } = process.env;
const POSTGRES = {
  variable: 'POSTGRES_URL',
  reason: 'no POSTGRES_URL and no PostgreSQL',
  start: startPostgres,
};
/**
 * What an example needs: the environment variable with the address of its server, and how to start
 * one otherwise.
 */
const SERVERS = {
  '07-bring-your-own-opensearch-client.ts': {
    variable: 'OPENSEARCH_URL',
    reason: 'no OPENSEARCH_URL',
    // Takes 15 seconds and, once, a download, so it is not started on a developer's machine unless
    // asked for.
    start: () => (CI || write ? startOpenSearch() : null),
  },
  '12-own-index.ts': {
    variable: 'OPENSEARCH_URL',
    reason: 'no OPENSEARCH_URL',
    start: () => (CI || write ? startOpenSearch() : null),
  },
  '13-elasticsearch.ts': {
    variable: 'ELASTICSEARCH_URL',
    reason: 'no ELASTICSEARCH_URL',
    start: () => (CI || write ? startElasticsearch({ heap: '512m' }) : null),
  },
  '09-queue-watch.ts': {
    variable: 'REDIS_URL',
    reason: 'no REDIS_URL and no redis-server',
    start: startRedis,
  },
  '10-postgres.ts': POSTGRES,
  '11-outbox.ts': POSTGRES,
};
let failed = 0;

for (const file of readdirSync(folder).filter((name) => /^\d\d-.*\.ts$/.test(name))) {
  const server = await serverOf(file);
  if (server === null) continue;
  const data = mkdtempSync(join(tmpdir(), 'suoyin-example-'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(folder, file), data],
    { cwd: join(folder, '..'), encoding: 'utf8', env: { ...process.env, ...server.env } },
  );
  rmSync(data, { recursive: true, force: true });
  await server.stop();
  const expectedFile = join(folder, file.replace(/\.ts$/, '.txt'));
  if (write && status === 0) writeFileSync(expectedFile, stdout);
  const expected = existsSync(expectedFile) ? readFileSync(expectedFile, 'utf8') : '';
  if (status === 0 && stdout === expected) {
    console.log(`ok ${file}`);
    continue;
  }
  failed += 1;
  console.log(`not ok ${file}: ${status === 0 ? 'prints something else' : `exit code ${status}`}`);
  if (status === 0) printDifference(expected.split('\n'), stdout.split('\n'));
  else console.log(stderr);
}
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @returns The environment variables to run an example with; null if it can't run, which is
 *   reported and counted.
 */
async function serverOf(file) {
  const needed = SERVERS[file];
  if (!needed || process.env[needed.variable]) return { env: {}, stop: () => undefined };
  try {
    const started = await needed.start();
    if (started) return { env: { [needed.variable]: started.url }, stop: () => started.stop() };
    if (!CI) {
      console.log(`skipped ${file}: ${needed.reason}`);
      return null;
    }
    console.log(`not ok ${file}: ${needed.reason}`);
  } catch (error) {
    console.log(`not ok ${file}: ${error.message}`);
  }
  failed += 1;
  return null;
}

/** Starts a Redis on loopback without persistence; null if redis-server is not installed. */
async function startRedis() {
  if (spawnSync('redis-server', ['--version']).error) return null;
  const [port] = await freePorts(1);
  const flags = { port, bind: '127.0.0.1', save: '', appendonly: 'no' };
  const child = spawn(
    'redis-server',
    Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  for await (const chunk of child.stdout) {
    if (!String(chunk).includes('Ready to accept connections')) continue;
    return { url: `redis://127.0.0.1:${port}`, stop };
  }
  throw new Error('redis-server ended while it started');
}

function printDifference(expected, actual) {
  for (let i = 0; i < Math.max(expected.length, actual.length); i += 1) {
    if (expected[i] === actual[i]) continue;
    console.log(`  line ${i + 1}`);
    console.log(`    expected: ${expected[i] ?? '(end)'}`);
    console.log(`    printed:  ${actual[i] ?? '(end)'}`);
  }
}
