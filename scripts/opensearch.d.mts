import type { Means, StartedCluster, StartOptions } from './cluster.mjs';

export declare function means(version?: string): Means;
export declare function startOpenSearch(
  options?: StartOptions & {
    /** `analyzers`: with the analyzers smartcn and kuromoji. */
    flavor?: 'analyzers';
  },
): Promise<StartedCluster>;
