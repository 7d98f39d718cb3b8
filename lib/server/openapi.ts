import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { type Parameter, schemaOf } from './parameters.ts';
import { PROBLEMS, type ProblemStatus } from './problem.ts';
import type { Route } from './route.ts';
import { objectOf, type Schema, schemaRef } from './schema.ts';

/** An OpenAPI 3.1 document of routes. */
export interface OpenApiDocument {
  openapi: '3.1.0';
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, Schema>; securitySchemes?: Record<string, object> };
  security?: Record<string, string[]>[];
}

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

/** Problems that not every request can get: with a token, or as its route says. */
const OF_SOME: ReadonlySet<ProblemStatus> = new Set([401, 404, 413, 415, 422]);

/**
 * The OpenAPI document of routes, from the declarations by which parameters are read and answers
 * are made.
 *
 * @param options - version: that of the package. fetchUrls: pictures may be given by URL. token:
 *   requests need a token.
 */
export function openApiOf(
  routes: readonly Route[],
  options: { version: string; fetchUrls: boolean; token: boolean },
): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, options);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'suoyin',
      version: options.version,
      description: 'Places, names and pictures for readers of Chinese and Japanese.',
    },
    // Relative to the document itself, so that it is right wherever the handler is mounted.
    servers: [{ url: '.' }],
    paths,
    components: {
      schemas: ANSWER_SCHEMAS,
      ...(options.token ? { securitySchemes: { bearer: BEARER } } : {}),
    },
    ...(options.token ? { security: [{ bearer: [] }] } : {}),
  };
}

const BEARER = { type: 'http', scheme: 'bearer' };

function operationOf(
  route: Route,
  { fetchUrls, token }: { fetchUrls: boolean; token: boolean },
): object {
  const { operation: operationId, summary, parameters, path, describe, answer } = route;
  const problem = (description: string): object => ({
    description,
    content: { [PROBLEM_TYPE]: { schema: schemaRef('Problem') } },
  });
  return {
    operationId,
    summary,
    parameters: [...(path.includes('{id}') ? [ID] : []), ...parameters.map(parameterOf)],
    ...(describe ? { requestBody: requestBody(fetchUrls) } : {}),
    responses: {
      200: { description: 'Found.', content: { [JSON_TYPE]: { schema: schemaRef(answer) } } },
      ...(route.method === 'GET' ? { 304: { description: 'As `If-None-Match` says.' } } : {}),
      ...Object.fromEntries(
        Object.entries(problemsOf(route, token)).map(([status, text]) => [status, problem(text)]),
      ),
    },
  };
}

function problemsOf(route: Route, token: boolean): Readonly<Record<string, string>> {
  const statuses = Object.keys(PROBLEMS).map((status) => Number(status) as ProblemStatus);
  const general = statuses.filter((status) => !OF_SOME.has(status) || (status === 401 && token));
  return {
    ...Object.fromEntries(general.map((status) => [status, PROBLEMS[status]])),
    ...route.problems,
  };
}

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

function parameterOf({ name, option, required, repeat }: Parameter): object {
  const schema = schemaOf(option);
  const description = `${option.help.charAt(0).toUpperCase()}${option.help.slice(1)}.`;
  const list = schema.type === 'array' ? { style: 'form', explode: repeat ?? false } : {};
  return { name, in: 'query', description, required: required ?? false, ...list, schema };
}

function requestBody(fetchUrls: boolean): object {
  const bytes = { schema: { type: 'string', format: 'binary' } };
  const address = { schema: objectOf({ url: { type: 'string', format: 'uri' } }) };
  return {
    required: false,
    description: 'The bytes of a picture. Not needed with `id`.',
    content: {
      'image/*': bytes,
      'application/octet-stream': bytes,
      ...(fetchUrls ? { [JSON_TYPE]: address } : {}),
    },
  };
}
