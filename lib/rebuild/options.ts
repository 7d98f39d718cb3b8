import { LEASE_DEFAULTS } from '../alias/lease.ts';
import { KEEP_FRESH } from '../alias/swap.ts';
import type { ReadingSource } from '../autocomplete/dictionaries.ts';
import { PLACE_MAPPING_SPEC, type PlaceMappingOptions } from '../autocomplete/mapping.ts';
import { ALIAS_OPTION } from '../engines/alias.ts';
import { defaultsOf, OPTION_INVALID, SIGNAL, type Spec, TIMER_MAX } from '../options.ts';
import type { DeadLetter } from '../source/dead-letters.ts';
import { GEOGRAPHY_SPEC, type GeographySource } from './geography.ts';
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

/** What a rebuild of pictures may be told: a copy of an index is always resumed where it can be. */
export type ImageRunOptions = Omit<RunOptions, 'resumeOnly'>;

/** What `PlaceIndex.rebuild` may be told. Everything is optional. */
export interface PlaceRebuildOptions extends GeographySource, RunOptions {
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

/** What a rebuild of places may be told: the same, with what an index says of itself. */
export interface RebuildOptions extends PlaceRebuildOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /** Of the new generation. Shards and replicas that are left out stay as they are. */
  mapping?: PlaceMappingOptions;
  /** Folder of dead letters; null keeps only the first few of them. */
  dataDir?: string | null;
}

type ImageRunDefault = 'prepareOnly' | 'keepFreshMs' | 'leaseMs';
type RunDefault = ImageRunDefault | 'resumeOnly';
type PlaceDefault = 'allowEmpty' | 'dryRun' | 'readings';

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
  /** What was done without, such as a dictionary, and what was corrected or left out in records. */
  warnings: string[];
  seconds: number;
}

/** Options of a run of `ImageIndex`. */
export const IMAGE_RUN_SPEC: Spec<ImageRunOptions, ImageRunDefault> = {
  code: OPTION_INVALID,
  options: {
    prepareOnly: {
      type: 'flag',
      default: false,
      help: 'build and verify, and leave the swap to `swap`',
    },
    keepFreshMs: KEEP_FRESH,
    leaseMs: {
      type: 'number',
      over: 0,
      max: TIMER_MAX,
      unit: 'ms',
      default: LEASE_DEFAULTS.leaseMs,
      help: 'after which a holder that gives no sign counts as dead',
    },
    signal: SIGNAL,
    onProgress: { type: 'function', help: 'told how far it is' },
    steadyNow: {
      type: 'function',
      otherwise: '`performance.now`',
      help: 'milliseconds of a clock that never goes back',
    },
  },
};

const RUN_SPEC: Spec<RunOptions, RunDefault> = {
  code: OPTION_INVALID,
  options: {
    resumeOnly: {
      type: 'flag',
      default: false,
      help: 'only resume a rebuild that was cut off, never begin one',
    },
    ...IMAGE_RUN_SPEC.options,
  },
};

/** Options of `PlaceIndex.rebuild`. */
export const PLACE_REBUILD_SPEC: Spec<PlaceRebuildOptions, RunDefault | PlaceDefault> = {
  code: OPTION_INVALID,
  options: {
    deadLetters: {
      type: 'text',
      otherwise: 'a file for each generation in `dataDir`',
      help: 'file of dead letters',
    },
    maxFailed: {
      type: 'custom',
      code: 'MAX_FAILED_INVALID',
      fits: isMaxFailed,
      wanted: 'a number from 0 to under 1 for a share, or a whole number for a count',
      otherwise:
        'one record in a thousand, or up to ten that are one in ten at the most, whichever is more',
      help: 'dead letters tolerated: under 1 a share of the records, from 1 on a count',
    },
    allowEmpty: { type: 'flag', default: false, help: 'swap in an index without any place' },
    dryRun: {
      type: 'flag',
      default: false,
      help: 'read, check and build everything, write nothing',
    },
    readings: {
      type: 'text',
      choices: ['dictionary', 'data'],
      default: 'dictionary',
      help: 'of Japanese names that list none: from kuromoji, or left out',
    },
    ...GEOGRAPHY_SPEC.options,
    ...RUN_SPEC.options,
  },
};

/** Options of `rebuildPlaces`. */
export const REBUILD_SPEC: Spec<RebuildOptions, RunDefault | PlaceDefault | 'alias'> = {
  code: OPTION_INVALID,
  options: {
    alias: { ...ALIAS_OPTION, default: 'places' },
    mapping: { type: 'object', spec: PLACE_MAPPING_SPEC, help: 'of the new generation' },
    dataDir: {
      type: 'custom',
      fits: (value) => typeof value === 'string' || value === null,
      wanted: 'the path of a folder, or null',
      otherwise: 'none: only the first few are kept',
      help: 'folder of dead letters',
    },
    ...PLACE_REBUILD_SPEC.options,
  },
};

/** Defaults of a rebuild of places. */
export const REBUILD_DEFAULTS: Readonly<{ alias: string; readings: ReadingSource }> =
  defaultsOf(REBUILD_SPEC);

/** Whether a number is a share, or a whole count. */
function isMaxFailed(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && (value < 1 || Number.isInteger(value));
}
