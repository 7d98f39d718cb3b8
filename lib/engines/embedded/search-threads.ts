import type { VectorSearch } from '../../knn/query.ts';
import type { NearestImages } from '../images.ts';
import type { SearchShare } from './image-search.ts';
import { threadPool } from '../thread-pool.ts';

/** The script of a thread, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/search-threads(\.[jt]s)$/, 'search-thread$1'));

/** A call of a thread. */
export interface VectorCall {
  /** Name of the generation. */
  index: string;
  search: VectorSearch;
  share: SearchShare;
}

/** What a thread is started with. */
export interface ThreadData {
  /** Folder of the file. */
  dataDir: string;
  /** Whether vectors are kept in memory. */
  resident: boolean;
}

/** Threads that search vectors, so that the calling thread is not blocked. */
export interface SearchThreads {
  /** Compares all vectors: each thread a share of them. */
  eachShare(index: string, search: VectorSearch): Promise<NearestImages>;
  /** Searches a graph: each vector of the query in a thread. */
  eachVector(index: string, search: VectorSearch): Promise<NearestImages>;
  close(): Promise<void>;
}

/**
 * Makes threads that search a file, each with its own connection. They are started when first
 * needed, and do not keep the process alive.
 *
 * @param options - count: number of threads, 1 or more.
 */
export function searchThreads({ count, ...data }: ThreadData & { count: number }): SearchThreads {
  const pool = threadPool<VectorCall>(SCRIPT, { count, data });
  const united = async (answers: Promise<NearestImages>[]): Promise<NearestImages> => {
    const parts = await Promise.all(answers);
    const found = parts.flatMap(({ documents }) => documents);
    const documents = new Map(found.map((document) => [document.id, document]));
    return { space: parts[0]!.space, documents: [...documents.values()] };
  };
  return {
    eachShare(index, search) {
      const parts = Array.from({ length: count }, (_, part) =>
        pool.ask<NearestImages>({ index, search, share: { part, parts: count } }, { at: part }),
      );
      return united(parts);
    },
    eachVector(index, search) {
      const share = { part: 0, parts: 1 };
      const each = search.vectors.map((vector) =>
        pool.ask<NearestImages>({ index, search: { ...search, vectors: [vector] }, share }),
      );
      return united(each);
    },
    async close() {
      await pool.close();
    },
  };
}
