import type { Client } from '@elastic/elasticsearch';
import { MissingDependencyError, OptionError } from '../../errors.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import { ACCESS_SPEC, type AccessOptions, nodeUrls, tlsOf } from '../cluster/access.ts';
import type { ClusterClient } from '../cluster/request.ts';

/** Address and access of an Elasticsearch cluster. */
export interface ElasticsearchConnectOptions extends AccessOptions {
  /** API key in the encoded form that Elasticsearch returns; instead of `user`. */
  apiKey?: string;
}

/** Options of `connectElasticsearch`. */
export const ELASTICSEARCH_CONNECT_SPEC: Spec<ElasticsearchConnectOptions, 'insecure'> = {
  code: OPTION_INVALID,
  options: {
    ...ACCESS_SPEC.options,
    apiKey: {
      type: 'text',
      secret: true,
      help: 'API key in the encoded form that Elasticsearch returns',
    },
  },
};

/** A client made by `connectElasticsearch`. */
export interface ElasticsearchConnection {
  client: ClusterClient;
  close: () => Promise<void>;
}

/**
 * Makes a client for an Elasticsearch cluster. Close it when done.
 *
 * @throws {OptionError} `NODE_INVALID`, `OPTION_INVALID`.
 * @throws {MissingDependencyError} `ELASTICSEARCH_CLIENT_MISSING`.
 */
export async function connectElasticsearch(
  options: ElasticsearchConnectOptions,
): Promise<ElasticsearchConnection> {
  checkOptions(ELASTICSEARCH_CONNECT_SPEC, options);
  const nodes = nodeUrls(options);
  const { user, apiKey } = options;
  if (user && apiKey !== undefined) {
    throw new OptionError(OPTION_INVALID, 'user and apiKey were given', 'Use one of the two.');
  }
  const module = await load();
  const auth = apiKey === undefined ? user : { apiKey };
  const client = new module.Client({
    nodes,
    tls: tlsOf(options),
    ...(auth ? { auth } : {}),
    requestTimeout: 60_000,
  });
  return { client, close: () => client.close() };
}

async function load(): Promise<{ Client: typeof Client }> {
  try {
    return await import('@elastic/elasticsearch');
  } catch (cause) {
    throw new MissingDependencyError(
      'ELASTICSEARCH_CLIENT_MISSING',
      '@elastic/elasticsearch is not installed',
      'Run npm install @elastic/elasticsearch@8, or @9 for a server of 9.x.',
      { cause },
    );
  }
}
