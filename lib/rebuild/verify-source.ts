import { isDeepStrictEqual } from 'node:util';
import { SOURCE_VERSIONS } from '../alias/live-writes.ts';
import { type PlaceDocument, toPlaceDocument } from '../autocomplete/record/document.ts';
import type { Documents } from '../engines/engine.ts';
import { SearchError } from '../errors.ts';
import { OPTION_INVALID, type Spec } from '../options.ts';
import { collectDeadLetters } from '../source/dead-letters.ts';
import { boosted } from '../source/boosts.ts';
import { openSource, type PlaceRecordSource } from '../source/source.ts';
import { traceLineage } from './lineage.ts';
import { REBUILD_SPEC, type RebuildOptions } from './options.ts';
import { readRecords } from './scan.ts';
import { scanSource } from './stages.ts';

/** Options of a verification. Inputs of documents have to be the same as at the rebuild. */
export interface VerifyOptions extends Pick<
  RebuildOptions,
  'boundaries' | 'corrections' | 'boosts' | 'readings' | 'jyutping' | 'signal' | 'onProgress'
> {
  /** Generation to verify. Default: the live one. */
  generation?: string;
}

const { boundaries, corrections, boosts, readings, jyutping, signal, onProgress } =
  REBUILD_SPEC.options;

/** Options of `PlaceIndex.verify`. */
export const VERIFY_SPEC: Spec<VerifyOptions, 'readings' | 'jyutping'> = {
  code: OPTION_INVALID,
  options: {
    generation: {
      type: 'text',
      flag: '--generation <name>',
      otherwise: 'the live one',
      help: 'which generation',
    },
    boundaries,
    corrections,
    boosts,
    readings,
    jyutping,
    signal,
    onProgress,
  },
};

/** How an index differs from its source. */
export interface Verification {
  /** Number of records read, good and bad. */
  records: number;
  /** Number of documents in the index. */
  documents: number;
  /** Number of records whose document is as it should be. */
  equal: number;
  /** Ids of the source that the index lacks; at most 1000. */
  missing: string[];
  /** Ids whose document differs from what the record makes; at most 1000. */
  differing: string[];
  /** Number of records whose place was put or deleted since the rebuild, by its version. */
  changed: number;
}

/** Records compared together. */
const PAGE = 500;
const LISTED = 1000;

/** Compares every record of a source with its document. */
export async function verifySource(
  engine: Documents,
  index: string,
  source: PlaceRecordSource,
  options: Omit<VerifyOptions, 'generation'> & { alias: string },
): Promise<Verification> {
  const opened = await boosted(await openSource(source), options.boosts);
  const letters = collectDeadLetters(null);
  const {
    source: read,
    scan,
    known,
    geography,
    dictionaries,
  } = await scanSource(opened, letters, {
    ...options,
    maxFailed: Number.MAX_SAFE_INTEGER,
  });
  const { parentsOf } = traceLineage(known, geography);
  const result: Verification = {
    records: scan.records,
    documents: await engine.count(index),
    equal: 0,
    missing: [],
    differing: [],
    changed: 0,
  };
  const list = (ids: string[], id: string): void => {
    if (ids.length < LISTED) ids.push(id);
  };
  let page: PlaceDocument[] = [];
  const compare = async (): Promise<void> => {
    const versions = await engine.versions(
      index,
      page.map(({ id }) => id),
    );
    for (const [i, document] of page.entries()) {
      const version = versions[i] ?? null;
      if (version === null) list(result.missing, document.id);
      else if (version > SOURCE_VERSIONS) result.changed += 1;
      else {
        const stored = await engine.get(index, document.id);
        if (isDeepStrictEqual(stored, JSON.parse(JSON.stringify(document)))) result.equal += 1;
        else list(result.differing, document.id);
      }
    }
    page = [];
  };
  for await (const { record } of readRecords(read, { signal: options.signal })) {
    try {
      page.push(toPlaceDocument(record, { ...dictionaries.context, parents: parentsOf(record) }));
    } catch (error) {
      if (!(error instanceof SearchError)) throw error;
    }
    if (page.length >= PAGE) await compare();
  }
  await compare();
  return result;
}
