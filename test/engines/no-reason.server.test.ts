import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import { expect } from 'chai';

import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { serve } from '../support/servers.ts';

const ENGINES: Readonly<Record<string, (node: string) => Engine>> = {
  OpenSearch: (node) => opensearch({ client: closeAtEnd(new OpenSearchClient({ node })) }),
  Elasticsearch: (node) => elasticsearch({ client: closeAtEnd(new ElasticsearchClient({ node })) }),
};

describe('an answer that is not of the cluster', () => {
  for (const [title, engineAt] of Object.entries(ENGINES)) {
    for (const [type, body] of [
      ['application/json', '{"detail":"Not Found"}'],
      ['text/plain', ''],
      ['text/html', '<html><body><h1>404 Not Found</h1></body></html>'],
    ] as const) {
      it(`is told with where to look: ${type} instead of ${title}`, async () => {
        const { origin } = await serve((_request, response) => {
          response.writeHead(404, { 'content-type': type, 'x-elastic-product': 'Elasticsearch' });
          response.end(body);
        });
        const error = await failureOf(engineAt(`${origin}/wrong`).count('places'));
        expect(error).to.have.property('code', 'ENGINE_FAILED');
        expect(String(error)).to.match(/404.*check the address, its path/);
        expect(String(error)).to.not.include('<html>');
      });
    }
  }
});
