import autocannon from 'autocannon';
import { expect } from 'chai';
import fc from 'fast-check';
import { PHOTOS } from '../../examples/photos.ts';
import type { OpenApiDocument } from '../../lib/server/openapi.ts';
import type { Schema } from '../../lib/server/schema.ts';
import { type FaultsOf, validatorOf } from '../server/validator.ts';
import { anyString } from '../support/any-text.ts';
import { runs } from '../support/properties.ts';
import { type Attacked, startAttacked } from './attacked.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  explode?: boolean;
  schema: Schema;
}

interface Operation {
  operationId: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { content?: Record<string, { schema: { $ref: string } }> }>;
}

interface Request {
  method: string;
  path: string;
  operation: Operation;
  headers: Record<string, string>;
  body?: Uint8Array;
}

/** Whatever anybody may write for a value. */
const ANYTHING = fc.oneof(
  anyString({ maxLength: 40 }),
  fc.constantFrom(
    ...'constructor __proto__ toString null true -1 0 1e400 1e-7 NaN Infinity 9007199254740993 , ,, 5.1e-130'.split(
      ' ',
    ),
    '',
    ' ',
    '\0',
    '\r\nX: y',
    '%',
    '中'.repeat(300),
    '../../etc/passwd',
  ),
);

/** Values that a schema allows, as they are written in a URL. */
function valid(schema: Schema): fc.Arbitrary<string> {
  if (schema.enum) return fc.constantFrom(...schema.enum.map(String));
  switch (schema.type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 }).map(String);
    case 'number':
      return fc
        .double({
          min: schema.minimum ?? schema.exclusiveMinimum ?? -1e6,
          max: schema.maximum ?? 1e6,
          minExcluded: schema.minimum === undefined && schema.exclusiveMinimum !== undefined,
          noNaN: true,
        })
        .map(String);
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'array':
      return fc
        .array(valid(schema.items!), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 4, 4),
        })
        .map((items) => items.join(','));
    default:
      return schema.pattern === undefined
        ? anyString({ maxLength: Math.min(schema.maxLength ?? 60, 60) })
        : fc.stringMatching(new RegExp(schema.pattern));
  }
}

function requestOf(document: OpenApiDocument): fc.Arbitrary<Request> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(
      ([method, operation]) => [path, method.toUpperCase(), operation] as const,
    ),
  );
  return fc.constantFrom(...operations).chain(([path, method, operation]) => {
    const query = fc.tuple(
      ...operation.parameters
        .filter((one) => one.in === 'query')
        .map(({ name, schema, required }) =>
          fc
            .option(fc.oneof({ weight: 4, arbitrary: valid(schema) }, ANYTHING), {
              freq: required ? 9 : 1,
              nil: null,
            })
            .map((value) => (value === null ? [] : [[name, value] as [string, string]])),
        ),
    );
    const more = fc.option(fc.tuple(ANYTHING, ANYTHING), { freq: 8, nil: null });
    const body = operation.requestBody
      ? fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.constantFrom(...Object.values(PHOTOS)),
          fc.nat(4000).map((length) => PHOTOS['flower.jpg']!.subarray(0, length)),
        )
      : fc.constant(undefined);
    return fc
      .record({
        id: ANYTHING,
        query,
        more,
        body,
        accept: fc.constantFrom('*/*', 'application/json', 'text/html'),
      })
      .map(({ id, query, more, body, accept }) => {
        const pairs = [...query.flat(), ...(more ? [more] : [])];
        const search = new URLSearchParams(pairs).toString();
        return {
          method,
          path: `${path.replace('{id}', encoded(id))}?${search}`,
          operation,
          headers: { accept },
          ...(body ? { body } : {}),
        };
      });
  });
}

function encoded(id: string): string {
  return encodeURIComponent(id.toWellFormed()) || 'x';
}

describe('requests made from the OpenAPI document', function () {
  this.timeout(300_000);
  let attacked: Attacked;
  let document: OpenApiDocument;
  let faultsOf: FaultsOf;
  before(async () => {
    attacked = await startAttacked();
    document = (await (await fetch(`${attacked.url}/openapi.json`)).json()) as OpenApiDocument;
    faultsOf = await validatorOf(document);
  });
  after(() => attacked.stop());

  const faultOf = async (request: Request): Promise<unknown> => {
    const { method, path, headers, body, operation } = request;
    const response = await fetch(attacked.url + path, {
      method,
      headers,
      ...(body ? { body: Buffer.from(body) } : {}),
    });
    const text = await response.text();
    const documented = operation.responses[response.status];
    if (!documented) return `${response.status} is not documented: ${text}`;
    // A server that is alone and not overloaded has no reason to fail.
    if (response.status >= 500) return `${response.status}: ${text}`;
    const [type, content] = Object.entries(documented.content ?? {})[0] ?? [];
    if (response.headers.get('content-type') !== type) return `not ${type}: ${text}`;
    const schema = content!.schema.$ref.split('/').at(-1)!;
    return faultsOf(schema, JSON.parse(text));
  };

  it('get an answer that is documented, of its schema, and never a failure', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(requestOf(document), async (request) => {
        const fault = await faultOf(request);
        expect(fault, `${request.method} ${request.path}`).to.equal(null);
        met.add(request.operation.operationId);
      }),
      { numRuns: runs(1500) },
    );
    expect([...met]).to.include.members(['suggest', 'search', 'detect', 'similar']);
  });

  it('do not keep ordinary ones from their answers', async () => {
    const hostile = fc.sample(requestOf(document), 400);
    let under = true;
    const attack = Promise.all(
      [0, 1, 2, 3].map(async (of) => {
        for (let i = of; under; i = (i + 4) % hostile.length) {
          await faultOf(hostile[i]!).catch(() => undefined);
        }
      }),
    );
    const texts = ['東京', 'taipei', 'ㄅㄢˇ', 'しんj', '淺草寺'].map(encodeURIComponent);
    const result = await autocannon({
      url: attacked.url,
      connections: 8,
      amount: 1000,
      requests: texts.map((q) => ({ path: `/suggest?q=${q}` })),
    });
    under = false;
    await attack;
    expect([result.errors, result.timeouts, result.non2xx]).to.deep.equal([0, 0, 0]);
    expect(result['2xx']).to.equal(1000);
  });
});
