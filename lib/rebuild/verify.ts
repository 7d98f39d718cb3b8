import { isDeepStrictEqual } from 'node:util';
import type { PlaceDocument } from '../autocomplete/document.ts';
import type { Engine } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';

/** How much is looked at: documents read back, and names searched. */
const SAMPLES = 200;
const CANARIES = 50;

/** Documents of one name that a canary query looks through. */
const CANARY_WINDOW = 1000;

/** A collector of documents spread evenly over a run. */
export interface Sample {
  offer(document: PlaceDocument): void;
  readonly documents: readonly PlaceDocument[];
}

/** Takes every n-th document, so that about 200 of `total` are kept. */
export function sampleDocuments(total: number): Sample {
  const step = Math.max(1, Math.ceil(total / SAMPLES));
  const documents: PlaceDocument[] = [];
  let offered = 0;
  return {
    documents,
    offer(document: PlaceDocument): void {
      if (offered % step === 0) documents.push(document);
      offered += 1;
    },
  };
}

/**
 * Checks a filled generation before it goes live: its count, sampled documents read back as they
 * were built, and canaries, which are sampled names that must find their place.
 *
 * @throws {RebuildError} `COUNT_DIFFERS`, `DOCUMENT_DIFFERS` or `CANARY_FAILED`.
 */
export async function verifyGeneration(
  engine: Engine,
  generation: string,
  expected: { count: number; sample: readonly PlaceDocument[]; signal?: AbortSignal | undefined },
): Promise<void> {
  const count = await engine.count(generation);
  if (count !== expected.count) {
    const what = `${generation} holds ${count} documents and not ${expected.count}`;
    throw fault('COUNT_DIFFERS', what);
  }
  for (const document of expected.sample) {
    expected.signal?.throwIfAborted();
    const stored = await engine.get(generation, document.id);
    if (isDeepStrictEqual(stored, JSON.parse(JSON.stringify(document)))) continue;
    const what = `${generation} does not give ${document.id} back as it was written`;
    throw fault('DOCUMENT_DIFFERS', what);
  }
  for (const document of everyNth(expected.sample, CANARIES)) {
    expected.signal?.throwIfAborted();
    const value = document.keys.name[0];
    if (value === undefined) continue;
    const hits = await engine.suggest(generation, [
      { field: 'name', value, match: 'whole', limit: CANARY_WINDOW },
    ]);
    // A full window says nothing: the place may stand behind a thousand namesakes.
    if (hits.length >= CANARY_WINDOW || hits.some((hit) => hit.id === document.id)) continue;
    throw fault('CANARY_FAILED', `${generation} does not find ${document.id} by its name`);
  }
}

function everyNth<Item>(items: readonly Item[], wanted: number): Item[] {
  const step = Math.max(1, Math.ceil(items.length / wanted));
  return items.filter((_, i) => i % step === 0);
}

function fault(code: string, what: string): RebuildError {
  return new RebuildError(
    code,
    'verify',
    what,
    'The old generation still answers; rebuild, and report it if it comes again.',
  );
}
