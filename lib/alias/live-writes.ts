import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Documents,
  Generations,
  State,
  StateEntry,
  WriteOperation,
  WriteOutcome,
} from '../engines/engine.ts';
import { EngineError, SearchError } from '../errors.ts';

/** A write operation with its version, which decides which of two writes of an id is the newer. */
export type VersionedOperation = WriteOperation & { version: number };

/**
 * Versions of a source's records count down from here, so that the first of two records with the
 * same id wins. Versions of live writes are microseconds since 1970, which are all higher.
 */
export const SOURCE_VERSIONS: number = 2 ** 40;

/** Generations beside the live one that live writes go to. */
interface Targets {
  /** The one that a rebuild fills. */
  building: string | null;
  /** The previous generation, kept fresh for a rollback until a time (ms since 1970). */
  fresh: { generation: string; until: number } | null;
}

const KEY = 'targets';
/**
 * Notes of what was written to a generation during its fill: `live/<generation>/`, and an entry
 * for each delete.
 */
const NOTES = 'live/';
const NONE: Targets = { building: null, fresh: null };

/** Announces to writers which generation is being filled; called before the source is read. */
export async function announceBuilding(
  engine: State,
  alias: string,
  building: string,
): Promise<void> {
  await updateTargets(engine, alias, (targets) => ({ ...targets, building }));
}

/**
 * After a swap: writes to the generation that was being filled are now writes to the live one.
 *
 * @param fresh - The generation to keep fresh from now on.
 */
export async function settleBuilding(
  engine: State,
  alias: string,
  building: string,
  fresh: Targets['fresh'],
): Promise<void> {
  await updateTargets(engine, alias, (targets) => ({
    building: targets.building === building ? null : targets.building,
    fresh,
  }));
  await forgetNotes(engine, alias, building);
}

/**
 * After a rollback: if the generation that is live again was kept fresh, the one that was left is
 * kept fresh for the rest of that time.
 */
export async function exchangeFresh(
  engine: State,
  alias: string,
  { live, left }: { live: string; left: string },
): Promise<void> {
  await updateTargets(engine, alias, (targets) => {
    if (targets.fresh?.generation !== live) return targets;
    return { ...targets, fresh: { ...targets.fresh, generation: left } };
  });
}

/** Ends live writes to a generation that will be dropped. */
export async function withdrawTarget(
  engine: State,
  alias: string,
  generation: string,
): Promise<void> {
  await updateTargets(engine, alias, ({ building, fresh }) => ({
    building: building === generation ? null : building,
    fresh: fresh?.generation === generation ? null : fresh,
  }));
}

/** Removes the notes of live writes for a generation. */
export async function forgetNotes(engine: State, alias: string, generation: string): Promise<void> {
  for (const { key } of await engine.listState(alias, `${NOTES}${generation}/`)) {
    await engine.writeState(alias, key, null);
  }
}

/**
 * Names of generations, existing or not, that live writes go to beside the live one or have notes
 * for.
 */
export async function namedByWrites(engine: State, alias: string): Promise<string[]> {
  const noted = (await engine.listState(alias, NOTES)).map(({ key }) => key.split('/')[1]!);
  const { building, fresh } = targetsOf(await engine.readState(alias, KEY));
  const targets = [building, fresh?.generation].filter((name) => typeof name === 'string');
  return [...new Set([...noted, ...targets])];
}

async function updateTargets(
  engine: State,
  alias: string,
  change: (targets: Targets) => Targets,
): Promise<void> {
  for (;;) {
    const entry = await engine.readState(alias, KEY);
    const before = targetsOf(entry);
    const next = change(before);
    if (isDeepStrictEqual(next, before)) return;
    if ((await engine.writeState(alias, KEY, next, entry?.revision ?? null)) !== null) return;
  }
}

function targetsOf(entry: StateEntry | null): Targets {
  return (entry?.value as Targets | undefined) ?? NONE;
}

/**
 * Writes first to the generation that a rebuild fills and to the one that is kept fresh, then to
 * the live one, so that no swap loses a write. A write that fails before the last step has changed
 * nothing live and may be repeated.
 *
 * A delete also leaves a note, since the source may bring the record in later. `replayDeletes`
 * reads these notes after the fill.
 *
 * @param now - Milliseconds since 1970.
 * @throws {EngineError} `WRITE_REFUSED` if a generation beside the live one takes no writes.
 */
export async function writeEverywhere(
  engine: State & Documents,
  alias: string,
  operations: readonly VersionedOperation[],
  now: number,
): Promise<WriteOutcome[]> {
  const { building, fresh } = targetsOf(await engine.readState(alias, KEY));
  if (building !== null) {
    await noteWrites(engine, alias, building, operations);
    await writeBeside(engine, building, operations);
  }
  const isFresh = fresh !== null && fresh.until > now;
  if (isFresh) await writeBeside(engine, fresh.generation, operations);
  const outcomes = await engine.write(alias, operations);
  const isBeside = building !== null || isFresh;
  const settled = isBeside
    ? await settleSwapped(engine, alias, operations, outcomes)
    : [...outcomes];
  return tellAhead(engine, alias, settled, now);
}

/** Milliseconds by which the clocks of hosts may differ before a conflict says so. */
const APART_MS = 1000;

/** Adds to a conflict that the newer write lies in the future: the clock of its host is ahead, or that of this one behind. */
async function tellAhead(
  engine: Documents,
  alias: string,
  outcomes: readonly WriteOutcome[],
  now: number,
): Promise<WriteOutcome[]> {
  const late = outcomes.filter(({ status }) => status === 409).map(({ id }) => id);
  if (late.length === 0) return [...outcomes];
  // What was written is told whether or not this can be read.
  const versions = await engine.versions(alias, late).catch(() => []);
  const ahead = new Map(late.map((id, i) => [id, (versions[i] ?? 0) / 1000 - now]));
  return outcomes.map((outcome) => {
    const ms = outcome.status === 409 ? ahead.get(outcome.id)! : 0;
    if (ms <= APART_MS) return outcome;
    const seconds = Math.round(ms / 1000);
    const reason = `a write from ${seconds} s ahead of this clock is there: set the clocks of the hosts that write, then write it again with a version over that one, or rebuild`;
    return { ...outcome, reason };
  });
}

/**
 * Names of the generations that a live write goes to: the live one, the one being filled, the one
 * kept fresh.
 */
export async function writtenGenerations(
  engine: State & Pick<Generations, 'aliases'>,
  alias: string,
  now: number,
): Promise<string[]> {
  const entry = await engine.readState(alias, KEY);
  const { building, fresh } = (entry?.value as Targets | undefined) ?? NONE;
  const live = (await engine.aliases(alias)).find((state) => state.alias === alias)?.generation;
  const names = [live, building, fresh && fresh.until > now ? fresh.generation : null];
  return [...new Set(names.filter((name) => name !== null && name !== undefined))];
}

async function noteWrites(
  engine: State,
  alias: string,
  generation: string,
  operations: readonly VersionedOperation[],
): Promise<void> {
  await engine.writeState(alias, `${NOTES}${generation}/`, true, null);
  for (const operation of operations) {
    if (!('delete' in operation)) continue;
    const { delete: id, version } = operation;
    const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
    await engine.writeState(alias, `${NOTES}${generation}/${name}`, { id, version });
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
    // The rebuild was given up or gc dropped the generation, so nothing needs the write any more.
    if (error instanceof SearchError && error.code === 'INDEX_NOT_FOUND') return;
    throw error;
  }
  // A refusal of the document itself (400) is reported by the live generation.
  const failed = outcomes.find(({ status }) => status === 429 || status >= 500);
  if (!failed) return;
  const what = `${generation} did not take ${failed.id}: ${failed.reason ?? failed.status}`;
  throw new EngineError('WRITE_REFUSED', what, 'Nothing was changed; write again.');
}

/**
 * After a swap or rollback in between, a generation that got the write first is now the live one
 * and has it.
 */
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

/** What live writes have written to a generation during its fill. */
export interface LiveWrites {
  /** True if anything was written; the expected number of documents is then unknown. */
  any: boolean;
  /** Number of deleted documents, including those written again later. */
  deletes: number;
}

/** What live writes have written to a generation so far. */
export async function liveWrites(
  engine: State,
  alias: string,
  generation: string,
): Promise<LiveWrites> {
  const notes = await engine.listState(alias, `${NOTES}${generation}/`);
  return { any: notes.length > 0, deletes: Math.max(0, notes.length - 1) };
}

/** Repeats the noted deletes in a generation after its fill. */
export async function replayDeletes(
  engine: State & Documents,
  alias: string,
  generation: string,
): Promise<void> {
  const notes = await engine.listState(alias, `${NOTES}${generation}/`);
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
