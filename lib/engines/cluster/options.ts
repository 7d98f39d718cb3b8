import { OPTION_INVALID, type Spec } from '../../options.ts';
import type { ClusterOptions } from './cluster.ts';

/** @param clientPackage - Package of the client. */
export function clusterSpec(clientPackage: string): Spec<ClusterOptions, 'refresh'> {
  return {
    code: OPTION_INVALID,
    options: {
      client: {
        type: 'object',
        required: true,
        secret: true,
        wanted: `a client of ${clientPackage}`,
        help: `a client of ${clientPackage}`,
      },
      refresh: {
        type: 'custom',
        fits: (value) => value === 'wait_for' || typeof value === 'boolean',
        wanted: 'wait_for, true or false',
        default: 'wait_for',
        help: 'when a write to a live index resolves',
      },
      retryBudgetMs: {
        type: 'number',
        min: 0,
        unit: 'ms',
        otherwise: '300000',
        help: 'for which a bulk write is retried while the cluster accepts nothing; a write of the state at most a minute',
      },
      refreshAuth: { type: 'function', help: 'called after a 401 or 403: gets new credentials' },
    },
  };
}
