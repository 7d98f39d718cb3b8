import type { Generation } from '../engine.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { isBookkeeping, isGeneration, namesOf, pathOf } from './names.ts';
import type { EngineError } from '../../errors.ts';
import { type EngineRequest, type EngineResponse, objectOf } from './request.ts';
import { serverOf } from './server.ts';
import { countWhole } from './whole.ts';

/** What suoyin stores in the `_meta` of a generation's mapping. */
export interface Note {
  alias: string;
  state: 'building' | 'ready';
  createdAt: string;
  meta: Record<string, unknown>;
  /** Settings for when it is complete; during the fill it has others. */
  wanted: Record<string, unknown>;
  /**
   * Token of the request that made the index, which distinguishes a lost answer from a taken name.
   */
  made: string;
  /**
   * `index.uuid` of the index that the note belongs to; a clone or a restored index has another.
   */
  uuid?: string;
  /** Aliases from templates, which it gets when it goes live. */
  aliases?: Record<string, AliasDefinition>;
}

/** Definition of an alias beside its name: filter, routing, `is_write_index`, `is_hidden`. */
export type AliasDefinition = Readonly<Record<string, unknown>>;

/** An index as `GET /<index>` returns it. */
interface IndexState {
  aliases: Record<string, AliasDefinition>;
  mappings: { _meta?: Record<string, unknown> };
  settings: { index: Record<string, unknown> };
}

/** An index of suoyin. */
export interface NotedIndex extends IndexState {
  note: Note;
}

/**
 * The indexes of suoyin that match a pattern, sorted by name: those with a note and the name of a
 * generation.
 */
export async function notedIndexes(
  cluster: Cluster,
  pattern: string,
): Promise<Map<string, NotedIndex>> {
  const response = await sendToEach(cluster, pattern, (path) => ({
    method: 'GET',
    path,
    query: { expand_wildcards: 'all', filter_path: '*.aliases,*.mappings,*.settings' },
    expected: [404],
  }));
  const found = new Map<string, NotedIndex>();
  if (response.status === 404) return found;
  for (const [name, index] of Object.entries(objectOf(response) as Record<string, IndexState>)) {
    const note = index.mappings?._meta?.['suoyin'] as Note | undefined;
    if (note && isGeneration(note.alias, name))
      found.set(name, { ...index, aliases: index.aliases ?? {}, note });
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Sends a request about all indexes that match a pattern. One whose metadata is blocked (`index.blocks.metadata`) makes
 * the whole request fail. Such an index is left out, unless it has the name of a generation: then it may be suoyin's.
 *
 * @param request - Makes the request for a path that has the pattern.
 * @throws {EngineError} `CLUSTER_BLOCKED` naming the index, if it may be a generation.
 */
async function sendToEach(
  { send }: Cluster,
  pattern: string,
  request: (path: string) => EngineRequest,
): Promise<EngineResponse> {
  for (const left = [pattern]; ;) {
    try {
      return await send(request(`/${left.join()}`));
    } catch (error) {
      const foreign = blockedIndexes(error).map((name) => `-${name}`);
      const more = foreign.filter((each) => !/-\d{6,}$/.test(each) && !left.includes(each));
      if (more.length === 0) throw error;
      left.push(...more);
    }
  }
}

/** Names in `index [places] blocked by: [...]` of the reason of a block. */
function blockedIndexes(error: unknown): string[] {
  const { code, message } = error as EngineError;
  if (code !== 'CLUSTER_BLOCKED') return [];
  return message.split('index [').flatMap((part) => {
    const end = part.indexOf('] blocked');
    return end < 0 ? [] : [part.slice(0, end)];
  });
}

/** @throws {EngineError} `INDEX_NOT_FOUND`. */
export async function notedIndex(cluster: Cluster, generation: string): Promise<NotedIndex> {
  const found = (await notedIndexes(cluster, pathOf(generation))).get(generation);
  if (found) return found;
  throw indexNotFound(generation);
}

/** Writes the note of a generation; other content of its `_meta` stays. */
export async function putNote(
  cluster: Cluster,
  generation: string,
  { found, note }: { found: NotedIndex; note: Note },
): Promise<void> {
  const _meta = { ...found.mappings._meta, suoyin: note };
  await cluster.send({ method: 'PUT', path: `/${generation}/_mapping`, body: { _meta } });
}

/**
 * Why an index of suoyin must not be dropped; null if it may be. It must not if another alias
 * points to it, or if it is a copy of what suoyin made.
 */
export function claimOn(name: string, index: NotedIndex): string | null {
  const { note, aliases, settings } = index;
  const named = Object.keys(foreignAliases(name, index));
  if (note.alias in aliases) named.push(note.alias);
  if (named.length > 0) return `the alias ${named.sort().join(', ')} names it`;
  if (note.uuid === undefined || note.uuid === settings.index['uuid']) return null;
  return 'it is a copy: a clone, or restored from a snapshot';
}

/**
 * Aliases on a generation that the application made: neither the one of the generation, nor
 * suoyin's bookkeeping.
 */
export function foreignAliases(
  name: string,
  { note, aliases }: NotedIndex,
): Record<string, AliasDefinition> {
  return Object.fromEntries(
    Object.entries(aliases).filter(
      ([alias]) => alias !== note.alias && !isBookkeeping(note.alias, name, alias),
    ),
  );
}

/** Generations that match a pattern. */
export async function generationsOf(cluster: Cluster, pattern: string): Promise<Generation[]> {
  const found = await notedIndexes(cluster, pattern);
  const { serverless } = found.size === 0 ? { serverless: false } : await serverOf(cluster);
  const documents = serverless
    ? await countEach(cluster, [...found.keys()])
    : // Always a pattern, since an index asked for by its name may be closed.
      await documentCounts(cluster, pattern.endsWith('*') ? pattern : `${pattern}*`);
  return [...found].map(([name, index]) => generationOf(name, index, documents.get(name) ?? 0));
}

async function documentCounts(cluster: Cluster, pattern: string): Promise<Map<string, number>> {
  // A closed index, even one that only matches the pattern, would make the whole request fail.
  const query = {
    expand_wildcards: 'open,hidden',
    filter_path: 'indices.*.primaries.docs.count',
  };
  const response = await sendToEach(cluster, pattern, (path) => ({
    method: 'GET',
    path: `${path}/_stats/docs`,
    query,
    expected: [404],
  }));
  const { indices = {} } = objectOf(response) as {
    indices?: Record<string, { primaries?: { docs?: { count: number } } }>;
  };
  return new Map(
    Object.entries(indices).map(([name, index]) => [name, index.primaries?.docs?.count ?? 0]),
  );
}

/** For servers without statistics. */
async function countEach(cluster: Cluster, names: readonly string[]): Promise<Map<string, number>> {
  const counts = await Promise.all(names.map((name) => countWhole(cluster, name)));
  return new Map(names.map((name, i) => [name, counts[i]!]));
}

function generationOf(name: string, { note, aliases }: NotedIndex, documents: number): Generation {
  const { alias, createdAt, meta } = note;
  const retired = namesOf(alias).shown in aliases && !(alias in aliases);
  return { name, alias, state: retired ? 'retired' : note.state, createdAt, documents, meta };
}
