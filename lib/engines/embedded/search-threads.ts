import type { VectorSearch } from '../../knn/query.ts';
import type { NearestImages } from '../images.ts';
import { threadPool } from '../thread-pool.ts';

/** The script of a thread, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/search-threads(\.[jt]s)$/, 'search-thread$1'));

/** A call of a thread. */
export interface VectorCall {
  /** Name of the generation. */
  index: string;
  search: VectorSearch;
}

/** Threads that search vectors, so that the calling thread is not blocked. */
export interface SearchThreads {
  nearest(index: string, search: VectorSearch): Promise<NearestImages>;
  close(): Promise<void>;
}

/**
 * Makes threads that search a file, each with its own connection. They are started when first
 * needed, and do not keep the process alive.
 *
 * @param dataDir - Folder of the file.
 * @param count - Number of threads, 1 or more. The views of one query go to different threads.
 */
export function searchThreads(dataDir: string, count: number): SearchThreads {
  const pool = threadPool<VectorCall>(SCRIPT, { count, data: { dataDir } });
  return {
    async nearest(index, search) {
      const answers = await Promise.all(
        search.vectors.map((vector) =>
          pool.ask<NearestImages>({ index, search: { ...search, vectors: [vector] } }),
        ),
      );
      const found = answers.flatMap(({ documents }) => documents);
      const documents = new Map(found.map((document) => [document.id, document]));
      return { space: answers[0]!.space, documents: [...documents.values()] };
    },
    async close() {
      await pool.close();
    },
  };
}
