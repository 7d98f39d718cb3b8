import { wallClock } from '../../clock.ts';
import type { Client } from '@opensearch-project/opensearch';
import { EngineError, MissingDependencyError } from '../../errors.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import { ACCESS_SPEC, type AccessOptions, nodeUrls, tlsOf } from '../cluster/access.ts';
import type { ClusterClient } from '../cluster/request.ts';

/** Credentials of AWS; `expiration` is when they expire. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expiration?: Date;
}

/** Address and access of an OpenSearch cluster. */
export interface ConnectOptions extends AccessOptions {
  /** Signature Version 4; `credentials` is called at least every 15 minutes. */
  aws?: { region: string; service: 'es' | 'aoss'; credentials: () => Promise<AwsCredentials> };
}

/** Options of `ConnectOptions.aws`. */
export const AWS_SPEC: Spec<NonNullable<ConnectOptions['aws']>> = {
  code: OPTION_INVALID,
  options: {
    region: {
      type: 'text',
      required: true,
      flag: '--aws-region <region>',
      help: 'region of the domain: requests are signed',
    },
    service: {
      type: 'text',
      choices: ['es', 'aoss'],
      required: true,
      flag: '--aws-service',
      help: 'OpenSearch Service or OpenSearch Serverless',
    },
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

/** Milliseconds for which credentials without an expiration are used. */
const CREDENTIALS_MS = 15 * 60_000;

/** A client made by `connect`, with the other options for `opensearch`. */
export interface Connection {
  client: ClusterClient;
  /** Makes the next request get new AWS credentials. */
  refreshAuth: () => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Makes a client for a cluster, with the package's own signer for AWS. Close it when done.
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

/**
 * Adds an expiration, since the signer would keep credentials without one for ever, even those of
 * an ended session.
 */
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
  const latest = new Date(wallClock() + CREDENTIALS_MS);
  const { expiration = latest } = given;
  return { ...given, expiration: expiration < latest ? expiration : latest };
}
