import { isDeepStrictEqual } from 'node:util';
import {
  connectElasticsearch,
  ELASTICSEARCH_CONNECT_SPEC,
  type ElasticsearchConnection,
  type ElasticsearchConnectOptions,
} from '../engines/elasticsearch/connect.ts';
import {
  connect,
  CONNECT_SPEC,
  type Connection,
  type ConnectOptions,
} from '../engines/opensearch/connect.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../options.ts';

/** Address and access of a cluster, and what to call for a second client of it. */
export interface SharedClientOptions extends ConnectOptions, ElasticsearchConnectOptions {
  /** Whose client it is. Default `opensearch`. `aws` is of OpenSearch only, `apiKey` of Elasticsearch. */
  engine?: 'opensearch' | 'elasticsearch';
  /** Called with a sentence that names both places in the code. */
  warn: (text: string) => void;
}

/** Options of `sharedClient`. */
export const SHARED_CLIENT_SPEC: Spec<SharedClientOptions, 'insecure' | 'engine'> = {
  code: OPTION_INVALID,
  options: {
    ...CONNECT_SPEC.options,
    apiKey: ELASTICSEARCH_CONNECT_SPEC.options.apiKey,
    engine: {
      type: 'text',
      choices: ['opensearch', 'elasticsearch'],
      default: 'opensearch',
      help: 'whose client it is',
    },
    warn: { type: 'function', required: true, help: 'called for a second client of a cluster' },
  },
};

/** All that tells one client from another. */
type Where = Omit<SharedClientOptions, 'warn'>;

/** A client of either product; only that of OpenSearch has `refreshAuth`. */
type SharedConnection = Connection | ElasticsearchConnection;

interface Shared {
  options: Where;
  /** Where the client was made, as `file:line:column`. */
  site: string;
  users: number;
  connection: Promise<SharedConnection>;
}

/**
 * Belongs to the process, not to this module, which may be loaded twice: in two versions or
 * formats.
 */
const REGISTRY = Symbol.for('suoyin.clients');

/**
 * Returns the one client of this process for a cluster; the first call makes it. Every caller
 * closes its connection, and the last one closes the client.
 *
 * Another product, user, certificate or signer for the same address can't share a connection. It gets a
 * client of its own and a warning with both places in the code, since that is nearly always a
 * mistake. AWS credentials are equal if they come from the same function.
 *
 * @throws {OptionError} `NODE_INVALID`; `OPTION_UNKNOWN` for what the other product has.
 * @throws {MissingDependencyError} `OPENSEARCH_CLIENT_MISSING`, `ELASTICSEARCH_CLIENT_MISSING`.
 */
export function sharedClient(
  options: SharedClientOptions & { engine: 'elasticsearch' },
): Promise<ElasticsearchConnection>;
export function sharedClient(options: SharedClientOptions): Promise<Connection>;
export async function sharedClient(options: SharedClientOptions): Promise<SharedConnection> {
  const site = callSite();
  checkOptions(SHARED_CLIENT_SPEC, options);
  const { warn, ...where } = options;
  const clients = registry();
  const address = addressOf(where);
  const near = clients.filter((client) => addressOf(client.options) === address);
  const same = near.find((client) => isDeepStrictEqual(normal(client.options), normal(where)));
  const [other] = near;
  if (same === undefined && other !== undefined) {
    warn(
      `A second client for ${address} of another product, or with other access or certificates: made at ${site}, ` +
        `the first at ${other.site}. Share one with the same options.`,
    );
  }
  return use(same ?? add(clients, { options: where, site }));
}

function add(clients: Shared[], made: Pick<Shared, 'options' | 'site'>): Shared {
  const client: Shared = { ...made, users: 0, connection: connected(made.options) };
  clients.push(client);
  return client;
}

function connected({ engine = 'opensearch', ...where }: Where): Promise<SharedConnection> {
  return engine === 'elasticsearch' ? connectElasticsearch(where) : connect(where);
}

async function use(client: Shared): Promise<SharedConnection> {
  client.users++;
  let open = true;
  const leave = (): boolean => {
    if (!open) return false;
    open = false;
    client.users--;
    if (client.users > 0) return false;
    const clients = registry();
    clients.splice(clients.indexOf(client), 1);
    return true;
  };
  try {
    const connection = await client.connection;
    return {
      ...connection,
      async close() {
        if (leave()) await connection.close();
      },
    };
  } catch (error) {
    leave();
    throw error;
  }
}

function registry(): Shared[] {
  const holder = globalThis as { [REGISTRY]?: Shared[] };
  return (holder[REGISTRY] ??= []);
}

/** Sorted origins; an origin holds no credentials. */
function addressOf({ nodes }: Where): string {
  const origins = nodes.map((node) =>
    URL.canParse(node) ? new URL(node).origin : 'an invalid address',
  );
  return [...new Set(origins)].sort().join(',');
}

/** Options without what makes no difference: the order of nodes, and options that are absent. */
function normal({ engine = 'opensearch', nodes, ca, user, aws, apiKey, insecure }: Where): object {
  return { engine, nodes: [...nodes].sort(), ca, user, aws, apiKey, insecure: insecure ?? false };
}

/** The caller of `sharedClient`. */
function callSite(): string {
  const frame = new Error().stack?.split('\n')[3] ?? '';
  const site = frame
    .slice(frame.lastIndexOf('(') + 1)
    .trim()
    .replace(/^at (?:async )?/, '')
    .replace(/\)$/, '');
  return /^(?:file:|\/|[A-Z]:)/.test(site) && /:\d+$/.test(site) ? site : 'an unknown place';
}
