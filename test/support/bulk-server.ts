import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What an operation is answered instead of being carried out. */
export interface ItemFault {
  status: number;
  type: string;
  reason?: string;
  /** The operation is carried out all the same. */
  carriedOut?: boolean;
}

/** A document as it is kept. */
export interface KeptDocument {
  source: unknown;
  version: number;
}

/** An index in memory that answers `_bulk` as OpenSearch 2.19 does. */
export interface BulkServer {
  url: string;
  documents: ReadonlyMap<string, KeptDocument>;
  /** Every operation carried out or refused, in order: `index a 201`. */
  log: readonly string[];
  /** Requests answered. */
  requests(): number;
  /** Most requests that were under way at once. */
  peak(): number;
  /** Asked for every operation, in order; null carries it out. */
  itemFault: (id: string, action: string) => ItemFault | null;
  /** Awaited before a request is carried out. */
  before: () => Promise<void>;
  /** Bytes of a request; a larger one is answered 413. */
  maxContentLength: number;
  close(): Promise<void>;
}

type Meta = { _id: string; version?: number };

/** Starts one on loopback. A source with a field `bad` is refused, as a strict mapping does. */
export async function bulkServer(): Promise<BulkServer> {
  const documents = new Map<string, KeptDocument>();
  /** Versions of what was deleted: an external version is compared with these too. */
  const graves = new Map<string, number>();
  const log: string[] = [];
  let requests = 0;
  let underWay = 0;
  let peak = 0;

  function carryOut(action: string, meta: Meta, line: string | null): Record<string, unknown> {
    const { _id: id, version } = meta;
    const kept = documents.get(id);
    const current = kept?.version ?? graves.get(id) ?? 0;
    if (version !== undefined && version <= current) {
      return refusal(409, 'version_conflict_engine_exception', `current version [${current}]`);
    }
    if (action === 'create' && kept) {
      return refusal(409, 'version_conflict_engine_exception', 'document already exists');
    }
    const next = version ?? current + 1;
    if (action === 'delete') {
      documents.delete(id);
      graves.set(id, next);
      return kept ? { status: 200, result: 'deleted' } : { status: 404, result: 'not_found' };
    }
    const source = parse(line!);
    if (source === undefined) return refusal(400, 'mapper_parsing_exception', 'failed to parse');
    if ('bad' in source) {
      return refusal(400, 'strict_dynamic_mapping_exception', 'introduction of [bad]');
    }
    documents.set(id, { source, version: next });
    return { status: kept ? 200 : 201, result: kept ? 'updated' : 'created' };
  }

  function answer(text: string): { status: number; body: unknown } {
    const lines = text.split('\n');
    if (lines.pop() !== '') return whole(400, 'illegal_argument_exception');
    const operations: { action: string; meta: Meta; line: string | null }[] = [];
    while (lines.length > 0) {
      const head = JSON.parse(lines.shift()!) as Record<string, Meta>;
      const [action, meta] = Object.entries(head)[0]!;
      if (Buffer.byteLength(meta._id) > 512)
        return whole(400, 'action_request_validation_exception');
      operations.push({ action, meta, line: action === 'delete' ? null : lines.shift()! });
    }
    const items = operations.map(({ action, meta, line }) => {
      const fault = server.itemFault(meta._id, action);
      if (fault?.carriedOut) carryOut(action, meta, line);
      const item = fault
        ? refusal(fault.status, fault.type, fault.reason ?? 'injected')
        : carryOut(action, meta, line);
      log.push(`${action} ${meta._id} ${String(item['status'])}`);
      return { [action]: { _index: 'places-000001', _id: meta._id, ...item } };
    });
    const errors = items.some((item) => 'error' in Object.values(item)[0]!);
    return { status: 200, body: { took: 1, errors, items } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    underWay += 1;
    peak = Math.max(peak, underWay);
    await server.before();
    underWay -= 1;
    requests += 1;
    if (body.length > server.maxContentLength) {
      response.writeHead(413, { 'content-length': '0' }).end();
      return;
    }
    const answered = answer(body.toString());
    response.writeHead(answered.status, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(JSON.stringify(answered.body));
  }

  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: BulkServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    documents,
    log,
    requests: () => requests,
    peak: () => peak,
    itemFault: () => null,
    before: () => Promise.resolve(),
    maxContentLength: 100 * 2 ** 20,
    async close(): Promise<void> {
      const gone = once(http, 'close');
      http.close();
      for (const socket of sockets) socket.destroy();
      await gone;
    },
  };
  return server;
}

function refusal(status: number, type: string, reason: string): Record<string, unknown> {
  return { status, error: { type, reason } };
}

function whole(status: number, type: string): { status: number; body: unknown } {
  return { status, body: { error: { type, reason: 'Validation Failed' }, status } };
}

function parse(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}
