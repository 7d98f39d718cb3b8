import { EngineError, OptionError } from '../../errors.ts';
import type { Cluster } from './cluster.ts';
import type { PluginNeed } from './dialect.ts';
import { objectOf } from './request.ts';
import { askServer, type ClusterServer } from './server.ts';

/** Plugins of analysis, which have these names in every product. */
const ANALYSIS_PLUGINS: readonly PluginNeed[] = [
  { type: /^kuromoji/, plugin: 'analysis-kuromoji', className: /Kuromoji/ },
  { type: /^smartcn/, plugin: 'analysis-smartcn', className: /SmartChinese|Smartcn/i },
  { type: /^icu_/, plugin: 'analysis-icu', className: /ICU/ },
];

/** Functions that make engines, by product. */
const ENGINES: Readonly<Record<string, string>> = {
  OpenSearch: 'opensearch',
  Elasticsearch: 'elasticsearch',
};

/**
 * Asks a cluster for its server, without a cache.
 *
 * @throws {EngineError} `CLUSTER_UNFIT` if it is another product or too old.
 */
export async function fitServer(cluster: Cluster): Promise<ClusterServer> {
  const { title, oldest } = cluster.dialect;
  const server = await askServer(cluster);
  cluster.known.server = server;
  const { product, number, serverless } = server;
  const other = product === title ? undefined : ENGINES[product];
  if (other !== undefined) {
    throw unfit(`It is ${product} ${number}`, `Use ${other}() and --engine ${other}.`);
  }
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  // A serverless service always runs the newest version, whatever number it reports.
  if (product !== title || (isOld && !serverless)) {
    throw unfit(`It is ${product} ${number}`, `${title} ${oldest.join('.')} or later is needed.`);
  }
  return server;
}

/**
 * The create-index body for a cluster, after checking that the cluster supports it.
 *
 * @throws {EngineError} `CLUSTER_UNFIT` naming what is missing on which nodes.
 * @throws {OptionError} `MAPPING_INVALID` for what the product has not.
 */
export async function fittedBody(
  cluster: Cluster,
  indexBody: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { dialect, send } = cluster;
  const server = await fitServer(cluster);
  const body = dialect.toServer(indexBody, server);
  if (server.serverless) {
    refuseShards(indexBody);
    return body;
  }
  await checkPlugins(cluster, neededPlugins(body, dialect.plugins));
  const health = objectOf(await send({ method: 'GET', path: '/_cluster/health' })) as {
    number_of_data_nodes?: number;
  };
  if ((health.number_of_data_nodes ?? 0) === 0) {
    throw unfit('It has no data node', 'Start one, or wait until it has joined.');
  }
  return body;
}

/** A serverless cluster chooses shards and replicas itself; 1 is the default and accepted. */
function refuseShards(indexBody: Record<string, unknown>): void {
  const { settings } = indexBody as { settings?: { index?: Record<string, unknown> } };
  for (const key of ['number_of_shards', 'number_of_replicas']) {
    const asked = Number(settings?.index?.[key] ?? 1);
    if (asked === 1) continue;
    const what = `An index on a serverless cluster can't have ${key} ${asked}`;
    throw new OptionError('MAPPING_INVALID', what, 'Leave it out: the service chooses it.');
  }
}

/**
 * Plugins that the analyzers and fields of an index body need, sorted by name.
 *
 * @param plugins - Plugins of the product, beside those of analysis.
 */
export function neededPlugins(body: unknown, plugins: readonly PluginNeed[] = []): PluginNeed[] {
  const known = [...ANALYSIS_PLUGINS, ...plugins];
  const found = new Set<PluginNeed>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (!['type', 'tokenizer', 'analyzer', 'search_analyzer'].includes(key)) return;
      for (const need of known) if (need.type.test(value)) found.add(need);
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, key === 'filter' ? 'type' : key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) visit(item, name);
    }
  };
  visit(body, '');
  return [...found].sort((a, b) => (a.plugin < b.plugin ? -1 : 1));
}

async function checkPlugins(
  { dialect, send }: Cluster,
  needed: readonly PluginNeed[],
): Promise<void> {
  if (needed.length === 0) return;
  const path = '/_nodes/plugins';
  const query = { filter_path: 'nodes.*.name,nodes.*.plugins.name,nodes.*.plugins.classname' };
  const { nodes = {} } = objectOf(await send({ method: 'GET', path, query })) as {
    nodes?: Record<string, { name: string; plugins?: { name: string; classname?: string }[] }>;
  };
  for (const { plugin, className } of needed) {
    const without = Object.values(nodes).filter(
      ({ plugins = [] }) =>
        !plugins.some(({ name, classname = name }) => name === plugin || className.test(classname)),
    );
    if (without.length === 0) continue;
    const where = without.map(({ name }) => name).join(', ');
    const hint = `Run ${dialect.installer} install ${plugin} there and restart, or leave out what needs it.`;
    throw unfit(`The plugin ${plugin} is missing on ${where}`, hint);
  }
}

function unfit(what: string, hint: string): EngineError {
  return new EngineError('CLUSTER_UNFIT', `This cluster can't take the index: ${what}`, hint);
}
