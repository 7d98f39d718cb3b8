import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import { expect } from 'chai';

import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import type { EngineError } from '../../lib/errors.ts';
import { failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { serve } from '../support/servers.ts';

const RETRIES = { retryBudgetMs: 1 };

const ENGINES: Readonly<Record<string, (nodes: string[]) => Engine>> = {
  OpenSearch: (nodes) =>
    opensearch({ client: closeAtEnd(new OpenSearchClient({ nodes })), ...RETRIES }),
  Elasticsearch: (nodes) =>
    elasticsearch({ client: closeAtEnd(new ElasticsearchClient({ nodes })), ...RETRIES }),
};

interface Said {
  status: number;
  body: unknown;
}

/** What a node answers to a request; null where it gives no answer. */
type Answering = (request: { method: string; path: string }) => Said | null;

/** Two nodes that answer the same. */
async function nodesOf(answering: Answering): Promise<string[]> {
  const node = (): ReturnType<typeof serve> =>
    serve((request, response) => {
      const [path = ''] = request.url!.split('?');
      const said = answering({ method: request.method!, path });
      if (said === null) return request.socket.destroy();
      const isText = typeof said.body === 'string';
      response.writeHead(said.status, {
        'content-type': isText ? 'text/html' : 'application/json',
        'x-elastic-product': 'Elasticsearch',
      });
      return response.end(isText ? said.body : JSON.stringify(said.body));
    });
  return Promise.all([node(), node()]).then((both) => both.map(({ origin }) => origin));
}

/** Nodes that give one answer to some requests, and are gone from then on. */
function thenGone(said: Said, to: (path: string) => boolean = () => true): Answering {
  let given = false;
  return ({ method, path }) => {
    if (!to(path)) return elsewhere(method, path);
    if (given) return null;
    given = true;
    return said;
  };
}

/** A cluster with one generation and its state. */
function elsewhere(method: string, path: string): Said {
  if (path === '/places/_alias') {
    return { status: 200, body: { 'places-000001': { aliases: { places: {} } } } };
  }
  if (path === '/places-state') {
    const mappings = { _meta: { made_by: 'suoyin', content: 'state' } };
    const aliases = { 'places-state--state': {}, 'places--state': {} };
    return { status: 200, body: { 'places-state': { aliases, mappings } } };
  }
  if (path.endsWith('/_mapping')) {
    const _meta = { feature: 'notes' };
    return { status: 200, body: { 'places-000001': { mappings: { _meta } } } };
  }
  return { status: 200, body: { method, path } };
}

const failure = (status: number, type: string, reason: string, more: object = {}): Said => ({
  status,
  body: { error: { type, reason, ...more }, status },
});

const lost = {
  type: 'no_shard_available_action_exception',
  reason: '[node-1][10.0.0.7:9300][indices:data/read/search[phase/query]]',
};
const SAID: Readonly<Record<string, { said: Said; code: string; words: RegExp }>> = {
  'an index that has lost all its shards': {
    said: failure(503, 'search_phase_execution_exception', 'all shards failed', {
      failed_shards: [{ shard: 0, index: 'places-000001', reason: lost }],
    }),
    code: 'PARTIAL_ANSWER',
    words: /all shards failed.*no_shard_available_action_exception: \[node-1\]\[indices/,
  },
  'the same in the words of OpenSearch': {
    said: failure(503, 'search_phase_execution_exception', 'all shards failed', {
      failed_shards: [],
    }),
    code: 'PARTIAL_ANSWER',
    words: /all shards failed/,
  },
  'the same in the words of Elasticsearch of a point in time': {
    said: failure(503, 'search_phase_execution_exception', '', {
      failed_shards: [],
      caused_by: {
        type: 'search_phase_execution_exception',
        reason: 'Search rejected due to missing shards [[places-000002][0]].',
        failed_shards: [],
      },
    }),
    code: 'PARTIAL_ANSWER',
    words: /search_phase_execution_exception \(.*missing shards/,
  },
  'a document whose shard is lost': {
    said: failure(503, lost.type, 'No shard available'),
    code: 'PARTIAL_ANSWER',
    words: /No shard available/,
  },
  'a circuit breaker': {
    said: failure(429, 'circuit_breaking_exception', '[parent] Data too large'),
    code: 'ENGINE_UNREACHABLE',
    words: /429: circuit_breaking_exception: \[parent\] Data too large/,
  },
  'a cluster that is starting': {
    said: failure(503, 'cluster_block_exception', 'blocked by: state not recovered'),
    code: 'ENGINE_UNREACHABLE',
    words: /503: cluster_block_exception: blocked by: state not recovered/,
  },
  'a cluster without a manager': {
    said: failure(503, 'master_not_discovered_exception', 'no manager'),
    code: 'ENGINE_UNREACHABLE',
    words: /503: master_not_discovered_exception: no manager/,
  },
  'a proxy before a cluster that is down': {
    said: { status: 502, body: '<h1>Bad Gateway</h1>' },
    code: 'ENGINE_UNREACHABLE',
    words: /answers 502/,
  },
  'a proxy that waited too long': {
    said: { status: 504, body: '<h1>Gateway Timeout</h1>' },
    code: 'ENGINE_UNREACHABLE',
    words: /answers 504/,
  },
};

for (const [title, engineAt] of Object.entries(ENGINES)) {
  describe(`what a node of ${title} has said before all were gone`, () => {
    for (const [what, { said, code, words }] of Object.entries(SAID)) {
      it(`is what is told: ${what}`, async () => {
        const error = await failureOf<EngineError>(
          engineAt(await nodesOf(thenGone(said))).count('places'),
        );
        expect(error.message).to.match(words);
        expect(error.code).to.equal(code);
        // What answers is there, so that it is no address to be checked.
        expect(error.hint).to.not.match(/address is right/);
      });
    }

    it('is told before what a proxy says for it', async () => {
      let asked = 0;
      const { said } = SAID['a circuit breaker']!;
      const proxied = (): Said => (asked++ === 0 ? said : { status: 502, body: '' });
      const error = await failureOf(engineAt(await nodesOf(proxied)).count('places'));
      expect(error.message).to.match(/429: circuit_breaking_exception/);
    });

    it('is told before a node that gives no answer to a later step of the same work', async () => {
      const { said } = SAID['a circuit breaker']!;
      const pit = { id: 'p', pit_id: 'p', _shards: { total: 1, successful: 1, failed: 0 } };
      const scanned: Answering = ({ method, path }) => {
        if (path === '/_search') return said;
        return method === 'DELETE' ? null : { status: 200, body: pit };
      };
      const engine = engineAt(await nodesOf(scanned));
      const scan = engine.scan('places')[Symbol.asyncIterator]();
      expect((await failureOf(scan.next())).message).to.match(/429: circuit_breaking_exception/);
    });

    it('is told of writes', async () => {
      const bulk = failure(503, 'unavailable_shards_exception', 'primary shard is not active');
      let given = false;
      const nodes = await nodesOf(({ method, path }) => {
        if (!path.endsWith('/_bulk')) return elsewhere(method, path);
        if (given) return null;
        given = true;
        return bulk;
      });
      const write = engineAt(nodes).write('places', [{ delete: 'a', version: 1 }]);
      expect((await failureOf(write)).message).to.match(/503 unavailable_shards_exception/);
    });

    it('is told of the state', async () => {
      const entry = /\/_doc\//;
      const said = failure(503, 'unavailable_shards_exception', 'shard is not in primary mode');
      const nodes = await nodesOf(thenGone(said, (path) => entry.test(path)));
      const write = engineAt(nodes).writeState('places', 'probe', 1, null);
      expect((await failureOf(write)).message).to.match(/shard is not in primary mode/);
    });
  });
}
