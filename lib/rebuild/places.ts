import { aliasState } from '../alias/generations.ts';
import { placeMapping } from '../autocomplete/mapping.ts';
import { steadyClock } from '../clock.ts';
import { writeContainers } from '../engines/containers.ts';
import type { Engine } from '../engines/engine.ts';
import { settle } from '../options.ts';
import { collectDeadLetters, type DeadLetters, lettersPath } from '../source/dead-letters.ts';
import { boosted, type BoostedSource } from '../source/boosts.ts';
import { openSource, type PlaceRecordSource } from '../source/source.ts';
import { containersIn } from './containers.ts';
import { settingsFingerprint } from './fingerprint.ts';
import type { LineageCounts } from './lineage.ts';
import {
  REBUILD_DEFAULTS,
  REBUILD_SPEC,
  type RebuildOptions,
  type RebuildResult,
} from './options.ts';
import { meterStage } from './progress.ts';
import { warningText } from './record-warnings.ts';
import { type Filled, rebuild, type Rebuilt, type Run, type Work } from './skeleton.ts';
import {
  documentsFrom,
  fillFrom,
  type Filling,
  type ScannedSource,
  scanSource,
  sumOf,
} from './stages.ts';
import { verifyAll, verifySamples } from './verify.ts';

/** Options of a rebuild of places with its alias. */
type Asked = RebuildOptions & { alias: string };

/** Results of places. */
type Outcome = Omit<RebuildResult, keyof Rebuilt>;

/**
 * Builds a new generation of a place index from its source, checks it, and moves the alias to it.
 *
 * Queries use the old generation until the new one is complete; after any failure, abort or kill
 * the alias stays. What is put or deleted meanwhile is in the new generation too. An interrupted
 * rebuild is resumed at its last checkpoint if source, outlines, corrections, boosts, options and
 * mapping are the same. Otherwise a new one starts, or with `resumeOnly` it is refused.
 *
 * @param source - Read three times, or four if ids occur twice.
 * @throws {OptionError} Before anything is written.
 * @throws {RebuildError} `LEASE_HELD`, `NOTHING_TO_RESUME`, `EMPTY_SOURCE`, `TOO_MANY_FAILED`,
 *   `COUNT_DIFFERS`, `DOCUMENT_DIFFERS`, `CANARY_FAILED`, `LEASE_LOST`, `SOURCE_CHANGED`;
 *   `aliasMoved` is false.
 * @throws {RecordError} `TRUNCATED_GZIP` or `CORRUPT_GZIP`: the rest of the source is unknown.
 * @throws {EngineError} `ALIAS_MOVED` if the alias was moved meanwhile; the new generation stays.
 */
export async function rebuildPlaces(
  engine: Engine,
  source: PlaceRecordSource,
  options: RebuildOptions = {},
): Promise<RebuildResult> {
  const asked = settle(REBUILD_SPEC, options);
  const opened = await boosted(await openSource(source), asked.boosts);
  if (asked.dryRun) return dryRun(engine, opened, asked);
  return rebuild<Outcome>(engine, asked, {
    documents: 'documents',
    ingredients: 'records, outlines, corrections, boosts or readings',
    indexBodyWith: (kept) => ({ ...placeMapping({ ...kept, ...asked.mapping }) }),
    open: (run) => workOn(engine, opened, run, asked),
  });
}

async function dryRun(engine: Engine, source: BoostedSource, asked: Asked): Promise<RebuildResult> {
  const { alias, steadyNow = steadyClock } = asked;
  const began = steadyNow();
  const letters = collectDeadLetters(lettersFile(engine, `${alias}-dry-run`, asked));
  try {
    const scanned = await scanSource(source, letters, asked);
    const into = { generation: null, through: 0, letters };
    const filled = await fillFrom(engine, scanned, into, asked);
    return {
      ...outcomeOf(source, scanned, letters, filled),
      alias,
      generation: null,
      live: false,
      resumed: false,
      previous: (await aliasState(engine, alias))?.generation ?? null,
      aliasesMoved: [],
      orphansDropped: [],
      lost: [],
      seconds: (steadyNow() - began) / 1000,
    };
  } finally {
    letters.close();
  }
}

function workOn(engine: Engine, source: BoostedSource, run: Run, asked: Asked): Work<Outcome> {
  const letters = collectDeadLetters(lettersFile(engine, run.generation, asked));
  // Dead letters of an earlier run are in its file; the scan shows whether that run can be
  // resumed.
  const ofScan = run.isResumed ? collectDeadLetters(null) : letters;
  return {
    async prepare() {
      const scanned = await scanSource(source, ofScan, asked);
      const settings = await settingsFingerprint(run.body, asked, {
        readings: asked.readings ?? REBUILD_DEFAULTS.readings,
        ...(asked.jyutping && { jyutping: true }),
        // What an earlier run has copied is not made anew.
        ...(asked.full && { full: true }),
        warnings: scanned.dictionaries.warnings,
      });
      return {
        fingerprint: `${scanned.scan.digest} ${settings}`,
        takeUp: (noted) => noted !== null && letters.resume(noted.letters),
        fill: () => fill(engine, scanned, { run, letters, source }, asked),
      };
    },
    close() {
      letters.close();
    },
  };
}

async function fill(
  engine: Engine,
  scanned: ScannedSource,
  { run, letters, source }: { run: Run; letters: DeadLetters; source: BoostedSource },
  asked: Asked,
): Promise<Filled<Outcome>> {
  const { generation, filled: before } = run;
  const { sample, ...filling } = await fillFrom(
    engine,
    scanned,
    {
      generation,
      through: before?.through ?? 0,
      letters,
      copyFrom: asked.full || run.live === generation ? null : run.live,
      onCheckpoint: (soFar) => {
        const { bytes, count } = letters;
        return run.checkpoint({ ...sumOf(before, soFar), letters: { bytes, count } });
      },
    },
    asked,
  );
  await writeContainers(engine, asked.alias, generation, containersIn(scanned));
  const total = sumOf(before, filling);
  const { documents, failed } = total;
  return {
    documents,
    meta: { records: scanned.scan.records, failed: letters.count },
    async verify() {
      const meter = meterStage('verify', documents, asked);
      meter.report(0, letters.count);
      const { alias, signal } = asked;
      await verifySamples(engine, { alias, generation }, { sample, failed, signal });
      if (asked.verify === 'all') {
        const all = documentsFrom(scanned, signal);
        await verifyAll(engine, { alias, generation }, { documents: all, failed, signal });
      }
      meter.report(documents, letters.count);
    },
    outcome: () => outcomeOf(source, scanned, letters, total),
  };
}

function lettersFile(engine: Engine, of: string, { deadLetters, dataDir }: Asked): string | null {
  return deadLetters ?? (dataDir ? lettersPath(dataDir, engine, of) : null);
}

function outcomeOf(
  { unusedBoosts }: BoostedSource,
  scanned: ScannedSource,
  letters: DeadLetters,
  filled: Filling,
): Outcome {
  const unused =
    unusedBoosts === 0 ? [] : [`${unusedBoosts} boosts belong to no record and have no effect`];
  return {
    records: scanned.scan.records,
    documents: filled.documents,
    copied: filled.copied ?? 0,
    failed: letters.count,
    deadLetters: letters.first,
    deadLettersFile: letters.path,
    parents: filled.parents as LineageCounts,
    warnings: [
      ...scanned.dictionaries.warnings,
      ...scanned.scan.warnings.map(warningText),
      ...unused,
    ],
  };
}
