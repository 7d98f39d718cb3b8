// Writes documents in one way, in a process of its own; the first message is its task.
import { Client } from '@opensearch-project/opensearch';
import type { PlaceDocument } from '../lib/autocomplete/record/document.ts';
import { bulkWriter } from '../lib/engines/cluster/bulk-writer.ts';
import { readJsonLines } from '../lib/source/json-lines.ts';

/** What to write, where to, and how. */
export interface BulkTask {
  way: 'writer' | 'helper';
  node: string;
  index: string;
  /** JSON lines of documents, which are written repeatedly under different ids. */
  documentsFile: string;
  count: number;
  /** Most bytes per request. Default: that of the client, which is also that of the writer. */
  flushBytes?: number;
}

/** Result of a run. */
export interface BulkResult {
  ms: number;
  /** Milliseconds of CPU time, including reading the documents. */
  cpuMs: number;
  /** Bytes of the resident set: before the first document, and at its peak. */
  restBytes: number;
  peakBytes: number;
  /** Documents that it reports as written. */
  written: number;
  /** How it ended: `done`, or the error's name and code. */
  end: string;
}

/** Reads the file repeatedly, so that memory holds only what is being written. */
async function* documents(task: BulkTask): AsyncGenerator<PlaceDocument> {
  let left = task.count;
  for (let round = 0; left > 0; round++) {
    for await (const { value } of readJsonLines(task.documentsFile)) {
      const document = value as PlaceDocument;
      yield round === 0 ? document : { ...document, id: `${document.id}~${round}` };
      left -= 1;
      if (left === 0) return;
    }
  }
}

async function write(task: BulkTask, client: Client): Promise<number> {
  const bytes = task.flushBytes;
  if (task.way === 'helper') {
    const stats = await client.helpers.bulk({
      datasource: documents(task),
      onDocument: ({ id }: PlaceDocument) => ({ index: { _index: task.index, _id: id } }),
      ...(bytes === undefined ? {} : { flushBytes: bytes }),
    });
    return stats.successful;
  }
  const path = `/${task.index}/_bulk`;
  const writer = bulkWriter({
    index: task.index,
    send: async (lines) => {
      const params = { method: 'POST', path, bulkBody: lines };
      const answer = await client.transport.request(params, { maxRetries: 0 });
      return { statusCode: answer.statusCode ?? 0, body: answer.body as unknown };
    },
    onOutcome: () => undefined,
    ...(bytes === undefined ? {} : { maxBytes: bytes }),
  });
  let tag = 0;
  for await (const source of documents(task)) {
    await writer.add({ action: 'index', id: source.id, source, tag: tag++ });
  }
  return (await writer.close()).written;
}

async function run(task: BulkTask): Promise<BulkResult> {
  const client = new Client({ node: task.node });
  await client.info();
  globalThis.gc?.();
  const restBytes = process.memoryUsage.rss();
  const result = { ms: 0, cpuMs: 0, restBytes, peakBytes: 0, written: 0, end: 'done' };
  const [started, before] = [performance.now(), process.cpuUsage()];
  try {
    result.written = await write(task, client);
  } catch (error) {
    const { name, code } = error as Error & { code?: string };
    result.end = code ?? name;
  }
  result.ms = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  result.cpuMs = (user + system) / 1000;
  result.peakBytes = process.resourceUsage().maxRSS * 1024;
  await client.close();
  return result;
}

process.once('message', (task: BulkTask) => {
  void run(task).then((result) => {
    process.send!(result, () => process.exit(0));
  });
});
