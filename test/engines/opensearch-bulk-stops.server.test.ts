import { expect } from 'chai';
import { bulkRig, gate, indexAll, numbered } from '../support/bulk-run.ts';
import { failureOf } from '../support/failures.ts';
import type { BulkError } from '../../lib/engines/cluster/bulk-error.ts';

const BUSY = { status: 429, type: 'es_rejected_execution_exception' };

describe('bulkWriter refused', () => {
  const rig = bulkRig();
  const { start } = rig;

  describe('credentials', () => {
    const denied = { status: 403, headers: { 'content-type': 'application/json' }, body: '{}' };

    it('are renewed once for a refusal, whatever was on its way', async () => {
      let renewals = 0;
      const when = (): boolean => renewals === 0;
      rig.proxy.inject({ kind: 'answer', answer: denied }, { times: 99, when });
      const refreshAuth = (): Promise<void> => {
        renewals += 1;
        return Promise.resolve();
      };
      const { writer } = start(rig.proxy.url, { refreshAuth, maxDocuments: 2 });
      await indexAll(writer, numbered(8));
      expect((await writer.close()).written).to.equal(8);
      expect(renewals).to.equal(1);
    });

    it('are not renewed again for a refusal of the old ones that comes late', async () => {
      let renewals = 0;
      const renewed = gate();
      rig.proxy.inject({ kind: 'answer', answer: denied });
      rig.proxy.inject({ kind: 'handle', handle: () => renewed.promise.then(() => denied) });
      const refreshAuth = (): Promise<void> => {
        renewals += 1;
        setImmediate(renewed.open);
        return Promise.resolve();
      };
      const { writer } = start(rig.proxy.url, { refreshAuth, maxDocuments: 1 });
      await indexAll(writer, ['a', 'b']);
      expect((await writer.close()).written).to.equal(2);
      expect(renewals).to.equal(1);
    });

    it('that stay refused end in UNAUTHORIZED', async () => {
      rig.proxy.inject({ kind: 'answer', answer: denied }, { times: 99 });
      const { writer } = start(rig.proxy.url);
      await indexAll(writer, ['a']);
      const error = await failureOf<BulkError>(writer.close());
      expect(error.code).to.equal('UNAUTHORIZED');
      expect(error.progress.notWritten).to.equal(1);
      expect(rig.proxy.requests()).to.equal(2);
    });

    it('and documents are in no error', async () => {
      const secret = 'hunter2';
      const headers = { 'content-type': 'text/html' };
      rig.proxy.inject(
        { kind: 'answer', answer: { status: 500, headers, body: secret } },
        { times: 99 },
      );
      const { writer } = start(rig.proxy.url.replace('//', `//elastic:${secret}@`), {
        retryBudgetMs: 1000,
      });
      await writer.add({ action: 'index', id: 'a', source: { s: secret }, tag: 0 });
      const error = await failureOf<BulkError>(writer.close());
      expect(error.code).to.equal('BULK_UNAVAILABLE');
      const shown = [String(error.stack), JSON.stringify(error), String(error.cause)].join();
      expect(shown).not.to.contain(secret);
    });
  });

  describe('blocks', () => {
    const block = {
      type: 'cluster_block_exception',
      reason: 'index [p] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage];',
    };
    it('stop the writer at once with the remedy, on operations', async () => {
      rig.server.itemFault = (id) => (id === 'a' ? BUSY : { status: 429, ...block });
      const { writer, waits } = start(rig.server.url);
      await indexAll(writer, ['a', 'b']);
      const error = await failureOf<BulkError>(writer.close());
      expect(error.code).to.equal('CLUSTER_BLOCKED');
      expect(error.message).to.contain('disk usage exceeded flood-stage');
      expect(error.hint).to.match(/^A disk is over its flood-stage watermark: free space/);
      expect(waits).to.deep.equal([]);
    });

    it('stop the writer at once with the remedy, on requests', async () => {
      const headers = { 'content-type': 'application/json' };
      const answer = { status: 403, headers, body: JSON.stringify({ error: block, status: 403 }) };
      rig.proxy.inject({ kind: 'answer', answer });
      const { writer } = start(rig.proxy.url);
      await indexAll(writer, ['a']);
      expect((await failureOf(writer.close())).code).to.equal('CLUSTER_BLOCKED');
    });

    it('of a cluster that has no manager yet pass', async () => {
      let left = 2;
      rig.server.itemFault = () => (left-- > 0 ? { status: 503, ...block } : null);
      const { writer } = start(rig.server.url);
      await indexAll(writer, ['a']);
      expect((await writer.close()).written).to.equal(1);
    });

    it('and an index that is gone stop it at once', async () => {
      rig.server.itemFault = () => ({ status: 404, type: 'index_not_found_exception' });
      const { writer, outcomes } = start(rig.server.url);
      await indexAll(writer, ['a']);
      expect((await failureOf(writer.close())).code).to.equal('INDEX_NOT_FOUND');
      expect(outcomes).to.deep.equal([]);
    });

    it('and an index that is closed stop it at once, on operations and on requests', async () => {
      const closed = { type: 'index_closed_exception', reason: 'closed' };
      rig.server.itemFault = () => ({ status: 400, ...closed });
      const headers = { 'content-type': 'application/json' };
      const answer = { status: 400, headers, body: JSON.stringify({ error: closed, status: 400 }) };
      rig.proxy.inject({ kind: 'answer', answer });
      for (const url of [rig.server.url, rig.proxy.url]) {
        const { writer, outcomes, waits } = start(url);
        await indexAll(writer, ['a', 'b', 'c']);
        const error = await failureOf<BulkError>(writer.close());
        expect(error.code, url).to.equal('INDEX_CLOSED');
        expect(error.hint).to.match(/_open/);
        expect(error.progress).to.deep.equal({ written: 0, failed: 0, notWritten: 3, unknown: 0 });
        expect([outcomes, waits]).to.deep.equal([[], []]);
      }
    });
  });

  describe('refusals of whole requests', () => {
    it('that are no fault of a document are told once, and not as those of documents', async () => {
      const headers = { 'content-type': 'application/json' };
      for (const type of ['media_type_header_exception', 'illegal_argument_exception']) {
        const error = { type, reason: 'not like this' };
        const answer = { status: 400, headers, body: JSON.stringify({ error, status: 400 }) };
        rig.proxy.inject({ kind: 'answer', answer }, { times: 99 });
        const { writer, outcomes } = start(rig.proxy.url);
        await indexAll(writer, ['a', 'b', 'c']);
        const failure = await failureOf<BulkError>(writer.close());
        expect(failure.code, type).to.equal('BULK_UNAVAILABLE');
        expect(failure.message).to.include(type);
        expect(outcomes).to.deep.equal([]);
        rig.proxy.clear();
      }
    });
  });
});
