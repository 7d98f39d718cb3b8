import { expect } from 'chai';
import { type BulkRun, bulkRun, describeOutcome, indexAll, numbered } from '../support/bulk-run.ts';
import { type FaultProxy, faultProxy } from '../support/fault-proxy.ts';
import { ask, onCluster, PRODUCTS } from '../support/clusters.ts';
import { failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import type { BulkError } from '../../lib/engines/cluster/bulk-error.ts';

const NAME = 'bulk-test-writer';
/** What a value of another type is called. */
const PARSING = {
  opensearch: 'mapper_parsing_exception',
  elasticsearch: 'document_parsing_exception',
} as const;

for (const product of PRODUCTS) {
  describe(`bulkWriter on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let proxy: FaultProxy;
    const start = (options: Parameters<typeof bulkRun>[1] = {}): BulkRun =>
      bulkRun(proxy.url, { index: NAME, client: product.connect(proxy.url), ...options });

    beforeEach(async () => {
      await ask(cluster.client, 'DELETE', `/${NAME}`);
      await ask(cluster.client, 'PUT', `/${NAME}`, {
        settings: { number_of_replicas: 0 },
        mappings: { dynamic: 'strict', properties: { n: { type: 'integer' } } },
      });
      proxy = closeAtEnd(await faultProxy(cluster.url));
    });
    afterEach(async () => {
      await ask(cluster.client, 'DELETE', `/${NAME}`);
    });

    async function count(): Promise<number> {
      await ask(cluster.client, 'POST', `/${NAME}/_refresh`);
      return (await ask<{ count: number }>(cluster.client, 'GET', `/${NAME}/_count`))!.count;
    }

    it('writes all, whatever happens to the requests', async () => {
      const json = { 'content-type': 'application/json' };
      const busy = { error: { type: 'rejected_execution_exception' }, status: 429 };
      const answers = [
        { status: 429, headers: json, body: JSON.stringify(busy) },
        { status: 503 },
        { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
        { status: 413 },
      ];
      for (const answer of answers) proxy.inject({ kind: 'answer', answer });
      proxy.inject({ kind: 'reset' });
      proxy.inject({ kind: 'lose-answer' });
      proxy.inject({ kind: 'half-close' });
      const { writer, outcomes } = start({ maxDocuments: 100 });
      await indexAll(writer, numbered(2000));
      const stats = await writer.close();
      expect(stats).to.include({ written: 2000, failed: 0 });
      expect(outcomes.length).to.equal(2000);
      expect(proxy.hits().length).to.equal(7);
      expect(await count()).to.equal(2000);
    });

    it('is told of each document it refuses', async () => {
      const { writer, outcomes } = start();
      await indexAll(writer, ['a', 'b']);
      await writer.add({ action: 'index', id: 'x', source: { other: 1 }, tag: 2 });
      await writer.add({ action: 'index', id: 'y', source: { n: 'one' }, tag: 3 });
      await writer.add({ action: 'index', id: 'i'.repeat(513), source: { n: 1 }, tag: 4 });
      await writer.add({ action: 'delete', id: 'z', tag: 5 });
      await writer.close();
      const byTag = outcomes.sort((a, b) => a.tag - b.tag);
      expect(byTag.map(({ status, type }) => [status, type])).to.deep.equal([
        [201, null],
        [201, null],
        [400, 'strict_dynamic_mapping_exception'],
        [400, PARSING[product.name]],
        [400, 'action_request_validation_exception'],
        [404, null],
      ]);
      expect(await count()).to.equal(2);
    });

    it('has the same version refused after a lost answer, which is no failure', async () => {
      proxy.inject({ kind: 'lose-answer' });
      const { writer, outcomes } = start();
      await writer.add({ action: 'index', id: 'a', source: { n: 1 }, version: 5, tag: 0 });
      await writer.flush();
      await writer.add({ action: 'index', id: 'a', source: { n: 2 }, version: 4, tag: 1 });
      await writer.close();
      expect(outcomes.map(describeOutcome)).to.deep.equal(['a true 409', 'a false 409']);
      const kept = await ask<object>(cluster.client, 'GET', `/${NAME}/_doc/a`);
      expect(kept).to.deep.include({ _version: 5, _source: { n: 1 } });
    });

    it('stops at a flood-stage block and goes on when it is lifted', async () => {
      const block = (on: boolean | null): Promise<unknown> =>
        ask(cluster.client, 'PUT', `/${NAME}/_settings`, {
          'index.blocks.read_only_allow_delete': on,
        });
      await block(true);
      const stopped = start();
      await indexAll(stopped.writer, ['a']);
      const error = await failureOf<BulkError>(stopped.writer.close());
      expect(error.code).to.equal('CLUSTER_BLOCKED');
      expect(error.message).to.contain('flood-stage watermark');
      await block(null);
      const { writer } = start();
      await indexAll(writer, ['a']);
      expect((await writer.close()).written).to.equal(1);
    });

    it('keeps neighbours of a document over http.max_content_length', async () => {
      const source = { n: 1, pad: 'x'.repeat(100 * 2 ** 20) };
      const known = start();
      await indexAll(known.writer, ['a']);
      await known.writer.add({ action: 'index', id: 'big', source, tag: 1 });
      await indexAll(known.writer, ['b']);
      await known.writer.close();
      expect(known.outcomes.map(describeOutcome)).to.deep.equal([
        'big false 413',
        'a true 201',
        'b true 201',
      ]);

      const unknown = start({ maxDocumentBytes: 2 ** 30, maxBytes: 2 ** 30 });
      await indexAll(unknown.writer, ['c']);
      await unknown.writer.add({ action: 'index', id: 'big', source, tag: 1 });
      await indexAll(unknown.writer, ['d']);
      await unknown.writer.close();
      expect(unknown.outcomes.map(describeOutcome).sort()).to.deep.equal([
        'big false 413',
        'c true 201',
        'd true 201',
      ]);
      expect(await count()).to.equal(4);
    });

    it('stops where the alias is gone, and no index comes into being', async () => {
      const { writer, outcomes } = start({ index: 'bulk-test-nobody', requireAlias: true });
      await indexAll(writer, ['a']);
      const error = await failureOf<BulkError>(writer.close());
      expect(error.code).to.equal('INDEX_NOT_FOUND');
      expect(error.progress.notWritten).to.equal(1);
      expect(outcomes).to.deep.equal([]);
      expect(await ask(cluster.client, 'GET', '/bulk-test-nobody')).to.equal(null);
    });
  });
}
