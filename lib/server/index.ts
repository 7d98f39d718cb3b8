export { createHandler, type Handler, type HandlerOptions } from './handler.ts';
export { REQUEST_LIMITS, type RequestLimits } from './limits.ts';
export { pageHandler, type PageOptions } from './page/page.ts';
export { CLUSTER_LIMITS, embeddedLimits, serve, type ServeOptions, type Serving } from './serve.ts';
