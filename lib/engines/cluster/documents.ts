import type {
  Documents,
  IndexDocument,
  WriteOperation,
  WriteOutcome,
  WriteStream,
} from '../engine.ts';
import type { Feature } from '../feature.ts';
import { fenced, indexNotFound } from '../refusals.ts';
import { holderOf } from './aliases.ts';
import type { BulkReply } from './bulk-answer.ts';
import type { BulkOperation, BulkOutcome } from './bulk-operation.ts';
import { bulkWriter } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import { withoutContent } from './failures.ts';
import { type ClusterFeature, type FeatureOf, featureLookUp } from './feature.ts';
import { documentId, fillAlias, pathOf, writeAlias } from './names.ts';
import { objectOf } from './request.ts';
import { scanIndex } from './scan.ts';
import { countWhole } from './whole.ts';

/** Milliseconds for a bulk request, which may wait for a refresh or in a queue. */
const BULK_MS = 120_000;

/** Documents in the indexes of their generations. */
export function documentsIn(cluster: Cluster, features: readonly ClusterFeature[]): Documents {
  const featureOf = featureLookUp(cluster, features);
  return {
    write: (index, operations) => write(cluster, featureOf, index, operations),
    stream: (generation, onOutcome, { signal } = {}) =>
      stream(cluster, featureOf, generation, { onOutcome, signal }),
    versions: (index, ids) => versions(cluster, index, ids),

    async get<D extends IndexDocument>(index: string, id: string) {
      const path = `/${pathOf(index)}/_doc/${encodeURIComponent(documentId(id))}`;
      const response = await cluster.send({ method: 'GET', path, expected: [404] });
      const { found, error, _index, _source } = objectOf(response);
      if (error !== undefined) throw indexNotFound(index);
      if (found !== true) return null;
      return (await featureOf(_index as string)).fromSource(_source as object) as D;
    },

    count: (index) => countWhole(cluster, index),

    async *scan<D extends IndexDocument>(index: string) {
      for await (const { _index, _source } of scanIndex(cluster, index)) {
        yield (await featureOf(_index)).fromSource(_source) as D;
      }
    },
  };
}

async function versions(
  cluster: Cluster,
  index: string,
  ids: readonly string[],
): Promise<(number | null)[]> {
  if (ids.length === 0) return [];
  const response = await cluster.send({
    method: 'POST',
    path: `/${pathOf(index)}/_mget`,
    query: { _source: false },
    body: { ids: ids.map(documentId) },
  });
  const { docs } = objectOf(response) as {
    docs: { found?: boolean; _version?: number; error?: unknown }[];
  };
  if (docs.some(({ error }) => error)) throw indexNotFound(index);
  return docs.map(({ found, _version }) => (found ? _version! : null));
}

async function write(
  cluster: Cluster,
  featureOf: FeatureOf,
  index: string,
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[]> {
  const { alias, generation } = await pathToWrite(cluster, index);
  // Nothing refreshes a generation while it is filled: a write would wait for the end of the fill.
  const waits = cluster.refresh === 'wait_for' && alias !== index;
  const feature = await featureOf(generation);
  const outcomes: WriteOutcome[] = [];
  const unsure: number[] = [];
  const writer = bulkWriter({
    send: sendBulk(cluster, alias, waits ? true : cluster.refresh),
    ...cluster.retries,
    index,
    onOutcome: (outcome) => {
      outcomes[outcome.tag] = outcomeOf(outcome, operations[outcome.tag]!);
      if (outcome.status === 409 && outcome.ambiguous) unsure.push(outcome.tag);
    },
  });
  for (const [tag, operation] of operations.entries()) {
    const refused = refusalOf(feature, operation);
    if (refused) outcomes[tag] = refused;
    else await writer.add(bulkOperation(feature, operation, tag));
  }
  await writer.close();
  // An answer was lost: the conflict may be with the first try of the same write.
  const ids = unsure.map((tag) => outcomes[tag]!.id);
  for (const [i, version] of (await versions(cluster, index, ids)).entries()) {
    const tag = unsure[i]!;
    if (version === operations[tag]!.version) outcomes[tag] = { id: ids[i]!, status: 200 };
  }
  return outcomes;
}

/** The alias to write through: the live one itself, or that of a generation. */
async function pathToWrite(
  cluster: Cluster,
  index: string,
): Promise<{ alias: string; generation: string }> {
  const generation = await holderOf(cluster, index);
  if (generation !== null) return { alias: index, generation };
  const alias = writeAlias(index);
  const own = await cluster.send({ method: 'HEAD', path: `/_alias/${alias}`, expected: [404] });
  if (own.status === 404) throw indexNotFound(index);
  return { alias, generation: index };
}

function stream(
  cluster: Cluster,
  featureOf: FeatureOf,
  generation: string,
  options: {
    onOutcome: (outcome: WriteOutcome, tag: number) => void;
    signal: AbortSignal | undefined;
  },
): WriteStream {
  const { onOutcome, signal } = options;
  const pending = new Map<number, WriteOperation>();
  const alias = fillAlias(pathOf(generation), cluster.known.fills.get(generation) ?? 'none');
  const writer = bulkWriter({
    send: sendBulk(cluster, alias, false),
    ...cluster.retries,
    index: generation,
    ...(signal ? { signal } : {}),
    onOutcome: (outcome) => {
      const operation = pending.get(outcome.tag)!;
      pending.delete(outcome.tag);
      onOutcome(outcomeOf(outcome, operation), outcome.tag);
    },
  });

  async function add(operation: WriteOperation, tag: number): Promise<void> {
    const feature = await featureOf(generation);
    const refused = refusalOf(feature, operation);
    if (refused) {
      onOutcome(refused, tag);
      return;
    }
    pending.set(tag, operation);
    await writer.add(bulkOperation(feature, operation, tag));
  }

  return {
    add: (operation, tag) => fencedIfGone(generation, add(operation, tag)),
    flush: () => fencedIfGone(generation, writer.flush()),
  };
}

/** The alias that a fill goes through is gone when another run took over, or the fill is done. */
async function fencedIfGone<T>(generation: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'INDEX_NOT_FOUND') throw fenced(generation);
    throw error;
  }
}

/** Sends bulk requests to an alias that has to be there, so that no write ever creates an index. */
function sendBulk(
  cluster: Cluster,
  alias: string,
  refresh: Cluster['refresh'],
): (lines: string, options: { signal: AbortSignal }) => Promise<BulkReply> {
  return async (lines, { signal }) => {
    const { status, body } = await cluster.sendOnce({
      method: 'POST',
      path: `/${alias}/_bulk`,
      // No pipeline of the host's changes or drops what was checked here.
      query: { require_alias: true, refresh, timeout: '10s', pipeline: '_none' },
      lines,
      timeoutMs: BULK_MS,
      signal,
    });
    return { statusCode: status, body };
  };
}

function bulkOperation(
  feature: ClusterFeature,
  operation: WriteOperation,
  tag: number,
): BulkOperation {
  const version = operation.version === undefined ? {} : { version: operation.version };
  if ('delete' in operation) {
    return { action: 'delete', id: documentId(operation.delete), tag, ...version };
  }
  const { index } = operation;
  const source = feature.toSource(index);
  return { action: 'index', id: documentId(index.id), source, tag, ...version };
}

/** What can't be a document is refused here, by the same words as on the embedded engine. */
function refusalOf(feature: Feature, operation: WriteOperation): WriteOutcome | null {
  if ('delete' in operation) return null;
  const reason = feature.faultOf(operation.index);
  return reason === null ? null : { id: operation.index.id, status: 400, reason };
}

function outcomeOf({ status, reason, type }: BulkOutcome, operation: WriteOperation): WriteOutcome {
  const id = 'delete' in operation ? operation.delete : operation.index.id;
  if (status < 300) return { id, status };
  return { id, status, reason: withoutContent([type, reason].filter(Boolean).join(': ')) };
}
