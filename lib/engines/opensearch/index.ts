import { placeSearchBodies, readPlaceHits } from '../../autocomplete/suggest/query-body.ts';
import { EngineError } from '../../errors.ts';
import { OPTION_INVALID, settle, type Spec } from '../../options.ts';
import { readImageSource } from '../../knn/hits.ts';
import { faultOf } from '../document-fault.ts';
import type {
  Engine,
  IndexDocument,
  WriteOperation,
  WriteOutcome,
  WriteStream,
} from '../engine.ts';
import type { BulkOperation, BulkOutcome } from '../cluster/bulk-operation.ts';
import type { BulkReply } from '../cluster/bulk-answer.ts';
import { bulkWriter } from '../cluster/bulk-writer.ts';
import { engineErrorOf, withoutContent } from '../cluster/failures.ts';
import { generationStore } from '../cluster/generations.ts';
import { imageSearches } from '../cluster/image-search.ts';
import { documentId, indexNotFound, pathOf, writeAlias } from '../cluster/names.ts';
import { imageSource } from '../cluster/image-source.ts';
import { checkFit, clusterVersion } from './probe.ts';
import { vectorLoad } from './vectors.ts';
import { objectOf, type OpenSearchClient, sendOnce, sendWith } from '../cluster/request.ts';
import { stateStore } from '../cluster/state.ts';
import { matchTexts } from '../cluster/text-search.ts';

export type { OpenSearchClient } from '../cluster/request.ts';

/** Which cluster an engine works on, and how. */
export interface OpenSearchOptions {
  /** A client of @opensearch-project/opensearch. Never closed by us. */
  client: OpenSearchClient;
  /**
   * When a write to a live index resolves: `wait_for`, when the next refresh (a second, by default)
   * has made it visible; `true`, after a refresh of its own; `false`, as soon as it is durable.
   * Default `wait_for`.
   */
  refresh?: 'wait_for' | boolean;
  /** Milliseconds for which a bulk write goes on trying while the cluster takes nothing. Default 300000. */
  retryBudgetMs?: number;
  /** Called after a 401 or 403, before the request is sent once more: gets new credentials. */
  refreshAuth?: () => Promise<void>;
}

/** Options of `opensearch`. */
export const OPENSEARCH_SPEC: Spec<OpenSearchOptions, 'refresh'> = {
  code: OPTION_INVALID,
  options: {
    client: {
      type: 'object',
      required: true,
      secret: true,
      wanted: 'a client of @opensearch-project/opensearch',
      help: 'a client of @opensearch-project/opensearch',
    },
    refresh: {
      type: 'custom',
      fits: (value) => value === 'wait_for' || typeof value === 'boolean',
      wanted: 'wait_for, true or false',
      default: 'wait_for',
      help: 'when a write to a live index resolves',
    },
    retryBudgetMs: {
      type: 'number',
      min: 0,
      unit: 'ms',
      otherwise: '300000',
      help: 'for which a bulk write goes on trying while the cluster takes nothing',
    },
    refreshAuth: { type: 'function', help: 'called after a 401 or 403: gets new credentials' },
  },
};

/** Documents that `scan` reads at a time. */
const SCAN_PAGE = 500;
const SCAN_KEEP_ALIVE = '5m';
/** Milliseconds for a bulk request, which may wait for a refresh or in a queue. */
const BULK_MS = 120_000;

/**
 * An engine on an OpenSearch cluster, 2.12 or later, of a plain distribution: no plugin is needed.
 *
 * A generation is an index, `places-000001`; the alias `places` names the live one. What else an
 * alias needs (its counter, leases, checkpoints) is in the small hidden index `places-state`.
 *
 * @throws {EngineError} From its methods: `INDEX_NOT_FOUND`, `INDEX_IN_USE`, `ALIAS_MOVED`,
 *   `ALIAS_INVALID`, `NOT_READY`, `FENCED`, `SWAP_UNKNOWN`, `CLUSTER_UNFIT`, `CLUSTER_BLOCKED`,
 *   `UNAUTHORIZED`, `ENGINE_UNREACHABLE`, `BULK_UNAVAILABLE`, `ENGINE_CLOSED`, `ENGINE_FAILED`. They
 *   hold neither what was sent nor credentials.
 * @example
 * const engine = opensearch({ client: new Client({ node: 'https://search.example:9200' }) });
 */
export function opensearch(options: OpenSearchOptions): Engine {
  const { client, refresh, refreshAuth, retryBudgetMs } = settle(OPENSEARCH_SPEC, options);
  const renewal = refreshAuth ? { refreshAuth } : {};
  const writing = retryBudgetMs === undefined ? renewal : { ...renewal, retryBudgetMs };
  let closed = false;
  const sendNow = sendWith(client, renewal);
  const refuseClosed = (): void => {
    if (!closed) return;
    const hint = 'Make a new one with opensearch().';
    throw new EngineError('ENGINE_CLOSED', 'This engine was closed', hint);
  };
  const send: typeof sendNow = async (request) => {
    refuseClosed();
    return sendNow(request);
  };
  const state = stateStore(send);
  const generations = generationStore(send, state, (body) => checkFit(send, body), vectorLoad);
  const images = imageSearches(send);

  /** A bulk request to an alias that has to be there, so that no index comes into being by a write. */
  async function bulk(
    alias: string,
    lines: string,
    options: { refresh: typeof refresh; signal: AbortSignal },
  ): Promise<BulkReply> {
    refuseClosed();
    const { status, body } = await sendOnce(client, {
      method: 'POST',
      path: `/${alias}/_bulk`,
      query: { require_alias: true, refresh: options.refresh, timeout: '10s' },
      lines,
      timeoutMs: BULK_MS,
      signal: options.signal,
    });
    return { statusCode: status, body };
  }

  async function versions(index: string, ids: readonly string[]): Promise<(number | null)[]> {
    if (ids.length === 0) return [];
    const response = await send({
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
    index: string,
    operations: readonly WriteOperation[],
  ): Promise<WriteOutcome[]> {
    const alias = await aliasToWrite(index);
    const outcomes: WriteOutcome[] = [];
    const unsure: number[] = [];
    const writer = bulkWriter({
      send: (lines, { signal }) => bulk(alias, lines, { refresh, signal }),
      ...writing,
      index,
      onOutcome: (outcome) => {
        outcomes[outcome.tag] = outcomeOf(outcome, operations[outcome.tag]!);
        if (outcome.status === 409 && outcome.ambiguous) unsure.push(outcome.tag);
      },
    });
    for (const [tag, operation] of operations.entries()) {
      const refused = refusalOf(operation);
      if (refused) outcomes[tag] = refused;
      else await writer.add(bulkOperation(operation, tag));
    }
    await writer.close();
    // An answer was lost: the conflict may be with the first try of the same write.
    const there = await versions(
      index,
      unsure.map((tag) => outcomes[tag]!.id),
    );
    unsure.forEach((tag, i) => {
      if (there[i] === operations[tag]!.version)
        outcomes[tag] = { id: outcomes[tag]!.id, status: 200 };
    });
    return outcomes;
  }

  /** The alias to write through: the live one itself, or that of a generation. */
  async function aliasToWrite(index: string): Promise<string> {
    const found = await send({ method: 'HEAD', path: `/_alias/${pathOf(index)}`, expected: [404] });
    if (found.status !== 404) return index;
    const own = writeAlias(index);
    const there = await send({ method: 'HEAD', path: `/_alias/${own}`, expected: [404] });
    if (there.status === 404) throw indexNotFound(index);
    return own;
  }

  function stream(
    generation: string,
    onOutcome: (outcome: WriteOutcome, tag: number) => void,
    { signal }: { signal?: AbortSignal } = {},
  ): WriteStream {
    const pending = new Map<number, WriteOperation>();
    const alias = generations.fillPath(generation);
    const writer = bulkWriter({
      send: (lines, sending) => bulk(alias, lines, { refresh: false, signal: sending.signal }),
      ...writing,
      index: generation,
      ...(signal ? { signal } : {}),
      onOutcome: (outcome) => {
        const operation = pending.get(outcome.tag)!;
        pending.delete(outcome.tag);
        onOutcome(outcomeOf(outcome, operation), outcome.tag);
      },
    });
    const fenced = async <T>(action: Promise<T>): Promise<T> => {
      try {
        return await action;
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'INDEX_NOT_FOUND') throw error;
        const what = `Another run fills ${generation}, or it is complete or gone`;
        throw new EngineError(
          'FENCED',
          what,
          'Look at status; run the rebuild again if nobody does.',
        );
      }
    };
    return {
      async add(operation, tag) {
        const refused = refusalOf(operation);
        if (refused) {
          onOutcome(refused, tag);
          return;
        }
        pending.set(tag, operation);
        await fenced(writer.add(bulkOperation(operation, tag)));
      },
      flush: () => fenced(writer.flush()),
    };
  }

  return {
    name: 'opensearch',
    remote: true,
    createGeneration: (alias, indexBody, meta = {}) => generations.create(alias, indexBody, meta),
    write,
    stream,
    versions,
    takeOverGeneration: (generation) => generations.takeOver(generation),
    finishGeneration: (generation, meta = {}) => generations.finish(generation, meta),
    swapAlias: (alias, expected, next) => generations.swap(alias, expected, next),
    dropGeneration: (generation) => generations.drop(generation),
    generations: (alias) => generations.list(alias),
    aliases: (alias) => generations.aliases(alias),
    indexBodyOf: (generation) => generations.indexBodyOf(generation),
    readState: (alias, key) => state.read(alias, key),
    writeState: (alias, key, value, expected) => state.write(alias, key, value, expected),
    listState: (alias, prefix) => state.list(alias, prefix),

    async findByKeys(index, searches, filter = {}, { signal } = {}) {
      signal?.throwIfAborted();
      const path = pathOf(index);
      if (searches.length === 0) {
        const found = await send({ method: 'HEAD', path: `/${path}`, expected: [404], signal });
        if (found.status === 404) throw indexNotFound(index);
        return [];
      }
      const bodies = placeSearchBodies(path, searches, filter);
      const lines = `${bodies.map((body) => JSON.stringify(body)).join('\n')}\n`;
      const query = { rest_total_hits_as_int: true };
      const response = await send({ method: 'POST', path: '/_msearch', query, lines, signal });
      const answer = objectOf(response) as { responses: { status: number; error?: unknown }[] };
      const failed = answer.responses.find(({ error }) => error !== undefined);
      if (failed) {
        throw engineErrorOf({ statusCode: failed.status, meta: { body: { error: failed.error } } });
      }
      return readPlaceHits(answer);
    },

    async findByTerms(index, search, filter = {}, { signal } = {}) {
      signal?.throwIfAborted();
      return matchTexts(send, index, search, filter, signal);
    },

    async nearest(index, search, { signal } = {}) {
      signal?.throwIfAborted();
      return images.nearest(index, search, signal);
    },

    async byHash(index, search, { signal } = {}) {
      signal?.throwIfAborted();
      return images.byHash(index, search, signal);
    },

    async get<D extends IndexDocument>(index: string, id: string) {
      const path = `/${pathOf(index)}/_doc/${encodeURIComponent(documentId(id))}`;
      const response = await send({ method: 'GET', path, expected: [404] });
      const { found, _source, error } = objectOf(response);
      if (error !== undefined) throw indexNotFound(index);
      return found === true ? documentOf(_source as D) : null;
    },

    async count(index) {
      const response = await send({ method: 'GET', path: `/${pathOf(index)}/_count` });
      return objectOf(response)['count'] as number;
    },

    async *scan<D extends IndexDocument>(index: string) {
      const opened = await send({
        method: 'POST',
        path: `/${pathOf(index)}/_search/point_in_time`,
        query: { keep_alive: SCAN_KEEP_ALIVE },
      });
      let pit = objectOf(opened)['pit_id'] as string;
      try {
        for (let after: unknown[] | undefined; ;) {
          const response = await send({
            method: 'POST',
            path: '/_search',
            body: {
              size: SCAN_PAGE,
              pit: { id: pit, keep_alive: SCAN_KEEP_ALIVE },
              sort: [{ id: 'asc' }],
              track_total_hits: false,
              ...(after ? { search_after: after } : {}),
            },
          });
          const { pit_id: renewed, hits } = objectOf(response) as {
            pit_id?: string;
            hits: { hits: { _source: D; sort: unknown[] }[] };
          };
          pit = renewed ?? pit;
          for (const { _source } of hits.hits) yield documentOf(_source);
          if (hits.hits.length < SCAN_PAGE) return;
          after = hits.hits.at(-1)!.sort;
        }
      } finally {
        const body = { pit_id: [pit] };
        await send({ method: 'DELETE', path: '/_search/point_in_time', body, expected: [404] });
      }
    },

    async health() {
      const { distribution, number } = await clusterVersion(send);
      const { status, number_of_nodes: nodes } = objectOf(
        await send({ method: 'GET', path: '/_cluster/health' }),
      ) as { status: string; number_of_nodes: number };
      return {
        engine: 'opensearch',
        version: `${distribution === 'opensearch' ? 'OpenSearch' : distribution} ${number}`,
        // Yellow, replicas that are not up, is how every single node is.
        status: status === 'red' ? 'degraded' : 'ok',
        details: { cluster: status, nodes },
      };
    },

    close() {
      closed = true;
      return Promise.resolve();
    },
  };
}

function documentOf<D extends IndexDocument>(source: D): D {
  return 'terms' in source ? (readImageSource(source) as D) : source;
}

function bulkOperation(operation: WriteOperation, tag: number): BulkOperation {
  const version = operation.version === undefined ? {} : { version: operation.version };
  if ('delete' in operation) {
    return { action: 'delete', id: documentId(operation.delete), tag, ...version };
  }
  const { index } = operation;
  const source = 'terms' in index ? imageSource(index) : index;
  return { action: 'index', id: documentId(index.id), source, tag, ...version };
}

/** What can't be a document is refused here, by the same words as on the embedded engine. */
function refusalOf(operation: WriteOperation): WriteOutcome | null {
  if ('delete' in operation) return null;
  const reason = faultOf(operation.index);
  return reason === null ? null : { id: operation.index.id, status: 400, reason };
}

function outcomeOf({ status, reason, type }: BulkOutcome, operation: WriteOperation): WriteOutcome {
  const id = 'delete' in operation ? operation.delete : operation.index.id;
  if (status < 300) return { id, status };
  return { id, status, reason: withoutContent([type, reason].filter(Boolean).join(': ')) };
}
