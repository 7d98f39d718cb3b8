import { createHash } from 'node:crypto';
import type { Engine, WriteOutcome } from '../../engines/engine.ts';
import type { FieldValue, ImageContent, ImageDocument } from '../../knn/document.ts';
import {
  type FetchedImage,
  FETCH_SETTINGS_SPEC,
  fetchImage,
  type FetchSettings,
} from '../fetch/fetch.ts';
import { type ObjectOption, OPTION_INVALID, type Spec } from '../../options.ts';
import { isUrl, type IngestSource, losesQuery, storedSource } from '../source.ts';
import type { ThumbnailStore } from '../stores/thumbnails.ts';
import { readImage } from './image-file.ts';
import type { StageClock } from './stage-times.ts';

/** The part of `ImageIndex` that ingest uses. */
export interface PictureIndex {
  readonly alias: string;
  open(): Promise<void>;
  get(id: string): Promise<ImageDocument | null>;
  prepare(
    picture: Uint8Array | ImageContent,
    options: {
      id: string;
      fields?: Readonly<Record<string, FieldValue>>;
      signal?: AbortSignal;
    },
  ): Promise<{ document: ImageDocument; warnings: readonly string[] }>;
  write(documents: readonly ImageDocument[]): Promise<WriteOutcome[]>;
  delete(ids: readonly string[]): Promise<WriteOutcome[]>;
  scan(): AsyncIterable<ImageDocument>;
}

/** An index and its engine, which also stores the queue. */
export interface Pictures {
  engine: Engine;
  index: PictureIndex;
}

/** How pictures are ingested. */
export interface TakeOptions {
  /** Stores a thumbnail of every picture. The index must not have a store of its own then. */
  thumbnails?: ThumbnailStore;
  fetch?: FetchSettings;
  /** Reads and describes pictures again even if they have not changed. Default false. */
  again?: boolean;
}

/** The store of thumbnails, as calls take it. */
export const THUMBNAILS_OPTION: ObjectOption = {
  type: 'object',
  like: ['path', 'has', 'write', 'faults', 'heal'],
  wanted: 'what thumbnailStore returns',
  otherwise: 'none',
  help: 'store of the thumbnails',
};

/** Options that say how pictures are ingested. */
export const TAKE_SPEC: Spec<TakeOptions, 'again'> = {
  code: OPTION_INVALID,
  options: {
    thumbnails: THUMBNAILS_OPTION,
    fetch: { type: 'object', spec: FETCH_SETTINGS_SPEC, help: 'how URLs are fetched' },
    again: {
      type: 'flag',
      default: false,
      help: 'reads and describes pictures again even if they have not changed',
    },
  },
};

/** A picture that is ready to be written. */
export interface TakenPicture {
  document: ImageDocument;
  /** changed: the index had other bytes for this id. */
  what: 'added' | 'changed' | 'unchanged';
  warnings: readonly string[];
  /** The index already has it in this form. */
  written?: true;
}

/** The run that ingests a picture. */
export interface OfRun {
  /** Milliseconds since 1970. */
  began: number;
  /** A process died after it may have written the picture. */
  resumed: boolean;
}

/** What is needed to ingest one picture. */
export interface TakeContext extends TakeOptions {
  index: PictureIndex;
  clock: StageClock;
  now: () => number;
  run: OfRun | null;
  signal: AbortSignal;
}

/**
 * Fetches one picture, describes it and makes its thumbnail. A picture whose bytes have not changed
 * is not described again.
 *
 * @throws {FetchError} If it can't be obtained.
 * @throws {ImageError} If it can't be decoded.
 */
export async function takePicture(
  { source, id, fields, again, keepQuery }: IngestSource,
  context: TakeContext,
): Promise<TakenPicture> {
  const { index, clock, thumbnails, signal } = context;
  const anew = again === true || context.again === true;
  const known: ImageDocument | null = await index.get(id);
  const done = known && (await doneInRun(known, { source, keepQuery }, context));
  if (done) return done;
  const fetched = await clock.time(
    'fetch',
    () => bytesOf(source, anew ? null : known, context),
    ({ bytes }) => ({ bytes: bytes?.length ?? 0 }),
  );
  const { bytes } = fetched;
  const same = known !== null && (bytes === null || hashOf(bytes) === known.sha256);
  const unchanged = same && !anew;
  const kept = fields ?? known?.fields;
  const described = await clock.time(
    'describe',
    () =>
      index.prepare(unchanged ? known : bytes!, {
        id,
        ...(kept ? { fields: kept } : {}),
        signal,
      }),
    () => ({ bytes: unchanged ? 0 : bytes!.length, count: unchanged ? 0 : 1 }),
  );
  const naming = keepQuery ? { keepQuery } : {};
  const document: ImageDocument = {
    ...described.document,
    source: storedSource(source, naming),
  };
  if (known) Object.assign(document, { addedAt: known.addedAt, checkedAt: isoTime(context.now) });
  const { etag, lastModified } = bytes === null ? known! : fetched;
  if (etag) document.etag = etag;
  if (lastModified) document.lastModified = lastModified;
  const { sha256 } = document;
  if (thumbnails && bytes && sha256 !== undefined) {
    const make = (): Promise<number> => thumbnails.write(sha256, bytes);
    await clock.time('thumbnail', make, (made) => ({
      bytes: bytes.length,
      count: Math.sign(made),
    }));
  }
  const what = known === null ? 'added' : same ? 'unchanged' : 'changed';
  const left = losesQuery(source, naming) ? ['QUERY_LEFT_OUT'] : [];
  return { document, what, warnings: [...described.warnings, ...left] };
}

/** A picture that its run has ingested already, so that it is not fetched again. */
async function doneInRun(
  known: ImageDocument,
  { source, keepQuery }: { source: string; keepQuery: true | undefined },
  { run, thumbnails }: TakeContext,
): Promise<TakenPicture | null> {
  const { addedAt, checkedAt, sha256 } = known;
  if (run === null || Date.parse(checkedAt ?? addedAt) < run.began) return null;
  if (known.source !== storedSource(source, keepQuery ? { keepQuery } : {})) return null;
  if (thumbnails && sha256 !== undefined && (await thumbnails.faults(sha256)).length > 0)
    return null;
  const what = run.resumed && checkedAt === undefined ? 'added' : 'unchanged';
  return { document: known, what, warnings: [], written: true };
}

type Fetched = Pick<FetchedImage, 'bytes' | 'etag' | 'lastModified'>;

/** `bytes` is null if the server says that they have not changed and the thumbnails exist. */
async function bytesOf(
  source: string,
  known: ImageDocument | null,
  { fetch = {}, thumbnails, signal }: TakeContext,
): Promise<Fetched> {
  if (!isUrl(source)) {
    const { maxBytes } = fetch;
    const bytes = await readImage(source, maxBytes === undefined ? {} : { maxBytes });
    return { bytes, etag: null, lastModified: null };
  }
  const { etag, lastModified, sha256 } = known ?? {};
  const complete =
    !thumbnails || (sha256 !== undefined && (await thumbnails.faults(sha256)).length === 0);
  return fetchImage(source, {
    ...fetch,
    ...(complete && etag ? { etag } : {}),
    ...(complete && lastModified ? { lastModified } : {}),
    signal,
  });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isoTime(now: () => number): string {
  return new Date(now()).toISOString();
}
