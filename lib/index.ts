/**
 * suoyin: search by name for people who write in Han characters.
 *
 * The whole job is `PlaceIndex` over an engine; the pure parts (records, documents, queries,
 * suggestions, folding, readings, language of a name) serve hosts with a pipeline of their own.
 */
export {
  PlaceIndex,
  type IndexStatus,
  type PlaceIndexOptions,
  type SuggestCallOptions,
} from './place-index.ts';
export { embedded, type EmbeddedOptions, type SqliteHandle } from './engines/embedded/index.ts';
export type {
  AliasState,
  Engine,
  EngineHealth,
  Generation,
  WriteOperation,
  WriteOutcome,
} from './engines/engine.ts';
export {
  rebuildPlaces,
  REBUILD_DEFAULTS,
  type RebuildOptions,
  type RebuildResult,
} from './rebuild/run.ts';
export {
  type CheckFinding,
  type CheckReport,
  checkPlaces,
  type CheckSource,
} from './rebuild/check.ts';
export type { DeadLetter } from './rebuild/dead-letters.ts';
export type { PlaceRecordSource } from './rebuild/source.ts';
export type { RebuildProgress } from './rebuild/progress.ts';
export type { GcResult } from './rebuild/generations.ts';
export {
  EngineError,
  MissingDependencyError,
  OptionError,
  RebuildError,
  RecordError,
  SearchError,
} from './errors.ts';
export * from './autocomplete/index.ts';
export * from './analyzers/index.ts';
