/** The HTTP API: a handler for your own server, or the whole server. */
export type { ConnectionLimits } from './connections.ts';
export { createHandler, type Handler } from './handler.ts';
export type { HandlerOptions } from './handler-options.ts';
export { REQUEST_LIMITS, type RequestLimits } from './limits.ts';
export { pageHandler, type PageOptions } from './page/page.ts';
export type { PlaceSearches } from './place-threads.ts';
export type { RequestEntry } from './request-entry.ts';
export type { LogEntry } from './request-log.ts';
export { CLUSTER_LIMITS, embeddedLimits, serve, type ServeOptions, type Serving } from './serve.ts';
