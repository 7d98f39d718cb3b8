import { readFileSync } from 'node:fs';
import type { AliasIndex } from '../alias/alias-index.ts';
import { embedded } from '../engines/embedded/index.ts';
import type { Engine } from '../engines/engine.ts';
import {
  type AwsCredentials,
  connect,
  type ConnectOptions,
} from '../engines/opensearch/connect.ts';
import { opensearch } from '../engines/opensearch/index.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { ImageIndex, type ImageIndexOptions } from '../image-index.ts';
import { PlaceIndex } from '../place-index.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { type Io, note } from './io.ts';
import { imageMappingOf, longFlag, placeMappingOf } from './mapping-options.ts';
import { ALIAS_OPTION, DATA_OPTION } from './options.ts';

/** Which index a command works on. */
interface EngineFlags {
  engine: 'embedded' | 'opensearch';
  node?: string[];
  ca?: string;
  userEnv?: string;
  awsRegion?: string;
  awsService?: 'es' | 'aoss';
  insecure?: true;
  shards?: number;
  replicas?: number;
  data: string;
  alias?: string;
}

/** Options of every command that works on an index. */
export const ENGINE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--engine <name>',
    description: 'embedded (a file on this machine) or opensearch',
    choices: ['embedded', 'opensearch'],
    default: 'embedded',
  },
  {
    flags: '--node <url>',
    description: 'address of OpenSearch; may come more than once',
    repeat: true,
  },
  { flags: '--ca <file>', description: "certificate (PEM) that signed the cluster's" },
  { flags: '--user-env <var>', description: 'environment variable with user:password' },
  { flags: '--aws-region <region>', description: 'sign for AWS, by AWS_ACCESS_KEY_ID and so on' },
  {
    flags: '--aws-service <name>',
    description: 'es (OpenSearch Service) or aoss (Serverless)',
    choices: ['es', 'aoss'],
  },
  { flags: '--insecure', description: 'accept any certificate; for a try only' },
  DATA_OPTION,
  ALIAS_OPTION,
];

/** An index opened for a command. */
export interface OpenedIndex<Index extends AliasIndex = PlaceIndex> {
  engine: Engine;
  index: Index;
  alias: string;
  data: string;
  close: () => Promise<void>;
}

/** How an index is opened; readOnly: nothing will be written, so an embedded file must be there. */
interface OpenOptions {
  readOnly: boolean;
}

/**
 * Opens the place index that the options name, with the mapping that they say.
 *
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openIndex(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions = { readOnly: false },
): Promise<OpenedIndex> {
  return opened(await openEngine(flags, io, options), (engine, { alias, data }) => {
    const mapping = placeMappingOf(flags);
    const named = alias === undefined ? {} : { alias };
    return new PlaceIndex(engine, { ...named, mapping, dataDir: data });
  });
}

/**
 * Opens the image index that the options name, with the mapping that they say.
 *
 * @param options - images: how it is set up.
 * @throws {OptionError} `ENGINE_OPTION_INVALID`, `NODE_INVALID`.
 */
export async function openImages(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  options: OpenOptions & { images?: Omit<ImageIndexOptions, 'alias' | 'mapping'> } = {
    readOnly: false,
  },
): Promise<OpenedIndex<ImageIndex>> {
  return opened(await openEngine(flags, io, options), (engine, { alias }) => {
    const mapping = imageMappingOf(flags);
    const named = alias === undefined ? {} : { alias };
    return new ImageIndex(engine, { ...options.images, ...named, mapping });
  });
}

/** Opens the index that the first argument of a command names, places by default. */
export async function openNamed(
  { args: [name], options: flags }: CommandInput,
  io: Io,
  options: OpenOptions = { readOnly: false },
): Promise<OpenedIndex<PlaceIndex | ImageIndex>> {
  return name === 'images' ? openImages(flags, io, options) : openIndex(flags, io, options);
}

type OpenedEngine = Opened & { flags: EngineFlags };

/** Opens the engine that the options name; for commands that work on several indexes. */
async function openEngine(
  flags: Readonly<Record<string, unknown>>,
  io: Io,
  { readOnly }: OpenOptions,
): Promise<OpenedEngine> {
  const given = flags as unknown as EngineFlags;
  const engine =
    given.engine === 'opensearch' ? await openCluster(given, io) : openFile(given, io, readOnly);
  return { ...engine, flags: given };
}

function opened<Index extends AliasIndex>(
  { engine, close, flags }: OpenedEngine,
  makeIndex: (engine: Engine, flags: EngineFlags) => Index,
): OpenedIndex<Index> {
  const index = makeIndex(engine, flags);
  return {
    engine,
    index,
    alias: index.alias,
    data: flags.data,
    async close() {
      await index.close();
      await close();
    },
  };
}

type Opened = { engine: Engine; close: () => Promise<void> };

/** Flags that say nothing to the embedded engine. */
const OF_OPENSEARCH = [
  'node',
  'ca',
  'userEnv',
  'awsRegion',
  'awsService',
  'insecure',
  'shards',
  'replicas',
] as const;

function openFile(flags: EngineFlags, io: Io, readOnly: boolean): Opened {
  const remote = OF_OPENSEARCH.find((name) => flags[name] !== undefined);
  if (remote) {
    const what = `${longFlag(remote)} is of OpenSearch`;
    throw wrong(what, 'Add --engine opensearch, or leave it out.');
  }
  const warn = (text: string): void => {
    note(io, `suoyin: ${text}`);
  };
  const engine = embedded({ dataDir: flags.data, readOnly, warn });
  return { engine, close: () => Promise.resolve() };
}

async function openCluster(flags: EngineFlags, io: Io): Promise<Opened> {
  const { node, ca, userEnv, awsRegion, awsService, insecure } = flags;
  if (!node) throw wrong('--engine opensearch has no --node', 'Give --node https://host:9200.');
  if (userEnv !== undefined && awsRegion !== undefined) {
    throw wrong('--user-env and --aws-region were given', 'Use one of the two.');
  }
  const options: ConnectOptions = { nodes: node };
  if (ca !== undefined) options.ca = certificate(ca);
  if (userEnv !== undefined) options.user = userOf(userEnv, io);
  if (awsRegion !== undefined) {
    // Wrong now is wrong for good: a process's environment does not change.
    const given = awsCredentials(io);
    const credentials = (): Promise<AwsCredentials> => Promise.resolve(given);
    options.aws = { region: awsRegion, service: awsService ?? 'es', credentials };
  }
  if (insecure) {
    options.insecure = true;
    note(io, 'suoyin: --insecure: certificates are not checked; anybody in between can read along');
  }
  const { client, refreshAuth, close } = await connect(options);
  return { engine: opensearch({ client, refreshAuth }), close };
}

function certificate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(`--ca ${quoteValue(path)} can't be read (${code})`, 'Give a PEM file.');
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
