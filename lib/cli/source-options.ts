import { OptionError } from '../errors.ts';
import { GEOGRAPHY_SPEC, type GeographySource } from '../rebuild/geography.ts';
import { FILES_SPEC, type PlaceFiles } from '../source/source.ts';
import type { OptionSpec } from './command.ts';
import { type DeclaredFlags, flagsOf } from './declared.ts';
import { type Io, note } from './io.ts';

/** Options that decide the parents of places. */
export const GEOGRAPHY: DeclaredFlags<GeographySource> = flagsOf(GEOGRAPHY_SPEC, [
  'boundaries',
  'corrections',
]);

const FILES = flagsOf(FILES_SPEC, [
  'files',
  'format',
  'columns',
  'acceptColumns',
  'encoding',
  'delimiter',
  'records',
]);

/** Options of commands that read records. */
export const SOURCE_OPTIONS: readonly OptionSpec[] = FILES.options;

/** The same, for commands that need a source. */
export const REQUIRED_SOURCE: readonly OptionSpec[] = SOURCE_OPTIONS.map((option) =>
  option.declared === FILES_SPEC.options.files ? { ...option, required: true as const } : option,
);

/**
 * The source that the flags name. Reports on standard error what was assumed about it.
 *
 * @throws {OptionError} `SOURCE_MISSING`.
 */
export function sourceOf(flags: Readonly<Record<string, unknown>>, io: Io): PlaceFiles {
  const { files, ...how } = FILES.read(flags);
  if (files === undefined) {
    const hint = 'Give a file of records: --source places.jsonl.gz';
    throw new OptionError('SOURCE_MISSING', 'There is no --source', hint);
  }
  const told = new Set<string>();
  return {
    ...how,
    files,
    onNote(text) {
      if (!told.has(text)) note(io, `suoyin: ${text}`);
      told.add(text);
    },
  };
}
