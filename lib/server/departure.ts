import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is told when a connection closes: one listener each, however many requests it has. */
const watched = new WeakMap<Socket, Set<() => void>>();

/**
 * Whether nobody is there any more for a response.
 *
 * The response alone does not tell: one that waits behind others of its connection never closes by itself
 * when that does.
 */
export function isGone(response: ServerResponse): boolean {
  return response.destroyed || socketOf(response)?.destroyed === true;
}

/**
 * Calls back once when a response is over or its client has gone away, whichever way that shows.
 *
 * @returns What takes this back.
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

/** Null where a host injects requests that have no connection. */
function socketOf({ req }: ServerResponse): Socket | null {
  const socket = req.socket as Socket | null | undefined;
  return typeof socket?.once === 'function' ? socket : null;
}
