import { Client } from '@opensearch-project/opensearch';
import { expect } from 'chai';
import {
  bulkRig,
  describeOutcome,
  gate,
  indexAll,
  numbered,
  sendBulk,
} from '../support/bulk-run.ts';
import { failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import type { BulkError } from '../../lib/engines/cluster/bulk-error.ts';

const BUSY = { status: 429, type: 'es_rejected_execution_exception' };
const MOVING = { status: 503, type: 'unavailable_shards_exception' };
const PAGE = { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Welcome</h1>' };

describe('bulkWriter under faults', () => {
  const rig = bulkRig();
  const { start } = rig;

  describe('push-back', () => {
    it('of single operations for a minute is waited out; concurrency falls and rises again', async () => {
      const run = start(rig.server.url, { maxDocuments: 5 });
      rig.server.itemFault = () => (run.now() < 60_000 ? BUSY : null);
      await indexAll(run.writer, numbered(300));
      expect(await run.writer.close()).to.deep.equal({ written: 300, failed: 0 });
      expect(run.peak()).to.equal(8);
      // Two batches of five are tried again until the minute is over, and nothing else is sent.
      const retries = run.outcomes.reduce((sum, { attempts }) => sum + attempts - 1, 0);
      expect(retries).to.equal(run.waits.length * 5);
      expect(run.waits.length).to.be.within(10, 20);
      expect(rig.server.documents.size).to.equal(300);
      expect(run.outcomes.length).to.equal(300);
    });

    it('of whole requests is waited out for twice as long each time', async () => {
      rig.proxy.inject({ kind: 'answer', answer: { status: 429 } }, { times: 9 });
      const { writer, waits } = start(rig.proxy.url, { concurrency: { max: 1, start: 1 } });
      await indexAll(writer, numbered(3));
      expect((await writer.close()).written).to.equal(3);
      expect(waits).to.deep.equal([250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
    });

    it('with Retry-After is waited out at least so long, by every batch', async () => {
      const headers = { 'retry-after': '7' };
      rig.proxy.inject({ kind: 'answer', answer: { status: 503, headers } });
      const dated = {
        date: 'Fri, 21 Nov 2025 10:00:00 GMT',
        'retry-after': 'Fri, 21 Nov 2025 10:00:09 GMT',
      };
      rig.proxy.inject({ kind: 'answer', answer: { status: 503, headers: dated } });
      const { writer, waits } = start(rig.proxy.url);
      await indexAll(writer, ['a']);
      await writer.close();
      expect(waits).to.deep.equal([7000, 9000]);
    });

    it('with Retry-After holds back batches that have not been sent yet', async () => {
      let [clock, sent] = [0, 0];
      const others = gate();
      const client = closeAtEnd(new Client({ node: rig.proxy.url }));
      const send = sendBulk(client, 'places-000001');
      const early: string[] = [];
      const { writer } = start(rig.proxy.url, {
        maxDocuments: 1,
        concurrency: { start: 4 },
        steadyNow: () => clock,
        sleep: async () => {
          await others.promise;
          await new Promise((resolve) => setImmediate(resolve));
          clock = 7000;
        },
        send: (lines, options) => {
          if (clock < 7000) early.push(lines.slice(17, 19));
          return send(lines, options);
        },
        onOutcome: () => {
          sent += 1;
          if (sent === 3) others.open();
        },
      });
      const headers = { 'retry-after': '7' };
      rig.proxy.inject({ kind: 'answer', answer: { status: 429, headers } });
      await indexAll(writer, numbered(9));
      await writer.close();
      expect(early).to.deep.equal(['p0', 'p1', 'p2', 'p3']);
      expect(rig.server.documents.size).to.equal(9);
    });

    it('halves the requests in flight, those that are tried again included', async () => {
      rig.proxy.inject({ kind: 'answer', answer: { status: 429 } }, { times: 4 });
      const client = closeAtEnd(new Client({ node: rig.proxy.url }));
      const send = sendBulk(client, 'places-000001');
      const inFlight: number[] = [];
      let now = 0;
      const { writer } = start(rig.proxy.url, {
        maxDocuments: 1,
        concurrency: { start: 4 },
        send: async (lines, options) => {
          now += 1;
          inFlight.push(now);
          try {
            return await send(lines, options);
          } finally {
            now -= 1;
          }
        },
      });
      await indexAll(writer, numbered(4));
      await writer.close();
      expect(inFlight.slice(0, 4)).to.deep.equal([1, 2, 3, 4]);
      expect(Math.max(...inFlight.slice(4))).to.equal(2);
    });

    it('leaves the others of a batch written once', async () => {
      const left = new Map([
        ['p1', MOVING],
        ['p3', { status: 504, type: 'timeout' }],
      ]);
      rig.server.itemFault = (id) => {
        const fault = left.get(id) ?? null;
        left.delete(id);
        return fault;
      };
      const { writer, outcomes } = start(rig.server.url);
      await indexAll(writer, numbered(5));
      await writer.close();
      expect(rig.server.log).to.deep.equal([
        'index p0 201',
        'index p1 503',
        'index p2 201',
        'index p3 504',
        'index p4 201',
        'index p1 201',
        'index p3 201',
      ]);
      expect(outcomes.map(({ id, attempts }) => `${id} ${attempts}`)).to.deep.equal([
        'p0 1',
        'p2 1',
        'p4 1',
        'p1 2',
        'p3 2',
      ]);
    });

    it('on one operation for ever makes it fail while others get through', async () => {
      rig.server.itemFault = (id) => (id === 'stuck' ? MOVING : null);
      const { writer, outcomes } = start(rig.server.url, {
        maxDocuments: 1,
        retryBudgetMs: 60_000,
      });
      const ids = ['stuck', ...numbered(400)];
      await indexAll(writer, ids);
      await writer.close();
      expect(outcomes.filter(({ ok }) => !ok).map(describeOutcome)).to.deep.equal([
        'stuck false 503',
      ]);
      expect(rig.server.documents.size).to.equal(400);
    });
  });

  describe('lost answers', () => {
    for (const kind of ['reset', 'lose-answer', 'half-close', 'stall'] as const) {
      it(`are asked for again: ${kind}`, async () => {
        rig.proxy.inject({ kind }, { times: 2 });
        const { writer, outcomes, waits } = start(rig.proxy.url, { timeoutMs: 1000 });
        await indexAll(writer, numbered(4));
        await writer.close();
        expect(
          outcomes.map(describeOutcome).map((text) => text.replace(/201|200/, '2xx')),
        ).to.deep.equal(numbered(4).map((id) => `${id} true 2xx`));
        expect(rig.proxy.hits()).to.deep.equal([kind, kind]);
        expect(waits).to.deep.equal([250, 500]);
      });
    }

    for (const [what, answer] of Object.entries({
      "a proxy's page": PAGE,
      'JSON cut off': {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"took":1,"items":[{"index":{"st',
      },
      'too few items': {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"took":1,"errors":false,"items":[]}',
      },
      'too many items': {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: Array(5).fill({ index: { status: 201 } }) }),
      },
      'an empty 502': { status: 502 },
    })) {
      it(`are asked for again: ${what}`, async () => {
        rig.proxy.inject({ kind: 'answer', answer }, { times: 2 });
        const { writer } = start(rig.proxy.url);
        await indexAll(writer, numbered(4));
        expect((await writer.close()).written).to.equal(4);
        expect(rig.server.documents.size).to.equal(4);
      });
    }

    it('make a conflict of the same version a success that is said to be unsure', async () => {
      rig.proxy.inject({ kind: 'lose-answer' });
      const { writer, outcomes } = start(rig.proxy.url);
      await writer.add({ action: 'index', id: 'a', source: { n: 1 }, version: 7, tag: 0 });
      await writer.add({ action: 'delete', id: 'c', version: 3, tag: 2 });
      const stats = await writer.close();
      expect(
        outcomes.map(({ id, ok, status, ambiguous }) => [id, ok, status, ambiguous]),
      ).to.deep.equal([
        ['a', true, 409, true],
        ['c', true, 409, true],
      ]);
      expect(stats).to.deep.equal({ written: 2, failed: 0 });
      expect(rig.server.documents.get('a')).to.deep.equal({ source: { n: 1 }, version: 7 });
    });

    it('of one operation excuse a conflict as well', async () => {
      let faults = 1;
      const halfDone = { ...MOVING, carriedOut: true };
      rig.server.itemFault = () => (faults-- > 0 ? halfDone : null);
      const { writer, outcomes } = start(rig.server.url);
      await writer.add({ action: 'index', id: 'a', source: { n: 1 }, version: 1, tag: 0 });
      await writer.close();
      expect(outcomes.map(describeOutcome)).to.deep.equal(['a true 409']);
    });

    it('do not excuse a conflict after a refusal that was certain', async () => {
      const { writer, outcomes } = start(rig.proxy.url);
      await writer.add({ action: 'index', id: 'b', source: {}, version: 1, tag: 0 });
      await writer.flush();
      rig.proxy.inject({ kind: 'answer', answer: { status: 429 } });
      await writer.add({ action: 'index', id: 'b', source: {}, version: 1, tag: 1 });
      await writer.close();
      expect(outcomes.map(describeOutcome)).to.deep.equal(['b true 201', 'b false 409']);
    });
  });

  describe('outages', () => {
    it('are waited out while they are shorter than the budget', async () => {
      let refused = 0;
      const { writer } = start(rig.proxy.url, {
        sleep: async () => {
          refused += 1;
          if (refused === 4) await rig.proxy.resume();
        },
      });
      await rig.proxy.stop();
      await indexAll(writer, numbered(3));
      expect((await writer.close()).written).to.equal(3);
    });

    it('end in BULK_UNAVAILABLE with counts when they outlast it', async () => {
      await rig.proxy.stop();
      const { writer, waits } = start(rig.proxy.url, { retryBudgetMs: 60_000 });
      await indexAll(writer, ['a', 'b']);
      const error = await failureOf<BulkError>(writer.close());
      expect(error.code).to.equal('BULK_UNAVAILABLE');
      expect(error.message).to.equal(
        '"places-000001" takes no writes: the engine gave no answer (ECONNREFUSED); 0 written, ' +
          '0 refused, 2 not written, 0 unknown. Check the cluster, then resume with the same command.',
      );
      expect(error.progress).to.deep.equal({ written: 0, failed: 0, notWritten: 2, unknown: 0 });
      expect(waits.reduce((sum, ms) => sum + ms, 0)).to.equal(60_000);
      expect(await failureOf(writer.add({ action: 'delete', id: 'a', tag: 3 }))).to.equal(error);
    });

    it('count as unknown what was sent and not answered', async () => {
      rig.proxy.inject({ kind: 'lose-answer' }, { times: 1000 });
      const { writer } = start(rig.proxy.url, { retryBudgetMs: 1000 });
      await indexAll(writer, ['a', 'b']);
      const { progress } = await failureOf<BulkError>(writer.flush());
      expect(progress).to.deep.equal({ written: 0, failed: 0, notWritten: 0, unknown: 2 });
    });

    it('of one operation alone end the writer: nothing else gets through', async () => {
      rig.server.itemFault = () => BUSY;
      const { writer, outcomes } = start(rig.server.url, { retryBudgetMs: 10_000 });
      await indexAll(writer, ['a']);
      expect((await failureOf(writer.close())).code).to.equal('BULK_UNAVAILABLE');
      expect(outcomes).to.deep.equal([]);
    });
  });
});
