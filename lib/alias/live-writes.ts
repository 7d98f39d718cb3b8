import { createHash } from 'node:crypto';
import type { Documents, State, WriteOperation, WriteOutcome } from '../engines/engine.ts';
import { EngineError, SearchError } from '../errors.ts';

/** A write operation with the version that decides which of two writes of an id is the newer. */
export type VersionedOperation = WriteOperation & { version: number };

/**
 * Versions of a source's records count down from here, so that the first of two records with one id
 * stays. Live writes, whose versions are microseconds since 1970, are above all of them.
 */
export const SOURCE_VERSIONS: number = 2 ** 40;

/** Milliseconds since 1970, from the clock of this machine. */
export function wallClock(): number {
  return Date.now();
}

/** Generations that live writes go to beside the live one. */
interface Targets {
  /** The one that a rebuild fills. */
  building: string | null;
  /** The one before the live one, kept up to date for a rollback until a time (ms since 1970). */
  fresh: { generation: string; until: number } | null;
}

const KEY = 'targets';
const NONE: Targets = { building: null, fresh: null };

/** Tells writers, from before the source is read on, which generation is being filled. */
export async function announceBuilding(
  engine: State,
  alias: string,
  building: string,
): Promise<void> {
  await updateTargets(engine, alias, (targets) => ({ ...targets, building }));
}

/**
 * Ends the writes to a generation that was filled, or given up.
 *
 * @param fresh - The generation to write to from now on, beside the live one.
 */
export async function withdrawBuilding(
  engine: State,
  alias: string,
  building: string,
  fresh?: Targets['fresh'],
): Promise<void> {
  await updateTargets(engine, alias, (targets) => ({
    building: targets.building === building ? null : targets.building,
    fresh: fresh === undefined ? targets.fresh : fresh,
  }));
  for (const { key } of await engine.listState(alias, `live/${building}/`)) {
    await engine.writeState(alias, key, null);
  }
}

async function updateTargets(
  engine: State,
  alias: string,
  change: (targets: Targets) => Targets,
): Promise<void> {
  for (;;) {
    const entry = await engine.readState(alias, KEY);
    const next = change((entry?.value as Targets | undefined) ?? NONE);
    const expected = entry?.revision ?? null;
    if ((await engine.writeState(alias, KEY, next, expected)) !== null) return;
  }
}

/**
 * Writes to the live generation, and before that to the one that a rebuild fills and to the one that
 * is kept fresh, so that no swap loses a write. A write that fails on the way has changed nothing
 * live, and may be repeated.
 *
 * A delete is noted too, since a record of the source may come in after it; `replayDeletes` reads
 * these notes when the source is in.
 *
 * @param now - Milliseconds since 1970.
 * @throws {EngineError} `WRITE_REFUSED` when a generation beside the live one takes no writes.
 */
export async function writeEverywhere(
  engine: State & Documents,
  alias: string,
  operations: readonly VersionedOperation[],
  now: number,
): Promise<WriteOutcome[]> {
  const entry = await engine.readState(alias, KEY);
  const { building, fresh } = (entry?.value as Targets | undefined) ?? NONE;
  if (building !== null) {
    await noteWrites(engine, alias, building, operations);
    await writeBeside(engine, building, operations);
  }
  if (fresh && fresh.until > now) await writeBeside(engine, fresh.generation, operations);
  const outcomes = await engine.write(alias, operations);
  return building === null ? outcomes : settleSwapped(engine, alias, operations, outcomes);
}

async function noteWrites(
  engine: State,
  alias: string,
  generation: string,
  operations: readonly VersionedOperation[],
): Promise<void> {
  await engine.writeState(alias, `live/${generation}/`, true, null);
  for (const operation of operations) {
    if (!('delete' in operation)) continue;
    const { delete: id, version } = operation;
    const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
    await engine.writeState(alias, `live/${generation}/${name}`, { id, version });
  }
}

async function writeBeside(
  engine: Documents,
  generation: string,
  operations: readonly VersionedOperation[],
): Promise<void> {
  let outcomes: WriteOutcome[];
  try {
    outcomes = await engine.write(generation, operations);
  } catch (error) {
    // Its rebuild was given up, or gc dropped it: nothing needs the write any more.
    if (error instanceof SearchError && error.code === 'INDEX_NOT_FOUND') return;
    throw error;
  }
  // What the documents themselves are refused for (400), the live generation will tell.
  const failed = outcomes.find(({ status }) => status === 429 || status >= 500);
  if (!failed) return;
  const what = `${generation} did not take ${failed.id}: ${failed.reason ?? failed.status}`;
  throw new EngineError('WRITE_REFUSED', what, 'Nothing was changed; write again.');
}

/** After a swap in between, the generation that was being filled is the live one and has the write. */
async function settleSwapped(
  engine: Documents,
  alias: string,
  operations: readonly VersionedOperation[],
  outcomes: WriteOutcome[],
): Promise<WriteOutcome[]> {
  const late = outcomes.flatMap(({ status }, i) => (status === 409 ? [i] : []));
  if (late.length === 0) return outcomes;
  const versions = await engine.versions(
    alias,
    late.map((i) => outcomes[i]!.id),
  );
  const settled = [...outcomes];
  late.forEach((i, n) => {
    if (versions[n] === operations[i]!.version) settled[i] = { id: outcomes[i]!.id, status: 200 };
  });
  return settled;
}

/** What was written to a generation by others while it was filled. */
export interface LiveWrites {
  /** Anything at all, so that its count can't be foretold. */
  any: boolean;
  /** Places that were deleted, whether or not they came back later. */
  deletes: number;
}

/** What others have written to a generation until now. */
export async function liveWrites(
  engine: State,
  alias: string,
  generation: string,
): Promise<LiveWrites> {
  const notes = await engine.listState(alias, `live/${generation}/`);
  return { any: notes.length > 0, deletes: Math.max(0, notes.length - 1) };
}

/** Does the deletes of a generation again, now that the source is in. */
export async function replayDeletes(
  engine: State & Documents,
  alias: string,
  generation: string,
): Promise<void> {
  const notes = await engine.listState(alias, `live/${generation}/`);
  const deletes = notes.flatMap(({ value }) =>
    value === true ? [] : [value as { id: string; version: number }],
  );
  for (let i = 0; i < deletes.length; i += 500) {
    const page = deletes.slice(i, i + 500);
    await engine.write(
      generation,
      page.map(({ id, version }) => ({ delete: id, version })),
    );
  }
}
