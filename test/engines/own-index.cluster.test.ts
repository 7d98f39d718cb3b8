import { expect } from 'chai';

import { prefixedDocument } from '../../lib/autocomplete/host-fields.ts';
import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import type { PlaceDocument } from '../../lib/autocomplete/record/document.ts';
import { answerPlaceQuery } from '../../lib/autocomplete/suggest/answer.ts';
import { placeSearchBodies, readPlaceHits } from '../../lib/autocomplete/suggest/query-body.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { RECORDS } from '../rebuild/records.ts';
import { ask, onCluster, PRODUCTS, wipe } from '../support/clusters.ts';

const HOST = 'own-index-of-host';
const PREFIX = 'suoyin_';

for (const product of PRODUCTS) {
  describe(`an index of the host on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    const request = (method: string, path: string, body?: Record<string, unknown>) =>
      ask<Record<string, unknown>>(cluster.client, method, path, body);
    const bulk = (lines: object[]): PromiseLike<unknown> =>
      cluster.client.transport.request({
        method: 'POST',
        path: `/${HOST}/_bulk`,
        querystring: { refresh: true },
        bulkBody: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      });
    const clear = async (): Promise<void> => {
      await request('DELETE', `/${HOST}`);
      await wipe(cluster.client, ['places']);
    };
    beforeEach(clear);
    after(clear);

    it('that was there before answers as one of suoyin’s own, and sends no more than is needed', async () => {
      const engine = product.engine({ client: cluster.client, refresh: true });
      const index = new PlaceIndex(engine);
      await index.rebuild(RECORDS);
      const documents: PlaceDocument[] = [];
      for await (const document of engine.scan('places')) documents.push(document);

      // Its fields collide with those of places: numbers as ids, other kinds, a long text.
      const properties = {
        id: { type: 'long' },
        kind: { type: 'keyword' },
        text: { type: 'text' },
      };
      await request('PUT', `/${HOST}`, { mappings: { dynamic: 'strict', properties } });
      const text = 'long '.repeat(800);
      await bulk(
        documents.flatMap(({ id }, i) => [{ index: { _id: id } }, { id: i, kind: 'ticket', text }]),
      );
      const { settings, mappings } = placeMapping({ prefix: PREFIX });
      await request('POST', `/${HOST}/_close`);
      await request('PUT', `/${HOST}/_settings`, { analysis: settings['analysis'] });
      await request('POST', `/${HOST}/_open`);
      await request('PUT', `/${HOST}/_mapping`, { properties: mappings['properties'] });
      await request('GET', `/_cluster/health/${HOST}?wait_for_status=yellow`);
      await bulk(
        documents.flatMap((document) => {
          const { suoyin_id, ...doc } = prefixedDocument(document, PREFIX);
          // Half of them leave the id to `_id`.
          const own = document.rank % 2 === 0 ? { suoyin_id } : {};
          return [{ update: { _id: document.id } }, { doc: { ...doc, ...own } }];
        }),
      );

      const containers = await index.containers();
      const names = documents.flatMap((document) => document.names.map((name) => name.text));
      const texts = [...names, ...names.map((name) => name.slice(0, 2)), 'banq', 'taib', '新北 板'];
      let bytes = 0;
      for (const typed of texts) {
        const here = await answerPlaceQuery(
          typed,
          { containers, fewRequests: true },
          async (searches, filter) => {
            const lines = placeSearchBodies(HOST, searches, filter, PREFIX);
            const { body } = await cluster.client.transport.request(
              {
                method: 'POST',
                path: '/_msearch',
                bulkBody: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
              },
              { meta: true },
            );
            bytes = Math.max(bytes, JSON.stringify(body).includes('long long') ? 1 : 0);
            return readPlaceHits(body as Parameters<typeof readPlaceHits>[0], PREFIX);
          },
        );
        expect(here, typed).to.deep.equal(await index.suggest(typed));
      }
      expect(bytes).to.equal(0);
    });

    it('is made with the whole body, index sorting included', async () => {
      const { settings, mappings } = placeMapping({ prefix: PREFIX, numberOfReplicas: 0 });
      await request('PUT', `/${HOST}`, {
        settings,
        mappings: {
          ...mappings,
          properties: { ...(mappings['properties'] as object), kind: { type: 'long' } },
        },
      });
      expect(await request('GET', `/${HOST}`)).to.have.nested.property(
        `${HOST}.mappings.properties.suoyin_keys`,
      );
    });
  });
}
