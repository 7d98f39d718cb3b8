/** One node of a cluster. */
export interface ClusterNode {
  url: string;
  /** Null if the node is not running or was not started as a process. */
  pid: number | null;
  /**
   * Starts it again on its data after the previous process has ended; refused after `stop` of the
   * cluster.
   */
  start(): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

/** How a cluster is started. */
export interface StartOptions {
  version?: string;
  /** More than one needs Java. Default 1. */
  nodes?: number;
  /** Of each node. Default 1g. */
  heap?: string;
  /** Lines of the configuration file. */
  settings?: Record<string, unknown>;
}

/** A running cluster. */
export interface StartedCluster {
  version: string;
  url: string;
  nodes: ClusterNode[];
  stop(): Promise<void>;
}

/** How a product can be started here, or why it can't. */
export type Means =
  { docker: true; reason?: undefined } | { java: string; reason?: undefined } | { reason: string };
