// Starts a real Elasticsearch on loopback; as a program it starts one and prints its URL.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  besideJava,
  freePorts,
  maven,
  meansOf,
  output,
  root,
  runUntilEnded,
  startCluster,
  yamlOf,
} from './cluster.mjs';

const DEFAULT_VERSION = '8.19.9';
const SOURCES = ['Launch.java', 'standin/StandIn.java'].map((name) =>
  join(root, 'scripts/elasticsearch', name),
);

/** @type {import('./cluster.mjs').Product} */
const ELASTICSEARCH = {
  title: 'Elasticsearch',
  cache: join(root, '.cache/elasticsearch'),
  // Compiled again if a source has changed.
  filesName: (version) => `${version}-${digest(SOURCES)}`,
  java: oldestJava,
  compiles: true,
  seedSetting: 'cluster.initial_master_nodes',
  image: (version) => `docker.elastic.co/elasticsearch/elasticsearch:${version}`,
  dockerEnv: { 'xpack.security.enabled': 'false' },
  heapVariable: 'ES_JAVA_OPTS',
  download,
  httpPorts: freePorts,
  prepare({ files, base, config, heap, port, version, flavor = 'default' }) {
    const configDir = join(base, 'config');
    mkdirSync(configDir, { recursive: true });
    const name = `127.0.0.1:${config['transport.port']}`;
    const own = { 'cluster.name': 'suoyin', 'node.name': name, 'http.port': port };
    const settings = { ...own, 'path.data': join(base, 'data'), ...config };
    writeFileSync(join(configDir, 'elasticsearch.yml'), yamlOf(settings));
    const args = [`-Xms${heap}`, `-Xmx${heap}`, `-Des.path.conf=${configDir}`];
    args.push('--module-path', join(files, 'lib'), '--add-modules', 'jdk.net,ALL-MODULE-PATH');
    args.push('-cp', join(files, 'classes'), 'Launch');
    args.push(join(files, 'home'), configDir, version, flavor);
    return args;
  },
};

function oldestJava(version) {
  return version.startsWith('8.') ? 17 : 21;
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 12);
}

/** How Elasticsearch can be started here; see `meansOf`. */
export function means(version = wantedVersion()) {
  return meansOf(ELASTICSEARCH, version);
}

/** Starts a cluster; see `startCluster`. `flavor`: 'serverless' refuses what that service refuses. */
export async function startElasticsearch({ version = wantedVersion(), ...options } = {}) {
  return startCluster(ELASTICSEARCH, version, options);
}

function wantedVersion() {
  return process.env.ELASTICSEARCH_VERSION ?? DEFAULT_VERSION;
}

/** The jars of the server, its HTTP module, and what Maven Central lacks of the other modules. */
function download(version, work, java) {
  const dependency = (group, name) =>
    `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId>` +
    `<version>${version}</version></dependency>`;
  const files = join(work, 'files');
  const lib = join(files, 'lib');
  const dependencies =
    dependency('org.elasticsearch', 'elasticsearch') +
    dependency('org.elasticsearch.plugin', 'transport-netty4');
  maven(work, dependencies, { to: lib });
  // A module of the server is not a Java module: its jars must not also be on the module path.
  const netty = moduleIn(files, 'transport-netty4', {
    version,
    classname: 'org.elasticsearch.transport.netty4.Netty4Plugin',
  });
  for (const file of readdirSync(lib)) {
    if (/^(netty|transport-netty4)-/.test(file)) renameSync(join(lib, file), join(netty, file));
  }
  const [launch, plugin] = SOURCES;
  const javac = (to, source) => {
    const args = [
      '-cp',
      join(lib, '*'),
      '--release',
      String(oldestJava(version)),
      '-d',
      to,
      source,
    ];
    output(besideJava(java, 'javac'), args);
  };
  javac(join(files, 'classes'), launch);
  const standIn = moduleIn(files, 'standin', { version, classname: 'standin.StandIn' });
  const classes = join(work, 'standin');
  javac(classes, plugin);
  output(besideJava(java, 'jar'), ['cf', join(standIn, 'standin.jar'), '-C', classes, '.']);
  return files;
}

/** Makes the folder of a module, with its descriptor. */
function moduleIn(files, name, { version, classname }) {
  const folder = join(files, 'home/modules', name);
  mkdirSync(folder, { recursive: true });
  const descriptor = {
    description: name,
    name,
    classname,
    version,
    'elasticsearch.version': version,
    'java.version': '17',
    'extended.plugins': '',
    'has.native.controller': 'false',
  };
  const lines = Object.entries(descriptor).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(folder, 'plugin-descriptor.properties'), lines.join(''));
  return folder;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const nodes = Number(process.argv[2] ?? 1);
  await runUntilEnded('Elasticsearch', startElasticsearch({ nodes }));
}
