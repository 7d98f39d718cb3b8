import type { Generations, State } from '../engines/engine.ts';
import { SearchError } from '../errors.ts';
import { forgetRebuild, readRebuildState } from './checkpoint.ts';
import { aliasState } from './generations.ts';
import { forgetNotes, namedByWrites, withdrawTarget } from './live-writes.ts';

/**
 * Drops a generation with everything that is kept for it: how far its rebuild is, where live writes go,
 * what they noted for it, and what the engine keeps beside it. For whoever holds the lease of the alias,
 * or knows that nobody rebuilds it.
 *
 * What a crash in between leaves is found by `discardOrphans` and by gc. In this order: nobody may resume
 * a generation that missed a write.
 *
 * @returns False where it is live or somebody's: then it stays, and only what a rebuild kept for it goes.
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
 * Discards what killed rebuilds left behind: generations half filled, or complete and never swapped in,
 * and what is kept for generations that are no more. Only for the holder of the alias's lease.
 *
 * @param keep - Generation that the holder resumes.
 * @returns Names of the generations that are gone: what somebody else has a claim on stays.
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

/** Generations that are no more and for which something is kept all the same. */
export async function leftoversOf(engine: Generations & State, alias: string): Promise<string[]> {
  const begun = (await readRebuildState(engine, alias))?.generation;
  const named = [...(await namedByWrites(engine, alias)), ...(begun === undefined ? [] : [begun])];
  // After the names: whatever is kept for a generation is so from after it was made.
  const there = new Set((await engine.generations(alias)).map(({ name }) => name));
  return [...new Set(named)].filter((name) => !there.has(name)).sort();
}
