/** One node of a cluster. */
export interface OpenSearchNode {
  url: string;
  /** Null where it is not a process of ours, or does not run. */
  pid: number | null;
  start(): void;
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
