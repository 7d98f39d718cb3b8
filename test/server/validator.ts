import { expect } from 'chai';
import Fastify from 'fastify';
import type { OpenApiDocument } from '../../lib/server/openapi.ts';

/** What is wrong with an answer by the schema of that name; null where nothing is. */
export type FaultsOf = (name: string, value: unknown) => unknown;

/** Checks answers against the document, with the validator of Fastify. */
export async function validatorOf(document: OpenApiDocument): Promise<FaultsOf> {
  const app = Fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, strict: false } },
  });
  const faults = new Map<string, unknown>();
  app.post('/', (request, reply) => {
    for (const name of Object.keys(document.components.schemas)) {
      const { components } = document;
      const schema = { $id: `of-${name}`, $ref: `#/components/schemas/${name}`, components };
      faults.set(name, request.compileValidationSchema(schema));
    }
    return reply.send();
  });
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/' });
  expect(statusCode, body).to.equal(200);
  return (name, value) => {
    const validate = faults.get(name) as ((value: unknown) => boolean) & { errors?: unknown };
    return validate(value) ? null : validate.errors;
  };
}
