import { Client } from '@elastic/elasticsearch';
import { expect } from 'chai';
import fc from 'fast-check';

import { sendOnce } from '../../lib/engines/cluster/request.ts';
import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import { codeOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { runs } from '../support/properties.ts';
import { serve } from '../support/servers.ts';

describe('a client of several Elasticsearch nodes', () => {
  it('reaches a node that answers, whatever nodes were away before', async () => {
    const away = [false, false, false];
    const urls: string[] = [];
    for (const [i] of away.entries()) {
      const { origin } = await serve((request, response) => {
        if (away[i]) return request.socket.destroy();
        response.writeHead(200, {
          'content-type': 'application/json',
          'x-elastic-product': 'Elasticsearch',
        });
        return response.end('{}');
      });
      urls.push(origin);
    }
    const which = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean());
    const stretch = fc.tuple(which, fc.integer({ min: 1, max: 12 }));
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { minLength: 1, maxLength: 10 }), async (stretches) => {
        const client = closeAtEnd(new Client({ nodes: urls }));
        const look = { method: 'GET', path: '/' } as const;
        for (const [next, requests] of stretches) {
          away.splice(0, 3, ...next);
          for (let i = 0; i < requests; i++) await sendOnce(client, look).catch(() => undefined);
        }
        away.fill(false);
        for (let i = 0; i < 10; i++) expect((await sendOnce(client, look)).status).to.equal(200);
      }),
      { numRuns: runs(100) },
    );
  });

  it('is told that shards are missing, also while a node is away', async () => {
    let asked = 0;
    const lacking = await serve((_request, response) => {
      asked++;
      response.writeHead(503, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
      });
      const reason = 'Search rejected due to missing shards [[places-000001][0]].';
      response.end(JSON.stringify({ error: { type: 'search_phase_execution_exception', reason } }));
    });
    const away = await serve((request) => request.socket.destroy());
    const client = closeAtEnd(new Client({ nodes: [lacking.origin, away.origin] }));
    const engine = closeAtEnd(elasticsearch({ client }));
    const LOOKS = 20;
    for (let i = 0; i < LOOKS; i++) {
      const scan = engine.scan('places')[Symbol.asyncIterator]();
      expect(await codeOf(scan.next())).to.equal('PARTIAL_ANSWER');
    }
    // Not repeated: a lost shard is not back within a second.
    expect(asked).to.equal(LOOKS);
  });
});
