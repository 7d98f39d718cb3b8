import { EngineError } from '../../errors.ts';
import { objectOf, type SendRequest } from '../cluster/request.ts';

/** What answers at an address. */
export interface ClusterVersion {
  distribution: string;
  number: string;
}

/** Oldest version whose aliases move by compare-and-swap (`must_exist`). */
const OLDEST = [2, 12] as const;

/** Types of analysis and fields that a plugin brings, by how they begin, with that plugin. */
const PLUGIN_TYPES: readonly (readonly [type: RegExp, plugin: string])[] = [
  [/^kuromoji/, 'analysis-kuromoji'],
  [/^smartcn/, 'analysis-smartcn'],
  [/^icu_/, 'analysis-icu'],
  [/^knn_vector$/, 'opensearch-knn'],
];

/** What a plugin is called by its class, where a node tells no other name. */
const PLUGIN_CLASSES: Readonly<Record<string, RegExp>> = {
  'analysis-kuromoji': /Kuromoji/,
  'analysis-smartcn': /SmartChinese|Smartcn/i,
  'analysis-icu': /ICU/,
  'opensearch-knn': /KNNPlugin/,
};

/** Version and distribution of a cluster. */
export async function clusterVersion(send: SendRequest): Promise<ClusterVersion> {
  const { version } = objectOf(await send({ method: 'GET', path: '/' })) as {
    version?: { distribution?: string; number?: string };
  };
  return { distribution: version?.distribution ?? 'unknown', number: version?.number ?? '0' };
}

/**
 * Checks that a cluster can take an index of this body, before anything is made.
 *
 * @throws {EngineError} `CLUSTER_UNFIT` naming what is missing, and on which nodes.
 */
export async function checkFit(send: SendRequest, body: Record<string, unknown>): Promise<void> {
  const { distribution, number } = await clusterVersion(send);
  const [major = 0, minor = 0] = number.split('.').map(Number);
  if (
    distribution !== 'opensearch' ||
    major < OLDEST[0] ||
    (major === OLDEST[0] && minor < OLDEST[1])
  ) {
    throw unfit(
      `It is ${distribution} ${number}`,
      `OpenSearch ${OLDEST.join('.')} or later is needed.`,
    );
  }
  await checkPlugins(send, neededPlugins(body));
  const health = objectOf(await send({ method: 'GET', path: '/_cluster/health' })) as {
    number_of_data_nodes?: number;
  };
  if ((health.number_of_data_nodes ?? 0) === 0) {
    throw unfit('It has no data node', 'Start one, or wait until it has joined.');
  }
}

/** Plugins that the analyzers and fields of an index body need. */
export function neededPlugins(body: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (!['type', 'tokenizer', 'analyzer', 'search_analyzer'].includes(key)) return;
      for (const [type, plugin] of PLUGIN_TYPES) if (type.test(value)) found.add(plugin);
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, key === 'filter' ? 'type' : key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, item] of Object.entries(value)) visit(item, name);
    }
  };
  visit(body, '');
  return [...found].sort();
}

async function checkPlugins(send: SendRequest, needed: readonly string[]): Promise<void> {
  if (needed.length === 0) return;
  const path = '/_nodes/plugins';
  const query = { filter_path: 'nodes.*.name,nodes.*.plugins.name,nodes.*.plugins.classname' };
  const { nodes = {} } = objectOf(await send({ method: 'GET', path, query })) as {
    nodes?: Record<string, { name: string; plugins?: { name: string; classname?: string }[] }>;
  };
  for (const plugin of needed) {
    const without = Object.values(nodes).filter(
      ({ plugins = [] }) =>
        !plugins.some(
          ({ name, classname = name }) =>
            name === plugin || PLUGIN_CLASSES[plugin]!.test(classname),
        ),
    );
    if (without.length === 0) continue;
    const where = without.map(({ name }) => name).join(', ');
    const hint = `Run opensearch-plugin install ${plugin} there and restart, or leave out what needs it.`;
    throw unfit(`The plugin ${plugin} is missing on ${where}`, hint);
  }
}

function unfit(what: string, hint: string): EngineError {
  return new EngineError('CLUSTER_UNFIT', `This cluster can't take the index: ${what}`, hint);
}
