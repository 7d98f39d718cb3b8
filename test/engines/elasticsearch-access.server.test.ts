import { inspect } from 'node:util';

import { Client as ElasticsearchClient } from '@elastic/elasticsearch';
import { Client as OpenSearchClient } from '@opensearch-project/opensearch';
import { expect } from 'chai';

import { placeMapping } from '../../lib/autocomplete/mapping.ts';
import { connectElasticsearch } from '../../lib/engines/elasticsearch/connect.ts';
import { elasticsearch } from '../../lib/engines/elasticsearch/index.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { serve, serveSecure } from '../support/servers.ts';
import { selfSigned } from '../support/certificate.ts';

const SECRET = 'planted-secret';

/** What `GET /` of a product answers. */
const ELASTIC = (number: string): object => ({ version: { number, build_flavor: 'default' } });
const OPEN = { version: { distribution: 'opensearch', number: '2.19.1' } };

/** A server that answers `GET /` so, and everything else that it has nothing; `product`: its header. */
async function answering(
  root: object,
  { product = 'Elasticsearch', status = 200 }: { product?: string | null; status?: number } = {},
): Promise<{ url: string; paths: string[]; authorizations: (string | undefined)[] }> {
  const paths: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const { origin } = await serve((request, response) => {
    paths.push(`${request.method!} ${request.url!}`);
    authorizations.push(request.headers.authorization);
    const isRoot = request.url === '/';
    response.writeHead(isRoot ? status : 404, {
      'content-type': 'application/json',
      ...(product === null ? {} : { 'x-elastic-product': product }),
    });
    response.end(JSON.stringify(isRoot ? root : {}));
  });
  return { url: origin, paths, authorizations };
}

const oldest = placeMapping();

describe('elasticsearch()', () => {
  for (const [what, root, says] of [
    [
      'an old version',
      ELASTIC('7.17.29'),
      /It is Elasticsearch 7\.17\.29.*Elasticsearch 8\.15 or later/,
    ],
    [
      'one before vectors of bits',
      ELASTIC('8.14.3'),
      /It is Elasticsearch 8\.14\.3.*Elasticsearch 8\.15 or later/,
    ],
    ['OpenSearch', OPEN, /It is OpenSearch 2\.19\.1.*Use opensearch\(\)/],
    ['something else', { tagline: 'hello' }, /It is unknown 0.*Elasticsearch 8\.15/],
  ] as const) {
    it(`refuses ${what} before anything is made, in one sentence`, async () => {
      const { url, paths } = await answering(root);
      const client = closeAtEnd(new ElasticsearchClient({ node: url }));
      const engine = elasticsearch({ client });
      const index = new PlaceIndex(engine);
      for (const action of [
        () => engine.createGeneration('places', { ...oldest }),
        () => index.plan(),
        () => index.rebuild([]),
      ]) {
        const { code, message } = await failureOf(action);
        expect(code).to.equal('CLUSTER_UNFIT');
        expect(message).to.match(says);
      }
      expect(
        paths.filter((path) => path.startsWith('PUT') || path.startsWith('POST')),
      ).to.deep.equal([]);
    });
  }

  it('tells a client of Elasticsearch that meets something else', async () => {
    const { url } = await answering(OPEN, { product: null });
    const client = closeAtEnd(new ElasticsearchClient({ node: url }));
    const { code, message, hint } = await failureOf(elasticsearch({ client }).health());
    expect([code, hint]).to.deep.equal([
      'CLUSTER_UNFIT',
      'Use opensearch() with a client of @opensearch-project/opensearch.',
    ]);
    expect(message).to.match(/^The client is for Elasticsearch, but the server is another product/);
  });

  it('tells a client of a later version than the server', async () => {
    const error = { type: 'media_type_header_exception', reason: 'Invalid media-type value' };
    const { url } = await answering({ error, status: 400 }, { status: 400 });
    const client = closeAtEnd(new ElasticsearchClient({ node: url }));
    const { code, message } = await failureOf(elasticsearch({ client }).health());
    expect(code).to.equal('CLUSTER_UNFIT');
    expect(message).to.match(/The client is newer than Elasticsearch/);
  });

  it('is what opensearch() names where it meets Elasticsearch', async () => {
    const { url } = await answering(ELASTIC('9.1.0'));
    const client = closeAtEnd(new OpenSearchClient({ node: url }));
    const { code, hint } = await failureOf(new PlaceIndex(opensearch({ client })).plan());
    expect([code, hint]).to.deep.equal([
      'CLUSTER_UNFIT',
      'Use elasticsearch() and --engine elasticsearch.',
    ]);
  });
});

describe('connecting to Elasticsearch', () => {
  it('sends an API key, or user and password, and shows neither', async () => {
    const { url, authorizations } = await answering(ELASTIC('8.19.0'), { status: 403 });
    const user = { username: 'elastic', password: SECRET };
    for (const access of [{ apiKey: SECRET }, { user }]) {
      const { client, close } = await connectElasticsearch({ nodes: [url], ...access });
      const error = await failureOf(elasticsearch({ client }).health());
      expect(error.code).to.equal('UNAUTHORIZED');
      expect(inspect(error, { depth: 9, showHidden: true })).to.not.include(SECRET);
      await close();
    }
    const basic = `Basic ${Buffer.from(`elastic:${SECRET}`).toString('base64')}`;
    expect([...new Set(authorizations)]).to.deep.equal([`ApiKey ${SECRET}`, basic]);
  });

  it('refuses both at once, and a password in an address', async () => {
    const nodes = ['http://127.0.0.1:1'];
    const user = { username: 'elastic', password: SECRET };
    const both = await failureOf(connectElasticsearch({ nodes, user, apiKey: SECRET }));
    expect(both.code).to.equal('OPTION_INVALID');
    const inAddress = await failureOf(
      connectElasticsearch({ nodes: [`http://elastic:${SECRET}@127.0.0.1:1`] }),
    );
    expect(inAddress.code).to.equal('NODE_INVALID');
    for (const error of [both, inAddress]) expect(inspect(error)).to.not.include(SECRET);
  });

  it('trusts a certificate of its own authority, and no other', async () => {
    const pair = selfSigned();
    const { port } = await serveSecure(pair, (_, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'x-elastic-product': 'Elasticsearch',
      });
      response.end(JSON.stringify({ ...ELASTIC('8.19.0'), status: 'green' }));
    });
    const nodes = [`https://localhost:${port}`];
    const outcomes: string[] = [];
    for (const trust of [{}, { ca: pair.cert }, { insecure: true }]) {
      const { client, close } = await connectElasticsearch({ nodes, ...trust });
      outcomes.push(
        await elasticsearch({ client })
          .health()
          .then(({ version }) => version)
          .catch((error: unknown) => (error as { code: string }).code),
      );
      await close();
    }
    expect(outcomes).to.deep.equal([
      'ENGINE_UNREACHABLE',
      'Elasticsearch 8.19.0',
      'Elasticsearch 8.19.0',
    ]);
  });
});
