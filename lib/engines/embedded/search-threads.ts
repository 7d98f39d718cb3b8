import type { VectorSearch } from '../../knn/query.ts';
import type { NearestImages } from '../images.ts';
import { threadPool } from '../thread-pool.ts';

/** The script of a thread, beside this file. */
const SCRIPT: URL = new URL(import.meta.url.replace(/search-threads(\.[jt]s)$/, 'search-thread$1'));

/** What a thread is asked. */
export interface VectorCall {
  /** Name of the generation. */
  index: string;
  search: VectorSearch;
}

/** Threads that search vectors, so that the calling one goes on serving. */
export interface SearchThreads {
  nearest(index: string, search: VectorSearch): Promise<NearestImages>;
  close(): Promise<void>;
}

/**
 * Threads over a file, each with a connection of its own; started when first needed, and no reason
 * for the process to stay alive.
 *
 * @param dataDir - Of the file.
 * @param count - >= 1. The views of one query go to different threads.
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
