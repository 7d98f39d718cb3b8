import type { IncomingHttpHeaders } from 'node:http';
import type { ListOption } from '../options.ts';

/** Origins whose pages may read answers. */
export const CORS_OPTION: ListOption & { default: readonly string[] } = {
  type: 'list',
  items: {
    type: 'custom',
    fits: isOrigin,
    wanted: 'an origin such as https://www.example.com, no path, or *',
    help: '',
  },
  code: 'ORIGIN_INVALID',
  default: [],
  flag: '--cors <origin>',
  repeats: true,
  help: 'origins whose pages may read answers, or `*`',
};

/** Headers that a script of another origin may read. */
const EXPOSED = 'etag, retry-after, server-timing, x-request-id';
const ALLOWED_HEADERS = 'authorization, content-type, if-none-match';
/** Seconds for which a browser may cache a preflight; the most that Chromium accepts. */
const MAX_AGE = '7200';

/** Which pages of other origins may read answers. */
export interface Cors {
  /** Headers of every answer. */
  headers(request: IncomingHttpHeaders): Record<string, string>;
  /** Headers of the answer to a preflight; null if the request is none. */
  preflight(request: IncomingHttpHeaders, methods: string): Record<string, string> | null;
}

/**
 * Makes the CORS rules. Credentials, which browsers send by themselves, are never allowed: a token
 * is in a header that the page has to set.
 *
 * @param origins - As browsers send them (`https://www.example.com`), or `*` for all.
 */
export function corsFor(origins: readonly string[]): Cors {
  const all = origins.includes('*');
  const allows = (origin: string): boolean => all || origins.includes(origin);
  const headers: Cors['headers'] = ({ origin }) => {
    if (origins.length === 0) return {};
    const vary = all ? {} : { vary: 'origin' };
    if (origin === undefined || !allows(origin)) return vary;
    return {
      ...vary,
      'access-control-allow-origin': all ? '*' : origin,
      'access-control-expose-headers': EXPOSED,
    };
  };
  return {
    headers,
    preflight(request, methods) {
      const { origin, 'access-control-request-method': wanted } = request;
      if (origin === undefined || wanted === undefined) return null;
      if (!allows(origin)) return headers(request);
      return {
        ...headers(request),
        'access-control-allow-methods': methods,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': MAX_AGE,
      };
    },
  };
}

function isOrigin(origin: unknown): boolean {
  if (typeof origin !== 'string') return false;
  return origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin);
}

/** Whether a client accepts JSON. */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*') return true;
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return !refused && ['*/*', 'application/*', 'application/json'].includes(type);
  });
}

/** Whether an `If-None-Match` header contains a tag. */
export function holdsTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => ['*', tag].includes(one.trim().replace(/^W\//, '')));
}
