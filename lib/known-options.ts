import type { AliasIndex, WriteOptions } from './alias/alias-index.ts';
import { OptionError, quoteValue } from './errors.ts';
import type { ImageIndexOptions, PictureOptions } from './image-index.ts';
import type { ImageCheckOptions } from './ingest/work/check.ts';
import type { IngestOptions } from './ingest/work/pipeline.ts';
import type { ImagePurgeOptions } from './ingest/work/purge.ts';
import type { DuplicateOptions } from './knn/similar/duplicates.ts';
import type { PlaceIndex, PlaceIndexOptions } from './place-index.ts';
import type { CheckSource } from './rebuild/check.ts';
import type { ImageRebuildOptions } from './rebuild/images.ts';

/** What a call takes, beside its subject. */
interface CallOptions {
  PlaceIndex: PlaceIndexOptions;
  rebuildPlaces: NonNullable<Parameters<PlaceIndex['rebuild']>[1]>;
  verify: NonNullable<Parameters<PlaceIndex['verify']>[1]>;
  checkPlaces: CheckSource;
  inspect: NonNullable<Parameters<PlaceIndex['inspect']>[1]>;
  writePlaces: WriteOptions;
  swap: NonNullable<Parameters<AliasIndex['swap']>[0]>;
  gc: NonNullable<Parameters<AliasIndex['gc']>[0]>;
  ImageIndex: ImageIndexOptions;
  picture: PictureOptions;
  duplicates: DuplicateOptions;
  ingest: IngestOptions;
  checkImages: ImageCheckOptions;
  purge: ImagePurgeOptions;
  rebuildImages: ImageRebuildOptions;
}

/** The compiler tells of an option that is forgotten here. */
type KnownOptions = {
  readonly [Call in keyof CallOptions]: Readonly<Record<keyof CallOptions[Call], true>>;
};

const GEOGRAPHY = { boundaries: true, corrections: true, signal: true } as const;
const REBUILD = {
  prepareOnly: true,
  keepFreshMs: true,
  leaseMs: true,
  signal: true,
  onProgress: true,
  steadyNow: true,
} as const;
const TAKE = { thumbnails: true, fetch: true, signal: true, now: true } as const;

/** Options of what is handed on, such as `fetch` and `mapping`, are for whoever gets them. */
const KNOWN: KnownOptions = {
  PlaceIndex: { alias: true, mapping: true, dataDir: true, now: true },
  rebuildPlaces: {
    ...GEOGRAPHY,
    ...REBUILD,
    deadLetters: true,
    maxFailed: true,
    allowEmpty: true,
    dryRun: true,
    readings: true,
    resumeOnly: true,
  },
  verify: { ...GEOGRAPHY, generation: true, readings: true, onProgress: true },
  checkPlaces: { ...GEOGRAPHY, onFinding: true },
  inspect: { signal: true },
  writePlaces: { version: true },
  swap: { keepFreshMs: true },
  gc: { keep: true, dryRun: true },
  ImageIndex: {
    decoder: true,
    keepQuery: true,
    alias: true,
    model: true,
    mapping: true,
    fetch: true,
    limits: true,
    thumbnails: true,
    now: true,
  },
  picture: { id: true, fields: true, vector: true, version: true, signal: true },
  duplicates: { maxDistance: true, signal: true },
  ingest: {
    ...TAKE,
    again: true,
    fields: true,
    keepQuery: true,
    concurrency: true,
    maxAttempts: true,
    retryMs: true,
    patienceMs: true,
    deadLetters: true,
    maxChunks: true,
    leaseMs: true,
    perHost: true,
    hostFailures: true,
    hostOffMs: true,
    onProgress: true,
  },
  checkImages: {
    thumbnails: true,
    fsCheck: true,
    dbScan: true,
    filter: true,
    fix: true,
    graceMs: true,
    onFinding: true,
    now: true,
    signal: true,
  },
  purge: {
    ...TAKE,
    olderThanMs: true,
    gone: true,
    goneAfterMs: true,
    filter: true,
    dryRun: true,
    maxGone: true,
    concurrency: true,
    onPicture: true,
  },
  rebuildImages: { ...REBUILD, revise: true, minRecall: true },
};

/** Likeness of names from which on one is taken for the other. */
const LIKE = 0.4;

/**
 * Refuses options that a call does not have: mistyped ones would else go unnoticed in plain JavaScript.
 *
 * @throws {OptionError} `OPTION_UNKNOWN`.
 */
export function checkOptions(call: keyof CallOptions, options: object): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(KNOWN[call], name));
  if (unknown === undefined) return;
  const known = Object.keys(KNOWN[call]);
  const [best] = known
    .map((name) => ({ name, like: likeness(name, unknown) }))
    .sort((a, b) => b.like - a.like);
  const meant = best && best.like >= LIKE ? `Did you mean ${best.name}? ` : '';
  const hint = `${meant}There are ${known.join(', ')}.`;
  throw new OptionError('OPTION_UNKNOWN', `There is no option ${quoteValue(unknown)}`, hint);
}

/** Share of pairs of letters that two names have in common (Dice), 0..1. */
function likeness(a: string, b: string): number {
  const pairs = (name: string): string[] =>
    Array.from({ length: Math.max(0, name.length - 1) }, (_, i) =>
      name.slice(i, i + 2).toLowerCase(),
    );
  const [first, second] = [pairs(a), pairs(b)];
  const common = first.filter((pair) => second.includes(pair)).length;
  return (2 * common) / (first.length + second.length || 1);
}
