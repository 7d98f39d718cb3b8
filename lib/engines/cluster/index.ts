import type { Engine } from '../engine.ts';
import { type ClusterOptions, openCluster } from './cluster.ts';
import type { Dialect } from './dialect.ts';
import { documentsIn } from './documents.ts';
import { featuresIn } from './features.ts';
import { generationsIn } from './generations.ts';
import { objectOf } from './request.ts';
import { askServer, serverText } from './server.ts';
import { stateIn } from './state.ts';

export type { ClusterOptions } from './cluster.ts';

/**
 * An engine on a cluster: a generation is an index, the alias names the live one, and what else an
 * alias needs (its counter, leases, checkpoints) is in one small hidden index.
 *
 * @param dialect - What the product does in its own way.
 */
export function clusterEngine(dialect: Dialect, options: ClusterOptions): Engine {
  const cluster = openCluster(dialect, options);
  const { features, searches } = featuresIn(cluster);
  const state = stateIn(cluster);
  return {
    name: dialect.name,
    remote: true,
    ...documentsIn(cluster, features),
    ...generationsIn(cluster, state, features),
    ...state,
    ...searches,

    async health() {
      const server = await askServer(cluster);
      const version = serverText(server);
      // There, no node is its users' to ask for.
      if (server.serverless) return { engine: dialect.name, version, status: 'ok', details: {} };
      const { status, number_of_nodes: nodes } = objectOf(
        await cluster.send({ method: 'GET', path: '/_cluster/health' }),
      ) as { status: string; number_of_nodes: number };
      return {
        engine: dialect.name,
        version,
        // Yellow, replicas that are not up, is how every single node is.
        status: status === 'red' ? 'degraded' : 'ok',
        details: { cluster: status, nodes },
      };
    },

    close() {
      cluster.close();
      return Promise.resolve();
    },
  };
}
