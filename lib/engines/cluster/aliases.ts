import { EngineError } from '../../errors.ts';
import type { AliasState, Generations } from '../engine.ts';
import { aliasMoved, aliasOnSeveral, indexNotFound, notReady } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import {
  type AliasDefinition,
  foreignAliases,
  type NotedIndex,
  notedIndex,
  notedIndexes,
  putNote,
} from './index-notes.ts';
import { namesOf, pathOf, writeAlias } from './names.ts';
import { errorReason, objectOf } from './request.ts';
import { ensureState } from './state.ts';
import { countWhole } from './whole.ts';

/**
 * Aliases of generations. A swap is one `_aliases` request that removes what has to exist with
 * `must_exist`, so it fails as a whole if another process was faster.
 */
export function aliasesIn(
  cluster: Cluster,
): Pick<Generations, 'aliases' | 'swapAlias' | 'adoptGeneration'> {
  return {
    aliases: (alias) => aliasStates(cluster, alias),
    swapAlias: (alias, expected, next) => swapAlias(cluster, alias, { expected, next }),
    adoptGeneration: (alias, generation) => adoptGeneration(cluster, alias, generation),
  };
}

/**
 * Changes aliases in one step.
 *
 * @param options - repeatable: the change is idempotent and its reason is not needed, so it is
 *   retried after a network failure. Default false.
 * @returns The server's reason if an alias that had to exist was missing.
 */
export async function changeAliases(
  cluster: Cluster,
  actions: object[],
  { repeatable = false }: { repeatable?: boolean } = {},
): Promise<string | null> {
  const response = await cluster.send({
    method: 'POST',
    path: '/_aliases',
    body: { actions },
    repeatable,
    expected: [404],
  });
  return response.status === 404 ? errorReason(response) : null;
}

/** The state of an alias; null if it does not exist. */
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

/** What a name refers to. */
interface Named {
  /** Every index that it points to as an alias, suoyin's or not, sorted. */
  holders: string[];
  /** Its definition on the first of them. */
  definition: AliasDefinition;
  /** Whether it is the name of an index. */
  isIndex: boolean;
  /** Aliases of that index. */
  aliases: string[];
}

async function lookUp(cluster: Cluster, name: string): Promise<Named> {
  const path = `/${pathOf(name)}/_alias`;
  const response = await cluster.send({ method: 'GET', path, expected: [404] });
  if (response.status === 404) return { holders: [], definition: {}, isIndex: false, aliases: [] };
  const found = objectOf(response) as Record<string, { aliases?: Record<string, AliasDefinition> }>;
  const aliases = found[name]?.aliases;
  const isIndex = name in found;
  const holders = isIndex ? [] : Object.keys(found).sort();
  return {
    holders,
    definition: found[holders[0] ?? '']?.aliases?.[name] ?? {},
    isIndex,
    aliases: Object.keys(aliases ?? {}),
  };
}

/**
 * The one index that an alias points to; null if there is none.
 *
 * @throws {EngineError} `ALIAS_MOVED` if it points to several, `CLUSTER_UNFIT` if an index has
 *   this name.
 */
export async function holderOf(cluster: Cluster, alias: string): Promise<string | null> {
  const named = await lookUp(cluster, alias);
  if (named.isIndex) throw indexInTheWay(alias);
  return onlyOne(alias, named.holders);
}

/** What the definition of an alias hides from every answer, in sentences. */
export async function aliasNotices(cluster: Cluster, alias: string): Promise<string[]> {
  const { filter, search_routing: routing } = (await lookUp(cluster, alias)).definition;
  const notices: string[] = [];
  if (filter !== undefined) {
    notices.push(`the alias ${alias} has a filter: only what it lets pass is found and counted`);
  }
  if (routing !== undefined) {
    notices.push(
      `the alias ${alias} has a search_routing: with several shards, only some of them are searched`,
    );
  }
  return notices;
}

function onlyOne(alias: string, holders: readonly string[]): string | null {
  const [holder = null, ...others] = holders;
  if (holder !== null && others.length > 0) throw aliasOnSeveral(alias, holders);
  return holder;
}

/**
 * The alias to write to an index through: the live alias itself, or that of a generation. Null if
 * there is none.
 *
 * @throws {EngineError} `CLUSTER_UNFIT` for an alias that the application made one that takes no writes, or that spreads
 *   them by another key than the id, so that a document would be there twice.
 */
export async function pathToWrite(
  cluster: Cluster,
  index: string,
): Promise<{ alias: string; generation: string } | null> {
  const named = await lookUp(cluster, index);
  const generation = onlyOne(index, named.holders);
  if (generation !== null) {
    refuseDefinition(index, generation, named.definition);
    return { alias: index, generation };
  }
  const alias = writeAlias(index);
  return named.aliases.includes(alias) ? { alias, generation: index } : null;
}

function refuseDefinition(alias: string, generation: string, definition: AliasDefinition): void {
  const { index_routing: routing, is_write_index: isWritten } = definition;
  if (routing === undefined && isWritten !== false) return;
  const said = routing === undefined ? 'is_write_index false' : 'an index_routing';
  const what = `The alias ${alias} has ${said} on ${generation}, so nothing is written through it`;
  const hint = 'Define it without (POST /_aliases); a filter may stay.';
  throw new EngineError('CLUSTER_UNFIT', what, hint);
}

function indexInTheWay(alias: string): EngineError {
  const hint =
    `Something wrote to ${alias} while there was no such alias. ` +
    `Delete or rename that index, or use another alias.`;
  return new EngineError(
    'CLUSTER_UNFIT',
    `An index has the name ${alias}, so no alias can have it`,
    hint,
  );
}

/** A ready generation that can answer: not a closed index, nor one that has lost shards. */
async function readyIndex(cluster: Cluster, generation: string): Promise<NotedIndex> {
  const found = await notedIndex(cluster, generation);
  if (found.note.state !== 'ready') throw notReady(generation);
  await countWhole(cluster, generation);
  return found;
}

/** What a swap moves. */
interface Move {
  expected: string | null;
  next: string;
  previous: string | null;
  /** The present definition of the alias: filter and routing, set by the application. */
  definition: AliasDefinition;
  /**
   * Other aliases on the live generation, made by the application, and those that templates gave
   * the next one.
   */
  further: Record<string, AliasDefinition>;
}

async function swapAlias(
  cluster: Cluster,
  alias: string,
  { expected, next }: { expected: string | null; next: string },
): Promise<AliasState> {
  const target = await readyIndex(cluster, next);
  const before = await aliasState(cluster, alias);
  const at = await holderOf(cluster, alias);
  if (at !== expected) throw aliasMoved(alias, { at, expected });
  if (expected === null) await ensureMarker(cluster, alias);
  const left = expected === null ? null : await notedIndex(cluster, expected).catch(() => null);
  const move: Move = {
    expected,
    next,
    previous: before?.previous ?? null,
    definition: left?.aliases[alias] ?? {},
    further: {
      ...target.note.aliases,
      ...(left === null || expected === next ? {} : foreignAliases(expected!, left)),
    },
  };
  let missing: string | null;
  try {
    missing = await changeAliases(cluster, swapActions(alias, move));
  } catch (error) {
    const after = await aliasState(cluster, alias).catch(() => undefined);
    if (after?.generation === next) return withAliases(after, move);
    // It has not moved so far, but a slow cluster may still move it.
    const code = (error as { code?: unknown }).code;
    if (after === undefined || code === 'ENGINE_UNREACHABLE') {
      throw swapUnknown(alias, next, error as Error);
    }
    throw error;
  }
  const moved = await holderOf(cluster, alias);
  if (missing !== null) throw aliasMoved(alias, { at: moved, expected });
  const after = await aliasState(cluster, alias);
  if (moved !== next || !after) throw aliasMoved(alias, { at: moved, expected: next });
  return withAliases(after, move);
}

function withAliases(state: AliasState, { further }: Pick<Move, 'further'>): AliasState {
  const names = Object.keys(further).sort();
  return names.length === 0 ? state : { ...state, aliases: names };
}

/** Makes a restored or cloned generation the live one; suoyin owns it from then on. */
async function adoptGeneration(
  cluster: Cluster,
  alias: string,
  generation: string,
): Promise<AliasState> {
  const found = await readyIndex(cluster, generation);
  const { note, settings, aliases } = found;
  if (note.alias !== alias) throw indexNotFound(generation);
  await ensureState(cluster, alias);
  const { holders, isIndex } = await lookUp(cluster, alias);
  if (isIndex) throw indexInTheWay(alias);
  const ours = await notedIndexes(cluster, `${alias}-*`);
  const foreign = holders.find((name) => !ours.has(name));
  if (foreign !== undefined) throw aliasMoved(alias, { at: foreign, expected: generation });
  const uuid = settings.index['uuid'] as string;
  await putNote(cluster, generation, { found, note: { ...note, uuid } });
  // Its own alias, if it was live when the snapshot was taken, does not count.
  const others = holders.filter((name) => name !== generation);
  const definition = [generation, ...others].map((name) => ours.get(name)?.aliases[alias]);
  if (holders.length === 0) await ensureMarker(cluster, alias);
  const names = namesOf(alias);
  const last = others.at(-1);
  const actions = [
    ...holders.map((index) => ({ remove: { index, alias, must_exist: true } })),
    ...(holders.length === 0
      ? [{ remove: { index: names.state, alias: names.unset, must_exist: true } }]
      : []),
    ...(last === undefined
      ? []
      : [
          ...[...ours]
            .filter(([, index]) => names.previous in index.aliases)
            .map(([index]) => ({ remove: { index, alias: names.previous, must_exist: false } })),
          { add: { index: last, alias: names.previous, is_hidden: true } },
        ]),
    ...(writeAlias(generation) in aliases
      ? []
      : [{ add: { index: generation, alias: writeAlias(generation), is_hidden: true } }]),
    { add: { ...definition.find(Boolean), index: generation, alias } },
    { add: { index: generation, alias: names.shown, is_hidden: true } },
  ];
  const missing = await changeAliases(cluster, actions);
  const after = await aliasState(cluster, alias);
  if (missing !== null || after?.generation !== generation) {
    throw aliasMoved(alias, { at: after?.generation ?? null, expected: generation });
  }
  return after;
}

/**
 * The first swap of an alias removes a marker. If the marker is missing, another process has made that swap, or the
 * alias was removed by hand; only then it is made again.
 *
 * @throws {EngineError} `ALIAS_MOVED` if the alias points to an index by now.
 */
async function ensureMarker(cluster: Cluster, alias: string): Promise<void> {
  const { state, unset } = namesOf(alias);
  const path = `/_alias/${unset}`;
  const marker = await cluster.send({ method: 'HEAD', path, expected: [404] });
  if (marker.status !== 404) return;
  const at = await holderOf(cluster, alias);
  if (at !== null) throw aliasMoved(alias, { at, expected: null });
  // The state index may have been removed by hand too.
  cluster.known.states.delete(alias);
  await ensureState(cluster, alias);
  await changeAliases(cluster, [{ add: { index: state, alias: unset, is_hidden: true } }]);
}

function swapActions(
  alias: string,
  { expected, next, previous, definition, further }: Move,
): object[] {
  const names = namesOf(alias);
  const actions: object[] = [
    expected === null
      ? { remove: { index: names.state, alias: names.unset, must_exist: true } }
      : { remove: { index: expected, alias, must_exist: true } },
    // Fails if the generation is being dropped; see `dropGeneration`.
    { remove: { index: next, alias: writeAlias(next), must_exist: true } },
    { add: { index: next, alias: writeAlias(next), is_hidden: true } },
    { add: { ...definition, index: next, alias } },
    { add: { index: next, alias: names.shown, is_hidden: true } },
  ];
  for (const [name, each] of Object.entries(further)) {
    if (expected !== null && expected !== next) {
      actions.push({ remove: { index: expected, alias: name, must_exist: false } });
    }
    actions.push({ add: { ...each, index: next, alias: name } });
  }
  if (previous !== null) {
    actions.push({ remove: { index: previous, alias: names.previous, must_exist: false } });
  }
  if (expected !== null && expected !== next) {
    actions.push({ add: { index: expected, alias: names.previous, is_hidden: true } });
  }
  return actions;
}

function swapUnknown(alias: string, next: string, { message }: Error): EngineError {
  const hint = 'Look at status when it answers again; the next rebuild finds out.';
  const what = `It is unknown whether ${alias} has moved to ${next} (${message})`;
  return new EngineError('SWAP_UNKNOWN', what, hint);
}
