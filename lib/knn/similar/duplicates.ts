import { OPTION_INVALID, SIGNAL, type Spec } from '../../options.ts';
import type { ImageDocument } from '../document.ts';
import { HITS_MAX } from '../query.ts';
import { shownOf, type SimilarImage } from './similar.ts';

/** Options of a search for duplicates. */
export interface DuplicateOptions {
  /** Largest distance of vectors; 0 compares hashes only. Default: the threshold of the model. */
  maxDistance?: number;
  /** Also finds turned and inverted copies; it takes about four times as long. Default true. */
  turned?: boolean;
  signal?: AbortSignal;
}

/** Options of `ImageIndex.duplicates`. */
export const DUPLICATES_SPEC: Spec<DuplicateOptions, 'turned'> = {
  code: OPTION_INVALID,
  options: {
    maxDistance: {
      type: 'number',
      code: 'MAX_DISTANCE_INVALID',
      otherwise: 'the threshold of the model',
      help: 'largest distance of vectors; 0 compares hashes only',
    },
    turned: {
      type: 'flag',
      default: true,
      flag: '--plain',
      help: 'find turned and inverted copies too',
      off: 'find no turned and inverted copies: about four times as fast',
    },
    signal: SIGNAL,
  },
};

/** Pictures that look the same. */
export interface DuplicateGroup {
  /**
   * The one to keep: the one with the most pixels, then the most bytes, then the earliest day of
   * arrival, then the first id without its extension: `boats.jpg` rather than `boats copy.jpg`.
   */
  best: SimilarImage['document'];
  /** The others, surest first. Each is similar to `best` itself. */
  others: SimilarImage[];
}

/** Neighbours asked for at first; if all are duplicates, ten times as many are asked for. */
const FIRST_LOOK = 20;
/** Length of the day in an ISO 8601 time. */
const DAY = 10;
const EXTENSION = /\.\w+$/;

/** What is remembered of every picture while groups are formed. */
interface Listed {
  id: string;
  pixels: number;
  bytes: number;
  addedAt: string;
}

/**
 * Yields groups of duplicates, that of the best picture first.
 *
 * Goes through the pictures from best to worst; each takes those that are similar to it and in no
 * group yet. So a group never grows through copies of copies. Memory: about 100 bytes a picture.
 *
 * @param scan - Yields all pictures.
 * @param options - similar: finds up to `k` pictures similar to an indexed one. get: one document,
 *   null if it is gone.
 */
export async function* findDuplicates(
  scan: () => AsyncIterable<ImageDocument>,
  options: DuplicateOptions & {
    similar: (id: string, limit: number) => Promise<SimilarImage[]>;
    get: (id: string) => Promise<ImageDocument | null>;
  },
): AsyncGenerator<DuplicateGroup> {
  const { similar, get, signal, maxDistance } = options;
  const listed: Listed[] = [];
  for await (const { id, width = 0, height = 0, bytes = 0, addedAt } of scan()) {
    listed.push({ id, pixels: width * height, bytes, addedAt });
  }
  listed.sort(bestFirst);
  const taken = new Set<string>();
  for (const { id } of listed) {
    signal?.throwIfAborted();
    if (taken.has(id)) continue;
    const others = (await duplicatesOf(id)).filter((other) => !taken.has(other.id));
    if (others.length === 0) continue;
    const document = await get(id);
    if (document === null) continue;
    for (const other of [id, ...others.map((one) => one.id)]) taken.add(other);
    yield { best: shownOf(document), others };
  }

  async function duplicatesOf(id: string): Promise<SimilarImage[]> {
    for (let limit = FIRST_LOOK; ; limit = Math.min(limit * 10, HITS_MAX)) {
      const found = await similar(id, limit);
      const duplicates = found.filter(isDuplicate);
      if (duplicates.length < limit || limit === HITS_MAX) return duplicates;
    }
  }

  function isDuplicate({ rule, distance }: SimilarImage): boolean {
    if (rule !== 'near-vector' && rule !== 'nearest') return true;
    if (maxDistance === undefined) return rule === 'near-vector';
    return distance !== null && distance <= maxDistance && maxDistance > 0;
  }
}

function bestFirst(a: Listed, b: Listed): number {
  return (
    b.pixels - a.pixels ||
    b.bytes - a.bytes ||
    // Within a run the order of arrival is random, so only the day counts.
    order(a.addedAt.slice(0, DAY), b.addedAt.slice(0, DAY)) ||
    order(a.id.replace(EXTENSION, ''), b.id.replace(EXTENSION, '')) ||
    order(a.id, b.id)
  );
}

function order(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}
