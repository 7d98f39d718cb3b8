import { basename } from 'node:path';
import { OptionError, quoteValue } from '../errors.ts';
import type { ImageIndex } from '../image-index.ts';
import type { ImageModel } from '../image-options.ts';
import type { IngestVectorsOptions, IngestVectorsResult } from '../ingest/vectors/add-vectors.ts';
import { isVectorFile } from '../ingest/vectors/vector-records.ts';
import { defined } from '../options.ts';

/** Options of `takeVectors` that flags set. */
interface TakeVectorsOptions extends Omit<IngestVectorsOptions, 'ids' | 'fields'> {
  fields?: IngestVectorsOptions['fields'] | undefined;
  model: ImageModel;
  names: readonly string[];
  ids: string | undefined;
}

/** The result for files of vectors. */
export interface TakenVectors {
  files: (IngestVectorsResult & { file: string })[];
  failed: number;
  /** What to do if the model has no threshold, or rows have no ids. */
  warnings: string[];
}

/**
 * Ingests files of vectors into an index of the user's own model.
 *
 * @throws {OptionError} `SOURCE_INVALID` for a source that is not a file of vectors.
 */
export async function takeVectors(
  index: ImageIndex,
  { model, names, ids, fields, ...options }: TakeVectorsOptions,
): Promise<TakenVectors> {
  const other = names.find((name) => !isVectorFile(name));
  if (names.length === 0 || other !== undefined) {
    const what =
      other === undefined
        ? 'No file of vectors was given'
        : `${quoteValue(other)} is no file of vectors, and the command line can't make those of ${model.id}`;
    const hint = 'Give .jsonl files of { id, vector, fields }, .npy or .parquet.';
    throw new OptionError('SOURCE_INVALID', what, hint);
  }
  if (ids !== undefined && names.length > 1) {
    const hint = 'Give one .npy at a time with --ids.';
    throw new OptionError('SOURCE_INVALID', '--ids names the rows of one file', hint);
  }
  const taken: TakenVectors = { files: [], failed: 0, warnings: [] };
  for (const file of names) {
    const result = await index.ingestVectors(file, { ...options, ...defined({ ids, fields }) });
    taken.files.push({ file, ...result });
    taken.failed += result.failed;
    if (ids === undefined && file.toLowerCase().endsWith('.npy'))
      taken.warnings.push(idsNote(file));
  }
  if (model.threshold === null) taken.warnings.push(thresholdNote(model.id));
  return taken;
}

/** Says what to do about a model without a threshold. */
export function thresholdNote(id: string): string {
  return `${id} has no threshold, so similar says nearest of all that no hash tells and duplicates refuses: give --threshold; suoyin images threshold proposes one`;
}

function idsNote(path: string): string {
  const file = basename(path);
  return `the rows of ${file} are called ${file}#0, ${file}#1 and so on: give --ids FILE with an id on each line, if they have ids`;
}

/** The counts of ingested vectors, as lines of text. */
export function vectorLines({ files }: TakenVectors): string[] {
  return files.flatMap(summaryOf);
}

function summaryOf(result: IngestVectorsResult & { file: string }): string[] {
  const { file, added, replaced, failed, resumedAt, seconds, deadLetters, deadLettersFile } =
    result;
  const resumed = resumedAt > 0 ? `, resumed at row ${resumedAt}` : '';
  const counts = `${added} added, ${replaced} replaced, ${failed} failed`;
  return [
    `${file}: ${counts} in ${seconds.toFixed(1)} s${resumed}`,
    ...(failed > 0 ? [`failed: ${deadLettersFile ?? 'no file was asked for'}`] : []),
    ...deadLetters
      .slice(0, 3)
      .map(({ line, message, code }) => `  row ${line}: ${message} [${code}]`),
  ];
}
