import { isUtf8 } from 'node:buffer';
import { RecordError, quoteValue } from '../../errors.ts';
import { readBytes } from '../bytes.ts';
import { splitLines, tooLong } from '../json-lines.ts';

/** A line of a file: its cells, or the error that it has. */
export type GeonamesLine =
  | { line: number; cells: string[]; error?: never }
  | { line: number; error: RecordError; cells?: never };

/**
 * The lines of a file of GeoNames, without comments.
 *
 * @param columns - Fewest that a line may have.
 */
export async function* geonamesLines(
  path: string,
  columns: number,
  onRead?: (bytes: number) => void,
): AsyncGenerator<GeonamesLine> {
  let line = 0;
  for await (const bytes of splitLines(readBytes(path, { onRead }))) {
    line += 1;
    if (bytes === null) {
      yield { line, error: tooLong(line).error! };
      continue;
    }
    const text = bytes
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .replace(/\r$/, '');
    if (text === '' || text.startsWith('#')) continue;
    const cells = text.split('\t');
    if (!isUtf8(bytes)) {
      const column = cells.findIndex((cell) => cell.includes('\uFFFD')) + 1;
      const what = `Line ${line}, column ${column} is not valid UTF-8: ${quoteValue(text.slice(0, 60))}`;
      const hint = 'Copy or download the file again.';
      yield {
        line,
        error: new RecordError('INVALID_UTF8', what, hint, {
          field: null,
          value: text.slice(0, 200),
        }),
      };
    } else if (cells.length < columns) {
      const what = `Line ${line} ends in column ${cells.length} of ${columns}`;
      const hint = 'Copy or download the file again; columns are separated by tabs.';
      yield {
        line,
        error: new RecordError('COLUMNS_DIFFER', what, hint, {
          field: null,
          value: text.slice(0, 200),
        }),
      };
    } else yield { line, cells };
  }
}
