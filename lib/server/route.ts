import type { Priority } from '../health/limiter-options.ts';
import type { SearchKind } from '../health/metrics.ts';
import type { ImageContent } from '../knn/document.ts';
import type { Parameter } from './parameters.ts';

/** A request as a route sees it. */
export interface Call {
  /** Of the query string, by name; see `readParameters`. */
  values: Readonly<Record<string, unknown>>;
  /** The last segment of the path, decoded; empty where the path has no `{id}`. */
  id: string;
  /** Of a route with a body: what is known of the picture in it. */
  picture: ImageContent | null;
  /** Aborts when the client goes away, and when time is up. */
  signal: AbortSignal;
}

/** One operation: what the OpenAPI document says of it, and what it does. */
export interface Route {
  method: 'GET' | 'POST';
  /** As OpenAPI writes it: `/places/{id}`. */
  path: string;
  operation: string;
  summary: string;
  parameters: readonly Parameter[];
  /** Takes a picture as its body, and reads it before `run`, at the cost of this machine. */
  describe?: (picture: Uint8Array | URL, signal: AbortSignal) => Promise<ImageContent>;
  /** Name of the schema of its answer. */
  answer: string;
  /** Errors that are its own, by status. */
  problems?: Readonly<Record<number, string>>;
  /** Value of `cache-control`. */
  cache: string;
  /** Which metric counts it; null for none. */
  kind: SearchKind | null;
  /** Its place among the work of the backend; null where it needs none. */
  priority: Priority | null;
  run(call: Call): Promise<unknown>;
}
