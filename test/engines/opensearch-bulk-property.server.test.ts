import { expect } from 'chai';
import fc from 'fast-check';
import type { BulkOperation } from '../../lib/engines/cluster/bulk-operation.ts';
import { bulkRun } from '../support/bulk-run.ts';
import { bulkServer, type ItemFault } from '../support/bulk-server.ts';
import { type Fault, faultProxy } from '../support/fault-proxy.ts';
import { runs } from '../support/properties.ts';

type Operation = Omit<BulkOperation, 'tag'>;

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const plain: fc.Arbitrary<Operation> = fc
  .record({ action: fc.constantFrom('index', 'delete'), id, n: fc.nat(9) })
  .map(({ action, id, n }) =>
    action === 'delete' ? { action, id } : { action, id, source: { n } },
  );
const versioned: fc.Arbitrary<Operation> = fc
  .record({
    action: fc.constantFrom('index', 'delete'),
    id,
    version: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ action, id, version }) =>
    action === 'delete' ? { action, id, version } : { action, id, version, source: { n: version } },
  );
const operations = fc.oneof(
  fc.array(plain, { maxLength: 40 }),
  fc.array(versioned, { maxLength: 40 }),
);

const PASS: Fault = { kind: 'handle', handle: (request, forward) => forward(request) };
const requestFault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  PASS,
  { kind: 'reset' },
  { kind: 'lose-answer' },
  { kind: 'half-close' },
  { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '3' } } },
  { kind: 'answer', answer: { status: 503 } },
  { kind: 'answer', answer: { status: 403 } },
  { kind: 'answer', answer: { status: 200, body: '<html>' } },
  {
    kind: 'handle',
    handle: (request, forward) => {
      const many = String(request.body).split('\n').length > 3;
      return many ? Promise.resolve({ status: 413 }) : forward(request);
    },
  },
);
const itemFault: fc.Arbitrary<ItemFault | null> = fc.constantFrom(
  null,
  null,
  { status: 429, type: 'es_rejected_execution_exception' },
  { status: 503, type: 'unavailable_shards_exception' },
);

/** What one engine without faults would hold. */
function oracle(all: readonly Operation[]): [string, unknown][] {
  const documents = new Map<string, unknown>();
  const versions = new Map<string, number>();
  for (const { action, id, source, version } of all) {
    if (version !== undefined) {
      if (version <= (versions.get(id) ?? 0)) continue;
      versions.set(id, version);
    }
    if (action === 'delete') documents.delete(id);
    else documents.set(id, source);
  }
  return [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('bulkWriter, whatever fails on the way', () => {
  it('leaves what the operations say, and gives each exactly one outcome', async () => {
    const faults = {
      requests: fc.array(requestFault, { maxLength: 12 }),
      items: fc.array(itemFault, { maxLength: 60 }),
      maxDocuments: fc.integer({ min: 1, max: 8 }),
    };
    await fc.assert(
      fc.asyncProperty(operations, fc.record(faults), async (all, schedule) => {
        const server = await bulkServer();
        const proxy = await faultProxy(server.url);
        const { maxDocuments } = schedule;
        // A refusal of credentials counts only where it comes twice in a row for one batch.
        const run = bulkRun(proxy.url, { maxDocuments, concurrency: { max: 3 } });
        try {
          let refused = false;
          for (const fault of schedule.requests) {
            const denies = fault.kind === 'answer' && fault.answer.status === 403;
            if (!denies || !refused) proxy.inject(fault);
            refused ||= denies;
          }
          const items = [...schedule.items];
          server.itemFault = () => items.shift() ?? null;
          for (const [tag, operation] of all.entries()) {
            await run.writer.add({ ...operation, tag });
          }
          const stats = await run.writer.close();
          const documents = [...server.documents].map(([id, { source }]) => [id, source]);
          expect(documents.sort()).to.deep.equal(oracle(all));
          const tags = run.outcomes.map(({ tag }) => tag).sort((a, b) => a - b);
          expect(tags).to.deep.equal(all.map((_, tag) => tag));
          expect(stats.written + stats.failed).to.equal(all.length);
        } finally {
          await run.close();
          await proxy.close();
          await server.close();
        }
      }),
      { numRuns: runs(150) },
    );
  });
});
