import { hashSearchBody, vectorSearchBody } from '../../knn/query-body.ts';
import type { Dialect } from '../cluster/dialect.ts';

/** What is specific to OpenSearch. */
export const OPENSEARCH: Dialect = {
  name: 'opensearch',
  title: 'OpenSearch',
  // The first version with compare-and-swap of aliases (`must_exist`).
  oldest: [2, 12],

  installer: 'opensearch-plugin',
  plugins: [{ type: /^knn_vector$/, plugin: 'opensearch-knn', className: /KNNPlugin/ }],

  // Create-index bodies of suoyin are those of OpenSearch.
  toServer: (indexBody) => indexBody,
  fromServer: (body) => body,
  clauseLimit: 'indices.query.bool.max_clause_count',
  addedSettings: ['replication'],

  vectorType: 'knn_vector',
  vectorLoad: { 'knn.advanced.approximate_threshold': -1 },
  warmUp: (index) => ({
    method: 'GET',
    path: `/_plugins/_knn/warmup/${index}`,
    // The request is missing without native libraries; graphs are then read when first needed.
    expected: [400, 404, 405, 500],
  }),
  // The server takes the number of candidates from the mapping.
  nearestBody: ({ space, views }, search) => vectorSearchBody(space, search, views),
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
