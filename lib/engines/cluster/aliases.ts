import { EngineError } from '../../errors.ts';
import type { AliasState, Generations } from '../engine.ts';
import { aliasMoved, aliasOnSeveral, notReady } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { notedIndex, notedIndexes } from './index-notes.ts';
import { namesOf, pathOf, writeAlias } from './names.ts';
import { errorReason, objectOf } from './request.ts';
import { countWhole } from './whole.ts';

/**
 * Aliases of generations. A swap is one `_aliases` request in which what has to be there is removed
 * with `must_exist`: so it fails as a whole where somebody else was faster.
 */
export function aliasesIn(cluster: Cluster): Pick<Generations, 'aliases' | 'swapAlias'> {
  return {
    aliases: (alias) => aliasStates(cluster, alias),
    swapAlias: (alias, expected, next) => swapAlias(cluster, alias, { expected, next }),
  };
}

/** Changes aliases in one step. @returns The reason where one that had to be there was not. */
export async function changeAliases(cluster: Cluster, actions: object[]): Promise<string | null> {
  const response = await cluster.send({
    method: 'POST',
    path: '/_aliases',
    body: { actions },
    repeatable: false,
    expected: [404],
  });
  return response.status === 404 ? errorReason(response) : null;
}

/** The state of an alias, null where it does not exist. */
export async function aliasState(cluster: Cluster, alias: string): Promise<AliasState | null> {
  return (await aliasStates(cluster, alias))[0] ?? null;
}

async function aliasStates(cluster: Cluster, alias?: string): Promise<AliasState[]> {
  const states = new Map<string, AliasState>();
  const found = [...(await notedIndexes(cluster, alias === undefined ? '*' : `${alias}-*`))];
  for (const [name, { note, aliases }] of found) {
    if (note.alias in aliases) states.set(note.alias, { alias: note.alias, generation: name });
  }
  for (const [name, { note, aliases }] of found) {
    const held = states.get(note.alias);
    if (held && namesOf(note.alias).previous in aliases) held.previous = name;
  }
  return [...states.values()].filter((state) => alias === undefined || state.alias === alias);
}

/** Every index that an alias names, ours or not, in order. */
async function holdersOf(cluster: Cluster, alias: string): Promise<string[]> {
  const path = `/_alias/${pathOf(alias)}`;
  const response = await cluster.send({ method: 'GET', path, expected: [404] });
  return response.status === 404 ? [] : Object.keys(objectOf(response)).sort();
}

/**
 * The one index that an alias names, null where it names none.
 *
 * @throws {EngineError} `ALIAS_MOVED` where it names several.
 */
export async function holderOf(cluster: Cluster, alias: string): Promise<string | null> {
  const [holder = null, ...others] = await holdersOf(cluster, alias);
  if (holder !== null && others.length > 0) throw aliasOnSeveral(alias, [holder, ...others]);
  return holder;
}

async function swapAlias(
  cluster: Cluster,
  alias: string,
  { expected, next }: { expected: string | null; next: string },
): Promise<AliasState> {
  const target = await notedIndex(cluster, next);
  if (target.note.state !== 'ready') throw notReady(next);
  // A closed index, or one with shards that are lost, would answer nobody.
  await countWhole(cluster, next);
  const before = await aliasState(cluster, alias);
  const at = await holderOf(cluster, alias);
  if (at !== expected) throw aliasMoved(alias, { at, expected });
  if (expected === null) await ensureMarker(cluster, alias);
  const previous = before?.previous ?? null;
  let missing: string | null;
  try {
    missing = await changeAliases(cluster, swapActions(alias, { expected, next, previous }));
  } catch (error) {
    const after = await aliasState(cluster, alias).catch(() => undefined);
    if (after?.generation === next) return after;
    // Not there now, but a cluster that is slow to answer may still move it.
    const code = (error as { code?: unknown }).code;
    if (after === undefined || code === 'ENGINE_UNREACHABLE') throw swapUnknown(alias, next);
    throw error;
  }
  const moved = await holderOf(cluster, alias);
  if (missing !== null) throw aliasMoved(alias, { at: moved, expected });
  const after = await aliasState(cluster, alias);
  if (moved !== next || !after) throw aliasMoved(alias, { at: moved, expected: next });
  return after;
}

/** The first swap of an alias removes a marker; it is missing where the alias was removed by hand. */
async function ensureMarker(cluster: Cluster, alias: string): Promise<void> {
  const { state, unset } = namesOf(alias);
  const path = `/_alias/${unset}`;
  const marker = await cluster.send({ method: 'HEAD', path, expected: [404] });
  if (marker.status !== 404) return;
  await changeAliases(cluster, [{ add: { index: state, alias: unset, is_hidden: true } }]);
}

function swapActions(
  alias: string,
  { expected, next, previous }: { expected: string | null; next: string; previous: string | null },
): object[] {
  const names = namesOf(alias);
  const actions: object[] = [
    expected === null
      ? { remove: { index: names.state, alias: names.unset, must_exist: true } }
      : { remove: { index: expected, alias, must_exist: true } },
    // Fails where the generation is being dropped; see `dropGeneration`.
    { remove: { index: next, alias: writeAlias(next), must_exist: true } },
    { add: { index: next, alias: writeAlias(next), is_hidden: true } },
    { add: { index: next, alias } },
    { add: { index: next, alias: names.shown, is_hidden: true } },
  ];
  if (previous !== null) {
    actions.push({ remove: { index: previous, alias: names.previous, must_exist: false } });
  }
  if (expected !== null && expected !== next) {
    actions.push({ add: { index: expected, alias: names.previous, is_hidden: true } });
  }
  return actions;
}

function swapUnknown(alias: string, next: string): EngineError {
  const hint = 'Look at status when it answers again; a rebuild that is run again finds out.';
  const what = `The cluster stopped answering while ${alias} was moved to ${next}`;
  return new EngineError('SWAP_UNKNOWN', what, hint);
}
