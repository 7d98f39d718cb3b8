import { checkAlias } from '../engines/alias.ts';
import type {
  AliasState,
  Engine,
  EngineHealth,
  Generation,
  IndexDocument,
  WriteOutcome,
} from '../engines/engine.ts';
import { indexWasClosed } from '../engines/refusals.ts';
import { adoptGeneration } from './adopt.ts';
import { readRebuildState, type RebuildState } from './checkpoint.ts';
import { discard } from './discard.ts';
import { GC_SPEC, gcGenerations, type GcOptions, type GcResult } from './gc.ts';
import { aliasState, rollbackAlias } from './generations.ts';
import { breakLease, leaseHolder, type LeaseHolder } from './lease.ts';
import { wallClock } from '../clock.ts';
import { checkOptions } from '../options.ts';
import { type Counted, type CountOptions, markingPartial, PARTIAL_SPEC } from '../partial.ts';
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
  /** The generation that `rollback` goes back to. */
  previous: string | null;
  generations: Generation[];
  /** The process that is rebuilding; null if none is. */
  rebuilding: LeaseHolder | null;
  /** Progress of the rebuild that is running or was interrupted; null if there is none. */
  unfinished: RebuildState | null;
  health: EngineHealth;
}

/** How many indexes on an engine are not closed. */
const openIndexes = new WeakMap<Engine, number>();

/** An alias on an engine with its generations: the part that the indexes of all features share. */
export abstract class AliasIndex {
  readonly alias: string;
  protected readonly now: () => number;
  readonly #engine: Engine;
  #lastVersion = 0;
  #isOpen = true;

  /**
   * @param engine - May serve several indexes; closed by `close` of the last one.
   * @param now - Milliseconds since 1970. Default: the clock of this machine.
   * @throws {OptionError} `ALIAS_INVALID`.
   */
  constructor(engine: Engine, alias: string, now: () => number = wallClock) {
    checkAlias(alias);
    this.#engine = engine;
    this.alias = alias;
    this.now = now;
    openIndexes.set(engine, (openIndexes.get(engine) ?? 0) + 1);
  }

  /**
   * The engine of this index.
   *
   * @throws {EngineError} `ENGINE_CLOSED` after `close`, also where other indexes keep the engine open.
   */
  protected get engine(): Engine {
    this.refuseClosed();
    return this.#engine;
  }

  /**
   * The create-index body of a first generation. Later ones keep the shards and replicas that
   * options leave out.
   */
  get indexBody(): Record<string, unknown> {
    return this.indexBodyWith({});
  }

  /**
   * Makes live what a rebuild with `prepareOnly` has built and verified.
   *
   * @throws {RebuildError} See `swapPrepared`.
   */
  async swap(options: SwapOptions = {}): Promise<AliasState> {
    checkOptions(SWAP_SPEC, options);
    return swapPrepared(this.engine, this.alias, options).finally(() => this.moved());
  }

  /**
   * Goes back to the generation that was live before.
   *
   * @throws {RebuildError} `NOTHING_TO_ROLL_BACK`.
   */
  async rollback(): Promise<AliasState> {
    return rollbackAlias(this.engine, this.alias).finally(() => this.moved());
  }

  /**
   * Makes a generation the live one, whatever the alias points to now: after a restore from a
   * snapshot.
   *
   * @throws {EngineError} See `adoptGeneration`.
   */
  async adopt(generation: string): Promise<AliasState> {
    return adoptGeneration(this.engine, this.alias, generation).finally(() => this.moved());
  }

  /**
   * What a rebuild would change, and which rebuild is running or can be resumed; see
   * `planRebuild`.
   */
  async plan(): Promise<RebuildPlan> {
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
   * Takes the lease away from its holder. If that rebuild is still running, it stops before its
   * swap.
   */
  async unlock(): Promise<LeaseHolder | null> {
    return breakLease(this.engine, this.alias);
  }

  /**
   * Closes this index, which refuses all work from then on (`ENGINE_CLOSED`), and its engine, unless there are other
   * indexes on it that are not closed.
   */
  async close(): Promise<void> {
    const others = openIndexes.get(this.#engine)! - (this.#isOpen ? 1 : 0);
    this.#isOpen = false;
    openIndexes.set(this.#engine, others);
    if (others === 0) await this.#engine.close();
  }

  /** @throws {EngineError} `ENGINE_CLOSED`. */
  protected refuseClosed(): void {
    if (!this.#isOpen) throw indexWasClosed();
  }

  /** Called when this object may have moved the alias, so that what it knows of the live generation is not true. */
  protected moved(): void {
    // Nothing is known here.
  }

  /** Makes an empty first generation, unless another process has made it. */
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

  /** The create-index body; `kept` are the shards and replicas to use if options have none. */
  protected abstract indexBodyWith(kept: ShardNumbers): Record<string, unknown>;

  /** Number of documents; with what it leaves out, where a part will do. */
  protected async counted(options: CountOptions): Promise<number | Counted> {
    checkOptions(PARTIAL_SPEC, options);
    if (!options.allowPartial) return this.engine.count(this.alias);
    return markingPartial(options, async (how) => ({
      count: await this.engine.count(this.alias, how),
    }));
  }

  /** Writes documents with the versions of `options`. */
  protected async writeDocuments(
    documents: readonly IndexDocument[],
    options: WriteOptions,
  ): Promise<WriteOutcome[]> {
    const versions = this.versionsOf(options, documents.length);
    const operations = documents.map((index, i) => ({ index, version: versions[i]! }));
    return writeEverywhere(this.engine, this.alias, operations, this.now());
  }

  /** Removes documents with the versions of `options`. */
  protected async deleteDocuments(
    ids: readonly string[],
    options: WriteOptions,
  ): Promise<WriteOutcome[]> {
    const versions = this.versionsOf(options, ids.length);
    const operations = ids.map((id, i) => ({ delete: id, version: versions[i]! }));
    return writeEverywhere(this.engine, this.alias, operations, this.now());
  }

  /** The versions of documents: as given, else microseconds since 1970, each only once. */
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
