/** A place as every competitor is given it. */
export interface Place {
  id: string;
  /** Every name and alias that the record lists, readings in kana too, each once. */
  names: string[];
  /** 0 where the record states none. */
  population: number;
}

/** Returns the ids of the first places, best first, at most ten. */
export type Ask = (text: string, language: string) => string[] | Promise<string[]>;

/** One index, built and ready, in a process of its own. */
export interface Contender {
  /** Ways to ask the one index, by the name shown in the report. */
  ways: Record<string, Ask>;
  /** What it is: packages, servers and their versions. */
  version: string;
  /** Seconds that the build took in an earlier run, where the index was only opened now. */
  builtIn?: number;
  /** Bytes outside this process: a file, a server's memory. */
  outside?: { bytes: number; what: string };
  /** Milliseconds spent inside the engine since the last call; absent where that isn't told apart. */
  engineMs?: () => number;
  close: () => Promise<void>;
}

/** What a contender is built from. */
export interface BuildInput {
  /** JSON lines as the user gave them. */
  recordsFile: string;
  /** JSON lines of `Place`, in the same order. */
  placesFile: string;
  /** Outlines for parents, where given. */
  boundaries: string | null;
  /** Folder for files, empty or from an earlier run on the same records. */
  dataDir: string;
  redisServer: string;
  /** Address of OpenSearch, empty where it takes no part. */
  node: string;
}

/** Suggestions asked for, everywhere. */
export const LIMIT = 10;
