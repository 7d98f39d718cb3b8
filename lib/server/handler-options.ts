import type { AliasIndex } from '../alias/alias-index.ts';
import type { Limiter } from '../health/limiter.ts';
import { LIMITER_OPTION } from '../health/limiter-options.ts';
import type { Metrics } from '../health/metrics.ts';
import type { ImageIndex } from '../image-index.ts';
import { OPTION_INVALID, type Spec } from '../options.ts';
import { CORS_OPTION } from './access.ts';
import { REQUEST_LIMITS_SPEC, type RequestLimits } from './limits.ts';
import type { ServedNotes } from './note-routes.ts';
import type { PlaceSearches } from './place-threads.ts';
import type { RequestEntry } from './request-entry.ts';
import { TOKEN_OPTION } from './token.ts';

/** What is served, to whom, and how much of it. */
export interface HandlerOptions {
  /** A `PlaceIndex`; without it there is no `/suggest`, `/search` and `/places/{id}`. */
  places?: PlaceSearches;
  /** Without it there is no `/similar` and `/images/{id}`. */
  images?: ImageIndex;
  /** A `NoteIndex`; without it there is no `/notes`, `/notes/{id}` and `/similar-notes`. */
  notes?: ServedNotes;
  /** Indexes that `/status` tells of. Default none: there is no such path. */
  status?: readonly AliasIndex[];
  /** Holds searches to what the backend takes; share it among all that call this backend. */
  limiter?: Limiter;
  metrics?: Metrics;
  /** Begins every path: `/api`. Default none; not for Express, which takes it off by itself. */
  basePath?: string;
  /** Origins whose pages may read answers, or `*`. Default none. */
  cors?: readonly string[];
  /** Names that `Host` may have, against pages that have their own name point here. Default any. */
  hosts?: readonly string[];
  /**
   * Bearer token that every request of a route has to bring, but for `OPTIONS`: at least 16 characters of
   * A-Z a-z 0-9 . _ ~ + / -. Default none: everybody may ask.
   */
  token?: string;
  /** Lets clients have pictures fetched by their address, as `images` was set up to do. Default false. */
  fetchUrls?: boolean;
  /** False: `/detect` goes by characters alone, and loads no dictionary. Default true. */
  dictionaries?: boolean;
  limits?: Partial<RequestLimits>;
  /** Gets one entry for every request that was answered or broken off. */
  log?: (entry: RequestEntry) => void;
}

/** Those of them that have a default. */
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
      otherwise: 'none: no `/similar` and `/images/{id}`',
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
      help: 'names that `Host` may have',
    },
    token: TOKEN_OPTION,
    fetchUrls: {
      type: 'flag',
      default: false,
      help: 'lets clients have pictures fetched by their address',
    },
    dictionaries: {
      type: 'flag',
      default: true,
      help: 'false: `/detect` goes by characters alone',
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
      like: ['searchDone'],
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
    log: { type: 'function', help: 'gets one entry for every request' },
  },
};
