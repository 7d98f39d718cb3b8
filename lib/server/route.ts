import type { Priority } from '../health/limiter-options.ts';
import type { SearchKind } from '../health/metrics.ts';
import type { ImageContent } from '../knn/document.ts';
import type { Parameter } from './parameters.ts';
import type { ProblemStatus } from './problem.ts';

/** A request for a route. */
export interface Call {
  /** Values of the query string by name; see `readParameters`. */
  values: Readonly<Record<string, unknown>>;
  /** The last segment of the path, decoded; empty if the path has no `{id}`. */
  id: string;
  /** Description of the picture in the body, for routes with a body. */
  picture: ImageContent | null;
  /** Aborts when the client disconnects or time is up. */
  signal: AbortSignal;
}

/** One operation: its documentation in the OpenAPI document, and its function. */
export interface Route {
  method: 'GET' | 'POST';
  /** Path as in OpenAPI: `/places/{id}`. */
  path: string;
  operation: string;
  summary: string;
  parameters: readonly Parameter[];
  /** Reads the picture in the body before `run`, on this machine. */
  describe?: (picture: Uint8Array | URL, signal: AbortSignal) => Promise<ImageContent>;
  /** Name of the schema of the answer. */
  answer: string;
  /** Problems specific to the route, by status. */
  problems?: Readonly<Partial<Record<ProblemStatus, string>>>;
  /** Value of `cache-control`. */
  cache: string;
  /** Kind of the search in metrics; null for none. */
  kind: SearchKind | null;
  /** Priority in the limiter; null if it does not use the backend. */
  priority: Priority | null;
  run(call: Call): Promise<unknown>;
}
