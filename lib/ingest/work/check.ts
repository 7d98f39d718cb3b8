import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { aliasState } from '../../alias/generations.ts';
import { holderText, isDead } from '../../alias/holder.ts';
import { wallClock } from '../../clock.ts';
import { RecordError, SearchError } from '../../errors.ts';
import { fieldTerm, type ImageDocument, toImageDocument } from '../../knn/document.ts';
import { vectorSpaceOf } from '../../knn/mapping.ts';
import { DEFAULT_SPACE, type VectorSpace } from '../../knn/space.ts';
import {
  NOW,
  type ObjectOption,
  OPTION_INVALID,
  settle,
  type Settings,
  SIGNAL,
  type Spec,
} from '../../options.ts';
import { FetchError, publicSource } from '../fetch/fetch-error.ts';
import { hostsOff, releaseHost } from '../fetch/hosts.ts';
import {
  type IngestQueue,
  ingestQueue,
  type QueuedSource,
  QUEUE_DEFAULTS,
} from '../queue/queue.ts';
import { isUrl } from '../source.ts';
import type { ThumbnailStore } from '../stores/thumbnails.ts';
import { readImage } from './image-file.ts';
import { type Pictures, THUMBNAILS_OPTION } from './picture.ts';

/** What can be wrong with an image index and the files around it. */
export type ImageIssue =
  /** A chunk whose holder is dead or whose lease has expired. */
  | 'LEASE_STUCK'
  /** A picture that killed every process that worked on it. */
  | 'PICTURE_QUARANTINED'
  /** Pictures that failed and wait for their next try. */
  | 'RETRY_WAITING'
  /** A host that failed too often and is switched off for a while. */
  | 'HOST_OFF'
  /** A thumbnail whose picture is not in the index. */
  | 'THUMBNAIL_ORPHAN'
  /** An unfinished thumbnail of a dead process. */
  | 'THUMBNAIL_PARTIAL'
  /** A picture without its thumbnail. */
  | 'THUMBNAIL_MISSING'
  /** A thumbnail that was cut short or altered since it was written. */
  | 'THUMBNAIL_DAMAGED'
  /** The source file of a picture no longer exists. */
  | 'SOURCE_MISSING'
  /** The source file has other bytes now. */
  | 'SOURCE_CHANGED'
  /** The source file exists but can't be read. */
  | 'SOURCE_UNREADABLE'
  /** A malformed document. */
  | 'DOCUMENT_FAULT';

/** One thing that is wrong. */
export interface ImageFinding {
  issue: ImageIssue;
  /** Id of the picture, path of the file, host, or chunk. */
  subject: string;
  detail: string;
  /** Whether it was repaired. */
  fixed: boolean;
}

/** What to check. */
export interface ImageCheckOptions {
  /** The store of the thumbnails; without it they are not checked. */
  thumbnails?: ThumbnailStore;
  /** Compares files with the index, both ways. Default false. */
  fsCheck?: boolean;
  /** Checks the form of every document. Default false. */
  dbScan?: boolean;
  /**
   * Checks only pictures with these fields: `{ country: 'TW' }`. Orphaned thumbnails are then not
   * looked for.
   */
  filter?: Readonly<Record<string, string>>;
  /** Repairs what can be repaired. Default false. */
  fix?: boolean;
  /**
   * A thumbnail without a picture counts as an orphan from this age on, in milliseconds: while a
   * picture is ingested, its thumbnail exists first. Default 3,600,000 (1 hour).
   */
  graceMs?: number;
  onFinding?: (finding: ImageFinding) => void;
  /** Returns the time in milliseconds since 1970. Default: the clock of this machine. */
  now?: () => number;
  signal?: AbortSignal;
}

/** What a check found. */
export interface ImageCheckReport {
  /** Documents checked. */
  pictures: number;
  /** Thumbnail files checked. */
  thumbnails: number;
  /** Number of findings by issue. */
  findings: Partial<Record<ImageIssue, number>>;
  /** How many of the findings were repaired. */
  fixed: number;
  /** Pictures added to the queue to be ingested again; run an ingest to do it. */
  requeued: number;
}

/** Fields that pictures are chosen by. */
export const FIELDS_OPTION: ObjectOption = {
  type: 'object',
  each: { type: 'text', help: '' },
  code: 'FIELD_INVALID',
  otherwise: 'all',
  help: 'only pictures with these fields',
};

/** Options of `ImageIndex.check`. */
export const IMAGE_CHECK_SPEC: Spec<ImageCheckOptions, CheckDefault> = {
  code: OPTION_INVALID,
  options: {
    thumbnails: THUMBNAILS_OPTION,
    fsCheck: {
      type: 'flag',
      default: false,
      help: 'compares files and thumbnails with the index, both ways',
    },
    dbScan: { type: 'flag', default: false, help: 'checks the form of every document' },
    filter: FIELDS_OPTION,
    fix: {
      type: 'flag',
      default: false,
      help: 'repairs what can be repaired; never deletes a picture',
    },
    graceMs: {
      type: 'number',
      min: 0,
      unit: 'ms',
      default: 3_600_000,
      help: 'age from which on a thumbnail without a picture counts as an orphan',
    },
    onFinding: { type: 'function', help: 'told of every finding' },
    now: NOW,
    signal: SIGNAL,
  },
};

type CheckDefault = 'fsCheck' | 'dbScan' | 'fix' | 'graceMs';

interface Check extends Omit<Settings<ImageCheckOptions, CheckDefault>, 'onFinding'> {
  pictures: Pictures;
  queue: IngestQueue;
  now: () => number;
  report: ImageCheckReport;
  /** Reports a finding, and repairs it if `heal` is given and `fix` is set. */
  found: (
    issue: ImageIssue,
    subject: string,
    detail: string,
    heal?: () => Promise<unknown>,
  ) => Promise<void>;
  /**
   * Queues a picture to be ingested again; with `again`, it is described even if its bytes have not
   * changed.
   */
  requeue: (document: ImageDocument, how?: { again: true }) => Promise<void>;
}

/**
 * Compares an image index with its queue, its source files and its thumbnails.
 *
 * `fix` releases chunks of dead processes, switches hosts on again, deletes orphaned and damaged
 * thumbnails, and queues pictures that have changed or lack a thumbnail. It never deletes a picture;
 * `purgeImages` does that.
 */
export async function checkImages(
  pictures: Pictures,
  given: ImageCheckOptions = {},
): Promise<ImageCheckReport> {
  const options = settle(IMAGE_CHECK_SPEC, given);
  const { engine, index } = pictures;
  const now = options.now ?? wallClock;
  await index.open();
  const queue = await ingestQueue(engine, index.alias, { now });
  const report: ImageCheckReport = {
    pictures: 0,
    thumbnails: 0,
    findings: {},
    fixed: 0,
    requeued: 0,
  };
  let waiting: QueuedSource[] = [];
  const flush = async (): Promise<void> => {
    const full = waiting;
    waiting = [];
    if (full.length > 0) await queue.add(full);
    report.requeued += full.length;
  };
  const check: Check = {
    ...options,
    pictures,
    queue,
    now,
    report,
    async found(issue, subject, detail, heal) {
      const failed = options.fix && heal ? await failureOf(heal()) : null;
      const fixed = options.fix && heal !== undefined && failed === null;
      report.findings[issue] = (report.findings[issue] ?? 0) + 1;
      report.fixed += fixed ? 1 : 0;
      const told = failed === null ? detail : `${detail}; not mended: ${failed}`;
      options.onFinding?.({ issue, subject, detail: told, fixed });
    },
    async requeue({ id, source }, how) {
      const named = isUrl(source!) && source!.includes('?') ? { keepQuery: true as const } : {};
      waiting.push({ id, source: source!, ...named, ...how });
      if (waiting.length >= QUEUE_DEFAULTS.chunkSize) await flush();
    },
  };
  await checkQueue(check);
  if (options.fsCheck || options.dbScan) await checkDocuments(check);
  await flush();
  if (options.fsCheck && options.thumbnails) await checkThumbnails(check, options.thumbnails);
  return report;
}

/** The message if a store fails to make a repair, so that the check continues; null if it succeeds. */
async function failureOf(mending: Promise<unknown>): Promise<string | null> {
  try {
    await mending;
    return null;
  } catch (error) {
    if (error instanceof SearchError && error.code === 'STORE_FAILED') return error.message;
    throw error;
  }
}

async function checkQueue({ queue, pictures, now, found }: Check): Promise<void> {
  for (const [name, { size, lease, deaths, notBefore }] of await queue.chunks()) {
    if (lease !== null && (lease.expires <= now() || (await isDead(lease.holder)))) {
      const detail = `${size} pictures of ${holderText(lease.holder)}, which is dead`;
      await found('LEASE_STUCK', name, detail, () => queue.release(name));
    } else if (lease === null && notBefore > now()) {
      const due = new Date(notBefore).toISOString();
      const after = deaths > 0 ? ` after ${deaths} deaths` : '';
      await found('RETRY_WAITING', name, `${size} pictures will be tried again at ${due}${after}`);
    }
  }
  for (const [name, sources] of await queue.quarantined()) {
    const what = sources.map(({ source }) => publicSource(source)).join(', ');
    const heal = (): Promise<unknown> => queue.requeue(name);
    await found('PICTURE_QUARANTINED', what, 'it killed every process that worked on it', heal);
  }
  const { engine, index } = pictures;
  for (const { host, until, times, reason } of await hostsOff(engine, index.alias)) {
    const detail = `switched off ${times} times, until ${new Date(until).toISOString()}: ${reason}`;
    await found('HOST_OFF', host, detail, () => releaseHost(engine, index.alias, host));
  }
}

async function checkDocuments(check: Check): Promise<void> {
  const { pictures, report, signal, fsCheck, dbScan, thumbnails, found, requeue } = check;
  const { engine, index } = pictures;
  const live = await aliasState(engine, index.alias);
  const body = live === null ? null : await engine.indexBodyOf(live.generation);
  const space = (body && vectorSpaceOf(body)) ?? DEFAULT_SPACE;
  for await (const document of index.scan()) {
    signal?.throwIfAborted();
    if (!matches(document, check.filter)) continue;
    report.pictures += 1;
    const { id, source, sha256 } = document;
    const heal = source === undefined ? undefined : (): Promise<void> => requeue(document);
    if (dbScan) {
      const fault = documentFault(document, space);
      const anew = heal && ((): Promise<void> => requeue(document, { again: true }));
      if (fault !== null) await found('DOCUMENT_FAULT', id, fault, anew);
    }
    if (!fsCheck) continue;
    if (thumbnails && sha256) await checkThumbnailsOf(check, { id, sha256, thumbnails, heal });
    if (source !== undefined && !isUrl(source)) {
      const state = await fileState(source, document);
      if (state) await found(state, id, source, state === 'SOURCE_CHANGED' ? heal : undefined);
    }
  }
}

async function checkThumbnails(check: Check, thumbnails: ThumbnailStore): Promise<void> {
  const { pictures, report, signal, found, now } = check;
  if (check.filter) return;
  const old = now() - check.graceMs;
  // They are listed in order of their hash, so each hash is looked up once for all its sizes.
  let last = { sha256: '', known: false };
  for await (const { path, sha256, partial, modified, drop } of thumbnails.list()) {
    signal?.throwIfAborted();
    report.thumbnails += 1;
    if (modified.getTime() > old) continue;
    if (sha256 !== last.sha256) last = { sha256, known: await isKnown(pictures, sha256) };
    if (!last.known) await found('THUMBNAIL_ORPHAN', path, 'no picture has these bytes', drop);
    else if (partial) {
      await found('THUMBNAIL_PARTIAL', path, 'left unfinished by a process that died', drop);
    }
  }
}

/**
 * Repairs files that a store has damaged or lacks, from another store, or from the source if no store has an intact
 * copy.
 */
async function checkThumbnailsOf(
  { found }: Check,
  picture: {
    id: string;
    sha256: string;
    thumbnails: ThumbnailStore;
    heal: (() => Promise<void>) | undefined;
  },
): Promise<void> {
  const { id, sha256, thumbnails, heal } = picture;
  let healed: Promise<void> | undefined;
  const mend = (): Promise<void> =>
    (healed ??= thumbnails.heal(sha256).then((whole) => (whole ? undefined : heal?.())));
  for (const { path, fault } of await thumbnails.faults(sha256)) {
    if (fault === 'missing') await found('THUMBNAIL_MISSING', id, path, mend);
    else await found('THUMBNAIL_DAMAGED', id, path, mend);
  }
}

/** Whether a picture in the index has these bytes. */
export async function isKnown({ engine, index }: Pictures, sha256: string): Promise<boolean> {
  const search = { field: 'sha256', value: sha256, limit: 1 } as const;
  return (await engine.byHash(index.alias, search)).length > 0;
}

/** Whether a picture has all of the given fields. */
export function matches(
  { terms }: ImageDocument,
  filter: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(filter).every(([name, value]) => terms.includes(fieldTerm(name, value)));
}

async function fileState(path: string, document: ImageDocument): Promise<ImageIssue | null> {
  try {
    const { size, mtimeMs } = await stat(path);
    if (size !== document.bytes) return 'SOURCE_CHANGED';
    if (mtimeMs <= Date.parse(document.checkedAt ?? document.addedAt)) return null;
    const bytes = await readImage(path, { maxBytes: size });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return sha256 === document.sha256 ? null : 'SOURCE_CHANGED';
  } catch (error) {
    const code = error instanceof FetchError ? error.code : (error as NodeJS.ErrnoException).code;
    return ['ENOENT', 'ENOTDIR', 'NOT_FOUND'].includes(code ?? '')
      ? 'SOURCE_MISSING'
      : 'SOURCE_UNREADABLE';
  }
}

/** What is wrong with the form of a document; null if nothing is. */
function documentFault(document: ImageDocument, space: VectorSpace): string | null {
  const { id, fields, addedAt, slots = [], terms } = document;
  let proper: ImageDocument;
  try {
    proper = toImageDocument(id, { content: document, fields, addedAt, space });
  } catch (error) {
    if (error instanceof RecordError) return error.message;
    throw error;
  }
  if (!isDeepStrictEqual(proper.slots ?? [], slots)) return 'slots are not those of dctHash';
  if (!isDeepStrictEqual([...proper.terms].sort(), [...terms].sort())) {
    return 'terms are not those of fields';
  }
  const times = ['addedAt', 'checkedAt', 'goneAt'] as const;
  const odd = times.find((name) => Number.isNaN(Date.parse(document[name] ?? addedAt)));
  return odd === undefined ? null : `${odd} is not a time`;
}
