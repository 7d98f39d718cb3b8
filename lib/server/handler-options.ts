import type { AliasIndex } from '../alias/alias-index.ts';
import type { Limiter } from '../health/limiter.ts';
import { LIMITER_OPTION } from '../health/limiter-options.ts';
import type { Metrics } from '../health/metrics.ts';
import type { ImageIndex } from '../image-index.ts';
import { OPTION_INVALID, type Spec } from '../options.ts';
import { CORS_OPTION } from './access.ts';
import { REQUEST_LIMITS_SPEC, type RequestLimits } from './limits.ts';
import type { NoteSearches, PlaceSearches } from './place-threads.ts';
import type { RequestEntry } from './request-entry.ts';
import { TOKEN_OPTION } from './token.ts';

/** Options of `createHandler`. */
export interface HandlerOptions {
  /** A `PlaceIndex`; without it there is no `/suggest`, `/search` and `/places/{id}`. */
  places?: PlaceSearches;
  /** Without it there is no `/similar`, `/images` and `/images/{id}`. */
  images?: ImageIndex;
  /** A `NoteIndex`; without it there is no `/notes`, `/notes/{id}` and `/similar-notes`. */
  notes?: NoteSearches;
  /** Indexes that `/status` reports. Default none: there is no such path. */
  status?: readonly AliasIndex[];
  /**
   * Limits searches to what the backend can take; use the same one for all calls of this backend.
   */
  limiter?: Limiter;
  metrics?: Metrics;
  /** Prefix of every path: `/api`. Default none; not for Express, which removes it itself. */
  basePath?: string;
  /** Origins whose pages may read answers, or `*`. Default none. */
  cors?: readonly string[];
  /** Allowed values of the `Host` header, against DNS rebinding. Default any. */
  hosts?: readonly string[];
  /**
   * Bearer token that every request except `OPTIONS` must have: at least 16 characters of A-Z a-z
   * 0-9 . _ ~ + / -. Default none: everybody has access.
   */
  token?: string;
  /**
   * Whether clients may give URLs of pictures, which `images` fetches with its settings. Default
   * false.
   */
  fetchUrls?: boolean;
  /** Whether `/detect` uses dictionaries; false detects by characters alone. Default true. */
  dictionaries?: boolean;
  limits?: Partial<RequestLimits>;
  /** Called with one entry for every request that was answered or aborted. Default: nothing is logged. */
  log?: (entry: RequestEntry) => void;
}

/** Names of the options with a default. */
export type ServedDefault = 'cors' | 'fetchUrls' | 'dictionaries';

/** Options that `createHandler` and `serve` share. */
export const SERVED_SPEC: Spec<
  Omit<HandlerOptions, 'basePath' | 'metrics' | 'log'>,
  ServedDefault
> = {
  code: OPTION_INVALID,
  options: {
    places: {
      type: 'object',
      like: ['suggest', 'search', 'get'],
      wanted: 'a PlaceIndex',
      otherwise: 'none: no `/suggest`, `/search` and `/places/{id}`',
      help: 'places that are served',
    },
    images: {
      type: 'object',
      like: ['similar', 'get'],
      wanted: 'an ImageIndex',
      otherwise: 'none: no `/similar`, `/images` and `/images/{id}`',
      help: 'pictures that are served',
    },
    notes: {
      type: 'object',
      like: ['search', 'like', 'get'],
      wanted: 'a NoteIndex',
      otherwise: 'none: no `/notes`, `/notes/{id}` and `/similar-notes`',
      help: 'notes that are served',
    },
    status: {
      type: 'list',
      items: { type: 'object', like: ['status'], wanted: 'an index', help: '' },
      otherwise: 'none: no `/status`',
      help: 'indexes that `/status` tells of',
    },
    limiter: LIMITER_OPTION,
    cors: CORS_OPTION,
    hosts: {
      type: 'list',
      items: { type: 'text', help: '' },
      otherwise: 'any',
      flag: '--allow-host <name>',
      repeats: true,
      help: 'names that `Host` may have, such as that of a proxy',
    },
    token: TOKEN_OPTION,
    fetchUrls: {
      type: 'flag',
      default: false,
      flag: '--fetch',
      help: 'lets clients have pictures fetched by their address',
    },
    dictionaries: {
      type: 'flag',
      default: true,
      help: 'false: `/detect` goes by characters alone',
      off: 'tell languages by characters alone: 350 MB less, starts at once',
    },
    limits: { type: 'object', spec: REQUEST_LIMITS_SPEC, help: 'what one request may cost' },
  },
};

/** Options of `createHandler`. */
export const HANDLER_SPEC: Spec<HandlerOptions, ServedDefault | 'basePath'> = {
  code: OPTION_INVALID,
  options: {
    ...SERVED_SPEC.options,
    metrics: {
      type: 'object',
      like: ['searchDone', 'requestDone'],
      wanted: 'what createMetrics returns',
      help: 'counts searches',
    },
    basePath: {
      type: 'text',
      pattern: /^(?:\/[^/?#]+)*$/,
      wanted: 'a path that begins with / and does not end with one, such as /api',
      default: '',
      help: 'begins every path',
    },
    log: {
      type: 'function',
      otherwise: 'nothing is logged',
      help: 'gets one entry for every request',
    },
  },
};
