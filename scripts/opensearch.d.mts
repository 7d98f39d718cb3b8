import type { Means, StartedCluster, StartOptions } from './cluster.mjs';

export declare function means(version?: string): Means;
export declare function startOpenSearch(options?: StartOptions): Promise<StartedCluster>;
