import { LEASE_DEFAULTS } from '../alias/lease.ts';
import { KEEP_FRESH } from '../alias/swap.ts';
import type { ReadingSource } from '../autocomplete/dictionaries.ts';
import { PLACE_MAPPING_SPEC, type PlaceMappingOptions } from '../autocomplete/mapping.ts';
import { ALIAS_OPTION } from '../engines/alias.ts';
import { defaultsOf, OPTION_INVALID, SIGNAL, type Spec, TIMER_MAX } from '../options.ts';
import { BOOSTS_SPEC, type BoostSource } from '../source/boosts.ts';
import type { DeadLetter } from '../source/dead-letters.ts';
import { GEOGRAPHY_SPEC, type GeographySource } from './geography.ts';
import type { LineageCounts } from './lineage.ts';
import type { RebuildProgress } from './progress.ts';

/** Options of a rebuild of any feature. */
export interface RunOptions {
  /** Only resume an interrupted rebuild; never start a new one. Default false. */
  resumeOnly?: boolean;
  /** Build and verify only; `swap` moves the alias. Default false. */
  prepareOnly?: boolean;
  /** Documents of the new generation that are read back before the swap: about 200, or all. Default `sample`. */
  verify?: 'sample' | 'all';
  /**
   * Milliseconds for which live writes also go to the previous generation, for a rollback that
   * loses nothing. Default 0.
   */
  keepFreshMs?: number;
  /**
   * Milliseconds without a renewal after which the holder of a lease counts as dead. Default
   * 60000.
   */
  leaseMs?: number;
  /** Stops the rebuild. The live generation still answers, and the next rebuild resumes here. */
  signal?: AbortSignal;
  onProgress?: (progress: RebuildProgress) => void;
  /**
   * Called when a generation has lost a shard with a node, and is built again on the remaining
   * nodes.
   */
  onLost?: (generation: string) => void;
  /** Milliseconds of a steady clock. Default `performance.now`. */
  steadyNow?: () => number;
}

/** Options of a rebuild of pictures or notes, which is always resumed if possible. */
export type ImageRunOptions = Omit<RunOptions, 'resumeOnly'>;

/** Options of `PlaceIndex.rebuild`. */
export interface PlaceRebuildOptions extends GeographySource, BoostSource, RunOptions {
  /** File of dead letters. Default `<dataDir>/dead-letters/<generation>.jsonl`, of OpenSearch `<dataDir>/dead-letters/opensearch/<generation>.jsonl`. */
  deadLetters?: string;
  /**
   * Dead letters tolerated: below 1 a share of the records, from 1 a count. Default: 0.1 % of the
   * records, or up to 10 that are at most 10 % of them, whichever is more.
   */
  maxFailed?: number;
  /** Allows an index without any place to go live. Default false. */
  allowEmpty?: boolean;
  /** Read, check and build everything, write nothing. Default false. */
  dryRun?: boolean;
  /**
   * Makes every place anew. Default false: on the embedded engine places whose record, parents and options are as they
   * were for the live generation are copied from it.
   */
  full?: boolean;
  /**
   * Readings of Japanese names that list none: `dictionary` takes them from kuromoji (a second and
   * 300 MB when first needed), `data` leaves them out. Default `dictionary`.
   */
  readings?: ReadingSource;
  /**
   * Names in Hong Kong and Macau are found by Jyutping, too (zoenggwanou), by to-jyutping: a second and 60 MB when first
   * needed, one key more for each of them. Default false.
   */
  jyutping?: boolean;
}

/** Options of `rebuildPlaces`: those of `PlaceIndex.rebuild` and of the index. */
export interface RebuildOptions extends PlaceRebuildOptions {
  /** The name that queries use. Default `places`. */
  alias?: string;
  /** Settings of the new generation. Shards and replicas that are left out stay as they are. */
  mapping?: PlaceMappingOptions;
  /** Folder of dead letters; null keeps only the first few of them. */
  dataDir?: string | null;
}

type ImageRunDefault = 'prepareOnly' | 'keepFreshMs' | 'leaseMs' | 'verify';
type RunDefault = ImageRunDefault | 'resumeOnly';
type PlaceDefault = 'allowEmpty' | 'dryRun' | 'full' | 'readings' | 'jyutping';

/** Result of a rebuild. */
export interface RebuildResult {
  alias: string;
  /** The new generation; null after a dry run. */
  generation: string | null;
  /** Whether the generation is live: false after a dry run or with `prepareOnly`. */
  live: boolean;
  /** Whether an interrupted rebuild was resumed. */
  resumed: boolean;
  /** The previous generation, kept for `rollback`. */
  previous: string | null;
  /** Records read, good and bad. */
  records: number;
  /** Places in the new generation that came from the source. */
  documents: number;
  /** Of these, the ones that were copied from the live generation, as nothing that they are made of has changed. */
  copied: number;
  /** Dead letters: records, boundaries and corrections that did not go in. */
  failed: number;
  /** The first of them, at most 20. */
  deadLetters: readonly DeadLetter[];
  /** File of all dead letters; null if there were none. */
  deadLettersFile: string | null;
  /** Number of places by where their parent came from; a country without any is not counted. */
  parents: LineageCounts;
  /** Other aliases on the live index, made by the application, that moved with the swap. */
  aliasesMoved: string[];
  /** Orphans of killed rebuilds that were dropped. */
  orphansDropped: string[];
  /**
   * Generations that lost a shard with a node while they were built; each was built again on the
   * remaining nodes.
   */
  lost: string[];
  /**
   * What was skipped, such as a missing dictionary, and what was corrected or left out in records.
   */
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
      flag: '--no-swap',
      help: 'build and verify only; `swap` does the rest',
    },
    verify: {
      type: 'text',
      choices: ['sample', 'all'],
      default: 'sample',
      help: 'documents that are read back before the swap: about 200, or all',
    },
    keepFreshMs: KEEP_FRESH,
    leaseMs: {
      type: 'number',
      over: 0,
      max: TIMER_MAX,
      unit: 'ms',
      default: LEASE_DEFAULTS.leaseMs,
      help: 'without a renewal after which the holder of a lease counts as dead',
    },
    signal: SIGNAL,
    onProgress: { type: 'function', help: 'called with the progress' },
    onLost: {
      type: 'function',
      help: 'called when a generation has lost a shard with a node, and is built again',
    },
    steadyNow: {
      type: 'function',
      otherwise: '`performance.now`',
      help: 'milliseconds of a steady clock',
    },
  },
};

const RUN_SPEC: Spec<RunOptions, RunDefault> = {
  code: OPTION_INVALID,
  options: {
    resumeOnly: {
      type: 'flag',
      default: false,
      help: 'only resume an interrupted rebuild, never start a new one',
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
      flag: '--dead-letters <file>',
      otherwise: 'a file for each generation in `dataDir`',
      help: 'file that failed records go to',
    },
    maxFailed: {
      type: 'custom',
      code: 'MAX_FAILED_INVALID',
      fits: isMaxFailed,
      wanted: 'a number from 0 to under 1 for a share, or a whole number for a count',
      otherwise: '0.1 % of the records, or up to 10 that are at most 10 % of them',
      text: { wanted: 'a count such as 50 or a share such as 0.1%', read: readMaxFailed },
      help: 'records that may fail',
    },
    allowEmpty: {
      type: 'flag',
      default: false,
      help: 'allow an index without any place to go live',
    },
    dryRun: {
      type: 'flag',
      default: false,
      help: 'read, check and build everything, write nothing',
    },
    full: {
      type: 'flag',
      default: false,
      help: 'make every place anew; without, unchanged ones are copied on the embedded engine',
    },
    readings: {
      type: 'text',
      choices: ['dictionary', 'data'],
      default: 'dictionary',
      help: 'readings of Japanese names that list none: from kuromoji, or left out',
    },
    jyutping: {
      type: 'flag',
      default: false,
      help: 'find names in Hong Kong and Macau by Jyutping, too, with to-jyutping',
    },
    ...GEOGRAPHY_SPEC.options,
    ...BOOSTS_SPEC.options,
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

/** `50` as a count, `0.1%` as a share; 100% is any count. */
function readMaxFailed(text: string): number | undefined {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (percent === '%' && value < 100) return value / 100;
  if (percent === '%' && value === 100) return Number.MAX_SAFE_INTEGER;
  return percent === '' && Number.isInteger(value) ? value : undefined;
}
