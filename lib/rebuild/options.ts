import type { ReadingSource } from '../autocomplete/dictionaries.ts';
import type { PlaceMappingOptions } from '../autocomplete/mapping.ts';
import type { DeadLetter } from '../source/dead-letters.ts';
import type { GeographySource } from './geography.ts';
import type { LineageCounts } from './lineage.ts';
import type { RebuildProgress } from './progress.ts';

/** What a rebuild of either feature may be told. */
export interface RunOptions {
  /** Only resume a rebuild that was cut off; never begin one. Default false. */
  resumeOnly?: boolean;
  /** Build and verify, and leave the swap to `swap`. Default false. */
  prepareOnly?: boolean;
  /** Milliseconds for which live writes also go to the former generation, for a rollback that loses nothing. Default 0. */
  keepFreshMs?: number;
  /** Milliseconds after which a holder that gives no sign counts as dead. Default 60000. */
  leaseMs?: number;
  /** Stops the rebuild; the old generation goes on answering, and the next rebuild resumes here. */
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
  /** Milliseconds of a clock that never goes back. Default `performance.now`. */
  steadyNow?: () => number;
}

/** What a rebuild of places may be told. Everything is optional. */
export interface RebuildOptions extends GeographySource, RunOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /** Of the new generation. Shards and replicas that are left out stay as they are. */
  mapping?: PlaceMappingOptions;
  /** Folder of dead letters; null keeps only the first few of them. */
  dataDir?: string | null;
  /** File of dead letters. Default `<dataDir>/dead-letters/<generation>.jsonl`, of OpenSearch `<dataDir>/dead-letters/opensearch/<generation>.jsonl`. */
  deadLetters?: string;
  /**
   * Dead letters tolerated: under 1 a share of the records, from 1 on a count. Default: one record in a
   * thousand, or up to ten that are one in ten at the most, whichever is more.
   */
  maxFailed?: number;
  /** Swap in an index without any place. Default false. */
  allowEmpty?: boolean;
  /** Read, check and build everything, write nothing. Default false. */
  dryRun?: boolean;
  /**
   * Readings of Japanese names that list none: `dictionary` asks kuromoji (a second and 300 MB once
   * it is needed), `data` leaves them out. Default `dictionary`.
   */
  readings?: ReadingSource;
}

/** What a rebuild did. */
export interface RebuildResult {
  alias: string;
  /** The new generation; null after a dry run. */
  generation: string | null;
  /** Whether queries see it: false after a dry run or with `prepareOnly`. */
  live: boolean;
  /** Whether it was begun by a rebuild that was cut off. */
  resumed: boolean;
  /** The one before it, kept for `rollback`. */
  previous: string | null;
  /** Records read, good and bad. */
  records: number;
  /** Places in the new generation that came from the source. */
  documents: number;
  /** Dead letters: records, boundaries and corrections that did not go in. */
  failed: number;
  /** The first of them, at most 20. */
  deadLetters: readonly DeadLetter[];
  /** File of all of them, null where there were none. */
  deadLettersFile: string | null;
  /** Where parents came from, in places; a country without any is in no count. */
  parents: LineageCounts;
  /** Half-filled generations of killed rebuilds that were dropped. */
  orphansDropped: string[];
  /** What was done without, such as a dictionary. */
  warnings: string[];
  seconds: number;
}

/** Defaults of a rebuild. */
export const REBUILD_DEFAULTS: Readonly<{
  alias: string;
  maxFailed: number;
  readings: ReadingSource;
}> = Object.freeze({
  alias: 'places',
  /** One record in a thousand; in a small source some more, see `RebuildOptions`. */
  maxFailed: 0.001,
  readings: 'dictionary',
});
