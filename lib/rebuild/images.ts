import { createHash } from 'node:crypto';
import { aliasState } from '../alias/generations.ts';
import type { ShardNumbers } from '../alias/shard-numbers.ts';
import type { Engine } from '../engines/engine.ts';
import { EngineError } from '../errors.ts';
import type { ImageDocument } from '../knn/document.ts';
import { rankByVector } from '../knn/hits.ts';
import { OPTION_INVALID, settle, type Settings, type Spec } from '../options.ts';
import { compareCopies, copyLive } from './copy.ts';
import { IMAGE_RUN_SPEC, type ImageRunOptions } from './options.ts';
import { type Feature, type Filled, rebuild, type Rebuilt, type Run } from './skeleton.ts';
import { verifyFault } from './verify.ts';

/** Options of a rebuild of an image index. */
export interface ImageRebuildOptions extends ImageRunOptions {
  /**
   * Changes a document before it is written, such as to vectors of another model. Default:
   * unchanged.
   */
  revise?: (document: ImageDocument) => ImageDocument | Promise<ImageDocument>;
  /**
   * Share of the ten nearest pictures by exact search that the new index has to find, 0..1.
   * Default 0.95.
   */
  minRecall?: number;
}

/** What a rebuild of an image index did. */
export interface ImageRebuildResult extends Rebuilt, ImageOutcome {}

/** Results of pictures. */
interface ImageOutcome {
  documents: number;
  /**
   * Share of the ten nearest pictures of samples that the new index finds; null without vectors, or
   * where it can't be measured and `minRecall` is 0.
   */
  recall: number | null;
}

/** Options of `ImageIndex.rebuild`. */
export const IMAGE_REBUILD_SPEC: Spec<
  ImageRebuildOptions,
  'minRecall' | 'prepareOnly' | 'keepFreshMs' | 'leaseMs' | 'verify'
> = {
  code: OPTION_INVALID,
  options: {
    revise: {
      type: 'function',
      otherwise: 'as it is',
      help: 'changes a document before it is written, such as to vectors of another model',
    },
    minRecall: {
      type: 'number',
      min: 0,
      default: 0.95,
      help: 'share of the ten nearest pictures by exact search that the new index has to find',
    },
    ...IMAGE_RUN_SPEC.options,
  },
};

type Asked = Settings<ImageRebuildOptions, 'minRecall'>;

/** Number of neighbours that recall is measured with. */
const NEIGHBOURS = 10;

/**
 * Copies the live generation of an image index into a new one, checks it, and moves the alias to
 * it.
 *
 * Queries and writes go on meanwhile; writes go to both generations. An interrupted copy is
 * resumed unless settings have changed. The new index is merged and warm before the swap.
 *
 * @param indexBodyWith - The create-index body of the new generation, with these shards and
 *   replicas where none were asked for.
 * @throws {RebuildError} `LEASE_HELD`, `DOCUMENT_REFUSED`, `COUNT_DIFFERS`, `DOCUMENT_DIFFERS`,
 *   `RECALL_LOW`, `LEASE_LOST`; the alias is where it was.
 * @throws {EngineError} `INDEX_NOT_FOUND`, `ALIAS_MOVED`.
 */
export async function rebuildImages(
  engine: Engine,
  alias: string,
  indexBodyWith: (kept: ShardNumbers) => Record<string, unknown>,
  options: ImageRebuildOptions = {},
): Promise<ImageRebuildResult> {
  const asked = settle(IMAGE_REBUILD_SPEC, options);
  if ((await aliasState(engine, alias)) === null) {
    const hint = 'Add pictures first: images add.';
    throw new EngineError('INDEX_NOT_FOUND', `There is no index ${alias}`, hint);
  }
  const feature: Feature<ImageOutcome> = {
    documents: 'pictures',
    ingredients: 'settings',
    indexBodyWith,
    open: (run) => ({
      prepare: () =>
        Promise.resolve({
          fingerprint: createHash('sha256').update(JSON.stringify(run.body)).digest('hex'),
          takeUp: () => true,
          fill: () => fill(engine, run, asked),
        }),
      close: () => undefined,
    }),
  };
  return rebuild(engine, { ...asked, alias }, feature);
}

async function fill(engine: Engine, run: Run, options: Asked): Promise<Filled<ImageOutcome>> {
  await run.checkpoint(null);
  const { documents, samples } = await copyLive<ImageDocument>(engine, run, options);
  let recall: number | null = null;
  return {
    documents,
    meta: { records: documents, failed: 0 },
    async verify() {
      const { revise, verify, signal } = options;
      if (!revise) await compareCopies(engine, run, samples, { verify, signal });
      const { minRecall } = options;
      recall = await recallOf(engine, run.generation, samples, signal).catch((error: unknown) => {
        if (minRecall === 0 && (error as { code?: unknown }).code === 'SCRIPT_REFUSED') return null;
        throw error;
      });
      if (recall === null || recall >= minRecall) return;
      const what = `${run.generation} finds ${recall.toFixed(3)} of the nearest pictures, less than ${minRecall}`;
      throw verifyFault('RECALL_LOW', what);
    },
    outcome: () => ({ documents, recall }),
  };
}

async function recallOf(
  engine: Engine,
  generation: string,
  samples: readonly ImageDocument[],
  signal: AbortSignal | undefined,
): Promise<number | null> {
  let found = 0;
  let wanted = 0;
  for (const { id } of samples) {
    signal?.throwIfAborted();
    const vector = (await engine.get<ImageDocument>(generation, id))?.vector;
    if (!vector) continue;
    const search = { vectors: [vector], limit: NEIGHBOURS };
    const distances = async (exact: boolean): Promise<number[]> => {
      const how = exact ? { ...search, exact } : search;
      const { space, documents } = await engine.nearest(generation, how);
      const hits = rankByVector(space, documents, [vector]).slice(0, NEIGHBOURS);
      return hits.map(({ distance }) => distance);
    };
    const nearest = await distances(true);
    const farthest = nearest.at(-1) ?? 0;
    wanted += nearest.length;
    // Compared by distance: of pictures at equal distance, any will do.
    found += (await distances(false)).filter((distance) => distance <= farthest).length;
  }
  return wanted === 0 ? null : found / wanted;
}
