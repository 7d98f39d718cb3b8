import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Callbacks for the close of a connection: one listener per connection, however many requests it
 * has.
 */
const watched = new WeakMap<Socket, Set<() => void>>();

/**
 * Whether the client of a response is gone.
 *
 * The response alone does not show it: one that waits behind others of its connection does not
 * close with the connection.
 */
export function isGone(response: ServerResponse): boolean {
  return response.destroyed || socketOf(response)?.destroyed === true;
}

/**
 * Calls `run` once, when a response has ended or its client is gone.
 *
 * @returns A function that cancels it.
 */
export function whenGone(response: ServerResponse, run: () => void): () => void {
  const socket = socketOf(response);
  const once = (): void => {
    cancel();
    run();
  };
  const runs = socket && listOf(socket);
  const cancel = (): void => {
    response.off('close', once);
    runs?.delete(once);
  };
  response.once('close', once);
  runs?.add(once);
  return cancel;
}

function listOf(socket: Socket): Set<() => void> {
  const known = watched.get(socket);
  if (known) return known;
  const runs = new Set<() => void>();
  watched.set(socket, runs);
  socket.once('close', () => {
    for (const run of [...runs]) run();
  });
  return runs;
}

/** Null for injected requests without a connection. */
function socketOf({ req }: ServerResponse): Socket | null {
  const socket = req.socket as Socket | null | undefined;
  return typeof socket?.once === 'function' ? socket : null;
}
