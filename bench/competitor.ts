/** A place as every competitor receives it. */
export interface Place {
  id: string;
  /** Every name and alias in the record, including readings in kana, without repeats. */
  names: string[];
  /** 0 if the record states none. */
  population: number;
}

/** Returns the ids of the best places, best first, at most ten. */
export type Ask = (text: string, language: string) => string[] | Promise<string[]>;

/** One index, ready for queries, in a process of its own. */
export interface Contender {
  /** Ways to query the index, by their name in the report. */
  ways: Record<string, Ask>;
  /** Names and versions of its packages and servers. */
  version: string;
  /** Seconds that the build took in an earlier run, if the index was only opened now. */
  builtIn?: number;
  /** Bytes outside this process: a file, a server's memory. */
  outside?: { bytes: number; what: string };
  /** Milliseconds spent inside the engine since the last call; absent if that isn't measured. */
  engineMs?: () => number;
  close: () => Promise<void>;
}

/** Input for building a contender. */
export interface BuildInput {
  /** JSON lines of the records as given by the user. */
  recordsFile: string;
  /** JSON lines of `Place`, in the same order. */
  placesFile: string;
  /** File of outlines for parents; null if none is given. */
  boundaries: string | null;
  /** Folder for files, empty or from an earlier run on the same records. */
  dataDir: string;
  redisServer: string;
  /** Address of OpenSearch; empty if it does not take part. */
  node: string;
}

/** Number of suggestions in every query. */
export const LIMIT = 10;
