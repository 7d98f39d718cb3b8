import type { Generations, State } from '../engines/engine.ts';
import { SearchError } from '../errors.ts';
import { forgetRebuild, readRebuildState } from './checkpoint.ts';
import { aliasState } from './generations.ts';
import { forgetNotes, namedByWrites, withdrawTarget } from './live-writes.ts';

/**
 * Drops a generation with everything that is stored for it: the state of its rebuild, its entry as
 * a target of live writes, their notes, and what the engine keeps beside it. Only the holder of the
 * alias's lease may call it, or a caller who knows that nobody rebuilds.
 *
 * `discardOrphans` and gc find what a crash in between leaves. The order matters: nobody may resume
 * a generation that missed a write.
 *
 * @returns False if it is live or another process has a claim on it. Then it stays, and only the
 * state of its rebuild is removed.
 */
export async function discard(
  engine: Generations & State,
  alias: string,
  generation: string,
): Promise<boolean> {
  await forgetRebuild(engine, alias, generation);
  await withdrawTarget(engine, alias, generation);
  const isDropped = await drop(engine, generation);
  await forgetNotes(engine, alias, generation);
  // What an interrupted drop has left, such as the table of containers.
  if (isDropped) {
    for (const { key } of await engine.listState(alias, `${generation}/`)) {
      await engine.writeState(alias, key, null);
    }
  }
  return isDropped;
}

async function drop(engine: Generations, generation: string): Promise<boolean> {
  try {
    await engine.dropGeneration(generation);
  } catch (error) {
    const code = error instanceof SearchError ? error.code : null;
    if (code === 'INDEX_IN_USE') return false;
    if (code !== 'INDEX_NOT_FOUND') throw error;
  }
  return true;
}

/**
 * Discards what killed rebuilds left behind: incomplete generations, complete ones that never went
 * live, and what is stored for generations that are gone. Only for the holder of the alias's lease.
 *
 * @param keep - The generation that the holder resumes.
 * @returns Names of the dropped generations; one that another process has a claim on stays.
 */
export async function discardOrphans(
  engine: Generations & State,
  alias: string,
  keep: string | null,
): Promise<string[]> {
  const live = (await aliasState(engine, alias))?.generation;
  const orphans = (await engine.generations(alias))
    .filter((g) => g.state !== 'retired' && g.name !== live && g.name !== keep)
    .map(({ name }) => name);
  const dropped: string[] = [];
  for (const name of orphans) if (await discard(engine, alias, name)) dropped.push(name);
  for (const name of await leftoversOf(engine, alias)) await discard(engine, alias, name);
  return dropped;
}

/** Names of generations that are gone but for which something is still stored. */
export async function leftoversOf(engine: Generations & State, alias: string): Promise<string[]> {
  const begun = (await readRebuildState(engine, alias))?.generation;
  const kept = (await engine.listState(alias, `${alias}-`)).map(({ key }) => key.split('/')[0]!);
  const named = [
    ...(await namedByWrites(engine, alias)),
    ...(begun === undefined ? [] : [begun]),
    ...kept,
  ];
  // Read after the names: something is stored for a generation only after it was made.
  const there = new Set((await engine.generations(alias)).map(({ name }) => name));
  return [...new Set(named)].filter((name) => !there.has(name)).sort();
}
