import { randomUUID } from 'node:crypto';
import type { Generations, State } from '../engine.ts';
import { featureNamed, featureNameOf } from '../feature.ts';
import { indexClaimed, indexInUse } from '../refusals.ts';
import { aliasesIn, changeAliases, holderOf } from './aliases.ts';
import type { Cluster } from './cluster.ts';
import type { ClusterFeature } from './feature.ts';
import {
  claimOn,
  generationsOf,
  type Note,
  notedIndex,
  type NotedIndex,
  notedIndexes,
  putNote,
} from './index-notes.ts';
import { fillAlias, namesOf, pathOf, writeAlias } from './names.ts';
import { fittedBody } from './probe.ts';
import { type ClusterServer, serverOf, serverText, takenSettings } from './server.ts';
import { ensureState } from './state.ts';
import { hasVectors, mergeVectors } from './vectors.ts';

/** While it is filled: no refresh, no replicas, and deletes remembered until the fill is done. */
const LOAD_SETTINGS = { refresh_interval: '-1', number_of_replicas: 0, gc_deletes: '1d' };

/** Settings that every server adds to an index. */
const ADDED_SETTINGS = ['creation_date', 'uuid', 'version', 'provided_name', 'resize', 'blocks'];

/** Milliseconds for a merge, a refresh, or copies of a large index to come up. */
const LONG_MS = 600_000;

/** Generations as indexes, with their bookkeeping in hidden aliases and in `_meta`. */
export function generationsIn(
  cluster: Cluster,
  state: State,
  features: readonly ClusterFeature[],
): Generations {
  return {
    ...aliasesIn(cluster),

    async createGeneration(alias, indexBody, meta = {}) {
      const feature = featureNamed(features, featureNameOf(indexBody));
      await ensureState(cluster, alias);
      // Nothing is begun that could not go live.
      await holderOf(cluster, alias);
      const body = await fittedBody(cluster, indexBody);
      const name = namesOf(alias).generation(await nextNumber(cluster, state, alias));
      const { settings, mappings, wanted } = whileFilled(cluster, await serverOf(cluster), body);
      const createdAt = new Date().toISOString();
      const made = randomUUID();
      const note: Note = { alias, state: 'building', createdAt, meta, wanted, made };
      await createIndex(cluster, name, { settings, mappings, note });
      await markAsMade(cluster, name);
      cluster.known.fills.set(name, made);
      cluster.known.features.set(name, feature);
      return { name, alias, state: 'building', createdAt, documents: 0, meta };
    },

    async takeOverGeneration(generation) {
      const { aliases, note } = await notedIndex(cluster, generation);
      if (note.state !== 'building') return;
      const token = randomUUID();
      await changeAliases(cluster, [
        ...fillsRemoved(generation, aliases),
        { add: { index: generation, alias: fillAlias(generation, token), is_hidden: true } },
      ]);
      cluster.known.fills.set(generation, token);
    },

    async finishGeneration(generation, meta = {}) {
      const found = await notedIndex(cluster, generation);
      const { note } = found;
      if (note.state === 'building') await completeIndex(cluster, generation, found);
      const ready: Note = { ...note, state: 'ready', meta: { ...note.meta, ...meta } };
      await putNote(cluster, generation, { found, note: ready });
      return (await generationsOf(cluster, generation))[0]!;
    },

    dropGeneration: (generation) => dropGeneration(cluster, state, generation),

    async generations(alias) {
      const all = await generationsOf(cluster, alias === undefined ? '*' : `${alias}-*`);
      return all.filter((generation) => alias === undefined || generation.alias === alias);
    },

    async fitting(indexBody) {
      await fittedBody(cluster, indexBody);
      return serverText(await serverOf(cluster));
    },

    async indexBodyOf(generation) {
      const { serverless } = await serverOf(cluster);
      // As no index can be asked for otherwise there.
      const cut = serverless ? { number_of_shards: 1, number_of_replicas: 1 } : {};
      return ownBody(cluster, await notedIndex(cluster, generation), cut);
    },
  };
}

async function nextNumber(cluster: Cluster, state: State, alias: string): Promise<number> {
  for (;;) {
    const entry = await state.readState(alias, 'generations');
    const taken = [...(await notedIndexes(cluster, `${alias}-*`)).keys()].map((name) =>
      Number(name.slice(alias.length + 1)),
    );
    const last = (entry?.value as number | undefined) ?? 0;
    const number = Math.max(last, ...taken.filter(Number.isInteger)) + 1;
    const revision = entry?.revision ?? null;
    if ((await state.writeState(alias, 'generations', number, revision)) !== null) return number;
  }
}

/** The parts of a body for an index that is to be filled, and the settings to have afterwards. */
function whileFilled(
  { dialect }: Cluster,
  server: ClusterServer,
  body: Record<string, unknown>,
): Record<'settings' | 'mappings' | 'wanted', Record<string, unknown>> {
  const { settings = {}, mappings = {} } = body as {
    settings?: Record<string, unknown>;
    mappings?: Record<string, unknown>;
  };
  const index = (settings['index'] ?? {}) as Record<string, unknown>;
  const vectorLoad = hasVectors(dialect, mappings) ? dialect.vectorLoad : {};
  const load = takenSettings(server, { ...LOAD_SETTINGS, ...vectorLoad });
  return {
    settings: { ...settings, index: { ...takenSettings(server, index), ...load } },
    mappings,
    wanted: Object.fromEntries(Object.keys(load).map((key) => [key, index[key] ?? null])),
  };
}

async function createIndex(
  cluster: Cluster,
  name: string,
  { settings, mappings, note }: Record<'settings' | 'mappings', object> & { note: Note },
): Promise<void> {
  const { _meta } = mappings as { _meta?: object };
  try {
    await cluster.send({
      method: 'PUT',
      path: `/${name}`,
      body: {
        settings,
        mappings: { ...mappings, _meta: { ..._meta, suoyin: note } },
        aliases: {
          [fillAlias(name, note.made)]: { is_hidden: true },
          [writeAlias(name)]: { is_hidden: true },
        },
      },
      repeatable: false,
    });
  } catch (error) {
    // The answer may be lost, and the index there all the same.
    const found = (await notedIndexes(cluster, name)).get(name);
    if (found?.note.made !== note.made) throw error;
  }
}

/** Notes which index this is, by what no copy of it has. */
async function markAsMade(cluster: Cluster, name: string): Promise<void> {
  const found = await notedIndex(cluster, name);
  const uuid = found.settings.index['uuid'] as string;
  await putNote(cluster, name, { found, note: { ...found.note, uuid } });
}

/** Ends the fill of an index, and makes it as fast and as safe as a live one. */
async function completeIndex(
  cluster: Cluster,
  generation: string,
  { note, aliases, mappings }: NotedIndex,
): Promise<void> {
  const removals = fillsRemoved(generation, aliases);
  if (removals.length > 0) await changeAliases(cluster, removals);
  const refresh = {
    method: 'POST' as const,
    path: `/${generation}/_refresh`,
    timeoutMs: LONG_MS,
  };
  await cluster.send(refresh);
  const path = `/${generation}/_settings`;
  await cluster.send({ method: 'PUT', path, body: { index: note.wanted } });
  const { serverless } = await serverOf(cluster);
  if (!serverless) {
    if (hasVectors(cluster.dialect, mappings)) await mergeVectors(cluster, generation);
    await cluster.send({
      method: 'GET',
      path: `/_cluster/health/${generation}`,
      query: {
        // Yellow will do: on a single node replicas never come up.
        wait_for_status: 'yellow',
        wait_for_no_initializing_shards: true,
        timeout: '300s',
      },
      expected: [408],
      timeoutMs: LONG_MS,
    });
  }
  await cluster.send(refresh);
}

async function dropGeneration(cluster: Cluster, state: State, generation: string): Promise<void> {
  const { note } = await notedIndex(cluster, generation);
  const refuseLive = async (): Promise<void> => {
    const found = await notedIndex(cluster, generation);
    if (note.alias in found.aliases) throw indexInUse(generation, note.alias);
    const claim = claimOn(generation, found);
    if (claim !== null) throw indexClaimed(generation, claim);
  };
  await refuseLive();
  const claim = { index: generation, alias: writeAlias(generation) };
  // From here on no swap to it succeeds; one that was faster is seen by the second look.
  await changeAliases(cluster, [{ remove: { ...claim, must_exist: false } }]);
  try {
    await refuseLive();
  } catch (error) {
    await changeAliases(cluster, [{ add: { ...claim, is_hidden: true } }]);
    throw error;
  }
  await cluster.send({ method: 'DELETE', path: `/${pathOf(generation)}`, expected: [404] });
  cluster.known.fills.delete(generation);
  cluster.known.features.delete(generation);
  for (const { key } of await state.listState(note.alias, `${generation}/`)) {
    await state.writeState(note.alias, key, null);
  }
}

/** The create-index body of an index: less what the server and the fill have added. */
function ownBody(
  { dialect }: Cluster,
  { settings, mappings, note }: NotedIndex,
  cut: Record<string, unknown>,
): Record<string, unknown> {
  const { suoyin: _, ..._meta } = mappings._meta ?? {};
  const index: Record<string, unknown> = { ...settings.index, ...cut };
  for (const key of [...ADDED_SETTINGS, ...dialect.addedSettings]) delete index[key];
  if (note.state === 'building') {
    for (const [key, value] of Object.entries(note.wanted)) {
      if (value === null) delete index[key];
      else index[key] = value;
    }
  }
  return dialect.fromServer({ settings: { index }, mappings: { ...mappings, _meta } });
}

/** Actions that take away every alias that a generation is filled through. */
function fillsRemoved(generation: string, aliases: Record<string, unknown>): object[] {
  return Object.keys(aliases)
    .filter((alias) => alias.startsWith(fillAlias(generation, '')))
    .map((alias) => ({ remove: { index: generation, alias, must_exist: false } }));
}
