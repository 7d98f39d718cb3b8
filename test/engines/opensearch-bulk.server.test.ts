import { expect } from 'chai';
import { bulkRig, describeOutcome, gate, indexAll, numbered } from '../support/bulk-run.ts';
import { failureOf } from '../support/failures.ts';

const BUSY = { status: 429, type: 'es_rejected_execution_exception' };
const MOVING = { status: 503, type: 'unavailable_shards_exception' };

describe('bulkWriter', () => {
  const rig = bulkRig();
  const { start } = rig;

  it('writes index and delete, and tells what became of each', async () => {
    const { writer, outcomes } = start(rig.server.url);
    await writer.add({ action: 'index', id: 'a', source: { n: 1 }, tag: 10 });
    await writer.add({ action: 'index', id: 'b', source: { n: 2 }, version: 2, tag: 20 });
    await writer.add({ action: 'index', id: 'b', source: { n: 3 }, version: 1, tag: 30 });
    await writer.add({ action: 'delete', id: 'a', tag: 40 });
    await writer.add({ action: 'delete', id: 'c', tag: 50 });
    const counts = await writer.close();
    expect(outcomes.map(({ tag, ok, status }) => [tag, ok, status])).to.have.deep.members([
      [10, true, 201],
      [20, true, 201],
      [30, false, 409],
      [40, true, 200],
      [50, true, 404],
    ]);
    expect([...rig.server.documents]).to.deep.equal([['b', { source: { n: 2 }, version: 2 }]]);
    expect(counts).to.deep.equal({ written: 4, failed: 1 });
    expect(outcomes.map(({ attempts }) => attempts)).to.deep.equal([1, 1, 1, 1, 1]);
  });

  it('obeys external versions', async () => {
    const { writer, outcomes } = start(rig.server.url);
    await writer.add({ action: 'index', id: 'a', source: { n: 5 }, version: 5, tag: 0 });
    await writer.add({ action: 'index', id: 'a', source: { n: 4 }, version: 4, tag: 1 });
    await writer.add({ action: 'delete', id: 'a', version: 5, tag: 2 });
    await writer.close();
    expect(outcomes.map(describeOutcome)).to.deep.equal([
      'a true 201',
      'a false 409',
      'a false 409',
    ]);
    expect(outcomes[1]).to.include({ type: 'version_conflict_engine_exception', ambiguous: false });
    expect(rig.server.documents.get('a')).to.deep.equal({ source: { n: 5 }, version: 5 });
  });

  describe('batches', () => {
    it('hold as many operations and bytes as allowed', async () => {
      const { writer } = start(rig.server.url, { maxDocuments: 10 });
      await indexAll(writer, numbered(30));
      await writer.close();
      expect(rig.server.requests()).to.equal(3);

      const line = '{"index":{"_id":"p0"}}\n{"n":0}\n'.length;
      const bytes = start(rig.server.url, { maxBytes: line * 5 });
      await indexAll(bytes.writer, numbered(10));
      await bytes.writer.close();
      expect(rig.server.requests()).to.equal(5);
    });

    it('never hold one id twice, nor are two on their way with it: the last version wins', async () => {
      const { writer, outcomes } = start(rig.server.url, { maxDocuments: 3 });
      rig.server.itemFault = (id) => (rig.server.log.length === 0 && id === 'a' ? BUSY : null);
      await indexAll(writer, ['a', 'a', 'b', 'a', 'c', 'd', 'a']);
      await writer.close();
      expect(rig.server.log.filter((line) => line.includes(' a '))).to.deep.equal([
        'index a 429',
        'index a 201',
        'index a 200',
        'index a 200',
        'index a 200',
      ]);
      expect(rig.server.documents.get('a')!.source).to.deep.equal({ n: 6 });
      expect(outcomes.map(({ tag }) => tag).sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    });

    it('are made of what is there when room runs out for one id', async () => {
      const { writer } = start(rig.server.url, { maxDocuments: 2 });
      const ids = Array.from({ length: 40 }, () => 'a');
      await indexAll(writer, ids);
      await writer.close();
      expect(rig.server.documents.get('a')!.source).to.deep.equal({ n: 39 });
    });
  });

  describe('back-pressure', () => {
    it('lets no more than 64 batches of operations settle past one that is stuck', async () => {
      const concurrency = { start: 1, max: 1 };
      const run = start(rig.server.url, { maxDocuments: 1, retryBudgetMs: 1e9, concurrency });
      let more = 20;
      const stuck = (): boolean => run.outcomes.length < 63 || more-- > 0;
      rig.server.itemFault = (id) => (id === 'p0' && stuck() ? MOVING : null);
      await indexAll(run.writer, numbered(200));
      await run.writer.close();
      expect(run.outcomes.findIndex(({ id }) => id === 'p0')).to.equal(63);
    });

    it('takes no more than the requests in flight and the next one hold', async () => {
      const { promise, open } = gate();
      rig.server.before = () => promise;
      const { writer } = start(rig.server.url, {
        maxDocuments: 2,
        concurrency: { min: 1, start: 2, max: 2 },
      });
      const added: Promise<void>[] = [];
      let taken = 0;
      for (const [tag, id] of numbered(20).entries()) {
        const taking = writer.add({ action: 'index', id, source: {}, tag });
        added.push(taking.then(() => void (taken += 1)));
      }
      await new Promise((resolve) => setImmediate(resolve));
      expect(taken).to.equal(6);
      open();
      await Promise.all(added);
      await writer.close();
      expect(rig.server.documents.size).to.equal(20);
    });

    it('comes back from a server slower than the caller', async () => {
      rig.server.before = () => new Promise((resolve) => setImmediate(resolve));
      const { writer } = start(rig.server.url, { maxDocuments: 1 });
      await indexAll(writer, numbered(300));
      expect((await writer.close()).written).to.equal(300);
    });
  });

  describe('refusals', () => {
    it('of a document are an outcome, and the rest gets in', async () => {
      const { writer, outcomes } = start(rig.server.url);
      await indexAll(writer, numbered(5));
      await writer.add({ action: 'index', id: 'x', source: { bad: 1 }, tag: 5 });
      await writer.close();
      const failed = outcomes.filter(({ ok }) => !ok);
      expect(
        failed.map(({ tag, status, type, attempts }) => [tag, status, type, attempts]),
      ).to.deep.equal([[5, 400, 'strict_dynamic_mapping_exception', 1]]);
      expect(failed[0]?.reason).to.include('another version of suoyin made this index');
      expect(rig.server.documents.size).to.equal(5);
    });

    it('of a whole request because of one operation hit that one alone', async () => {
      const { writer, outcomes } = start(rig.server.url);
      const long = 'i'.repeat(513);
      await indexAll(writer, ['a', 'b', long, 'c', 'd']);
      await writer.close();
      const failed = outcomes.filter(({ ok }) => !ok);
      expect(failed.map(({ tag, status, type }) => [tag, status, type])).to.deep.equal([
        [2, 400, 'action_request_validation_exception'],
      ]);
      expect([...rig.server.documents.keys()].sort()).to.deep.equal(['a', 'b', 'c', 'd']);
    });

    it('of what is no JSON come before anything is sent', async () => {
      const { writer, outcomes } = start(rig.server.url);
      await writer.add({ action: 'index', id: 'a', source: { n: 1n }, tag: 0 });
      await writer.close();
      expect(outcomes[0]).to.include({ ok: false, status: 400, type: 'DOCUMENT_NOT_JSON' });
      expect(rig.server.requests()).to.equal(0);
    });

    it('for size split a request down to the document, and later requests stay below', async () => {
      rig.server.maxContentLength = 3000;
      const { writer, outcomes, waits } = start(rig.server.url, { maxDocuments: 100 });
      await indexAll(writer, numbered(100));
      await writer.add({ action: 'index', id: 'big', source: { s: 'x'.repeat(4000) }, tag: 100 });
      await writer.flush();
      const failed = outcomes.filter(({ ok }) => !ok);
      expect(failed.map(({ id, status, type }) => [id, status, type])).to.deep.equal([
        ['big', 413, 'DOCUMENT_TOO_LARGE'],
      ]);
      expect(rig.server.documents.size).to.equal(100);
      const before = rig.server.requests();
      await indexAll(writer, numbered(100));
      const backOffs = waits.length;
      await writer.close();
      // 3.3 kB in requests of half of what was too large
      expect(rig.server.requests() - before).to.equal(3);
      expect(waits.length - backOffs).to.equal(0);
    });

    it('for size of a document alone leave later requests as large as they were', async () => {
      rig.server.maxContentLength = 3000;
      const { writer } = start(rig.server.url, { maxBytes: 2500 });
      await writer.add({ action: 'index', id: 'big', source: { s: 'x'.repeat(4000) }, tag: 0 });
      await writer.flush();
      await indexAll(writer, numbered(70)); // 2.3 kB
      await writer.close();
      expect(rig.server.requests()).to.equal(2);
    });

    it('for a size that is known come before anything is sent', async () => {
      const { writer, outcomes } = start(rig.server.url, { maxDocumentBytes: 1000 });
      await indexAll(writer, ['a']);
      await writer.add({ action: 'index', id: 'big', source: { s: '索'.repeat(400) }, tag: 1 });
      await indexAll(writer, ['b']);
      await writer.close();
      expect(outcomes[0]).to.deep.include({
        id: 'big',
        status: 413,
        type: 'DOCUMENT_TOO_LARGE',
        reason: '1233 bytes, over the 1000 that a request may have',
        attempts: 0,
      });
      expect([...rig.server.documents.keys()]).to.deep.equal(['a', 'b']);
    });
  });

  describe('abort', () => {
    it('rejects whoever waits, with the reason, and cancels what is on its way', async () => {
      rig.proxy.inject({ kind: 'stall' }, { times: 9 });
      const controller = new AbortController();
      const { writer } = start(rig.proxy.url, {
        signal: controller.signal,
        maxDocuments: 1,
        concurrency: { max: 1, start: 1 },
      });
      await indexAll(writer, ['a', 'b']);
      const waiting = Promise.all([
        failureOf(writer.add({ action: 'delete', id: 'c', tag: 2 })),
        failureOf(writer.flush()),
      ]);
      const reason = new Error('enough');
      controller.abort(reason);
      expect(await waiting).to.deep.equal([reason, reason]);
      expect(await failureOf(writer.close())).to.equal(reason);
    });

    it('is an AbortError where no reason is given, also for a signal that has fired before', async () => {
      const late = start(rig.server.url, { signal: AbortSignal.abort() });
      expect((await failureOf(indexAll(late.writer, ['a']))).name).to.equal('AbortError');
    });
  });

  it('takes nothing after close', async () => {
    const { writer } = start(rig.server.url);
    expect(await writer.close()).to.deep.equal({ written: 0, failed: 0 });
    expect((await failureOf(indexAll(writer, ['a']))).code).to.equal('WRITER_CLOSED');
  });

  it('ends with what onOutcome throws', async () => {
    const thrown = new Error('outcome');
    const { writer } = start(rig.server.url, {
      onOutcome: () => {
        throw thrown;
      },
    });
    await indexAll(writer, ['a']);
    expect(await failureOf(writer.close())).to.equal(thrown);
  });
});
