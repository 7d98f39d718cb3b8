import { stat } from 'node:fs/promises';
import { wallClock } from '../../clock.ts';
import type { WriteOutcome } from '../../engines/engine.ts';
import { EngineError, OptionError, quoteValue } from '../../errors.ts';
import type { ImageDocument } from '../../knn/document.ts';
import { NOW, settle, type Settings, SIGNAL, type Spec } from '../../options.ts';
import { pagesOf } from '../../source/pages.ts';
import { FetchError } from '../fetch/fetch-error.ts';
import {
  FETCH_SETTINGS_SPEC,
  type FetchDefault,
  fetchImage,
  type FetchSettings,
} from '../fetch/fetch.ts';
import { isUrl } from '../source.ts';
import type { BoundedStores, ThumbnailStore } from '../stores/thumbnails.ts';
import { FIELDS_OPTION, isKnown, matches } from './check.ts';
import { type Pictures, THUMBNAILS_OPTION } from './picture.ts';

/** Which pictures to delete. At least one of `olderThanMs` and `gone` is required. */
export interface ImagePurgeOptions {
  /** Deletes pictures that were last ingested at least this long ago, in milliseconds. */
  olderThanMs?: number;
  /**
   * Deletes pictures whose source no longer exists: a file that is missing, or a URL that answers
   * 404 or 410 and already did in a purge at least `goneAfterMs` ago. Default false.
   */
  gone?: boolean;
  /** Least time between the two failures of a URL, in milliseconds. Default 3,600,000 (1 hour). */
  goneAfterMs?: number;
  /** Considers only pictures with these fields: `{ country: 'TW' }`. */
  filter?: Readonly<Record<string, string>>;
  /** Reports what would be done and changes nothing. Default false. */
  dryRun?: boolean;
  /**
   * Largest share of the checked sources that may be gone, 0..1; more looks like a disk that is not
   * mounted. Not checked below 10 pictures. Default 0.5.
   */
  maxGone?: number;
  /**
   * Deletes the oldest originals of the stores until each has at most this many bytes. Thumbnails of pictures in the
   * index are kept.
   */
  maxDiskBytes?: number;
  /** Also deletes thumbnails of deleted pictures, unless another picture has the same bytes. */
  thumbnails?: ThumbnailStore;
  /** How URLs are requested; one byte of the body is enough. */
  fetch?: Omit<FetchSettings, 'maxBytes'>;
  /** Sources checked concurrently, 1..1024. Default 8. */
  concurrency?: number;
  onPicture?: (picture: PurgedPicture) => void;
  /** Returns the time in milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
  signal?: AbortSignal;
}

/** A picture that a purge deleted or marked. */
export interface PurgedPicture {
  id: string;
  /**
   * noted: its source was missing for the first time; back: it was noted, and its source is there
   * again.
   */
  what: 'deleted' | 'noted' | 'back';
  /** `old`, or the error code of the source. */
  why: string;
}

/** Result of a purge. */
export interface ImagePurgeResult {
  /** Pictures checked. */
  pictures: number;
  deleted: number;
  noted: number;
  back: number;
  /** Sources that could not be checked, for example because their host did not answer. */
  unknown: number;
  /** Files of the stores that were deleted with their pictures. */
  thumbnails: number;
  /** What `maxDiskBytes` deleted; null without it. */
  bounded: BoundedStores | null;
  dryRun: boolean;
}

type PurgeDefault = 'gone' | 'goneAfterMs' | 'dryRun' | 'maxGone' | 'concurrency';

const { maxBytes: _size, ...fetchOptions } = FETCH_SETTINGS_SPEC.options;

const PURGE_FETCH_SPEC: Spec<Omit<FetchSettings, 'maxBytes'>, Exclude<FetchDefault, 'maxBytes'>> = {
  ...FETCH_SETTINGS_SPEC,
  options: fetchOptions,
};

/** Options of `ImageIndex.purge`. */
export const IMAGE_PURGE_SPEC: Spec<ImagePurgeOptions, PurgeDefault> = {
  code: 'PURGE_OPTION_INVALID',
  options: {
    olderThanMs: {
      type: 'number',
      min: 0,
      orEndless: true,
      unit: 'ms',
      otherwise: 'whatever their age',
      help: 'deletes pictures that were last ingested at least as long ago',
    },
    gone: {
      type: 'flag',
      default: false,
      help: 'deletes pictures whose file is missing, or whose URL twice answered 404 or 410',
    },
    goneAfterMs: {
      type: 'number',
      min: 0,
      orEndless: true,
      unit: 'ms',
      default: 3_600_000,
      help: 'least time between the two failures of a URL',
    },
    filter: FIELDS_OPTION,
    dryRun: { type: 'flag', default: false, help: 'reports what would be done, changes nothing' },
    maxGone: {
      type: 'number',
      min: 0,
      max: 1,
      default: 0.5,
      help: 'largest share of the checked sources that may be gone',
    },
    maxDiskBytes: {
      type: 'whole',
      min: 1,
      unit: 'bytes',
      otherwise: 'no bound',
      help: 'of each store: beyond, the oldest originals are deleted, thumbnails never',
    },
    thumbnails: THUMBNAILS_OPTION,
    fetch: { type: 'object', spec: PURGE_FETCH_SPEC, help: 'how URLs are asked for' },
    concurrency: {
      type: 'whole',
      min: 1,
      max: 1024,
      default: 8,
      help: 'sources checked concurrently',
    },
    onPicture: { type: 'function', help: 'told of every picture that it deletes or marks' },
    now: NOW,
    signal: SIGNAL,
  },
};

type Asked = Settings<ImagePurgeOptions, PurgeDefault>;

/** Documents checked and deleted per batch. */
const PAGE = 500;
/** With fewer pictures than this, any share of the sources may be gone. */
const FEW = 10;

/** `why` of a picture that was not ingested for too long. */
const OLD = 'old';

type Verdict = PurgedPicture['what'] | 'kept' | 'unknown';

interface Judged {
  document: ImageDocument;
  what: Verdict;
  why: string;
}

/**
 * Deletes pictures that are too old or whose source no longer exists, with their thumbnails.
 *
 * With `gone`, all sources are checked before anything is deleted.
 *
 * @throws {OptionError} `PURGE_OPTION_INVALID`, and the codes of `fetchImage`.
 * @throws {EngineError} `TOO_MANY_GONE`; nothing was changed then.
 */
export async function purgeImages(
  pictures: Pictures,
  given: ImagePurgeOptions,
): Promise<ImagePurgeResult> {
  const options = settle(IMAGE_PURGE_SPEC, given);
  const { maxDiskBytes } = options;
  if (options.olderThanMs === undefined && !options.gone && maxDiskBytes === undefined) {
    const hint = 'Give olderThanMs, gone or maxDiskBytes.';
    throw new OptionError('PURGE_OPTION_INVALID', 'Nothing says what to delete', hint);
  }
  const { index } = pictures;
  const { dryRun, thumbnails } = options;
  if (maxDiskBytes !== undefined && !thumbnails) {
    const hint = 'Give the stores: thumbnails, on the command line --thumbnails.';
    throw new OptionError('PURGE_OPTION_INVALID', 'There is no store to bound', hint);
  }
  await index.open();
  const counts = { pictures: 0, deleted: 0, noted: 0, back: 0, unknown: 0, thumbnails: 0 };
  const result: ImagePurgeResult = { ...counts, bounded: null, dryRun };
  /** Keeps only what is to be done, no documents, to save memory. */
  const todo: PurgedPicture[] = [];
  for await (const page of pagesOf(index.scan(), PAGE)) {
    options.signal?.throwIfAborted();
    const chosen = page.filter((document) => matches(document, options.filter));
    for (const { document, what, why } of await judge(chosen, options)) {
      result.pictures += 1;
      if (what === 'unknown') result.unknown += 1;
      else if (what !== 'kept') todo.push({ id: document.id, what, why });
    }
  }
  const gone = todo.filter(({ what, why }) => what !== 'back' && why !== OLD).length;
  refuseTooMany(gone, result.pictures, options);
  for (let at = 0; at < todo.length; at += PAGE) {
    options.signal?.throwIfAborted();
    const page = todo.slice(at, at + PAGE);
    if (!dryRun) result.thumbnails += await carryOut(pictures, page, options);
    for (const one of page) {
      result[one.what] += 1;
      options.onPicture?.(one);
    }
  }
  if (maxDiskBytes !== undefined && thumbnails && !dryRun) {
    result.bounded = await thumbnails.bound(maxDiskBytes);
  }
  return result;
}

async function judge(page: readonly ImageDocument[], options: Asked): Promise<Judged[]> {
  const { concurrency } = options;
  const judged: Judged[] = [];
  const rest = page.values();
  const work = async (): Promise<void> => {
    for (const document of rest) judged.push({ document, ...(await verdictOf(document, options)) });
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return judged;
}

async function verdictOf(
  document: ImageDocument,
  options: Asked,
): Promise<{ what: Verdict; why: string }> {
  const now = (options.now ?? wallClock)();
  const { source, goneAt, addedAt, checkedAt = addedAt } = document;
  const { olderThanMs = Infinity, goneAfterMs } = options;
  if (now - Date.parse(checkedAt) >= olderThanMs) return { what: 'deleted', why: OLD };
  if (!options.gone || source === undefined) return { what: 'kept', why: '' };
  const code = await failureOf(source, options);
  if (code === null)
    return goneAt === undefined ? { what: 'kept', why: '' } : { what: 'back', why: 'THERE' };
  if (!GONE.has(code)) return { what: 'unknown', why: code };
  if (!isUrl(source)) return { what: 'deleted', why: code };
  if (goneAt === undefined) return { what: 'noted', why: code };
  return now - Date.parse(goneAt) < goneAfterMs
    ? { what: 'kept', why: code }
    : { what: 'deleted', why: code };
}

const GONE: ReadonlySet<string> = new Set(['NOT_FOUND', 'GONE']);

/** Error code of a source that can't be obtained; null if it exists. */
async function failureOf(source: string, options: Asked): Promise<string | null> {
  if (!isUrl(source)) {
    return stat(source).then(
      () => null,
      ({ code = '' }: NodeJS.ErrnoException) =>
        code === 'ENOENT' || code === 'ENOTDIR' ? 'NOT_FOUND' : 'FILE_UNREADABLE',
    );
  }
  const { signal } = options;
  try {
    // One byte proves that it exists; the rest is refused.
    await fetchImage(source, { ...options.fetch, maxBytes: 1, ...(signal ? { signal } : {}) });
    return null;
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    return error.code === 'TOO_LARGE' ? null : error.code;
  }
}

async function carryOut(
  pictures: Pictures,
  page: readonly PurgedPicture[],
  options: Asked,
): Promise<number> {
  const { index } = pictures;
  const now = (options.now ?? wallClock)();
  const documents = await Promise.all(page.map(({ id }) => index.get(id)));
  const marked: ImageDocument[] = [];
  const doomed: ImageDocument[] = [];
  documents.forEach((document, i) => {
    if (document === null) return;
    const { what } = page[i]!;
    const { goneAt: _, ...present } = document;
    if (what === 'deleted') doomed.push(document);
    else if (what === 'back') marked.push(present);
    else marked.push({ ...document, goneAt: new Date(now).toISOString() });
  });
  if (marked.length > 0) refused(await index.write(marked));
  if (doomed.length > 0) refused(await index.delete(doomed.map(({ id }) => id)));
  return dropThumbnails(pictures, doomed, options.thumbnails);
}

async function dropThumbnails(
  pictures: Pictures,
  documents: readonly ImageDocument[],
  thumbnails: ThumbnailStore | undefined,
): Promise<number> {
  let dropped = 0;
  for (const sha256 of new Set(documents.map((document) => document.sha256))) {
    if (!thumbnails || sha256 === undefined || (await isKnown(pictures, sha256))) continue;
    dropped += await thumbnails.remove(sha256);
  }
  return dropped;
}

function refused(outcomes: readonly WriteOutcome[]): void {
  const bad = outcomes.find(({ status }) => status >= 300 && status !== 404 && status !== 409);
  if (!bad) return;
  const what = `The engine refused ${quoteValue(bad.id)} with ${bad.status}: ${bad.reason ?? 'no reason'}`;
  throw new EngineError('WRITE_REFUSED', what, 'Run the purge again.');
}

function refuseTooMany(gone: number, pictures: number, options: Asked): void {
  const { maxGone } = options;
  if (pictures < FEW || gone <= maxGone * pictures) return;
  const what = `${gone} of ${pictures} sources are gone`;
  const hint =
    'Nothing was changed. Check that all disks are mounted, or allow it: maxGone, on the command line --max-gone.';
  throw new EngineError('TOO_MANY_GONE', what, hint);
}
