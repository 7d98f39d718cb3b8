import type { Generation } from '../engine.ts';
import { indexNotFound } from '../refusals.ts';
import type { Cluster } from './cluster.ts';
import { isBookkeeping, isGeneration, namesOf, pathOf } from './names.ts';
import { objectOf } from './request.ts';
import { serverOf } from './server.ts';
import { countWhole } from './whole.ts';

/** What suoyin notes in the `_meta` of a generation's mapping. */
export interface Note {
  alias: string;
  state: 'building' | 'ready';
  createdAt: string;
  meta: Record<string, unknown>;
  /** Settings to have when it is complete; while it is filled it has others. */
  wanted: Record<string, unknown>;
  /** Whose request made the index, so that a lost answer can be told from a taken name. */
  made: string;
  /** `index.uuid` of the index that it is the note of: a clone, or what was restored, has another. */
  uuid?: string;
}

/** An index as `GET /<index>` tells. */
interface IndexState {
  aliases: Record<string, unknown>;
  mappings: { _meta?: Record<string, unknown> };
  settings: { index: Record<string, unknown> };
}

/** An index of ours. */
export interface NotedIndex extends IndexState {
  note: Note;
}

/** The indexes of ours that a pattern names, in order of name: with a note, and named as generations are. */
export async function notedIndexes(
  cluster: Cluster,
  pattern: string,
): Promise<Map<string, NotedIndex>> {
  const response = await cluster.send({
    method: 'GET',
    path: `/${pattern}`,
    query: { expand_wildcards: 'all', filter_path: '*.aliases,*.mappings,*.settings' },
    expected: [404],
  });
  const found = new Map<string, NotedIndex>();
  if (response.status === 404) return found;
  for (const [name, index] of Object.entries(objectOf(response) as Record<string, IndexState>)) {
    const note = index.mappings?._meta?.['suoyin'] as Note | undefined;
    if (note && isGeneration(note.alias, name))
      found.set(name, { ...index, aliases: index.aliases ?? {}, note });
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @throws {EngineError} `INDEX_NOT_FOUND`. */
export async function notedIndex(cluster: Cluster, generation: string): Promise<NotedIndex> {
  const found = (await notedIndexes(cluster, pathOf(generation))).get(generation);
  if (found) return found;
  throw indexNotFound(generation);
}

/** Writes the note of a generation, beside what else its `_meta` holds. */
export async function putNote(
  cluster: Cluster,
  generation: string,
  { found, note }: { found: NotedIndex; note: Note },
): Promise<void> {
  const _meta = { ...found.mappings._meta, suoyin: note };
  await cluster.send({ method: 'PUT', path: `/${generation}/_mapping`, body: { _meta } });
}

/**
 * Why an index of ours is never dropped, null where it may be: a name of somebody's would go with it, or it
 * is not what suoyin has made but a copy of it.
 */
export function claimOn(name: string, { note, aliases, settings }: NotedIndex): string | null {
  const named = Object.keys(aliases).filter((alias) => !isBookkeeping(note.alias, name, alias));
  if (named.length > 0) return `the alias ${named.sort().join(', ')} names it`;
  if (note.uuid === undefined || note.uuid === settings.index['uuid']) return null;
  return 'it is a copy: a clone, or restored from a snapshot';
}

/** Generations that a pattern names. */
export async function generationsOf(cluster: Cluster, pattern: string): Promise<Generation[]> {
  const found = await notedIndexes(cluster, pattern);
  const { serverless } = found.size === 0 ? { serverless: false } : await serverOf(cluster);
  const documents = serverless
    ? await countEach(cluster, [...found.keys()])
    : // As a pattern, also where it is a name: that one may be closed.
      await documentCounts(cluster, pattern.endsWith('*') ? pattern : `${pattern}*`);
  return [...found].map(([name, index]) => generationOf(name, index, documents.get(name) ?? 0));
}

async function documentCounts(cluster: Cluster, pattern: string): Promise<Map<string, number>> {
  // A closed index, also one that only the pattern names, would make the whole request fail.
  const query = {
    expand_wildcards: 'open,hidden',
    filter_path: 'indices.*.primaries.docs.count',
  };
  const path = `/${pattern}/_stats/docs`;
  const response = await cluster.send({ method: 'GET', path, query, expected: [404] });
  const { indices = {} } = objectOf(response) as {
    indices?: Record<string, { primaries?: { docs?: { count: number } } }>;
  };
  return new Map(
    Object.entries(indices).map(([name, index]) => [name, index.primaries?.docs?.count ?? 0]),
  );
}

/** Where there are no statistics. */
async function countEach(cluster: Cluster, names: readonly string[]): Promise<Map<string, number>> {
  const counts = await Promise.all(names.map((name) => countWhole(cluster, name)));
  return new Map(names.map((name, i) => [name, counts[i]!]));
}

function generationOf(name: string, { note, aliases }: NotedIndex, documents: number): Generation {
  const { alias, createdAt, meta } = note;
  const retired = namesOf(alias).shown in aliases && !(alias in aliases);
  return { name, alias, state: retired ? 'retired' : note.state, createdAt, documents, meta };
}
