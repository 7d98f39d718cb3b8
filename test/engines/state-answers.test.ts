import { expect } from 'chai';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import type { ClusterClient, ClientRequest } from '../../lib/engines/cluster/request.ts';
import { failureOf } from '../support/failures.ts';

/** A client of a cluster with the state index of `places`, whose writes are answered one after the other. */
function clusterThat(...answers: readonly { status: number; type?: string }[]): {
  client: ClusterClient;
  writes: ClientRequest[];
} {
  const writes: ClientRequest[] = [];
  const state = {
    aliases: { 'places-state--w': {} },
    mappings: { _meta: { made_by: 'suoyin', content: 'state' } },
  };
  const answer = (request: ClientRequest): { statusCode: number; body: unknown } => {
    if (request.path === '/places-state')
      return { statusCode: 200, body: { 'places-state': state } };
    if (request.method === 'GET') return { statusCode: 404, body: { found: false } };
    const { status, type } = answers[Math.min(writes.push(request), answers.length) - 1]!;
    if (status < 300) return { statusCode: status, body: { _seq_no: 7, _primary_term: 2 } };
    const body = { error: { type, reason: '[places-state][0] primary shard is not active' } };
    const meta = { statusCode: status, body };
    throw Object.assign(new Error('ResponseError'), { name: 'ResponseError', meta });
  };
  const request: ClusterClient['transport']['request'] = (params) =>
    new Promise((resolve) => {
      resolve(answer(params));
    });
  return { client: { transport: { request } }, writes };
}

const AWAY = { status: 503, type: 'unavailable_shards_exception' };
const NOT_YET = { status: 500, type: 'retry_on_primary_exception' };

describe('a write of a state whose shard is away', () => {
  it('is tried again until the shard is back, and never waits longer for it than clients do', async () => {
    const { client, writes } = clusterThat(AWAY, NOT_YET, AWAY, NOT_YET, { status: 201 });
    const engine = opensearch({ client });
    expect(await engine.writeState('places', 'lease', 1, null)).to.equal('7:2');
    expect(writes).to.have.length(5);
    for (const { querystring } of writes) expect(querystring).to.include({ timeout: '10s' });
  });

  it('ends with what the server says of it, after no more than retryBudgetMs', async () => {
    for (const away of [AWAY, NOT_YET]) {
      const { client, writes } = clusterThat(away);
      const engine = opensearch({ client, retryBudgetMs: 0 });
      const error = await failureOf(engine.writeState('places', 'lease', 1, null));
      expect(error).to.have.property('code', 'ENGINE_UNREACHABLE');
      expect(error.message).to.include(
        `${away.type}: [places-state][0] primary shard is not active`,
      );
      expect(writes).to.have.length(1);
    }
  });

  it('is not tried again where it is refused', async () => {
    const { client, writes } = clusterThat({ status: 400, type: 'illegal_argument_exception' });
    const error = await failureOf(opensearch({ client }).writeState('places', 'lease', 1, null));
    expect(error).to.have.property('code', 'ENGINE_FAILED');
    expect(writes).to.have.length(1);
  });
});
