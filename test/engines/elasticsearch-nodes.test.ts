import { Client } from '@elastic/elasticsearch';
import { expect } from 'chai';
import fc from 'fast-check';

import { sendOnce } from '../../lib/engines/cluster/request.ts';
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
});
