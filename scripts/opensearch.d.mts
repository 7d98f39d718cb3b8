/** One node of a cluster. */
export interface OpenSearchNode {
  url: string;
  /** Null if the node is not running or was not started as a process. */
  pid: number | null;
  /** Starts it again on its data, once the one before has ended; refused after `stop` of the cluster. */
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

export declare function means(
  version?: string,
): { docker: true; reason?: undefined } | { java: string; reason?: undefined } | { reason: string };

export declare function startOpenSearch(options?: {
  version?: string;
  nodes?: number;
  heap?: string;
  settings?: Record<string, unknown>;
}): Promise<{
  version: string;
  url: string;
  nodes: OpenSearchNode[];
  stop(): Promise<void>;
}>;
