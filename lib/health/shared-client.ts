import { isDeepStrictEqual } from 'node:util';
import {
  connect,
  CONNECT_SPEC,
  type Connection,
  type ConnectOptions,
} from '../engines/opensearch/connect.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../options.ts';

/** Where a cluster is, and who is told of a second client for it. */
export interface SharedClientOptions extends ConnectOptions {
  /** Called with a sentence that names both places in the code. */
  warn: (text: string) => void;
}

/** Options of `sharedClient`. */
export const SHARED_CLIENT_SPEC: Spec<SharedClientOptions, 'insecure'> = {
  code: OPTION_INVALID,
  options: {
    ...CONNECT_SPEC.options,
    warn: { type: 'function', required: true, help: 'told of a second client for a cluster' },
  },
};

interface Shared {
  options: ConnectOptions;
  /** Where it was made, as `file:line:column`. */
  site: string;
  users: number;
  connection: Promise<Connection>;
}

/** Of the process and not of this module, which may be loaded twice: by two versions, or as two formats. */
const REGISTRY = Symbol.for('suoyin.clients');

/**
 * The one client of this process for a cluster, made where there is none yet. Every user closes what it
 * got, the last one closes the client.
 *
 * The same address with another user, certificate or signer can't share a connection: it gets a client of
 * its own, and a warning with both places, since that is nearly always a mistake. AWS credentials are the
 * same where the function is.
 *
 * @throws {OptionError} `NODE_INVALID`.
 * @throws {MissingDependencyError} `OPENSEARCH_CLIENT_MISSING`.
 */
export async function sharedClient(options: SharedClientOptions): Promise<Connection> {
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
      `A second client for ${address} with other access or certificates: made at ${site}, ` +
        `the first at ${other.site}. Share one with the same options.`,
    );
  }
  return use(same ?? add(clients, { options: where, site }));
}

function add(clients: Shared[], made: Pick<Shared, 'options' | 'site'>): Shared {
  const client: Shared = { ...made, users: 0, connection: connect(made.options) };
  clients.push(client);
  return client;
}

async function use(client: Shared): Promise<Connection> {
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

/** Origins in order, which hold no credentials. */
function addressOf({ nodes }: ConnectOptions): string {
  const origins = nodes.map((node) =>
    URL.canParse(node) ? new URL(node).origin : 'an invalid address',
  );
  return [...new Set(origins)].sort().join(',');
}

/** Without what makes no difference: order of nodes, options that are left out. */
function normal({ nodes, ca, user, aws, insecure }: ConnectOptions): object {
  return { nodes: [...nodes].sort(), ca, user, aws, insecure: insecure ?? false };
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
