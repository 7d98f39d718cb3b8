import { createHash } from 'node:crypto';
import { aliasState } from '../alias/generations.ts';
import type { ShardNumbers } from '../alias/shard-numbers.ts';
import type { Engine } from '../engines/engine.ts';
import { EngineError } from '../errors.ts';
import type { NoteDocument } from '../notes/document.ts';
import { settle } from '../options.ts';
import { compareCopies, copyLive } from './copy.ts';
import { IMAGE_RUN_SPEC, type ImageRunOptions } from './options.ts';
import { type Feature, type Filled, rebuild, type Rebuilt, type Run } from './skeleton.ts';

/** What a rebuild of an index of notes did. */
export interface NoteRebuildResult extends Rebuilt {
  documents: number;
}

/** How this version makes documents of notes. */
export interface NoteForm {
  /** Digest of the form; forms that make different documents of a note have different digests. */
  digest: string;
  /** Makes the document of the same note again. */
  remake: (document: NoteDocument) => NoteDocument;
}

/**
 * Makes every document of the live generation again in a new one, checks it, and moves the alias to
 * it: for another version of suoyin, other dictionaries, or other settings of the mapping.
 *
 * Queries and writes go on meanwhile; writes go to both generations. An interrupted rebuild is
 * resumed.
 *
 * @param indexBodyWith - The create-index body of the new generation, with these shards and
 *   replicas where none were asked for.
 * @throws {RebuildError} `LEASE_HELD`, `DOCUMENT_REFUSED`, `COUNT_DIFFERS`, `DOCUMENT_DIFFERS`,
 *   `LEASE_LOST`; the alias is where it was.
 * @throws {EngineError} `INDEX_NOT_FOUND`, `ALIAS_MOVED`.
 */
export async function rebuildNotes(
  engine: Engine,
  alias: string,
  how: { indexBodyWith: (kept: ShardNumbers) => Record<string, unknown>; form: NoteForm },
  options: ImageRunOptions = {},
): Promise<NoteRebuildResult> {
  const asked = settle(IMAGE_RUN_SPEC, options);
  if ((await aliasState(engine, alias)) === null) {
    throw new EngineError(
      'INDEX_NOT_FOUND',
      `There is no index ${alias}`,
      'Add notes first: notes add.',
    );
  }
  const { indexBodyWith, form } = how;
  const feature: Feature<{ documents: number }> = {
    documents: 'notes',
    ingredients: 'dictionaries',
    indexBodyWith,
    open: (run) => ({
      prepare: () =>
        Promise.resolve({
          fingerprint: createHash('sha256')
            .update(JSON.stringify([run.body, form.digest]))
            .digest('hex'),
          takeUp: () => true,
          fill: () => fill(engine, run, form, asked),
        }),
      close: () => undefined,
    }),
  };
  return rebuild(engine, { ...asked, alias }, feature);
}

async function fill(
  engine: Engine,
  run: Run,
  { remake }: NoteForm,
  options: ImageRunOptions,
): Promise<Filled<{ documents: number }>> {
  await run.checkpoint(null);
  const copied = await copyLive<NoteDocument>(engine, run, { ...options, revise: remake });
  const { documents, samples } = copied;
  return {
    documents,
    meta: { records: documents, failed: 0 },
    verify() {
      const { verify, signal } = options;
      return compareCopies(engine, run, samples, { verify, signal, revise: remake });
    },
    outcome: () => ({ documents }),
  };
}
