import { connect, type Socket } from 'node:net';

/** Result of one request. */
export interface Shot {
  /** HTTP status; 0 if the connection broke or no answer came. */
  status: number;
  /** When it was due, in milliseconds since the start. */
  dueMs: number;
  /** Milliseconds from when it was due to the complete answer. */
  latencyMs: number;
}

interface Pending {
  dueAt: number;
  path: string;
}

/**
 * Sends requests at a steady rate regardless of the answers, as independent users do. If no further
 * connection may be opened, a request waits for a free one, which counts as part of its latency.
 * Answers need a `content-length`.
 *
 * autocannon instead sends the whole quota of a second at its beginning, which is a burst.
 *
 * @param options - rate: requests per second. seconds: duration. connections: most open
 *   connections.
 */
export async function steadyLoad(
  url: string,
  paths: readonly string[],
  options: { rate: number; seconds: number; connections: number; onShot?: (shot: Shot) => void },
): Promise<Shot[]> {
  const { rate, seconds, connections, onShot } = options;
  const { hostname, port } = new URL(url);
  const shots: Shot[] = [];
  const waiting: Pending[] = [];
  /** Index of the first element; `shift` on an array of thousands would move all others. */
  let first = 0;
  const idle: Lane[] = [];
  const lanes = new Set<Lane>();
  const began = performance.now();
  const total = Math.round(rate * seconds);
  let sent = 0;

  const finish = ({ dueAt }: Pending, status: number): void => {
    const shot = { status, dueMs: dueAt - began, latencyMs: performance.now() - dueAt };
    shots.push(shot);
    onShot?.(shot);
  };
  const nextWaiting = (): Pending | undefined => waiting[first] && waiting[first++];
  const open = (): Lane => {
    const lane = newLane(
      connect(Number(port), hostname),
      (pending, status) => {
        finish(pending, status);
        const next = nextWaiting();
        if (next) lane.ask(next);
        else idle.push(lane);
      },
      (pending) => {
        if (pending) finish(pending, 0);
        lanes.delete(lane);
        const at = idle.indexOf(lane);
        if (at >= 0) idle.splice(at, 1);
        const next = nextWaiting();
        if (next) open().ask(next);
      },
    );
    lanes.add(lane);
    return lane;
  };
  const fire = (pending: Pending): void => {
    const lane = idle.pop();
    if (lane) lane.ask(pending);
    else if (lanes.size < connections) open().ask(pending);
    else waiting.push(pending);
  };

  await new Promise<void>((resolve) => {
    const tick = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
      for (; sent < due; sent++) {
        fire({ dueAt: began + (sent / rate) * 1000, path: paths[sent % paths.length]! });
      }
      const late = performance.now() - began > (seconds + 10) * 1000;
      if ((sent === total && shots.length === total) || late) {
        clearInterval(tick);
        resolve();
      }
    }, 1);
  });
  for (const pending of waiting.slice(first)) finish(pending, 0);
  first = waiting.length;
  for (const lane of [...lanes]) lane.close();
  return shots;
}

interface Lane {
  ask(pending: Pending): void;
  close(): void;
}

/** One keep-alive connection with one request at a time. */
function newLane(
  socket: Socket,
  onAnswer: (pending: Pending, status: number) => void,
  onGone: (pending: Pending | null) => void,
): Lane {
  let current: Pending | null = null;
  let text = '';
  socket.setNoDelay(true).setEncoding('latin1');
  socket.on('data', (chunk) => {
    text += String(chunk);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
    if (text.length < end + 4 + length || current === null) return;
    const status = Number(text.slice(9, 12));
    const pending = current;
    text = '';
    current = null;
    onAnswer(pending, status);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    const pending = current;
    current = null;
    onGone(pending);
  });
  return {
    ask(pending) {
      current = pending;
      socket.write(`GET ${pending.path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    },
    close() {
      socket.destroy();
    },
  };
}
