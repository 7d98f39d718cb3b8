import type { IncomingHttpHeaders } from 'node:http';
import { inspect } from 'node:util';

import { expect } from 'chai';

import { connect } from '../../lib/engines/opensearch/connect.ts';
import { opensearch } from '../../lib/engines/opensearch/index.ts';
import type { SearchError } from '../../lib/errors.ts';
import { documentWith } from '../support/documents.ts';
import { serve, serveSecure } from '../support/servers.ts';
import { selfSigned } from '../support/certificate.ts';

const SECRETS = ['s3cr3t-password', 'AKIDPLANTED', 'planted-key', 'planted-token', 'private-name'];

/** Everything that a log could print of an error. */
function everything(error: unknown): string {
  const json = JSON.stringify(error, Object.getOwnPropertyNames(error));
  return [inspect(error, { depth: 9, showHidden: true }), json, String(error)].join('\n');
}

describe('connecting to OpenSearch', () => {
  let url: string;
  let seen: IncomingHttpHeaders[];
  let answer: (path: string) => { status: number; body: string };
  beforeEach(async () => {
    seen = [];
    answer = () => ({
      status: 200,
      body: '{"version":{"distribution":"opensearch","number":"2.19.1"}}',
    });
    const server = await serve((request, response) => {
      seen.push(request.headers);
      request.resume().on('end', () => {
        const { status, body } = answer(request.url!);
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
    url = server.origin;
  });

  it('sends user and password as basic authentication', async () => {
    const user = { username: 'admin', password: SECRETS[0]! };
    const { client, close } = await connect({ nodes: [url], user });
    await opensearch({ client }).health();
    const basic = Buffer.from(`admin:${SECRETS[0]!}`).toString('base64');
    expect(seen[0]!.authorization).to.equal(`Basic ${basic}`);
    await close();
  });

  it('signs for AWS, and asks for credentials anew when they end or are refused', async () => {
    let given = 0;
    const credentials = () => {
      given += 1;
      const accessKeyId = `AKID${given}`;
      return Promise.resolve({ accessKeyId, secretAccessKey: SECRETS[2]!, sessionToken: 't' });
    };
    const aws = { region: 'ap-northeast-1', service: 'es' as const, credentials };
    const { client, refreshAuth, close } = await connect({ nodes: [url], aws });
    const engine = opensearch({ client, refreshAuth });
    await engine.health();
    expect(seen[0]!.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKID1\/\d{8}\/ap-northeast-1\/es\/aws4_request/,
    );
    expect(given).to.equal(1);
    const refuseOnce = [403];
    const allowed = answer;
    answer = (path) => ({ ...allowed(path), status: refuseOnce.shift() ?? 200 });
    await engine.health();
    expect(given).to.equal(2);
    expect(seen.at(-1)!.authorization).to.include('Credential=AKID2/');
    answer = () => ({ status: 403, body: '{"error":{"type":"security_exception","reason":"no"}}' });
    const error = (await engine.health().catch((e: unknown) => e)) as SearchError;
    expect(error.code).to.equal('UNAUTHORIZED');
    await close();
  });

  it('checks certificates unless told not to', async () => {
    const pair = selfSigned();
    const body = '{"version":{"distribution":"opensearch","number":"3.0.0"},"status":"green"}';
    const { origin: node } = await serveSecure(pair, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    });
    const codes: string[] = [];
    for (const more of [{}, { ca: pair.cert }, { insecure: true }]) {
      const { client, close } = await connect({ nodes: [node], ...more });
      codes.push(
        await opensearch({ client })
          .health()
          .then(
            ({ version }) => version,
            (error: unknown) => (error as SearchError).code,
          ),
      );
      await close();
    }
    expect(codes).to.deep.equal(['ENGINE_UNREACHABLE', 'OpenSearch 3.0.0', 'OpenSearch 3.0.0']);
  });

  it('tells neither credentials nor what was sent in its errors', async () => {
    const mapper = JSON.stringify({
      error: {
        type: 'mapper_parsing_exception',
        reason: `failed to parse field [kind]. Preview of field's value: '${SECRETS[4]!}'`,
      },
      status: 400,
    });
    const faults: (() => { status: number; body: string })[] = [
      () => ({ status: 400, body: mapper }),
      () => ({ status: 401, body: 'no' }),
      () => ({ status: 500, body: `<html>${SECRETS[4]!}</html>` }),
      () => ({ status: 200, body: 'not json' }),
    ];
    const { client, close } = await connect({
      nodes: [url],
      aws: {
        region: 'r',
        service: 'es',
        credentials: () =>
          Promise.resolve({
            accessKeyId: SECRETS[1]!,
            secretAccessKey: SECRETS[2]!,
            sessionToken: SECRETS[3]!,
          }),
      },
    });
    const engine = opensearch({ client, retryBudgetMs: 1 });
    const document = documentWith('x', 1, { name: [SECRETS[4]!] });
    const said: string[] = [];
    for (const fault of faults) {
      answer = fault;
      const outcomes = await Promise.allSettled([
        engine.get('places', 'x'),
        engine.write('places', [{ index: document }]),
        engine.writeState('places', 'k', { name: SECRETS[4] }),
        engine.findByKeys('places', [
          { field: 'name', value: SECRETS[4]!, match: 'whole', limit: 1 },
        ]),
      ]);
      for (const outcome of outcomes) {
        const { status } = outcome;
        said.push(
          status === 'rejected' ? everything(outcome.reason) : JSON.stringify(outcome.value),
        );
      }
    }
    expect(said.length).to.equal(16);
    for (const secret of SECRETS) expect(said.join('\n')).to.not.include(secret);
    await close();
  });

  it('refuses addresses that are none, and passwords in them', async () => {
    const code = (node: string): Promise<string> =>
      connect({ nodes: [node] }).then(
        () => 'no error',
        (error: unknown) => {
          expect(everything(error)).to.not.include(SECRETS[0]);
          return (error as SearchError).code;
        },
      );
    const nodes = [`http://u:${SECRETS[0]!}@host:9200`, 'host', 'ftp://host', 'http://[::'];
    for (const node of nodes) expect(await code(node), node).to.equal('NODE_INVALID');
  });
});
