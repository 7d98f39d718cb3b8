import {
  bodyOfElasticsearch,
  elasticsearchBody,
  elasticsearchHashBody,
  elasticsearchVectorBody,
} from '../../knn/elasticsearch.ts';
import type { Dialect } from '../cluster/dialect.ts';

/** What Elasticsearch does in its own way. */
export const ELASTICSEARCH: Dialect = {
  name: 'elasticsearch',
  title: 'Elasticsearch',
  // The first with vectors of bits.
  oldest: [8, 15],

  installer: 'elasticsearch-plugin',
  plugins: [],

  toServer: (indexBody, { number }) => elasticsearchBody(indexBody, number),
  fromServer: bodyOfElasticsearch,
  // Where an index may be: `_tier_preference`.
  addedSettings: ['routing'],

  vectorType: 'dense_vector',
  // Graphs are built segment by segment, and again by the merge at the end.
  vectorLoad: {},
  // Lucene's files are read as they are.
  warmUp: () => null,
  nearestBody: ({ space, efSearch }, search) => elasticsearchVectorBody(space, search, efSearch),
  hashBody: elasticsearchHashBody,

  openPit: (path, keepAlive) => ({
    method: 'POST',
    path: `${path}/_pit`,
    query: { keep_alive: keepAlive },
  }),
  pitIdOf: (answer) => answer['id'] as string,
  closePit: (id) => ({ method: 'DELETE', path: '/_pit', body: { id }, expected: [404] }),
};
