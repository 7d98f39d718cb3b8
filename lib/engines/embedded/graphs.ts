import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { VectorSpace } from '../../knn/space.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { buildGraph, dropGraphs, graphsOf, openGraph, type VectorGraph } from './graph.ts';
import { spaceOf, viewCount, viewsAfter } from './image-tables.ts';
import type { Store } from './store.ts';

/** Vectors that go into a graph at a time. */
const PAGE = 5000;

/** The graphs of an engine's generations, in files beside the database. */
export interface VectorGraphs {
  /** The graph of a generation, null where it has none. */
  of(entry: CatalogueEntry, space: VectorSpace): VectorGraph | null;
  /** Builds the graph of a generation that has enough vectors for one. */
  build(entry: CatalogueEntry): Promise<void>;
  /** Removes the graphs of all generations but these, also those that a crash left behind. */
  keepOnly(generations: ReadonlySet<string>): void;
}

/** @param from - Vectors from which on a generation gets a graph. */
export function vectorGraphs(store: Store, from: number): VectorGraphs {
  const folder = store.folder === null ? null : join(store.folder, 'graphs');
  const opened = new Map<string, VectorGraph | null>();

  async function* pagesOf(number: number): AsyncGenerator<ReturnType<typeof viewsAfter>> {
    for (let after = 0; ;) {
      const page = await store.reading((database) => viewsAfter(database, number, after, PAGE));
      yield page;
      await setImmediate();
      if (page.length < PAGE) return;
      after = page.at(-1)!.view;
    }
  }

  return {
    of({ name, state }, space) {
      if (folder === null || state === 'building') return null;
      if (!opened.has(name)) opened.set(name, openGraph(folder, name, space));
      return opened.get(name)!;
    },

    async build({ name, number }) {
      if (folder === null) return;
      const [space, views] = await store.reading((database) => [
        spaceOf(database, number),
        viewCount(database, number),
      ]);
      if (views >= from && graphsOf(space)) await buildGraph(folder, name, space, pagesOf(number));
    },

    keepOnly(generations) {
      for (const name of opened.keys()) if (!generations.has(name)) opened.delete(name);
      if (folder !== null) dropGraphs(folder, generations);
    },
  };
}
