import { createReadStream, statSync } from 'node:fs';
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
  /** Checked file of each generation, as it was then. */
  const whole = new Map<string, { file: string; sign: string }>();
  const opened = new Map<string, VectorGraph | null>();
  /** Damaged files, as they were when that was found. */
  const bad = new Map<string, { file: string; sign: string }>();
  /** Generations of which the database notes no graph. */
  const without = new Set<string>();
  const checking = new Map<string, Promise<void>>();
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
    without.delete(name);
    const found = await sumOf(join(folder, file));
    if (found === null) throw new Error(`${file} can't be read`);
    const sum: GraphSum = { file, ...found };
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
    const there = graphFile(folder, name);
    if (there === null && without.has(name)) return;
    const sign = there === null ? MISSING : signOf(join(folder, there));
    if (bad.get(name)?.sign === sign || making.has(name)) return;
    const noted = await state.readState(alias, graphKey(name));
    const sum = noted?.value as GraphSum | undefined;
    const file = there ?? sum?.file;
    if (file === undefined) {
      without.add(name);
      return;
    }
    const found = sign === MISSING ? null : await sumOf(join(folder, file));
    if (sum?.file === file && sum.bytes === found?.bytes && sum.crc32 === found.crc32) {
      bad.delete(name);
      whole.set(name, { file, sign });
      return;
    }
    const what = sum?.file !== file ? 'has no checksum' : found ? 'is damaged' : 'is missing';
    distrust(folder, entry, { file, sign, what });
  }

  function distrust(
    folder: string,
    entry: CatalogueEntry,
    { file, sign, what }: { file: string; sign: string; what: string },
  ): void {
    bad.set(entry.name, { file, sign });
    const then = readOnly ? 'suoyin check-file --fix makes it again' : 'it is made again';
    warn(`Graph ${file} ${what}: every vector is compared instead, and ${then}`);
    makeAgain(folder, entry);
  }

  /** Forgets a file that is not the one that was checked any more: its mapping is of what is there now. */
  function forgetChanged(folder: string, name: string): void {
    const known = whole.get(name);
    if (known === undefined || signOf(join(folder, known.file)) === known.sign) return;
    whole.delete(name);
    opened.delete(name);
  }

  return {
    of(entry, space) {
      const { name } = entry;
      if (folder !== null) forgetChanged(folder, name);
      const known = whole.get(name);
      if (folder === null || known === undefined) return null;
      if (opened.has(name)) return opened.get(name)!;
      try {
        opened.set(name, openGraph(folder, known.file, space));
      } catch (error) {
        opened.set(name, null);
        distrust(folder, entry, { ...known, what: `can't be read here (${String(error)})` });
      }
      return opened.get(name)!;
    },

    async build(entry) {
      if (folder === null) return;
      const views = await store.reading((database) => viewCount(database, entry.number));
      if (views >= from) await make(folder, entry);
    },

    async check(entry) {
      if (folder === null || entry.state === 'building') return;
      forgetChanged(folder, entry.name);
      if (whole.has(entry.name)) return;
      const check = checking.get(entry.name) ?? checkFile(folder, entry);
      checking.set(entry.name, check);
      await check.finally(() => checking.delete(entry.name));
    },

    damaged: () => damagedOf(bad.values()),

    keepOnly(generations) {
      for (const known of [whole, opened, bad, without]) {
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

/** A missing file, as after a back-up of the database alone, is no damage. */
function damagedOf(bad: Iterable<{ file: string; sign: string }>): string[] {
  return Array.from(bad).flatMap(({ file, sign }) => (sign === MISSING ? [] : [file]));
}

/** What `signOf` says of a file that is not there. */
const MISSING = 'missing';

/** Changes with every change of a file, as far as the file system notes it. */
function signOf(path: string): string {
  try {
    const file = statSync(path, { bigint: true });
    return `${file.ino} ${file.size} ${file.mtimeNs} ${file.ctimeNs}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? MISSING : String(code);
  }
}

/** @returns Null if it is no file, or can't be read. */
async function sumOf(path: string): Promise<Pick<GraphSum, 'bytes' | 'crc32'> | null> {
  let [bytes, crc] = [0, 0];
  try {
    if (!statSync(path).isFile()) return null;
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      bytes += (chunk as Buffer).length;
      crc = crc32(chunk as Buffer, crc);
    }
  } catch {
    return null;
  }
  return { bytes, crc32: crc };
}
