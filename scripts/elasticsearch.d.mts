import type { Means, StartedCluster, StartOptions } from './cluster.mjs';

export declare function means(version?: string): Means;
/** `flavor`: `serverless` refuses what that service refuses; needs Java. */
export declare function startElasticsearch(
  options?: StartOptions & { flavor?: 'serverless' },
): Promise<StartedCluster>;
