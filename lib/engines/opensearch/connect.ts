import type { Client } from '@opensearch-project/opensearch';
import { EngineError, MissingDependencyError } from '../../errors.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import { ACCESS_SPEC, type AccessOptions, nodeUrls, tlsOf } from '../cluster/access.ts';
import type { ClusterClient } from '../cluster/request.ts';

/** Credentials of AWS; `expiration` is when they end. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** Where a cluster is, and how to be let in. */
export interface ConnectOptions extends AccessOptions {
  /** Signature Version 4; asked for credentials anew at least every 15 minutes. */
  aws?: { region: string; service: 'es' | 'aoss'; credentials: () => Promise<AwsCredentials> };
}

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
    ...ACCESS_SPEC.options,
    aws: { type: 'object', spec: AWS_SPEC, secret: true, help: 'Signature Version 4' },
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
  const nodes = nodeUrls(options);
  const { user, aws } = options;
  const module = await load();
  const held: { credentials: { expiration: Date } | null } = { credentials: null };
  const signer = aws ? await signerOf(aws, held) : {};
  const client = new module.Client({
    ...signer,
    nodes,
    ssl: tlsOf(options),
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
