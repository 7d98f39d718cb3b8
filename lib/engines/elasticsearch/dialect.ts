import {
  bodyOfElasticsearch,
  elasticsearchBody,
  elasticsearchHashBody,
  elasticsearchVectorBody,
} from '../../knn/elasticsearch.ts';
import type { Dialect } from '../cluster/dialect.ts';

/** What is specific to Elasticsearch. */
export const ELASTICSEARCH: Dialect = {
  name: 'elasticsearch',
  title: 'Elasticsearch',
  // The first version with bit vectors.
  oldest: [8, 15],

  installer: 'elasticsearch-plugin',
  plugins: [],

  toServer: (indexBody, { number }) => elasticsearchBody(indexBody, number),
  fromServer: bodyOfElasticsearch,
  // `_tier_preference` is added.
  clauseLimit: null,
  addedSettings: ['routing'],

  vectorType: 'dense_vector',
  // Graphs are built per segment, and again by the merge at the end.
  vectorLoad: {},
  // Lucene reads graphs from its files.
  warmUp: () => null,
  nearestBody: ({ space, efSearch, views }, search) =>
    elasticsearchVectorBody(space, search, efSearch, views),
  hashBody: elasticsearchHashBody,

  openPit: (path, keepAlive) => ({
    method: 'POST',
    path: `${path}/_pit`,
    query: { keep_alive: keepAlive },
  }),
  pitIdOf: (answer) => answer['id'] as string,
  closePit: (id) => ({ method: 'DELETE', path: '/_pit', body: { id }, expected: [404] }),
};
