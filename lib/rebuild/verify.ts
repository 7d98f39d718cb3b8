import { isDeepStrictEqual } from 'node:util';
import { liveWrites } from '../alias/live-writes.ts';
import type { PlaceDocument } from '../autocomplete/record/document.ts';
import type { Documents, Searches, State } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';

/** How much is looked at: documents read back, and names searched. */
const SAMPLES = 200;
const CANARIES = 50;

/** Documents of one name that a canary query looks through. */
const CANARY_WINDOW = 1000;

/** A document that should be in a generation, with the version that it was written with. */
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

/** Takes every n-th document, so that about 200 of `total` are kept. */
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
 * Checks the count of a filled generation. Where others wrote to it meanwhile, from below only.
 *
 * @param expected - documents: what it should hold. called: what these are called.
 * @throws {RebuildError} `COUNT_DIFFERS`.
 */
export async function verifyCount(
  engine: Documents & State,
  { alias, generation }: At,
  expected: { documents: number; called: string },
): Promise<void> {
  const { documents, called } = expected;
  const count = await engine.count(generation);
  // A delete is noted before it is done, so the notes have to be read after the count.
  const live = await liveWrites(engine, alias, generation);
  if (live.any ? count >= documents - live.deletes : count === documents) return;
  const what = `${generation} holds ${count} ${called} and not ${documents}`;
  throw verifyFault('COUNT_DIFFERS', what);
}

/**
 * Checks a filled generation before it goes live: sampled documents read back as they were built, and
 * canaries, which are sampled names that must find their place. Samples that others changed meanwhile
 * are passed over.
 *
 * @param expected - failed: records that became dead letters, which samples may be of.
 * @throws {RebuildError} `DOCUMENT_DIFFERS` or `CANARY_FAILED`.
 */
export async function verifySamples(
  engine: Documents & Searches & State,
  { alias, generation }: At,
  expected: {
    sample: readonly SampledDocument[];
    failed: number;
    signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { sample, failed, signal } = expected;
  const versions = await engine.versions(
    generation,
    sample.map(({ document }) => document.id),
  );
  const live = await liveWrites(engine, alias, generation);
  // Not the sample itself: a dead letter, an earlier record of its id, or a live write.
  const present = sample.filter(({ version }, i) => versions[i] === version);
  const missing = sample.filter(({ version }, i) => (versions[i] ?? 0) < version);
  if (missing.length > failed + live.deletes) {
    throw verifyFault('DOCUMENT_DIFFERS', `${generation} does not have ${missing[0]!.document.id}`);
  }
  /** Still what the source had: a live write may have come since the versions were asked for. */
  const unchanged = async ({ document, version }: SampledDocument): Promise<boolean> =>
    (await engine.versions(generation, [document.id]))[0] === version;
  for (const sampled of present) {
    signal?.throwIfAborted();
    const { document } = sampled;
    const stored = await engine.get(generation, document.id);
    if (isDeepStrictEqual(stored, JSON.parse(JSON.stringify(document)))) continue;
    if (!(await unchanged(sampled))) continue;
    const what = `${generation} does not give ${document.id} back as it was written`;
    throw verifyFault('DOCUMENT_DIFFERS', what);
  }
  for (const sampled of everyNth(present, CANARIES)) {
    signal?.throwIfAborted();
    const { document } = sampled;
    const value = document.keys.name[0];
    if (value === undefined) continue;
    const hits = await engine.findByKeys(generation, [
      { field: 'name', value, match: 'whole', limit: CANARY_WINDOW },
    ]);
    // A full window says nothing: the place may stand behind a thousand namesakes.
    if (hits.length >= CANARY_WINDOW || hits.some((hit) => hit.id === document.id)) continue;
    if (!(await unchanged(sampled))) continue;
    throw verifyFault('CANARY_FAILED', `${generation} does not find ${document.id} by its name`);
  }
}

function everyNth<Item>(items: readonly Item[], wanted: number): Item[] {
  const step = Math.max(1, Math.ceil(items.length / wanted));
  return items.filter((_, i) => i % step === 0);
}

/** The error of a generation that is not as it should be. */
export function verifyFault(code: string, what: string): RebuildError {
  return new RebuildError(
    code,
    what,
    'The old generation still answers; rebuild, and report it if it comes again.',
    { stage: 'verify' },
  );
}
