import { randomUUID } from 'node:crypto';
import { EngineError } from '../../errors.ts';
import type { AliasState, Generation } from '../engine.ts';
import { fillAlias, indexNotFound, namesOf, pathOf, writeAlias } from './names.ts';
import { errorReason, objectOf, type SendRequest } from './request.ts';
import type { StateStore } from './state.ts';

/** What suoyin notes in the `_meta` of a generation's mapping. */
interface Note {
  alias: string;
  state: 'building' | 'ready';
  createdAt: string;
  meta: Record<string, unknown>;
  /** Settings to have when it is complete; while it is filled it has others. */
  wanted: Record<string, unknown>;
  /** Whose request made the index, so that a lost answer can be told from a taken name. */
  made: string;
}

/** An index as `GET /<index>` tells. */
interface IndexState {
  aliases: Record<string, unknown>;
  mappings: { _meta?: Record<string, unknown> };
  settings: { index: Record<string, unknown> };
}

/** While it is filled: no refresh, no replicas, and deletes remembered until the fill is done. */
const LOAD_SETTINGS = { refresh_interval: '-1', number_of_replicas: 0, gc_deletes: '1d' };

/** Milliseconds for a merge, a refresh, or copies of a large index to come up. */
const LONG_MS = 600_000;

/** Generations as indexes, with their bookkeeping in hidden aliases and in `_meta`. */
export interface Generations {
  create(
    alias: string,
    body: Record<string, unknown>,
    meta: Record<string, unknown>,
  ): Promise<Generation>;
  takeOver(generation: string): Promise<void>;
  /** Alias to fill a generation through. */
  fillPath(generation: string): string;
  finish(generation: string, meta: Record<string, unknown>): Promise<Generation>;
  swap(alias: string, expected: string | null, next: string): Promise<AliasState>;
  drop(generation: string): Promise<void>;
  list(alias?: string): Promise<Generation[]>;
  aliases(alias?: string): Promise<AliasState[]>;
  indexBodyOf(generation: string): Promise<Record<string, unknown>>;
}

/** What an index with vectors needs while it is filled; no two kinds of cluster agree on it. */
export interface VectorLoad {
  /** Whether the mapping of an index has vectors that a graph is built of. */
  hasVectors(mappings: Record<string, unknown>): boolean;
  /** Settings while vectors come in. */
  settings: Readonly<Record<string, unknown>>;
  /** Makes a filled index ready to be searched. */
  merge(send: SendRequest, index: string): Promise<void>;
}

/** @param fit - Throws where the cluster can't take an index of this body. */
export function generationStore(
  send: SendRequest,
  state: StateStore,
  fit: (body: Record<string, unknown>) => Promise<void>,
  vectors: VectorLoad,
): Generations {
  const tokens = new Map<string, string>();

  async function indexes(pattern: string): Promise<Map<string, IndexState & { note: Note }>> {
    const response = await send({
      method: 'GET',
      path: `/${pattern}`,
      query: { expand_wildcards: 'all', filter_path: '*.aliases,*.mappings,*.settings' },
      expected: [404],
    });
    const found = new Map<string, IndexState & { note: Note }>();
    if (response.status === 404) return found;
    for (const [name, index] of Object.entries(objectOf(response) as Record<string, IndexState>)) {
      const note = index.mappings?._meta?.['suoyin'] as Note | undefined;
      if (note) found.set(name, { ...index, aliases: index.aliases ?? {}, note });
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async function one(generation: string): Promise<IndexState & { note: Note }> {
    const found = (await indexes(pathOf(generation))).get(generation);
    if (found) return found;
    throw indexNotFound(generation);
  }

  async function putNote(generation: string, found: IndexState, note: Note): Promise<void> {
    const _meta = { ...found.mappings._meta, suoyin: note };
    await send({ method: 'PUT', path: `/${generation}/_mapping`, body: { _meta } });
  }

  /** Changes aliases in one step. @returns The reason where one that had to be there was not. */
  async function changeAliases(actions: object[]): Promise<string | null> {
    const body = { actions };
    const request = { method: 'POST' as const, path: '/_aliases', body, repeatable: false };
    const response = await send({ ...request, expected: [404] });
    return response.status === 404 ? errorReason(response) : null;
  }

  async function nextNumber(alias: string): Promise<number> {
    for (;;) {
      const entry = await state.read(alias, 'generations');
      const taken = [...(await indexes(`${alias}-*`)).keys()].map((name) =>
        Number(name.slice(alias.length + 1)),
      );
      const number =
        Math.max((entry?.value as number | undefined) ?? 0, ...taken.filter(Number.isInteger)) + 1;
      if ((await state.write(alias, 'generations', number, entry?.revision ?? null)) !== null)
        return number;
    }
  }

  async function documentsOf(pattern: string): Promise<Map<string, number>> {
    const query = { expand_wildcards: 'all', filter_path: 'indices.*.primaries.docs.count' };
    const path = `/${pattern}/_stats/docs`;
    const response = await send({ method: 'GET', path, query, expected: [404] });
    const { indices = {} } = objectOf(response) as {
      indices?: Record<string, { primaries?: { docs?: { count: number } } }>;
    };
    return new Map(
      Object.entries(indices).map(([name, i]) => [name, i.primaries?.docs?.count ?? 0]),
    );
  }

  function generationOf(
    name: string,
    { note, aliases }: IndexState & { note: Note },
    documents: number,
  ): Generation {
    const { alias, createdAt, meta } = note;
    const retired = namesOf(alias).shown in aliases && !(alias in aliases);
    return { name, alias, state: retired ? 'retired' : note.state, createdAt, documents, meta };
  }

  async function read(generation: string): Promise<Generation> {
    const found = await one(generation);
    return generationOf(generation, found, (await documentsOf(generation)).get(generation) ?? 0);
  }

  async function aliases(alias?: string): Promise<AliasState[]> {
    const states = new Map<string, AliasState>();
    const found = [...(await indexes(alias === undefined ? '*' : `${alias}-*`))];
    for (const [name, { note, aliases: names }] of found) {
      if (note.alias in names) states.set(note.alias, { alias: note.alias, generation: name });
    }
    for (const [name, { note, aliases: names }] of found) {
      const held = states.get(note.alias);
      if (held && namesOf(note.alias).previous in names) held.previous = name;
    }
    return [...states.values()].filter((s) => alias === undefined || s.alias === alias);
  }

  async function at(alias: string): Promise<AliasState | null> {
    return (await aliases(alias))[0] ?? null;
  }

  /** Every index that an alias names, ours or not. */
  async function holdersOf(alias: string): Promise<string[]> {
    const response = await send({ method: 'GET', path: `/_alias/${alias}`, expected: [404] });
    return response.status === 404 ? [] : Object.keys(objectOf(response)).sort();
  }

  return {
    async create(alias, body, meta) {
      await state.ensure(alias);
      await fit(body);
      const token = randomUUID();
      const name = namesOf(alias).generation(await nextNumber(alias));
      const { settings = {}, mappings = {} } = body as {
        settings?: Record<string, unknown>;
        mappings?: Record<string, unknown>;
      };
      const index = (settings['index'] ?? {}) as Record<string, unknown>;
      const load = { ...LOAD_SETTINGS, ...(vectors.hasVectors(mappings) ? vectors.settings : {}) };
      const wanted = Object.fromEntries(Object.keys(load).map((key) => [key, index[key] ?? null]));
      const createdAt = new Date().toISOString();
      const note: Note = { alias, state: 'building', createdAt, meta, wanted, made: token };
      const _meta = { ...(mappings['_meta'] as object | undefined), suoyin: note };
      try {
        await send({
          method: 'PUT',
          path: `/${name}`,
          body: {
            settings: { ...settings, index: { ...index, ...load } },
            mappings: { ...mappings, _meta },
            aliases: {
              [fillAlias(name, token)]: { is_hidden: true },
              [writeAlias(name)]: { is_hidden: true },
            },
          },
          repeatable: false,
        });
      } catch (error) {
        const found = (await indexes(name)).get(name);
        if (found?.note.made !== token) throw error;
      }
      tokens.set(name, token);
      return { name, alias, state: 'building', createdAt, documents: 0, meta };
    },

    async takeOver(generation) {
      const { aliases: names, note } = await one(generation);
      if (note.state !== 'building') return;
      const token = randomUUID();
      await changeAliases([
        ...fillsRemoved(generation, names),
        { add: { index: generation, alias: fillAlias(generation, token), is_hidden: true } },
      ]);
      tokens.set(generation, token);
    },

    fillPath: (generation) => fillAlias(pathOf(generation), tokens.get(generation) ?? 'none'),

    async finish(generation, meta) {
      const found = await one(generation);
      const { note } = found;
      if (note.state === 'building') {
        const removals = fillsRemoved(generation, found.aliases);
        if (removals.length > 0) await changeAliases(removals);
        const long = { timeoutMs: LONG_MS };
        await send({ method: 'POST', path: `/${generation}/_refresh`, ...long });
        await send({
          method: 'PUT',
          path: `/${generation}/_settings`,
          body: { index: note.wanted },
        });
        if (vectors.hasVectors(found.mappings)) await vectors.merge(send, generation);
        // Yellow will do: on a single node replicas never come up.
        const query = {
          wait_for_status: 'yellow',
          wait_for_no_initializing_shards: true,
          timeout: '300s',
        };
        await send({
          method: 'GET',
          path: `/_cluster/health/${generation}`,
          query,
          expected: [408],
          ...long,
        });
        await send({ method: 'POST', path: `/${generation}/_refresh`, ...long });
      }
      await putNote(generation, found, {
        ...note,
        state: 'ready',
        meta: { ...note.meta, ...meta },
      });
      return read(generation);
    },

    async swap(alias, expected, next) {
      const target = await one(next);
      if (target.note.state !== 'ready') {
        throw new EngineError(
          'NOT_READY',
          `Generation ${next} is not complete`,
          'Finish it first.',
        );
      }
      const names = namesOf(alias);
      const before = await at(alias);
      const holders = await holdersOf(alias);
      if (holders.join() !== (expected ?? '')) throw aliasMoved(alias, holders, expected);
      // A marker that is missing: the alias was removed by hand after the first swap.
      if (
        expected === null &&
        (await send({ method: 'HEAD', path: `/_alias/${names.unset}`, expected: [404] })).status ===
          404
      ) {
        await changeAliases([{ add: { index: names.state, alias: names.unset, is_hidden: true } }]);
      }
      const actions: object[] = [
        expected === null
          ? { remove: { index: names.state, alias: names.unset, must_exist: true } }
          : { remove: { index: expected, alias, must_exist: true } },
        // Fails where the generation is being dropped; see `drop`.
        { remove: { index: next, alias: writeAlias(next), must_exist: true } },
        { add: { index: next, alias: writeAlias(next), is_hidden: true } },
        { add: { index: next, alias } },
        { add: { index: next, alias: names.shown, is_hidden: true } },
      ];
      if (before?.previous !== undefined) {
        actions.push({
          remove: { index: before.previous, alias: names.previous, must_exist: false },
        });
      }
      if (expected !== null && expected !== next) {
        actions.push({ add: { index: expected, alias: names.previous, is_hidden: true } });
      }
      let missing: string | null;
      try {
        missing = await changeAliases(actions);
      } catch (error) {
        const after = await at(alias).catch(() => undefined);
        if (after?.generation === next) return after;
        // Not there now, but a cluster that is slow to answer may still move it.
        const code = (error as { code?: unknown }).code;
        if (after === undefined || code === 'ENGINE_UNREACHABLE') throw swapUnknown(alias, next);
        throw error;
      }
      const moved = await holdersOf(alias);
      if (missing !== null) throw aliasMoved(alias, moved, expected);
      const after = await at(alias);
      if (moved.join() !== next || !after) throw aliasMoved(alias, moved, next);
      return after;
    },

    async drop(generation) {
      const { note } = await one(generation);
      const refuse = async (): Promise<void> => {
        if ((await at(note.alias))?.generation !== generation) return;
        const hint = 'Swap the alias to another generation first.';
        const what = `Generation ${generation} is live behind alias ${note.alias}`;
        throw new EngineError('INDEX_IN_USE', what, hint);
      };
      await refuse();
      // From here on no swap to it succeeds; one that was faster is seen by the second look.
      await changeAliases([
        { remove: { index: generation, alias: writeAlias(generation), must_exist: false } },
      ]);
      try {
        await refuse();
      } catch (error) {
        await changeAliases([
          { add: { index: generation, alias: writeAlias(generation), is_hidden: true } },
        ]);
        throw error;
      }
      await send({ method: 'DELETE', path: `/${pathOf(generation)}`, expected: [404] });
      tokens.delete(generation);
      for (const { key } of await state.list(note.alias, `${generation}/`)) {
        await state.write(note.alias, key, null);
      }
    },

    async list(alias) {
      const pattern = alias === undefined ? '*' : `${alias}-*`;
      const [found, documents] = [await indexes(pattern), await documentsOf(pattern)];
      return [...found]
        .filter(([, { note }]) => alias === undefined || note.alias === alias)
        .map(([name, index]) => generationOf(name, index, documents.get(name) ?? 0));
    },

    aliases,

    async indexBodyOf(generation) {
      const { settings, mappings, note } = await one(generation);
      const { suoyin: _, ...ours } = mappings._meta ?? {};
      const index: Record<string, unknown> = { ...settings.index };
      for (const key of [
        'creation_date',
        'uuid',
        'version',
        'provided_name',
        'resize',
        'blocks',
        'replication',
      ])
        delete index[key];
      if (note.state === 'building') {
        for (const [key, value] of Object.entries(note.wanted)) {
          if (value === null) delete index[key];
          else index[key] = value;
        }
      }
      return { settings: { index }, mappings: { ...mappings, _meta: ours } };
    },
  };
}

/** Actions that take away every alias that a generation is filled through. */
function fillsRemoved(generation: string, aliases: Record<string, unknown>): object[] {
  return Object.keys(aliases)
    .filter((alias) => alias.startsWith(fillAlias(generation, '')))
    .map((alias) => ({ remove: { index: generation, alias, must_exist: false } }));
}

function aliasMoved(
  alias: string,
  holders: readonly string[],
  expected: string | null,
): EngineError {
  const hint = 'Another run or a person moved it: look at status, then decide.';
  const what = `Alias ${alias} is at ${holders.join(' and ') || 'nothing'}, not at ${expected ?? 'nothing'}`;
  return new EngineError('ALIAS_MOVED', what, hint);
}

function swapUnknown(alias: string, next: string): EngineError {
  const hint = 'Look at status when it answers again; a rebuild that is run again finds out.';
  const what = `The cluster stopped answering while ${alias} was moved to ${next}`;
  return new EngineError('SWAP_UNKNOWN', what, hint);
}
