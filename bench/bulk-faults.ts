import {
  type Fault,
  type FaultProxy,
  faultProxy,
  type ProxiedRequest,
} from '../test/support/fault-proxy.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** Faults between client and node, by their name in the report. */
export const FAULTS: Readonly<Record<string, (proxy: FaultProxy) => void>> = {
  'nothing (through the proxy)': () => undefined,
  'the 2nd request answered 429': (proxy) => {
    const body = JSON.stringify({ error: { type: 'rejected_execution_exception' }, status: 429 });
    inject(proxy, { kind: 'answer', answer: { status: 429, headers: JSON_HEADERS, body } }, 1, 1);
  },
  'each 10th operation 429, three requests': (proxy) => inject(proxy, refuse(429), 3),
  'each 10th operation 503, once': (proxy) => inject(proxy, refuse(503), 1),
  '503 twice': (proxy) => inject(proxy, { kind: 'answer', answer: { status: 503 } }, 2),
  'connection reset twice': (proxy) => inject(proxy, { kind: 'reset' }, 2),
  'answer lost twice': (proxy) => inject(proxy, { kind: 'lose-answer' }, 2),
  'one request answered 413': (proxy) =>
    inject(proxy, { kind: 'answer', answer: { status: 413 } }, 1),
  "one answer a proxy's page": (proxy) => {
    const headers = { 'content-type': 'text/html' };
    inject(proxy, { kind: 'answer', answer: { status: 200, headers, body: '<html>' } }, 1);
  },
};

/** Starts a proxy in front of the node with one of `FAULTS`. */
export async function faultyNode(node: string, fault: string): Promise<FaultProxy> {
  const proxy = await faultProxy(node);
  FAULTS[fault]!(proxy);
  return proxy;
}

function inject(proxy: FaultProxy, fault: Fault, times: number, skip = 0): void {
  let left = skip;
  const when = ({ path }: ProxiedRequest): boolean => /\/_bulk\b/.test(path) && left-- <= 0;
  proxy.inject(fault, { times, when });
}

/** Passes nine of ten operations to the node (all are `index`), and refuses the tenth. */
function refuse(status: number): Fault {
  const type = status === 429 ? 'es_rejected_execution_exception' : 'unavailable_shards_exception';
  return {
    kind: 'handle',
    handle: async (request, forward) => {
      const lines = String(request.body).split('\n').slice(0, -1);
      const refused = (line: number): boolean => (line >>> 1) % 10 === 9;
      const kept = lines.filter((_, i) => !refused(i)).map((line) => `${line}\n`);
      const answer = await forward({ ...request, body: Buffer.from(kept.join('')) });
      const body = JSON.parse(String(answer.body)) as { errors: boolean; items: unknown[] };
      const items = [...body.items];
      body.items = [];
      for (let i = 0; i < lines.length; i += 2) {
        const { index } = JSON.parse(lines[i]!) as { index: { _id: string } };
        const item = { index: { ...index, status, error: { type, reason: 'injected' } } };
        body.items.push(refused(i) ? item : items.shift());
      }
      body.errors ||= lines.length >= 20;
      return { ...answer, body: JSON.stringify(body) };
    },
  };
}
