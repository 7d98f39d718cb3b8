import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import { expect } from 'chai';
import { sharedClient, type SharedClientOptions } from '../../lib/health/shared-client.ts';
import { codeOf } from '../support/failures.ts';

describe('sharedClient', () => {
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  beforeEach(() => {
    warnings.length = 0;
  });
  const nodes = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
  const user = { username: 'reader', password: 'swordfish' };

  it('gives one client to all who name the same cluster, in any order of nodes', async () => {
    const first = await sharedClient({ nodes, user, warn });
    const second = await sharedClient({ nodes: [...nodes].reverse(), user: { ...user }, warn });
    expect(second.client).to.equal(first.client);
    expect(warnings).to.deep.equal([]);
    await first.close();
    await second.close();
  });

  it('keeps the client for as long as one user has not closed it, however often another does', async () => {
    const first = await sharedClient({ nodes, warn });
    const second = await sharedClient({ nodes, warn });
    await first.close();
    await first.close();
    const third = await sharedClient({ nodes, warn });
    expect(third.client).to.equal(second.client);
    await second.close();
    await third.close();
    const fourth = await sharedClient({ nodes, warn });
    expect(fourth.client).not.to.equal(third.client);
    await fourth.close();
  });

  it('warns of a second client for an address, with both places and no password', async () => {
    const first = await sharedClient({ nodes, user, warn });
    const second = await sharedClient({ nodes, warn });
    expect(second.client).not.to.equal(first.client);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^A second client for http:\/\/127\.0\.0\.1:1,http:\/\/127\.0\.0\.1:2 .*shared-client\.test\.ts:\d+:\d+, the first at .*shared-client\.test\.ts:\d+:\d+\./,
    );
    expect(warnings[0]).not.to.include('swordfish');
    await first.close();
    await second.close();
  });

  it('gives clients of Elasticsearch as well, one to all with the same key', async () => {
    const engine = 'elasticsearch';
    const first = await sharedClient({ engine, nodes, apiKey: 'a2V5', warn });
    const second = await sharedClient({
      engine,
      nodes: [...nodes].reverse(),
      apiKey: 'a2V5',
      warn,
    });
    expect(first.client).to.be.instanceOf(ElasticsearchClient);
    expect(second.client).to.equal(first.client);
    expect(warnings).to.deep.equal([]);
    const third = await sharedClient({ engine, nodes, apiKey: 'b3RoZXI', warn });
    const fourth = await sharedClient({ nodes, warn });
    expect(fourth.client).to.be.instanceOf(OpenSearchClient);
    expect(new Set([first, third, fourth].map(({ client }) => client))).to.have.property('size', 3);
    expect(warnings).to.have.length(2);
    expect(warnings.join()).not.to.match(/a2V5|b3RoZXI/);
    for (const shared of [first, second, third, fourth]) await shared.close();
  });

  it('refuses what only the other product has, and forgets it', async () => {
    const aws = {
      region: 'x',
      service: 'es',
      credentials: () => Promise.reject(new Error()),
    } as const;
    const [node] = nodes;
    const asked: SharedClientOptions[] = [
      { engine: 'elasticsearch', nodes: [node!], aws, warn },
      { engine: 'opensearch', nodes: [node!], apiKey: 'a2V5', warn },
    ];
    for (const options of [...asked, ...asked]) {
      expect(await codeOf(sharedClient(options))).to.equal('OPTION_UNKNOWN');
    }
    expect(warnings).to.deep.equal([]);
  });

  it('forgets a client that could not be made', async () => {
    const make = (): Promise<unknown> => sharedClient({ nodes: ['ftp://127.0.0.1'], warn });
    const codes: string[] = [];
    for (let n = 0; n < 2; n++) {
      await make().catch((error: unknown) => codes.push((error as { code: string }).code));
    }
    expect(codes).to.deep.equal(['NODE_INVALID', 'NODE_INVALID']);
  });
});
