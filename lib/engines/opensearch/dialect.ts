import { hashSearchBody, vectorSearchBody } from '../../knn/query-body.ts';
import type { Dialect } from '../cluster/dialect.ts';

/** What OpenSearch does in its own way. */
export const OPENSEARCH: Dialect = {
  name: 'opensearch',
  title: 'OpenSearch',
  // The first whose aliases move by compare-and-swap (`must_exist`).
  oldest: [2, 12],

  installer: 'opensearch-plugin',
  plugins: [{ type: /^knn_vector$/, plugin: 'opensearch-knn', className: /KNNPlugin/ }],

  // Create-index bodies of suoyin are in the words of OpenSearch.
  toServer: (indexBody) => indexBody,
  fromServer: (body) => body,
  addedSettings: ['replication'],

  vectorType: 'knn_vector',
  vectorLoad: { 'knn.advanced.approximate_threshold': -1 },
  warmUp: (index) => ({
    method: 'GET',
    path: `/_plugins/_knn/warmup/${index}`,
    // Not there without native libraries; a graph is then read when it is first asked for.
    expected: [400, 404, 405, 500],
  }),
  // The server knows the candidates of the index.
  nearestBody: ({ space }, search) => vectorSearchBody(space, search),
  hashBody: hashSearchBody,

  openPit: (path, keepAlive) => ({
    method: 'POST',
    path: `${path}/_search/point_in_time`,
    query: { keep_alive: keepAlive },
  }),
  pitIdOf: (answer) => answer['pit_id'] as string,
  closePit: (id) => ({
    method: 'DELETE',
    path: '/_search/point_in_time',
    body: { pit_id: [id] },
    expected: [404],
  }),
};
