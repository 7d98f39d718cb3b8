import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isGone, whenGone } from './departure.ts';

/** Requests without an answer whose clients still wait. */
export interface OpenRequests {
  readonly count: number;
  /** @returns Whether to answer it; false beyond the bound of the connection. */
  begin(request: IncomingMessage, response: ServerResponse): boolean;
  /** From now on each connection is closed with its last answer. */
  close(): void;
  /** Resolves when none is open any more, or after `ms` milliseconds. */
  settled(ms: number): Promise<void>;
}

interface Pipeline {
  responses: Set<ServerResponse>;
  /** The newest response. */
  last: ServerResponse;
  /** Requests beyond the bound, which get no answer. */
  dropped: number;
}

/**
 * Requests beyond the bound after which a connection is cut at once, as a multiple of the bound.
 */
const PATIENCE = 8;

/**
 * Counts open requests by connection.
 *
 * @param limits - pipelined: most open requests of a connection. Further ones are dropped: the connection
 *   gets the answers to the earlier ones and is closed, after which clients of HTTP/1.1 send the
 *   rest again. requestsPerConnection: after so many the same.
 */
export function openRequests({
  pipelined,
  requestsPerConnection,
}: {
  pipelined: number;
  requestsPerConnection: number;
}): OpenRequests {
  const pipelines = new Map<Socket, Pipeline>();
  const begun = new WeakMap<Socket, number>();
  let count = 0;
  let closing = false;
  let done = (): void => undefined;

  const end = (socket: Socket, response: ServerResponse): void => {
    const pipeline = pipelines.get(socket)!;
    pipeline.responses.delete(response);
    if (pipeline.responses.size === 0) pipelines.delete(socket);
    count--;
    if (count === 0) done();
  };

  return {
    get count() {
      return count;
    },
    begin({ socket }, response) {
      if (isGone(response)) return false;
      const pipeline = pipelines.get(socket);
      const before = begun.get(socket) ?? 0;
      if (before >= requestsPerConnection) return false;
      begun.set(socket, before + 1);
      if (before + 1 === requestsPerConnection) closeAfter(socket, response);
      if (pipeline && pipeline.responses.size >= pipelined) {
        if (pipeline.dropped++ === 0) closeAfter(socket, pipeline.last);
        if (pipeline.dropped > pipelined * PATIENCE) socket.destroy();
        return false;
      }
      if (closing) {
        if (pipeline?.last.headersSent === false) pipeline.last.removeHeader('connection');
        response.setHeader('connection', 'close');
      }
      if (pipeline) {
        pipeline.responses.add(response);
        pipeline.last = response;
      } else {
        pipelines.set(socket, { responses: new Set([response]), last: response, dropped: 0 });
      }
      count++;
      whenGone(response, () => {
        end(socket, response);
      });
      return true;
    },
    close() {
      closing = true;
      for (const { last } of pipelines.values()) {
        if (!last.headersSent) last.setHeader('connection', 'close');
      }
    },
    async settled(ms) {
      if (count === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        done = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}

function closeAfter(socket: Socket, response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
  response.once('finish', () => socket.destroySoon());
}
