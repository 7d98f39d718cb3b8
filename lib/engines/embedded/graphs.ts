import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { VectorSpace } from '../../knn/space.ts';
import type { CatalogueEntry } from './catalogue.ts';
import {
  buildGraph,
  dropGraphs,
  graphFile,
  graphsOf,
  openGraph,
  type VectorGraph,
} from './graph.ts';
import { spaceOf, viewCount, viewsAfter } from './image-tables.ts';
import { stateIn } from './state.ts';
import type { Store } from './store.ts';

/** Vectors per page while a graph is built. */
const PAGE = 5000;

/** Entry of the database about the file of a graph. */
interface GraphSum {
  file: string;
  bytes: number;
  crc32: number;
}

/**
 * The graphs of an engine's generations, in files beside the database.
 *
 * Native code maps a graph into memory, and a wrong byte may crash it. So a file is opened only if
 * its length and CRC-32 are those that the database stored when it was made.
 */
export interface VectorGraphs {
  /**
   * The graph of a generation whose file has passed `check`; null if every vector has to be
   * compared.
   */
  of(entry: CatalogueEntry, space: VectorSpace): VectorGraph | null;
  /** Builds the graph of a generation that has enough vectors for one. */
  build(entry: CatalogueEntry): Promise<void>;
  /**
   * Checks the file of a generation, once for each version of it. A damaged one is made again in
   * the background.
   */
  check(entry: CatalogueEntry): Promise<void>;
  /** Names of the damaged files. */
  damaged(): string[];
  /** Removes the graphs of all generations but these, also those that a crash left behind. */
  keepOnly(generations: ReadonlySet<string>): void;
  /** Resolves when no graph is being built. */
  settled(): Promise<void>;
}

/** Settings of graphs. */
export interface GraphSettings {
  /** Number of vectors from which a generation gets a graph. */
  from: number;
  /** Whether damaged graphs are left alone. */
  readOnly: boolean;
  warn: (text: string) => void;
}

export function vectorGraphs(
  store: Pick<Store, 'folder' | 'reading' | 'writing'>,
  { from, readOnly, warn }: GraphSettings,
): VectorGraphs {
  const folder = store.folder === null ? null : join(store.folder, 'graphs');
  const state = stateIn(store);
  /** Checked file of each generation. */
  const whole = new Map<string, string>();
  const opened = new Map<string, VectorGraph | null>();
  /** Damaged files, with the time of their last change. */
  const bad = new Map<string, { file: string; changed: number }>();
  const making = new Map<string, Promise<void>>();

  async function* pagesOf(number: number): AsyncGenerator<ReturnType<typeof viewsAfter>> {
    for (let after = 0; ;) {
      const page = await store.reading((database) => viewsAfter(database, number, after, PAGE));
      yield page;
      await setImmediate();
      if (page.length < PAGE) return;
      after = page.at(-1)!.view;
    }
  }

  async function make(folder: string, { name, alias, number }: CatalogueEntry): Promise<void> {
    const space = await store.reading((database) => spaceOf(database, number));
    if (!graphsOf(space)) return;
    const file = await buildGraph(folder, name, space, pagesOf(number));
    const sum: GraphSum = { file, ...(await sumOf(join(folder, file))) };
    await state.writeState(alias, graphKey(name), sum);
  }

  function makeAgain(folder: string, entry: CatalogueEntry): void {
    if (readOnly || making.has(entry.name)) return;
    const made = make(folder, entry)
      .then(() => {
        bad.delete(entry.name);
        opened.delete(entry.name);
      })
      .catch((error: unknown) => {
        warn(`The graph of ${entry.name} could not be made again: ${String(error)}`);
      })
      .finally(() => making.delete(entry.name));
    making.set(entry.name, made);
  }

  async function checkFile(folder: string, entry: CatalogueEntry): Promise<void> {
    const { name, alias } = entry;
    const file = graphFile(folder, name);
    if (file === null) return;
    const path = join(folder, file);
    const changed = (await stat(path)).mtimeMs;
    if (bad.get(name)?.changed === changed) return;
    const noted = await state.readState(alias, graphKey(name));
    const sum = noted?.value as GraphSum | undefined;
    const found = await sumOf(path);
    if (sum?.file === file && sum.bytes === found.bytes && sum.crc32 === found.crc32) {
      bad.delete(name);
      whole.set(name, file);
      return;
    }
    bad.set(name, { file, changed });
    const what = sum?.file === file ? 'is damaged' : 'has no checksum';
    const then = readOnly ? 'suoyin check-file --fix makes it again' : 'it is made again';
    warn(`Graph ${file} ${what}: every vector is compared instead, and ${then}`);
    makeAgain(folder, entry);
  }

  return {
    of({ name }, space) {
      const file = whole.get(name);
      if (folder === null || file === undefined) return null;
      if (!opened.has(name)) opened.set(name, openGraph(folder, file, space));
      return opened.get(name)!;
    },

    async build(entry) {
      if (folder === null) return;
      const views = await store.reading((database) => viewCount(database, entry.number));
      if (views >= from) await make(folder, entry);
    },

    async check(entry) {
      if (folder === null || entry.state === 'building' || whole.has(entry.name)) return;
      try {
        await checkFile(folder, entry);
      } catch (error) {
        // If the file is replaced while it is read, the next search checks the new one.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    },

    damaged: () => Array.from(bad.values(), ({ file }) => file),

    keepOnly(generations) {
      for (const known of [whole, opened, bad]) {
        for (const name of known.keys()) if (!generations.has(name)) known.delete(name);
      }
      if (folder !== null) dropGraphs(folder, generations);
    },

    settled: async () => void (await Promise.all(making.values())),
  };
}

/** Key of the state entry about the file, which is removed with all state of the generation. */
function graphKey(generation: string): string {
  return `${generation}/graph`;
}

async function sumOf(path: string): Promise<Pick<GraphSum, 'bytes' | 'crc32'>> {
  let [bytes, crc] = [0, 0];
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    bytes += (chunk as Buffer).length;
    crc = crc32(chunk as Buffer, crc);
  }
  return { bytes, crc32: crc };
}
