import { expect } from 'chai';

import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { inTrace, readTraceparent } from '../../lib/trace.ts';
import { connect } from '../../lib/engines/opensearch/connect.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { serve } from '../support/servers.ts';
import { serveOn } from './rig.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const HEADER = `00-${TRACE}-00f067aa0ba902b7-01`;

describe('trace context', () => {
  it('is read only where it is well formed', () => {
    expect(readTraceparent(HEADER)).to.equal(HEADER);
    for (const bad of [
      undefined,
      ['a', 'b'],
      '',
      HEADER.toUpperCase(),
      `${HEADER}-x`,
      `ff${HEADER.slice(2)}`,
      `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
      `00-${TRACE}-${'0'.repeat(16)}-01`,
      `${HEADER}\r\nx: y`,
    ]) {
      expect(readTraceparent(bad), String(bad)).to.equal(undefined);
    }
  });

  it('stands in the log, and the id of a proxy goes through', async () => {
    const rig = await serveOn({});
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${rig.url}/openapi.json`, { headers });
    const first = await ask({ traceparent: HEADER, 'x-request-id': 'proxy-7.a_b' });
    expect(first.headers.get('x-request-id')).to.equal('proxy-7.a_b');
    const second = await ask({ traceparent: 'nonsense', 'x-request-id': 'a b"c' });
    expect(second.headers.get('x-request-id')).to.match(/^[0-9a-z]+$/);
    await rig.stop();
    const [one, two] = rig.entries.filter(({ event }) => event === 'request');
    expect(one).to.include({ trace: TRACE, id: 'proxy-7.a_b' });
    expect(two).not.to.have.property('trace');
    expect(two!['id']).to.match(/^[0-9a-z]+$/);
  });

  it('goes on to the cluster, with what is asked for this request and no other', async () => {
    const seen: unknown[] = [];
    const server = await serve((request, response) => {
      seen.push(request.headers['traceparent']);
      const body = '{"version":{"distribution":"opensearch","number":"2.19.1"},"status":"green"}';
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      });
    });
    const { client } = closeAtEnd(await connect({ nodes: [server.origin] }));
    const engine = opensearch({ client });
    await inTrace(HEADER, () => engine.health());
    const traced = seen.length;
    await engine.health();
    expect(traced).to.be.greaterThan(0);
    expect(new Set(seen.slice(0, traced))).to.deep.equal(new Set([HEADER]));
    expect(new Set(seen.slice(traced))).to.deep.equal(new Set([undefined]));
  });
});
