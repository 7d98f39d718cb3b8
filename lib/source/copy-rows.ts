import { RecordError } from '../errors.ts';
import { type CsvRow, MAX_ROW, rowTooLong, withLineFeeds } from './csv.ts';

/** What the line that pg_dump begins the rows of a table with ends in. */
const FROM = ') FROM stdin;';
/** The line that ends the rows. */
const END = '\\.';
/** A cell in quotes, or the beginning of one. */
const QUOTED = /^"(?:[^"]|"")*"?$/;
/** Characters that are written otherwise behind a backslash; the last two by MySQL. */
const ESCAPED: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  0: '\0',
  Z: '\u001a',
};

/** Whether a text has a table as pg_dump writes it. */
export function isDump(text: string): boolean {
  return text.split('\n').some((line) => dumpedColumns(line.trimEnd()) !== null);
}

/** The columns in the line that pg_dump begins the rows of a table with; null for any other line. */
function dumpedColumns(line: string): string[] | null {
  const from = line.indexOf(' (');
  if (!line.startsWith('COPY ') || from < 0 || !line.endsWith(FROM)) return null;
  const names = line.slice(from + 2, -FROM.length).match(/"(?:[^"]|"")*"|[^",\s]+/g) ?? [];
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  );
}

/**
 * Whether rows are as COPY of PostgreSQL or SELECT ... INTO OUTFILE of MySQL writes them, beyond doubt: a cell is `\N`,
 * and none is in quotes.
 */
export function isCopied(text: string): boolean {
  const cells = text.split(/\r?\n/).flatMap((line) => line.split('\t'));
  return cells.includes('\\N') && !cells.some((cell) => QUOTED.test(cell));
}

/** Whether a text has what COPY writes for a line feed, tab or backslash; others may mean it as it stands. */
export function hasEscapes(text: string): boolean {
  return /\\[nrt\\]/.test(text);
}

/**
 * Reads rows as COPY of PostgreSQL writes them as text: tabs between cells, a backslash in front of what cells hold of
 * tabs, line feeds and backslashes. Quotes are quotes. The columns that a dump states come as its first row.
 *
 * @param path - Names the file in errors.
 * @param options - dumped: whether the rows are in a dump of pg_dump.
 * @throws {RecordError} `ROW_TOO_LONG`; `DUMP_INVALID` where a dump breaks off or has several tables.
 * @see https://www.postgresql.org/docs/current/sql-copy.html
 */
export async function* readCopyRows(
  path: string,
  text: AsyncIterable<string>,
  { dumped }: { dumped: boolean },
): AsyncGenerator<CsvRow> {
  let isRow = !dumped;
  let tables = 0;
  for await (const { line, row } of logicalLines(path, text)) {
    if (!isRow) {
      const columns = dumped ? dumpedColumns(row) : null;
      if (columns === null) continue;
      if (++tables > 1) throw severalTables(path, line);
      isRow = true;
      yield { line, cells: columns };
    } else if (row === END) isRow = false;
    else if (row !== '') yield rowOf(row, line, path);
  }
  if (!dumped || !isRow) return;
  const what = `${path} breaks off before the \\. that ends its table`;
  throw new RecordError('DUMP_INVALID', what, 'Dump it again.', { field: null, value: path });
}

function rowOf(row: string, line: number, path: string): CsvRow {
  const cells = [''];
  for (let at = 0; at < row.length;) {
    const next = nextOf(row, at);
    cells[cells.length - 1] += row.slice(at, next);
    if (next === row.length) break;
    if (row[next] === '\t') cells.push('');
    else if (next + 1 === row.length) {
      const what = `Line ${line}, column ${cells.length} of ${path} ends in a backslash`;
      const hint = 'The file may be cut off there: export it again.';
      const where = { field: null, value: row.slice(-60) };
      return { line, error: new RecordError('ESCAPE_INVALID', what, hint, where) };
    } else if (row[next + 1] === 'N') cells[cells.length - 1] += '\\N';
    else cells[cells.length - 1] += ESCAPED[row[next + 1]!] ?? row[next + 1]!;
    at = next + (row[next] === '\t' ? 1 : 2);
  }
  return { line, cells };
}

/** Where the next tab or backslash is, else the end. */
function nextOf(row: string, from: number): number {
  let at = from;
  while (at < row.length && row[at] !== '\t' && row[at] !== '\\') at += 1;
  return at;
}

/** Lines, but for those whose end is behind a backslash and belongs to a cell; each with its number. */
async function* logicalLines(
  path: string,
  text: AsyncIterable<string>,
): AsyncGenerator<{ line: number; row: string }> {
  let rest = '';
  let line = 1;
  for await (const chunk of withLineFeeds(text)) {
    rest += chunk;
    let from = 0;
    let lines = 1;
    for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n', at + 1), lines += 1) {
      let slashes = 0;
      while (at - slashes > from && rest[at - slashes - 1] === '\\') slashes += 1;
      if (slashes % 2 === 1) continue;
      yield { line, row: rest.slice(from, at) };
      line += lines;
      lines = 0;
      from = at + 1;
    }
    rest = rest.slice(from);
    if (rest.length > MAX_ROW) throw rowTooLong(path, line);
  }
  if (rest !== '') yield { line, row: rest };
}

function severalTables(path: string, line: number): RecordError {
  const what = `${path} has another table from line ${line} on`;
  const hint = 'Dump one: pg_dump --data-only --table=NAME.';
  return new RecordError('DUMP_INVALID', what, hint, { field: null, value: path });
}
