import type { Client } from '@opensearch-project/opensearch';
import { EngineError, MissingDependencyError, OptionError } from '../../errors.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import type { ClusterClient } from '../cluster/request.ts';

/** Credentials of AWS; `expiration` is when they end. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** Where a cluster is, and how to be let in. */
export interface ConnectOptions {
  /** URLs of one or more nodes, or of what stands in front of them. */
  nodes: readonly string[];
  /** Certificate of the authority that signed the cluster's, PEM. Default: those of Node.js. */
  ca?: string;
  /** User and password of basic authentication. */
  user?: { username: string; password: string };
  /** Signature Version 4; asked for credentials anew at least every 15 minutes. */
  aws?: { region: string; service: 'es' | 'aoss'; credentials: () => Promise<AwsCredentials> };
  /** Accepts any certificate. Default false. */
  insecure?: boolean;
}

const USER_SPEC: Spec<NonNullable<ConnectOptions['user']>> = {
  code: OPTION_INVALID,
  options: {
    username: { type: 'text', required: true, help: 'of basic authentication' },
    password: { type: 'text', required: true, secret: true, help: 'of basic authentication' },
  },
};

const AWS_SPEC: Spec<NonNullable<ConnectOptions['aws']>> = {
  code: OPTION_INVALID,
  options: {
    region: { type: 'text', required: true, help: 'of the domain' },
    service: { type: 'text', choices: ['es', 'aoss'], required: true, help: 'of AWS' },
    credentials: { type: 'function', required: true, help: 'gets credentials' },
  },
};

/** Options of `connect`. */
export const CONNECT_SPEC: Spec<ConnectOptions, 'insecure'> = {
  code: OPTION_INVALID,
  options: {
    nodes: {
      type: 'list',
      items: { type: 'text', secret: true, help: '' },
      least: 1,
      required: true,
      secret: true,
      wanted: 'a list of URLs such as https://search.example:9200',
      code: 'NODE_INVALID',
      help: 'URLs of one or more nodes, or of what stands in front of them',
    },
    ca: {
      type: 'text',
      otherwise: 'those of Node.js',
      help: "certificate of the authority that signed the cluster's, PEM",
    },
    user: { type: 'object', spec: USER_SPEC, secret: true, help: 'for basic authentication' },
    aws: { type: 'object', spec: AWS_SPEC, secret: true, help: 'Signature Version 4' },
    insecure: { type: 'flag', default: false, help: 'accepts any certificate' },
  },
};

/** How long credentials are used that do not say when they end. */
const CREDENTIALS_MS = 15 * 60_000;

/** A client of ours, with what `opensearch` takes beside it. */
export interface Connection {
  client: ClusterClient;
  /** Makes the next request ask for AWS credentials anew. */
  refreshAuth: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * A client for a cluster, with the package's own signer for AWS. Close it when done.
 *
 * @throws {OptionError} `NODE_INVALID`.
 * @throws {MissingDependencyError} `OPENSEARCH_CLIENT_MISSING`.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  checkOptions(CONNECT_SPEC, options);
  const nodes = options.nodes.map(checkNode);
  const { ca, user, aws, insecure } = options;
  const module = await load();
  const held: { credentials: { expiration: Date } | null } = { credentials: null };
  const signer = aws ? await signerOf(aws, held) : {};
  const ssl = {
    ...(ca === undefined ? {} : { ca }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  };
  const client = new module.Client({
    ...signer,
    nodes,
    ssl,
    ...(user ? { auth: user } : {}),
    requestTimeout: 60_000,
  });
  return {
    client,
    refreshAuth: () => {
      if (held.credentials) held.credentials.expiration = new Date(0);
      return Promise.resolve();
    },
    close: () => client.close(),
  };
}

async function load(): Promise<{ Client: typeof Client }> {
  try {
    return await import('@opensearch-project/opensearch');
  } catch (cause) {
    throw new MissingDependencyError(
      'OPENSEARCH_CLIENT_MISSING',
      '@opensearch-project/opensearch is not installed',
      'Run npm install @opensearch-project/opensearch.',
      { cause },
    );
  }
}

async function signerOf(
  { region, service, credentials }: NonNullable<ConnectOptions['aws']>,
  held: { credentials: { expiration: Date } | null },
): Promise<object> {
  const { AwsSigv4Signer } = await import('@opensearch-project/opensearch/aws-v3');
  const getCredentials = async (): ReturnType<typeof expiring> => {
    const given = await expiring(credentials);
    held.credentials = given;
    return given;
  };
  return AwsSigv4Signer({ region, service, getCredentials });
}

/** The signer keeps credentials without an expiry for ever, and with them a session that has ended. */
async function expiring(
  credentials: () => Promise<AwsCredentials>,
): Promise<AwsCredentials & { expiration: Date }> {
  let given: AwsCredentials;
  try {
    given = await credentials();
  } catch (cause) {
    const hint = 'Check the provider of credentials.';
    throw new EngineError(
      'UNAUTHORIZED',
      `There are no AWS credentials (${(cause as Error).name})`,
      hint,
    );
  }
  const latest = new Date(Date.now() + CREDENTIALS_MS);
  const { expiration = latest } = given;
  return { ...given, expiration: expiration < latest ? expiration : latest };
}

/** @returns The URL, without a path's end and without anything that logs should not see. */
function checkNode(node: string): string {
  const hint = 'Give a URL such as https://search.example:9200.';
  let url: URL;
  try {
    url = new URL(node);
  } catch {
    throw new OptionError('NODE_INVALID', `${node.replace(/\/\/[^/]*@/, '//')} is no URL`, hint);
  }
  if (url.username || url.password) {
    const what = `The node ${url.host} has its password in the URL`;
    throw new OptionError('NODE_INVALID', what, 'Name a variable that holds it: --user-env VAR.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OptionError(
      'NODE_INVALID',
      `${url.protocol}//${url.host} is not http or https`,
      hint,
    );
  }
  return url.href;
}
