// Starts a real server of a product on loopback, for tests, benchmarks and people: from Docker if a
// daemon answers, else from the jars of Maven Central. What a product needs is a value, `Product`.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
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

/**
 * @typedef {object} Product
 * @property {string} title
 * @property {string} cache - Folder of downloads and data.
 * @property {(version: string) => string} filesName - Folder there for the files of a version.
 * @property {(version: string) => number} java - Oldest major version of Java that it supports.
 * @property {boolean} [compiles] - Whether it needs a compiler, and so a JDK.
 * @property {string} seedSetting - The setting that names the nodes a new cluster begins with.
 * @property {(version: string) => string} image - Of Docker.
 * @property {Record<string, string>} dockerEnv
 * @property {string} heapVariable - Of the image.
 * @property {(version: string, work: string, java: string) => string} download - Puts the files of
 *   a version into the folder `work`, and returns the folder there that is kept.
 * @property {(count: number) => Promise<number[]>} httpPorts
 * @property {(node: { files: string, base: string, config: object, heap: string, port: number,
 *   version: string, flavor?: string }) => string[]} prepare - Writes the configuration of a node
 *   below `base`, and returns the arguments of Java.
 */

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Timeout in seconds for a node to answer; enough for a small machine under load with a cold disk.
 */
const START_SECONDS = 600;

/**
 * How a product can be started here: `{ docker }`, `{ java }`, or `{ reason }` if it can't.
 *
 * @param {Product} product
 * @param {string} version
 */
export function meansOf(product, version) {
  if (succeeds('docker', ['info'])) return { docker: true };
  const java = findJava(product.java(version), product.compiles);
  const wanted = product.compiles ? 'JDK' : 'Java';
  if (!java) {
    return { reason: `neither a Docker daemon nor a ${wanted} for ${product.title} ${version}` };
  }
  if (!succeeds('mvn', ['-version'])) return { reason: 'no Docker daemon, and Java without Maven' };
  return { java };
}

/**
 * Starts a cluster and waits until all its nodes have joined.
 *
 * @param {Product} product
 * @param {string} version
 * @param {{ nodes?: number, heap?: string, settings?: Record<string, unknown>, flavor?: string }} [options]
 *   nodes: more than one needs Java. settings: lines of the configuration file.
 */
export async function startCluster(product, version, options = {}) {
  const found = meansOf(product, version);
  if (found.reason) throw new Error(`${product.title} can't be started: ${found.reason}`);
  // There is no image for a flavor.
  const java = options.flavor ? findJava(product.java(version), product.compiles) : found.java;
  return java
    ? startJava(product, version, { ...options, java })
    : startDocker(product, version, options);
}

async function startJava(product, version, options) {
  const { java, nodes: wanted = 1, heap = '1g', settings = {}, flavor } = options;
  const { title, cache } = product;
  const files = ensureFiles(product, version, java);
  removeLeftovers(cache);
  mkdirSync(join(cache, 'run'), { recursive: true });
  const home = mkdtempSync(join(cache, 'run', `${process.pid}-`));
  const transport = await freePorts(wanted);
  const http = await product.httpPorts(wanted);
  const seeds = transport.map((port) => `127.0.0.1:${port}`);
  const config = {
    'network.host': '127.0.0.1',
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...(wanted === 1
      ? { 'discovery.type': 'single-node' }
      : { 'discovery.seed_hosts': seeds, [product.seedSetting]: seeds }),
    ...settings,
  };
  const nodes = http.map((port, i) => {
    const base = join(home, String(i));
    mkdirSync(base, { recursive: true });
    const own = { ...config, 'transport.port': transport[i] };
    const args = product.prepare({ files, base, config: own, heap, port, version, flavor });
    return javaNode({ java, args, base, port });
  });
  const killAll = () => nodes.forEach((node) => node.kill());
  process.once('exit', killAll);
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    process.removeListener('exit', killAll);
    rmSync(home, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
    const failure = () => nodes.find((node) => node.failed())?.log();
    await answering(title, nodes[0].url, { nodes: wanted, failure });
  } catch (error) {
    await stop();
    throw error;
  }
  return { version, url: nodes[0].url, nodes, stop };
}

/** One JVM; it may be killed and restarted with its data until the cluster is stopped. */
function javaNode({ java, args, base, port }) {
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
      // The previous process holds the port and the lock of the data until it has ended.
      await ended();
      // A test that has exceeded its time limit may still run after the cluster was stopped.
      if (stopped) throw new Error('The cluster was stopped');
      const out = openSync(logFile, 'a');
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

async function startDocker(product, version, { nodes = 1, heap = '1g', settings = {} }) {
  if (nodes > 1)
    throw new Error('A cluster of several nodes is started from jars only: install Java and Maven');
  const env = {
    'discovery.type': 'single-node',
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
    ...product.dockerEnv,
    [product.heapVariable]: `-Xms${heap} -Xmx${heap}`,
    ...settings,
  };
  const flags = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const run = ['run', '-d', '--rm', '-p', '127.0.0.1::9200', ...flags, product.image(version)];
  const id = output('docker', run);
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
    await answering(product.title, url, { nodes: 1, failure: () => undefined });
  } catch (error) {
    await stop();
    throw error;
  }
  return { version, url, nodes: [node], stop };
}

async function answering(title, url, { nodes, failure }) {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end) {
    const log = failure();
    if (log !== undefined) throw new Error(`${title} ended while it started:\n${log}`);
    try {
      const query = `wait_for_nodes=${nodes}&wait_for_status=yellow&timeout=1s`;
      const response = await fetch(`${url}/_cluster/health?${query}`);
      // 410: the flavor serverless reports no nodes.
      if (response.status === 200 || response.status === 410) return;
    } catch {
      // Not listening yet.
    }
    await sleep(500);
  }
  throw new Error(`${title} at ${url} did not answer in ${START_SECONDS} s`);
}

/** Downloads the files of a version once; the folder appears when it is complete. */
function ensureFiles({ title, cache, download, filesName }, version, java) {
  const files = join(cache, filesName(version));
  if (existsSync(files)) return files;
  console.error(`Downloading ${title} ${version} (once) ...`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'download-'));
  try {
    const complete = download(version, work, java);
    if (!existsSync(files)) renameSync(complete, files);
  } finally {
    rmSync(work, { recursive: true });
  }
  return files;
}

/**
 * Copies artifacts of Maven Central with their dependencies.
 *
 * @param {string} work - Folder for a pom.xml.
 * @param {string} dependencies - XML of it.
 * @param {{ to: string, goal?: 'copy' | 'unpack', type?: 'jar' | 'zip' }} options
 */
export function maven(work, dependencies, { to, goal = 'copy', type = 'jar' }) {
  const pom =
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>' +
    '<groupId>suoyin</groupId><artifactId>server</artifactId><version>1</version>' +
    `<dependencies>${dependencies}</dependencies></project>`;
  writeFileSync(join(work, 'pom.xml'), pom);
  const args = ['-q', '-B', '-f', join(work, 'pom.xml'), `dependency:${goal}-dependencies`];
  output('mvn', [...args, `-DincludeTypes=${type}`, `-DoutputDirectory=${to}`]);
}

/** YAML of a configuration. */
export function yamlOf(config) {
  const lines = Object.entries(config).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `${lines.join('\n')}\n`;
}

/**
 * Removes nodes and data of runs that were killed; each folder is named after the process that made
 * it.
 */
function removeLeftovers(cache) {
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

function findJava(least, compiles = false) {
  const homes = [process.env.JAVA_HOME];
  const installed = '/usr/lib/jvm';
  if (existsSync(installed))
    homes.push(...readdirSync(installed).map((name) => join(installed, name)));
  const candidates = ['java', ...homes.filter(Boolean).map((home) => join(home, 'bin/java'))];
  // Versions for Java 11 or 17 need a Java before 24, which removed the security manager.
  const fits = (major) => major >= least && (least > 17 || major < 24);
  return candidates.find(
    (java) =>
      fits(javaMajor(java)) && (!compiles || succeeds(besideJava(java, 'javac'), ['-version'])),
  );
}

/** Path of another program of the same Java. */
export function besideJava(java, name) {
  return java === 'java' ? name : join(dirname(java), name);
}

function javaMajor(java) {
  const { stderr, status } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  return status === 0 ? Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0) : 0;
}

/** Finds free ports. */
export async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(0)));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

/** Whether a port is free. */
export async function isFree(port) {
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

/** Output of a command; throws if it fails. */
export function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(`${command} ${args[0]} failed: ${error?.message ?? stderr ?? ''}${stdout ?? ''}`);
}

/**
 * Runs a product until Ctrl-C, and prints its URLs.
 *
 * @param {string} title
 * @param {Promise<{ version: string, nodes: { url: string }[], stop(): Promise<void> }>} starting
 */
export async function runUntilEnded(title, starting) {
  const cluster = await starting;
  console.log(cluster.nodes.map(({ url }) => url).join('\n'));
  console.error(`${title} ${cluster.version} runs until Ctrl-C; its data is deleted with it.`);
  const end = () => void cluster.stop().then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
  setInterval(() => undefined, 1 << 30);
}
