import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ThumbnailStore } from '../../ingest/stores/thumbnails.ts';
import { THUMBNAILS_OPTION } from '../../ingest/work/picture.ts';
import { checkOptions, OPTION_INVALID, type Spec } from '../../options.ts';
import { holdsTag } from '../access.ts';
import { problemOf, RequestError } from '../problem.ts';
import { TOKEN_OPTION, tokenCheck } from '../token.ts';

/** What the page may show beside what the API answers. */
export interface PageOptions {
  /** Shown beside similar pictures, at `/thumbnails/<sha256>`. Default: colours stand in. */
  thumbnails?: ThumbnailStore;
  /** Asked for before thumbnails, as by `serve`; the page itself holds no data. Default none. */
  token?: string;
}

/** Options of `pageHandler`. */
export const PAGE_SPEC: Spec<PageOptions> = {
  code: OPTION_INVALID,
  options: {
    thumbnails: {
      ...THUMBNAILS_OPTION,
      otherwise: 'colours stand in',
      help: 'shown beside similar pictures',
    },
    token: TOKEN_OPTION,
  },
};

/** The search box, which pages of hosts take by `suoyin/element`. */
const ELEMENT_FILES = [
  ...['index.js', 'suoyin-search.js', 'reflecting.js', 'view.js', 'option.js', 'made.js'],
  ...['answers.js', 'shown-text.js', 'style.js', 'texts.js'],
];

/** Files beside this one, by the path that they are served at. */
const FILES: Readonly<Record<string, string>> = {
  '/': 'page.html',
  '/page/icon.svg': 'icon.svg',
  '/page/page.css': 'page.css',
  '/page/map.css': 'map.css',
  '/page/panels.css': 'panels.css',
  '/page/world.json': 'world.json',
  '/page/main.js': 'main.js',
  '/page/address.js': 'address.js',
  '/page/api.js': 'api.js',
  '/page/card.js': 'card.js',
  '/page/choices.js': 'choices.js',
  '/page/element.js': 'element.js',
  '/page/found.js': 'found.js',
  '/page/gestures.js': 'gestures.js',
  '/page/map.js': 'map.js',
  '/page/take.js': 'take.js',
  '/page/typing.js': 'typing.js',
  '/page/places.js': 'places.js',
  '/page/pictures.js': 'pictures.js',
  '/page/name-language.js': 'name-language.js',
  '/page/index-status.js': 'index-status.js',
  '/page/texts.js': 'texts.js',
  '/page/texts-en.js': 'texts-en.js',
  '/page/texts-zh-hans.js': 'texts-zh-hans.js',
  '/page/texts-zh-hant.js': 'texts-zh-hant.js',
  '/page/texts-ja.js': 'texts-ja.js',
  ...Object.fromEntries(ELEMENT_FILES.map((name) => [`/element/${name}`, `../../element/${name}`])),
};

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Nothing inline, nothing from elsewhere, no HTML made of text; `blob:` is the picture that was chosen. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

interface PageFile {
  body: Buffer;
  type: string;
  tag: string;
}

/**
 * A handler that serves the playground, a page over the API; for `fallback` of `serve`.
 *
 * Its files are read once, and it asks the API by relative addresses, so it works below any path of a
 * proxy. What is none of its own is answered by 404.
 *
 * @throws {OptionError} `TOKEN_INVALID`.
 */
export function pageHandler(
  options: PageOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  checkOptions(PAGE_SPEC, options);
  const files = new Map(Object.entries(FILES).map(([path, name]) => [path, readPageFile(name)]));
  const refusalOf = tokenCheck(options.token);
  return (request, response) => {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const file = files.get(path);
    const hash = /^\/thumbnails\/([0-9a-f]{64})$/.exec(path)?.[1];
    if (file === undefined && (hash === undefined || !options.thumbnails)) {
      refuse(response, unknownPath());
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, wrongMethod(request));
    } else if (file) {
      answer(request, response, { ...file, cache: 'no-cache' });
    } else {
      const refusal = refusalOf(request);
      if (refusal) return refuse(response, refusal);
      sendThumbnail(request, response, { hash: hash!, store: options.thumbnails! });
    }
  };
}

function readPageFile(name: string): PageFile {
  const body = readFileSync(new URL(name, import.meta.url));
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, type: TYPES[name.split('.').at(-1)!]!, tag: `"${tag}"` };
}

function sendThumbnail(
  request: IncomingMessage,
  response: ServerResponse,
  { hash, store }: { hash: string; store: ThumbnailStore },
): void {
  store.read(hash).then(
    (body) => {
      if (body === null) {
        refuse(response, unknownPath());
        return;
      }
      const type = store.path(hash).endsWith('.jpg') ? 'image/jpeg' : 'image/webp';
      const cache = 'private, max-age=86400, immutable';
      answer(request, response, { body, type, tag: `"${hash}"`, cache });
    },
    (error: unknown) => {
      refuse(response, error);
    },
  );
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { body, type, tag, cache }: PageFile & { cache: string },
): void {
  const headers = { ...HEADERS, etag: tag, 'cache-control': cache };
  if (holdsTag(request.headers['if-none-match'], tag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function unknownPath(): RequestError {
  const hint = 'GET /openapi.json tells what there is.';
  return new RequestError('PATH_UNKNOWN', 'There is nothing at this path', hint, { status: 404 });
}

function wrongMethod({ method }: IncomingMessage): RequestError {
  const what = `${method} is not allowed for this path`;
  return new RequestError('METHOD_NOT_ALLOWED', what, 'Use GET.', {
    status: 405,
    headers: { allow: 'GET, HEAD' },
  });
}

function refuse(response: ServerResponse, error: unknown): void {
  const { problem, headers } = problemOf(error);
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // A body that was not read would be taken for the next request.
    connection: 'close',
    ...headers,
  });
  response.end(JSON.stringify(problem));
}
