import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { VectorSpace } from '../../knn/space.ts';
import { native } from '../../interruption.ts';

/** The part of an index of `usearch` that is used here. */
interface UsearchIndex {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(vector: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  save(path: string): void;
  view(path: string): void;
}

interface Usearch {
  Index: new (config: {
    dimensions: number;
    metric: string;
    quantization: string;
    connectivity: number;
    expansion_add: number;
    expansion_search: number;
    multi: boolean;
  }) => UsearchIndex;
}

/** Width of the search while the graph is built, and in a query by default. */
const EXPANSION_ADD = 128;
const EXPANSION_SEARCH = 100;
const METRICS: Readonly<Partial<Record<VectorSpace['spaceType'], string>>> = {
  cosinesimil: 'cos',
  l2: 'l2sq',
  innerproduct: 'ip',
};

/** A graph of the vectors of a generation, in a file beside the database. */
export interface VectorGraph {
  /** The highest number of a view in it; later views have to be compared one by one. */
  through: number;
  /** Numbers of approximately the nearest views, some of which may have been deleted. */
  search(vector: readonly number[], limit: number, efSearch?: number): number[];
}

/** `usearch`; null if it is not installed or has no build for this machine. */
function usearch(): Usearch | null {
  try {
    return createRequire(import.meta.url)('usearch') as Usearch;
  } catch {
    return null;
  }
}

/** Whether a graph can be built of vectors of this space here. */
export function graphsOf(space: VectorSpace): boolean {
  return METRICS[space.spaceType] !== undefined && usearch() !== null;
}

/**
 * Builds the graph of a generation, and renames the file when it is complete; its name has the
 * highest number of a view.
 *
 * @param pages - Numbers and vectors of views, in order of number.
 * @returns Name of its file.
 */
export async function buildGraph(
  folder: string,
  generation: string,
  space: VectorSpace,
  pages: AsyncIterable<{ view: number; vector: readonly number[] }[]>,
): Promise<string> {
  const index = newIndex(space, EXPANSION_SEARCH);
  let through = 0;
  for await (const page of pages) {
    if (page.length === 0) continue;
    const keys = BigUint64Array.from(page, ({ view }) => BigInt(view));
    const vectors = new Float32Array(page.length * space.dimension);
    page.forEach(({ vector }, i) => {
      vectors.set(vector, i * space.dimension);
    });
    index.add(keys, vectors, 0);
    through = page.at(-1)!.view;
  }
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName(generation, through));
  const partial = `${path}.tmp`;
  index.save(partial);
  const file = openSync(partial, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(partial, path);
  for (const { name, through: other } of filesOf(folder, generation)) {
    if (other !== through) rmSync(join(folder, name), { force: true });
  }
  return fileName(generation, through);
}

/** Name of the file with the graph of a generation; null if there is none. */
export function graphFile(folder: string, generation: string): string | null {
  const files = filesOf(folder, generation).sort((a, b) => b.through - a.through);
  return files.find(({ through }) => through >= 0)?.name ?? null;
}

/**
 * Opens a graph by memory mapping; null where there are no graphs of this space.
 *
 * @param name - Name of a checked file: native code reads it, and a wrong byte may crash the
 *   process.
 */
export function openGraph(folder: string, name: string, space: VectorSpace): VectorGraph | null {
  if (!graphsOf(space)) return null;
  const through = Number(/\.(\d+)\.usearch$/.exec(name)?.[1]);
  const indexes = new Map<number, UsearchIndex>();
  const indexFor = (width: number): UsearchIndex => {
    let index = indexes.get(width);
    if (!index) {
      const made = newIndex(space, width);
      native(() => {
        made.view(join(folder, name));
      });
      index = made;
      indexes.set(width, index);
    }
    return index;
  };
  // What can't be opened fails here and not in a search.
  indexFor(EXPANSION_SEARCH);
  return {
    through,
    search(vector, limit, efSearch = EXPANSION_SEARCH) {
      const width = Math.max(limit, efSearch);
      const index = indexFor(width);
      const { keys } = native(() => index.search(Float32Array.from(vector), limit, 1));
      return Array.from(keys, Number).filter((view) => view > 0 && view <= through);
    },
  };
}

/** Removes the graphs of generations that are gone, also those that a crash left behind. */
export function dropGraphs(folder: string, there: ReadonlySet<string>): void {
  for (const { name, generation } of graphFiles(folder)) {
    if (!there.has(generation)) rmSync(join(folder, name), { force: true });
  }
}

function newIndex({ dimension, spaceType }: VectorSpace, expansion: number): UsearchIndex {
  const { Index } = usearch()!;
  return new Index({
    dimensions: dimension,
    metric: METRICS[spaceType]!,
    quantization: 'bf16',
    connectivity: 16,
    expansion_add: EXPANSION_ADD,
    expansion_search: expansion,
    multi: false,
  });
}

function fileName(generation: string, through: number): string {
  return `${generation}.${through}.usearch`;
}

/** A file of a graph; `through` is -1 if it is incomplete. */
interface GraphFile {
  name: string;
  generation: string;
  through: number;
}

function filesOf(folder: string, generation: string): GraphFile[] {
  return graphFiles(folder).filter((file) => file.generation === generation);
}

function graphFiles(folder: string): GraphFile[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const [, generation, through] = /^(.+)\.(\d+)\.usearch(?:\.tmp)?$/.exec(name) ?? [];
    if (generation === undefined) return [];
    return [{ name, generation, through: name.endsWith('.tmp') ? -1 : Number(through) }];
  });
}
