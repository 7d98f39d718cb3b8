import { checkAlias } from '../engines/alias.ts';
import type {
  AliasState,
  Engine,
  EngineHealth,
  Generation,
  IndexDocument,
  WriteOutcome,
} from '../engines/engine.ts';
import { readRebuildState, type RebuildState } from './checkpoint.ts';
import { discard } from './discard.ts';
import { GC_SPEC, gcGenerations, type GcOptions, type GcResult } from './gc.ts';
import { aliasState, rollbackAlias } from './generations.ts';
import { breakLease, leaseHolder, type LeaseHolder } from './lease.ts';
import { wallClock } from '../clock.ts';
import { checkOptions } from '../options.ts';
import { writeEverywhere } from './live-writes.ts';
import { planRebuild, type RebuildPlan } from './plan.ts';
import type { ShardNumbers } from './shard-numbers.ts';
import { SWAP_SPEC, swapPrepared, type SwapOptions } from './swap.ts';
import { givenVersions, type WriteOptions } from './versions.ts';

/** What is live, what is kept, and who rebuilds. */
export interface IndexStatus {
  alias: string;
  /** Name of the live generation, null before the first one. */
  live: string | null;
  /** The one that `rollback` goes to. */
  previous: string | null;
  generations: Generation[];
  /** The process that rebuilds now, null where none does. */
  rebuilding: LeaseHolder | null;
  /** How far the rebuild is that runs, or that was cut off; null where there is none. */
  unfinished: RebuildState | null;
  health: EngineHealth;
}

/** An alias over an engine and its generations: what indexes of all features have in common. */
export abstract class AliasIndex {
  readonly alias: string;
  protected readonly engine: Engine;
  protected readonly now: () => number;
  #lastVersion = 0;

  /**
   * @param engine - Closed by `close`.
   * @param now - Milliseconds since 1970. Default: the clock of this machine.
   * @throws {OptionError} `ALIAS_INVALID`.
   */
  constructor(engine: Engine, alias: string, now: () => number = wallClock) {
    checkAlias(alias);
    this.engine = engine;
    this.alias = alias;
    this.now = now;
  }

  /** The create-index body of a first generation; later ones keep shards and replicas that are not asked for. */
  get indexBody(): Record<string, unknown> {
    return this.indexBodyWith({});
  }

  /**
   * Swaps in what a rebuild with `prepareOnly` has built and verified.
   *
   * @throws {RebuildError} See `swapPrepared`.
   */
  async swap(options: SwapOptions = {}): Promise<AliasState> {
    checkOptions(SWAP_SPEC, options);
    return swapPrepared(this.engine, this.alias, options);
  }

  /**
   * Goes back to the generation that was live before.
   *
   * @throws {RebuildError} `NOTHING_TO_ROLL_BACK`.
   */
  rollback(): Promise<AliasState> {
    return rollbackAlias(this.engine, this.alias);
  }

  /** What a rebuild would change, and what runs or may be resumed; see `planRebuild`. */
  plan(): Promise<RebuildPlan> {
    return planRebuild(this.engine, this.alias, (kept) => this.indexBodyWith(kept));
  }

  /** Drops generations that nothing needs; see `gcGenerations`. */
  async gc(options: GcOptions = {}): Promise<GcResult> {
    checkOptions(GC_SPEC, options);
    const { alias } = this;
    return gcGenerations(this.engine, { ...options, alias });
  }

  /** What is live, what is kept, and who rebuilds. */
  async status(): Promise<IndexStatus> {
    const { alias } = this;
    const state = await aliasState(this.engine, alias);
    return {
      alias,
      live: state?.generation ?? null,
      previous: state?.previous ?? null,
      generations: await this.engine.generations(alias),
      rebuilding: await leaseHolder(this.engine, alias),
      unfinished: await readRebuildState(this.engine, alias),
      health: await this.engine.health(),
    };
  }

  /**
   * Takes the right to rebuild away from whoever holds it; a rebuild that still runs then stops
   * before its swap.
   */
  unlock(): Promise<LeaseHolder | null> {
    return breakLease(this.engine, this.alias);
  }

  /** Closes the engine. */
  close(): Promise<void> {
    return this.engine.close();
  }

  /** Makes an empty first generation, unless another process is faster. */
  protected async begin(): Promise<void> {
    const { name } = await this.engine.createGeneration(this.alias, this.indexBody);
    await this.engine.finishGeneration(name);
    try {
      await this.engine.swapAlias(this.alias, null, name);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ALIAS_MOVED') throw error;
      await discard(this.engine, this.alias, name);
    }
  }

  /** The create-index body, with these shards and replicas where none were asked for. */
  protected abstract indexBodyWith(kept: ShardNumbers): Record<string, unknown>;

  /** Writes documents with the versions that are asked for. */
  protected writeDocuments(
    documents: readonly IndexDocument[],
    options: WriteOptions,
  ): Promise<WriteOutcome[]> {
    const versions = this.versionsOf(options, documents.length);
    const operations = documents.map((index, i) => ({ index, version: versions[i]! }));
    return writeEverywhere(this.engine, this.alias, operations, this.now());
  }

  /** Removes documents with the versions that are asked for. */
  protected deleteDocuments(
    ids: readonly string[],
    options: WriteOptions,
  ): Promise<WriteOutcome[]> {
    const versions = this.versionsOf(options, ids.length);
    const operations = ids.map((id, i) => ({ delete: id, version: versions[i]! }));
    return writeEverywhere(this.engine, this.alias, operations, this.now());
  }

  /** The versions of documents: as given, or microseconds since 1970, never the same twice. */
  protected versionsOf(options: WriteOptions, count: number): readonly number[] {
    const now = this.now();
    return (
      givenVersions(options, count, now) ??
      Array.from({ length: count }, () => {
        this.#lastVersion = Math.max(this.#lastVersion + 1, now * 1000);
        return this.#lastVersion;
      })
    );
  }
}
