import { randomUUID } from 'node:crypto';
import { EngineError } from '../../errors.ts';
import type { Generations, State } from '../engine.ts';
import { featureNamed, featureNameOf } from '../feature.ts';
import { flatSettings } from '../flat-settings.ts';
import { indexClaimed, indexInUse } from '../refusals.ts';
import { aliasesIn, aliasNotices, changeAliases, holderOf } from './aliases.ts';
import type { Cluster } from './cluster.ts';
import { withoutContent } from './failures.ts';
import type { ClusterFeature } from './feature.ts';
import {
  claimOn,
  foreignAliases,
  generationsOf,
  type Note,
  notedIndex,
  type NotedIndex,
  notedIndexes,
  putNote,
} from './index-notes.ts';
import { fillAlias, namesOf, pathOf, writeAlias } from './names.ts';
import { fittedBody } from './probe.ts';
import { faultsOf, foresee, refuseTemplates, unfitTemplate } from './templates.ts';
import { isLost } from './lost.ts';
import { objectOf } from './request.ts';
import { serverOf, serverText, takenSettings } from './server.ts';
import { ensureState } from './state.ts';
import { hasVectors, mergeVectors } from './vectors.ts';

/** Settings during a fill: no refresh, no replicas, and deletes remembered until it is done. */
const LOAD_SETTINGS = { refresh_interval: '-1', number_of_replicas: 0, gc_deletes: '1d' };

/** Settings that every server adds to an index. */
const ADDED_SETTINGS = ['creation_date', 'uuid', 'version', 'provided_name', 'resize', 'blocks'];

/**
 * Time limit in milliseconds of a merge, a refresh, or the allocation of replicas of a large
 * index.
 */
const LONG_MS = 600_000;

/** Generations as indexes; hidden aliases and `_meta` have their bookkeeping. */
export function generationsIn(
  cluster: Cluster,
  state: State,
  features: readonly ClusterFeature[],
): Generations {
  return {
    ...aliasesIn(cluster),

    async createGeneration(alias, indexBody, meta = {}) {
      const feature = featureNamed(features, featureNameOf(indexBody));
      const body = await fittedBody(cluster, indexBody);
      const { settings = {}, mappings = {} } = body as {
        settings?: { index?: Record<string, unknown> };
        mappings?: object;
      };
      await ensureState(cluster, alias);
      // Checked first, so that no generation is begun that could not go live.
      await holderOf(cluster, alias);
      await refuseTemplates(cluster, alias, body);
      const name = namesOf(alias).generation(await nextNumber(cluster, state, alias));
      const createdAt = new Date().toISOString();
      const made = randomUUID();
      const note: Note = { alias, state: 'building', createdAt, meta, wanted: {}, made };
      const index = takenSettings(await serverOf(cluster), settings.index ?? {});
      await createIndex(cluster, name, { settings: { ...settings, index }, mappings, note });
      await refuseUnallocated(cluster, name);
      await beginFill(cluster, name);
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

    async fitting(alias, indexBody) {
      const body = await fittedBody(cluster, indexBody);
      await holderOf(cluster, alias);
      const notices = [
        ...(await aliasNotices(cluster, alias)),
        ...(await foresee(cluster, alias, body)),
      ];
      return { server: serverText(await serverOf(cluster)), notices };
    },

    isLost: (generation) => isLost(cluster, generation),

    async indexBodyOf(generation) {
      const { serverless } = await serverOf(cluster);
      // A serverless index can't have other numbers.
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

/** The settings of an index during its fill. */
async function loadSettings(
  cluster: Cluster,
  { mappings }: NotedIndex,
): Promise<Record<string, unknown>> {
  const { dialect } = cluster;
  const vectorLoad = hasVectors(dialect, mappings) ? dialect.vectorLoad : {};
  return takenSettings(await serverOf(cluster), { ...LOAD_SETTINGS, ...vectorLoad });
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
      // Of the wait for shards, which ends before the patience of clients.
      query: { timeout: '20s' },
      body: {
        settings,
        mappings: { ...mappings, _meta: { ..._meta, suoyin: note } },
        aliases: {
          [fillAlias(name, note.made)]: { is_hidden: true },
          [writeAlias(name)]: { is_hidden: true },
        },
      },
    });
  } catch (error) {
    // The answer of an earlier attempt may have been lost, although it made the index.
    const found = await notedIndexes(cluster, name).catch(() => null);
    if (found?.get(name)?.note.made !== note.made) throw error;
  }
}

/** Why a shard is on no node, as `_cluster/allocation/explain` answers. */
interface Explained {
  can_allocate?: string;
  node_allocation_decisions?: { deciders?: { explanation?: string }[] }[];
}

/**
 * Throws if no node may hold a shard of a new index, as where a template asks for nodes that are not there, or allocation
 * is off while nodes are restarted. The index is then removed. A shard that has to wait for others is let be.
 */
async function refuseUnallocated(cluster: Cluster, name: string): Promise<void> {
  if (!(await isLost(cluster, name))) return;
  const asked = await cluster.send({
    method: 'POST',
    path: '/_cluster/allocation/explain',
    body: { index: name, shard: 0, primary: true },
    expected: [400, 401, 403, 404],
  });
  const { can_allocate: may, node_allocation_decisions: nodes = [] } = objectOf(asked) as Explained;
  if (may !== 'no') return;
  await cluster.send({ method: 'DELETE', path: `/${pathOf(name)}`, expected: [404] });
  const why = withoutContent(nodes[0]?.deciders?.[0]?.explanation ?? 'no reason given');
  const what = `No node of the cluster takes a shard of a new index (${why})`;
  const hint =
    'cluster.routing.allocation.enable has to be null, and templates must ask for nodes that are there.';
  throw new EngineError('CLUSTER_UNFIT', what, hint);
}

/**
 * Reads what the server, with its templates, made of a request, and stores in `_meta`: the uuid of
 * the index, which copies don't share; the settings after the fill; the aliases for when it goes
 * live.
 *
 * The index was made with all its replicas, so that a limit of shards shows now and not after the
 * fill.
 *
 * @throws {EngineError} `CLUSTER_UNFIT` for what a template has added and no index of suoyin can
 *   have; the index is then removed.
 */
async function beginFill(cluster: Cluster, name: string): Promise<void> {
  const found = await notedIndex(cluster, name);
  const { settings, note } = found;
  const faults = faultsOf(note.alias, found);
  if (faults.length > 0) {
    await cluster.send({ method: 'DELETE', path: `/${pathOf(name)}`, expected: [404] });
    throw unfitTemplate(faults);
  }
  const load = await loadSettings(cluster, found);
  const had = flatSettings(settings.index);
  const wanted = Object.fromEntries(Object.keys(load).map((key) => [key, had.get(key) ?? null]));
  const uuid = settings.index['uuid'] as string;
  const further = foreignAliases(name, found);
  const aliases = Object.keys(further).length === 0 ? {} : { aliases: further };
  await putNote(cluster, name, { found, note: { ...note, wanted, uuid, ...aliases } });
  if (Object.keys(further).length > 0) {
    await changeAliases(
      cluster,
      Object.keys(further).map((alias) => ({
        remove: { index: name, alias, must_exist: false },
      })),
      { repeatable: true },
    );
  }
  await cluster.send({ method: 'PUT', path: `/${name}/_settings`, body: { index: load } });
}

/** Ends the fill of an index: restores settings and replicas, merges and refreshes. */
async function completeIndex(
  cluster: Cluster,
  generation: string,
  { note, aliases, mappings }: NotedIndex,
): Promise<void> {
  const removals = fillsRemoved(generation, aliases);
  if (removals.length > 0) await changeAliases(cluster, removals, { repeatable: true });
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
        // Yellow is enough: on a single node replicas are never allocated.
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
  // From here on no swap to it can succeed; the second look finds one that was faster.
  await changeAliases(cluster, [{ remove: { ...claim, must_exist: false } }], { repeatable: true });
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

/** The create-index body of an index, without what the server and the fill have added. */
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

/** Actions that remove every alias through which a generation is filled. */
function fillsRemoved(generation: string, aliases: Record<string, unknown>): object[] {
  return Object.keys(aliases)
    .filter((alias) => alias.startsWith(fillAlias(generation, '')))
    .map((alias) => ({ remove: { index: generation, alias, must_exist: false } }));
}
