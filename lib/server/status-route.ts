import type { AliasIndex, IndexStatus } from '../alias/alias-index.ts';
import type { Generation } from '../engines/engine.ts';
import type { Route } from './route.ts';

/**
 * Route of live, kept and building generations, and of numbers of dead letters.
 *
 * Only numbers: users of the search must not see which process rebuilds, the content of dead
 * letters, or how the engine is reached.
 */
export function statusRoute(indexes: readonly AliasIndex[]): Route {
  return {
    method: 'GET',
    path: '/status',
    operation: 'status',
    summary: 'Generations of the indexes, and how far a rebuild is.',
    parameters: [],
    answer: 'Status',
    cache: 'no-store',
    kind: null,
    priority: 'images',
    async run() {
      const found: object[] = [];
      for (const index of indexes) found.push(answerOf(await index.status()));
      return { indexes: found };
    },
  };
}

function answerOf(status: IndexStatus): object {
  const { alias, generations, health } = status;
  return {
    alias,
    engine: { name: health.engine, version: health.version, status: health.status },
    generations: generations.map((generation) => {
      const { name, documents, createdAt, meta } = generation;
      const failed = meta['failed'];
      const counted = typeof failed === 'number' ? { failed } : {};
      return { name, state: roleOf(generation, status), documents, createdAt, ...counted };
    }),
    rebuild: rebuildOf(status),
  };
}

function roleOf({ name, state }: Generation, { live, previous }: IndexStatus): string {
  if (name === live) return 'live';
  return name === previous ? 'previous' : state;
}

function rebuildOf({ unfinished, rebuilding, generations, live }: IndexStatus): object | null {
  if (unfinished === null) return null;
  const { generation, since, fingerprint, filled, complete } = unfinished;
  const documentsOf = (name: string | null): number | null =>
    generations.find((one) => one.name === name)?.documents ?? null;
  const documents = documentsOf(generation) ?? 0;
  return {
    generation,
    since,
    running: rebuilding !== null,
    stage: complete ? 'swap' : fingerprint === null && documents === 0 ? 'read' : 'fill',
    documents,
    of: documentsOf(live),
    failed: filled?.letters.count ?? 0,
  };
}
