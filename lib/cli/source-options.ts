import { FORMATS, type FormatName } from '../source/formats/format.ts';
import type { PlaceFiles } from '../source/source.ts';
import { ENCODINGS } from '../source/text.ts';
import type { OptionSpec } from './command.ts';
import { type Io, note } from './io.ts';
import { SOURCE_OPTION } from './options.ts';

/** Flags that say what a source is. */
export interface SourceFlags {
  source?: string[];
  format?: FormatName;
  columns?: string;
  encoding?: string;
  delimiter?: string;
  yes?: true;
}

/** Options of commands that read records. */
export const SOURCE_OPTIONS: readonly OptionSpec[] = [
  SOURCE_OPTION,
  {
    flags: '--format <name>',
    description: 'of the source (default: told by its content)',
    choices: FORMATS,
  },
  {
    flags: '--columns <list>',
    description: "which column is which field: 'name=NAME,names.ja=和名,parent=市,lat=Y,lon=X'",
  },
  { flags: '--yes', description: 'take the columns that the headers suggest' },
  {
    flags: '--encoding <name>',
    description: `of a table without a byte-order mark: ${ENCODINGS.join(', ')} (default: utf-8)`,
  },
  {
    flags: '--delimiter <char>',
    description: 'between the columns of a table (default: told by the header)',
  },
];

/** The same for commands that can do nothing without a source. */
export const REQUIRED_SOURCE: readonly OptionSpec[] = SOURCE_OPTIONS.map((option) =>
  option === SOURCE_OPTION ? { ...option, required: true as const } : option,
);

/** The source that the flags name, with what was taken for granted noted on standard error. */
export function sourceOf(flags: SourceFlags & { source: string[] }, io: Io): PlaceFiles {
  const { source: files, format, columns, encoding, delimiter, yes } = flags;
  const told = new Set<string>();
  return {
    files,
    ...(format === undefined ? {} : { format }),
    ...(columns === undefined ? {} : { columns }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(yes ? { acceptColumns: true } : {}),
    onNote(text) {
      if (!told.has(text)) note(io, `suoyin: ${text}`);
      told.add(text);
    },
  };
}
