import { EngineError } from '../../errors.ts';
import type {
  Documents,
  IndexDocument,
  WriteOperation,
  WriteOutcome,
  WriteStream,
} from '../engine.ts';
import type { Feature } from '../feature.ts';
import { fenced, indexNotFound, lost } from '../refusals.ts';
import { pathToWrite } from './aliases.ts';
import type { BulkReply } from './bulk-answer.ts';
import type { BulkOperation, BulkOutcome } from './bulk-operation.ts';
import { bulkWriter } from './bulk-writer.ts';
import type { Cluster } from './cluster.ts';
import { reasonOf, withoutContent } from './failures.ts';
import { type ClusterFeature, type FeatureOf, featureLookUp } from './feature.ts';
import { isLost } from './lost.ts';
import { documentId, fillAlias, pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { scanIndex } from './scan.ts';
import { countWhole, WHOLE_HINT } from './whole.ts';

/** Time limit of a bulk request in milliseconds; it may wait for a refresh or in a queue. */
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

    count: (index, options) => countWhole(cluster, index, options),

    async *scan<D extends IndexDocument>(index: string) {
      for await (const { _index, _source } of scanIndex(cluster, index)) {
        yield (await featureOf(_index)).fromSource(_source) as D;
      }
    },
  };
}

/** The answer to one of several ids. */
interface Versioned {
  found?: boolean;
  _version?: number;
  error?: { type?: string };
}

async function versions(
  cluster: Cluster,
  index: string,
  ids: readonly string[],
): Promise<(number | null)[]> {
  if (ids.length === 0) return [];
  const docs = await cluster.sendParts({
    parts: ids.map(documentId),
    request: (left) => ({
      method: 'POST',
      path: `/${pathOf(index)}/_mget`,
      query: { _source: false },
      body: { ids: left },
    }),
    answers: (body) => body['docs'] as Versioned[] | undefined,
  });
  const failed = docs.filter(({ error }) => error);
  if (failed.some(({ error }) => error?.type === 'index_not_found_exception')) {
    throw indexNotFound(index);
  }
  if (failed.length > 0) {
    const { error } = failed[0]!;
    const what = `${failed.length} of ${docs.length} documents of ${index} can't be read (${reasonOf(error)})`;
    throw new EngineError('PARTIAL_ANSWER', what, WHOLE_HINT);
  }
  return docs.map(({ found, _version }) => (found ? _version! : null));
}

async function write(
  cluster: Cluster,
  featureOf: FeatureOf,
  index: string,
  operations: readonly WriteOperation[],
): Promise<WriteOutcome[]> {
  const path = await pathToWrite(cluster, index);
  if (path === null) throw indexNotFound(index);
  const { alias, generation } = path;
  // A generation is not refreshed during its fill, so a write would wait until the end of it.
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
  // An answer was lost, so the conflict may be with the first attempt at the same write.
  const ids = unsure.map((tag) => outcomes[tag]!.id);
  for (const [i, version] of (await versions(cluster, index, ids)).entries()) {
    const tag = unsure[i]!;
    if (version === operations[tag]!.version) outcomes[tag] = { id: ids[i]!, status: 200 };
  }
  return outcomes;
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
    send: unlessLost(cluster, generation, sendBulk(cluster, alias, false)),
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

/** The alias of a fill is removed when another run takes over or the fill is done. */
async function fencedIfGone<T>(generation: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'INDEX_NOT_FOUND') throw fenced(generation);
    throw error;
  }
}

type SendBulk = (lines: string, options: { signal: AbortSignal }) => Promise<BulkReply>;

/**
 * After each failed request, checks whether the generation has lost a shard and will never accept
 * writes again.
 */
function unlessLost(cluster: Cluster, generation: string, send: SendBulk): SendBulk {
  return async (lines, options) => {
    let reply: BulkReply;
    try {
      reply = await send(lines, options);
    } catch (error) {
      if (!options.signal.aborted && (await isLost(cluster, generation))) throw lost(generation);
      throw error;
    }
    const { items = [] } = (reply.body ?? {}) as { items?: Record<string, { status?: number }>[] };
    const isAway = items.some((item) => Object.values(item)[0]?.status === 503);
    if (isAway && (await isLost(cluster, generation))) throw lost(generation);
    return reply;
  };
}

/** Sends bulk requests to an alias that must exist, so that a write never creates an index. */
function sendBulk(cluster: Cluster, alias: string, refresh: Cluster['refresh']): SendBulk {
  return async (lines, { signal }) => {
    const { status, body } = await cluster.sendOnce({
      method: 'POST',
      path: `/${alias}/_bulk`,
      // No ingest pipeline of the cluster may change or drop a checked document.
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

/** Refuses invalid documents with the same words as the embedded engine. */
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
