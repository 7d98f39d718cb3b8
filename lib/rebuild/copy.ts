import { isDeepStrictEqual } from 'node:util';
import type { Engine, IndexDocument, WriteOperation, WriteOutcome } from '../engines/engine.ts';
import { RebuildError } from '../errors.ts';
import { pagesOf } from '../source/pages.ts';
import { meterStage, type RebuildProgress } from './progress.ts';
import type { Run } from './skeleton.ts';
import { verifyFault } from './verify.ts';

// A rebuild whose source is the live generation itself: pictures and notes.

/** Documents looked up at a time. */
const PAGE = 500;
/** Number of documents to compare with the copy afterwards. */
const SAMPLES = 100;

/** How a copy is made. */
interface CopyOptions<D> {
  /** Changes a document before it is written. Default: unchanged. */
  revise?: ((document: D) => D | Promise<D>) | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: RebuildProgress) => void) | undefined;
  steadyNow?: (() => number) | undefined;
}

/**
 * Copies the live generation into the one of a run, with the versions of its documents, so that
 * live writes win. What an earlier run has copied stays.
 *
 * @returns Number of documents in the live generation, and an evenly spread sample of them.
 * @throws {RebuildError} `DOCUMENT_REFUSED`, `LEASE_LOST`.
 */
export async function copyLive<D extends IndexDocument>(
  engine: Engine,
  run: Run,
  options: CopyOptions<D>,
): Promise<{ documents: number; samples: D[] }> {
  const { generation } = run;
  const { signal, revise } = options;
  const live = run.live!;
  const total = await engine.count(live);
  const meter = meterStage('fill', total, options);
  const sink = sinkOf(engine, run, signal);
  const step = Math.max(1, Math.ceil(total / SAMPLES));
  const samples: D[] = [];
  let documents = 0;
  for await (const page of pagesOf(engine.scan<D>(live), PAGE)) {
    signal?.throwIfAborted();
    await run.check('fill');
    const ids = page.map(({ id }) => id);
    const [here, there] = [
      await engine.versions(live, ids),
      await engine.versions(generation, ids),
    ];
    for (const [i, document] of page.entries()) {
      const version = here[i];
      // Deleted since it was read.
      if (version === null || version === undefined) continue;
      if (documents % step === 0) samples.push(document);
      documents += 1;
      if ((there[i] ?? 0) >= version) continue;
      await sink.add({ index: revise ? await revise(document) : document, version });
    }
    meter.report(documents, sink.refused.length);
  }
  await sink.flush();
  const [first] = sink.refused;
  if (!first) return { documents, samples };
  const what = `${generation} refused ${sink.refused.length} documents, the first being ${first.id}: ${first.reason ?? first.status}`;
  const hint = 'Correct revise or the settings, and rebuild.';
  throw new RebuildError('DOCUMENT_REFUSED', what, hint, { stage: 'fill' });
}

/** Where copies go. */
interface Sink {
  add(operation: WriteOperation): Promise<void>;
  flush(): Promise<void>;
  refused: readonly WriteOutcome[];
}

function sinkOf(engine: Engine, run: Run, signal: AbortSignal | undefined): Sink {
  const { generation } = run;
  const refused: WriteOutcome[] = [];
  const settle = (outcome: WriteOutcome): void => {
    // 409: it is there already, or a live write is newer.
    if (outcome.status >= 300 && outcome.status !== 409) refused.push(outcome);
  };
  if (!run.isBuilding) {
    const add = async (operation: WriteOperation): Promise<void> => {
      (await engine.write(generation, [operation])).forEach(settle);
    };
    return { add, flush: () => Promise.resolve(), refused };
  }
  const stream = engine.stream(generation, settle, signal ? { signal } : {});
  let added = 0;
  return {
    add: (operation) => stream.add(operation, ++added),
    flush: () => stream.flush(),
    refused,
  };
}

/**
 * Compares documents with the copy: the samples, or with `verify: 'all'` all of the live
 * generation.
 *
 * @param samples - Documents of the live generation; `revise` makes of each what the copy should
 *   have.
 * @throws {RebuildError} `DOCUMENT_DIFFERS`.
 */
export async function compareCopies<D extends IndexDocument>(
  engine: Engine,
  run: Run,
  samples: readonly D[],
  options: Pick<CopyOptions<D>, 'signal' | 'revise'> & { verify?: 'sample' | 'all' | undefined },
): Promise<void> {
  const all = options.verify === 'all' ? engine.scan<D>(run.live!) : samples;
  for await (const document of all) await compareCopy(engine, run, document, options);
}

async function compareCopy<D extends IndexDocument>(
  engine: Engine,
  { generation, live }: Run,
  document: D,
  { signal, revise = (same) => same }: Pick<CopyOptions<D>, 'signal' | 'revise'>,
): Promise<void> {
  signal?.throwIfAborted();
  const copied = await engine.get<D>(generation, document.id);
  if (isDeepStrictEqual(copied, await revise(document))) return;
  const original = await engine.get<D>(live!, document.id);
  // Written or deleted meanwhile.
  if (!isDeepStrictEqual(original, document)) return;
  const what = `${generation} does not return ${document.id} as it was`;
  throw verifyFault('DOCUMENT_DIFFERS', what);
}
