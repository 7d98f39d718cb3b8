import { isDeepStrictEqual } from 'node:util';
import { liveWrites } from '../alias/live-writes.ts';
import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { Documents, Searches, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { pagesOf } from '../source/pages.ts';

/** Size of the samples: documents read back, and names searched. */
const SAMPLES = 200;
const CANARIES = 50;

/** Documents compared together, and read at once. */
const PAGE = 500;
const AT_ONCE = 10;

/** Most documents of one name that a canary query looks through. */
const CANARY_WINDOW = 1000;

/** A document that a generation should have, with its version. */
export interface SampledDocument {
  document: PlaceDocument;
  version: number;
}

/** A collector of documents spread evenly over a source. */
export interface Sample {
  /** @param ordinal - Number of the record, from 1. */
  wants(ordinal: number): boolean;
  add(document: PlaceDocument, version: number): void;
  readonly documents: readonly SampledDocument[];
}

/** Keeps every n-th document, about 200 of `total`. */
export function sampleDocuments(total: number): Sample {
  const step = Math.max(1, Math.ceil(total / SAMPLES));
  const documents: SampledDocument[] = [];
  return {
    documents,
    wants: (ordinal) => (ordinal - 1) % step === 0,
    add(document: PlaceDocument, version: number): void {
      documents.push({ document, version });
    },
  };
}

/** A generation of an alias. */
interface At {
  alias: string;
  generation: string;
}

/**
 * Checks the count of a filled generation. After live writes only a lower bound can be checked.
 *
 * @param expected - documents: the expected number. called: name of documents in the message.
 * @throws {RebuildError} `COUNT_DIFFERS`.
 */
export async function verifyCount(
  engine: Documents & State,
  { alias, generation }: At,
  expected: { documents: number; called: string },
): Promise<void> {
  const { documents, called } = expected;
  const count = await engine.count(generation);
  // A delete leaves its note first, so the notes have to be read after the count.
  const live = await liveWrites(engine, alias, generation);
  if (live.any ? count >= documents - live.deletes : count === documents) return;
  const what = `${generation} holds ${count} ${called} and not ${documents}`;
  throw verifyFault('COUNT_DIFFERS', what);
}

/** What a generation should have. */
interface Expected {
  /** Number of dead letters, which sampled documents may belong to. */
  failed: number;
  signal?: AbortSignal | undefined;
}

/**
 * Checks a filled generation before it goes live: sampled documents read back as they were built,
 * and canaries, which are sampled names that must find their place. Samples that live writes have
 * changed are skipped.
 *
 * @throws {RebuildError} `DOCUMENT_DIFFERS` or `CANARY_FAILED`.
 */
export async function verifySamples(
  engine: Documents & Searches & State,
  at: At,
  expected: Expected & { sample: readonly SampledDocument[] },
): Promise<void> {
  const { sample, failed, signal } = expected;
  const { present, missing } = await comparePage(engine, at, sample, signal);
  await refuseMissing(engine, at, missing, failed);
  const { generation } = at;
  for (const sampled of everyNth(present, CANARIES)) {
    signal?.throwIfAborted();
    const { document } = sampled;
    const value = document.keys.name[0];
    if (value === undefined) continue;
    const hits = await engine.findByKeys(generation, [
      { field: 'name', value, match: 'whole', limit: CANARY_WINDOW },
    ]);
    // A full window proves nothing: the place may come after a thousand namesakes.
    if (hits.length >= CANARY_WINDOW || hits.some((hit) => hit.id === document.id)) continue;
    if (!(await isUnchanged(engine, generation, sampled))) continue;
    throw verifyFault('CANARY_FAILED', `${generation} does not find ${document.id} by its name`);
  }
}

/**
 * Reads back every document of a filled generation.
 *
 * @param expected - documents: all documents of the source.
 * @throws {RebuildError} `DOCUMENT_DIFFERS`.
 */
export async function verifyAll(
  engine: Documents & State,
  at: At,
  expected: Expected & { documents: AsyncIterable<SampledDocument> },
): Promise<void> {
  const { documents, failed, signal } = expected;
  const missing: SampledDocument[] = [];
  for await (const page of pagesOf(documents, PAGE)) {
    missing.push(...(await comparePage(engine, at, page, signal)).missing);
  }
  await refuseMissing(engine, at, missing, failed);
}

/**
 * Compares documents with those of a generation. @returns Those that are as written, and those
 * that are missing.
 */
async function comparePage(
  engine: Documents,
  { generation }: At,
  page: readonly SampledDocument[],
  signal: AbortSignal | undefined,
): Promise<Record<'present' | 'missing', SampledDocument[]>> {
  const versions = await engine.versions(
    generation,
    page.map(({ document }) => document.id),
  );
  // Others are a dead letter, an earlier record with the same id, or a live write.
  const present = page.filter(({ version }, i) => versions[i] === version);
  const missing = page.filter(({ version }, i) => (versions[i] ?? 0) < version);
  for (let i = 0; i < present.length; i += AT_ONCE) {
    signal?.throwIfAborted();
    await Promise.all(
      present.slice(i, i + AT_ONCE).map(async (sampled) => {
        const { document } = sampled;
        const stored = await engine.get(generation, document.id);
        if (isDeepStrictEqual(stored, JSON.parse(JSON.stringify(document)))) return;
        if (!(await isUnchanged(engine, generation, sampled))) return;
        const what = `${generation} does not return ${document.id} as it was written`;
        throw verifyFault('DOCUMENT_DIFFERS', what);
      }),
    );
  }
  return { present, missing };
}

async function refuseMissing(
  engine: State,
  { alias, generation }: At,
  missing: readonly SampledDocument[],
  failed: number,
): Promise<void> {
  // Read after the versions, since a delete leaves its note first.
  const live = await liveWrites(engine, alias, generation);
  if (missing.length <= failed + live.deletes) return;
  throw verifyFault('DOCUMENT_DIFFERS', `${generation} does not have ${missing[0]!.document.id}`);
}

/**
 * Whether it is still the version of the source: a live write may have come since the versions
 * were read.
 */
async function isUnchanged(
  engine: Documents,
  generation: string,
  { document, version }: SampledDocument,
): Promise<boolean> {
  return (await engine.versions(generation, [document.id]))[0] === version;
}

function everyNth<Item>(items: readonly Item[], wanted: number): Item[] {
  const step = Math.max(1, Math.ceil(items.length / wanted));
  return items.filter((_, i) => i % step === 0);
}

/** The error for a generation that is not as it should be. */
export function verifyFault(code: string, what: string): RebuildError {
  return new RebuildError(
    code,
    what,
    'The old generation still answers. Rebuild, places with --full (full), and report it if it happens again.',
    { stage: 'verify' },
  );
}
