import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { type Parameter, schemaOf } from './parameters.ts';
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

/** Problems that any request may get, by status. */
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'The request is wrong; `code` and `detail` say where.',
  406: 'Answers are JSON, which `Accept` refuses: `NOT_ACCEPTABLE`.',
  408: 'The request did not come in time: `REQUEST_TIMEOUT`, `BODY_TIMEOUT`.',
  414: 'The address is too long: `URL_TOO_LONG`.',
  421: 'The server does not go by the name in `Host`: `HOST_UNKNOWN`.',
  431: 'The headers are too large: `HEADERS_TOO_LARGE`.',
  500: 'The fault is here; the log of the server says where.',
  501: 'The body is sent in another transfer coding than chunked: `TRANSFER_UNKNOWN`.',
  503: 'Too busy, or without its backend; try again after `Retry-After` seconds.',
};

const UNAUTHORIZED: Readonly<Record<number, string>> = {
  401: 'The token is missing or wrong: `TOKEN_MISSING`, `TOKEN_WRONG`.',
};

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
        Object.entries({ ...PROBLEMS, ...(token ? UNAUTHORIZED : {}), ...route.problems }).map(
          ([status, text]) => [status, problem(text)],
        ),
      ),
    },
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
