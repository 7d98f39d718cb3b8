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
 * An engine on a cluster. A generation is an index, and the alias points to the live one.
 * Everything else of an alias (its counter, leases, checkpoints) is in one small hidden index.
 *
 * @param dialect - What is specific to the product.
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
      // A serverless cluster reports nothing about its nodes.
      if (server.serverless) return { engine: dialect.name, version, status: 'ok', details: {} };
      const { status, number_of_nodes: nodes } = objectOf(
        await cluster.send({ method: 'GET', path: '/_cluster/health' }),
      ) as { status: string; number_of_nodes: number };
      return {
        engine: dialect.name,
        version,
        // Yellow means missing replicas, which is normal on a single node.
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
