import { connectElasticsearch } from '../engines/elasticsearch/connect.ts';
import { elasticsearch } from '../engines/elasticsearch/index.ts';
import type { Engine } from '../engines/engine.ts';
import {
  AWS_SPEC,
  type AwsCredentials,
  connect,
  type ConnectOptions,
} from '../engines/opensearch/connect.ts';
import { opensearch } from '../engines/opensearch/index.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { ACCESS_SPEC, type AccessOptions } from '../engines/cluster/access.ts';
import { readWhole } from '../source/named-files.ts';
import type { OptionSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { type Io, note } from './io.ts';
import { longFlag } from './mapping-options.ts';

/** Where a cluster is, how to authenticate, and how a new index is sharded. */
export interface ClusterFlags {
  node?: string[];
  ca?: string;
  userEnv?: string;
  apiKeyEnv?: string;
  awsRegion?: string;
  awsService?: 'es' | 'aoss';
  insecure?: true;
  shards?: number;
  replicas?: number;
}

const ACCESS = flagsOf(ACCESS_SPEC, ['nodes', 'insecure']);
const AWS = flagsOf(AWS_SPEC, ['region', 'service']);

/** Options of a cluster. */
export const CLUSTER_OPTIONS: readonly OptionSpec[] = [
  ...ACCESS.options,
  { flags: '--ca <file>', description: "certificate (PEM) that signed the cluster's" },
  { flags: '--user-env <var>', description: 'environment variable with user:password' },
  {
    flags: '--api-key-env <var>',
    description: 'Elasticsearch: environment variable with an API key',
  },
  ...AWS.options,
];

/** An engine for a command, and a function that closes its client. */
export type Opened = { engine: Engine; close: () => Promise<void> };

/** Engines on a cluster, as `--engine` names them. */
type ClusterName = 'opensearch' | 'elasticsearch';

const EVERY: readonly ClusterName[] = ['opensearch', 'elasticsearch'];

/** The engines that each flag applies to. */
const TAKEN_BY: Readonly<Record<keyof ClusterFlags, readonly ClusterName[]>> = {
  node: EVERY,
  ca: EVERY,
  userEnv: EVERY,
  insecure: EVERY,
  shards: EVERY,
  replicas: EVERY,
  apiKeyEnv: ['elasticsearch'],
  awsRegion: ['opensearch'],
  awsService: ['opensearch'],
};

/**
 * Refuses flags that apply to another engine only.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID`.
 */
export function refuseFlags(engine: string, flags: ClusterFlags): void {
  for (const [name, engines] of Object.entries(TAKEN_BY)) {
    if (flags[name as keyof ClusterFlags] === undefined) continue;
    if ((engines as readonly string[]).includes(engine)) continue;
    const which = engines.map((each) => `--engine ${each}`).join(' or ');
    throw wrong(
      `${longFlag(name)} says nothing to --engine ${engine}`,
      `Add ${which}, or leave it out.`,
    );
  }
}

/** Opens an engine on a cluster, with a client of its own. */
export async function openCluster(name: ClusterName, flags: ClusterFlags, io: Io): Promise<Opened> {
  refuseFlags(name, flags);
  const access = accessOf(name, flags, io);
  if (name === 'elasticsearch') {
    const { apiKeyEnv } = flags;
    const key = apiKeyEnv === undefined ? {} : { apiKey: apiKeyOf(apiKeyEnv, io) };
    const { client, close } = await connectElasticsearch({ ...access, ...key });
    return { engine: elasticsearch({ client }), close };
  }
  const { client, refreshAuth, close } = await connect({ ...access, ...awsOf(flags, io) });
  return { engine: opensearch({ client, refreshAuth }), close };
}

function accessOf(name: ClusterName, flags: ClusterFlags, io: Io): AccessOptions {
  const { node, ca, userEnv, apiKeyEnv, awsRegion, insecure } = flags;
  if (!node) throw wrong(`--engine ${name} has no --node`, 'Give --node https://host:9200.');
  const other = Object.entries({ apiKeyEnv, awsRegion }).find(([, value]) => value !== undefined);
  if (userEnv !== undefined && other) {
    throw wrong(`--user-env and ${longFlag(other[0])} were given`, 'Use one of the two.');
  }
  if (insecure) {
    note(io, 'suoyin: --insecure: certificates are not checked; anybody in between can read along');
  }
  return {
    nodes: node,
    ...(ca === undefined ? {} : { ca: certificate(ca) }),
    ...(userEnv === undefined ? {} : { user: userOf(userEnv, io) }),
    ...(insecure ? { insecure } : {}),
  };
}

function awsOf(flags: ClusterFlags, io: Io): Pick<ConnectOptions, 'aws'> {
  const { region, service = 'es' } = AWS.read(flags);
  if (region === undefined) return {};
  // Read now, so that a fault shows at once: the environment of a process does not change.
  const given = awsCredentials(io);
  const credentials = (): Promise<AwsCredentials> => Promise.resolve(given);
  return { aws: { region, service, credentials } };
}

function apiKeyOf(variable: string, io: Io): string {
  const key = io.env[variable] ?? '';
  if (key !== '') return key;
  const what = `The variable ${quoteValue(variable)} of --api-key-env holds nothing`;
  throw wrong(what, `Set it before, to a key as Elasticsearch gives it out encoded.`);
}

function certificate(path: string): string {
  try {
    return readWhole(path);
  } catch (error) {
    throw wrong(`--ca: ${(error as Error).message.replace(/\.$/, '')}`, 'Give a PEM file.');
  }
}

function userOf(variable: string, io: Io): { username: string; password: string } {
  const value = io.env[variable];
  const [, username, password] = /^([^:]+):(.*)$/s.exec(value ?? '') ?? [];
  if (username !== undefined && password !== undefined) return { username, password };
  const what = `The variable ${quoteValue(variable)} of --user-env holds no user:password`;
  throw wrong(what, `Set it before: export ${variable}=user:password`);
}

function awsCredentials({ env }: Io): AwsCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) {
    throw wrong(
      '--aws-region wants credentials',
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    );
  }
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function wrong(what: string, hint: string): OptionError {
  return new OptionError('ENGINE_OPTION_INVALID', what, hint);
}
