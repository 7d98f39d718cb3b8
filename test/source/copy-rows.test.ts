import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { readCopyRows } from '../../lib/source/copy-rows.ts';
import { openSource, type PlaceFiles } from '../../lib/source/source.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';

/** As COPY of PostgreSQL 15 writes it, WITH (HEADER). */
const COPIED = String.raw`id	name	names.ja	description	lat
1	九份老街	\N	山城\n入夜後\t紅燈籠	25.1
2	"舊"\\新	タロコ	\\new	\N
`;
const RECORDS = [
  { id: '1', name: '九份老街', description: '山城\n入夜後\t紅燈籠', lat: 25.1 },
  { id: '2', name: '"舊"\\新', names: { ja: 'タロコ' }, description: '\\new' },
];
/** As pg_dump --data-only --table=spots writes it. */
const DUMP = `--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

COPY public.spots (id, name, "names.ja", description, lat) FROM stdin;
${COPIED.slice(COPIED.indexOf('\n') + 1)}\\.


SELECT pg_catalog.setval('public.spots_id_seq', 2, true);
`;

interface Told {
  records: unknown[];
  /** `line CODE` of what was refused. */
  bad: string[];
}

async function told(text: string, how: Omit<PlaceFiles, 'files'> = {}): Promise<Told> {
  const files = join(tempFolder(), 'spots.tsv');
  writeFileSync(files, text);
  const found: Told = { records: [], bad: [] };
  for await (const { line, value, error } of (await openSource({ files, ...how })).lines()) {
    if (error) found.bad.push(`${line} ${error.code}`);
    else found.records.push(value);
  }
  return found;
}

describe('what COPY of PostgreSQL writes', () => {
  it('is known by \\N, and read with its escapes and quotes', async () => {
    expect(await told(COPIED)).to.deep.equal({ records: RECORDS, bad: [] });
    expect(await told(COPIED.replaceAll('\n', '\r\n'))).to.deep.equal({
      records: RECORDS,
      bad: [],
    });
  });

  it('is known in a dump, whose columns are the header', async () => {
    expect(await told(DUMP)).to.deep.equal({ records: RECORDS, bad: [] });
  });

  it('is a table with tabs where nothing is certain, which is told', async () => {
    const notes: string[] = [];
    const onNote = (note: string): unknown => notes.push(note);
    const text = 'id\tname\n1\tC:\\new\n';
    const { records } = await told(text, { onNote });
    expect(records).to.deep.equal([{ id: '1', name: 'C:\\new' }]);
    expect(notes.join()).to.include('--format copy');
    const copied = await told(text, { format: 'copy', onNote });
    expect(copied.records).to.deep.equal([{ id: '1', name: 'C:\new' }]);
    expect(notes).to.have.length(1);
    const quoted = 'id\tname\tlat\n1\t"九份"\t\\N\n';
    expect((await told(quoted)).records).to.deep.equal([{ id: '1', name: '九份' }]);
  });

  it('may have a line feed or tab itself behind the backslash, as MySQL writes them', async () => {
    const { records, bad } = await told('id\tname\tlat\n1\t九\\\n份\\\t\t\\N\n2\t淡水\n');
    expect(records).to.deep.equal([{ id: '1', name: '九\n份' }]);
    expect(bad).to.deep.equal(['4 COLUMNS_DIFFER']);
  });

  it('names the line of a row with other columns, and of one that is cut off', async () => {
    const { records, bad } = await told(`${COPIED}3\t淡水\n4\t九份\\`);
    expect(records).to.deep.equal(RECORDS);
    expect(bad).to.deep.equal(['4 COLUMNS_DIFFER', '5 ESCAPE_INVALID']);
  });

  it('ends the run where a dump is cut off, or has another table', async () => {
    const cut = await failureOf(told(DUMP.slice(0, DUMP.indexOf('\\.'))));
    expect(cut).to.include({ code: 'DUMP_INVALID' });
    const two = await failureOf(told(`${DUMP}\nCOPY public.users (id) FROM stdin;\n1\n\\.\n`));
    expect(two.message).to.include('another table from line 16');
    const long = await failureOf(told(`id\tname\tlat\n1\t九份\t\\N\n${'x'.repeat(3 << 20)}`));
    expect(long).to.include({ code: 'ROW_TOO_LONG' });
  });

  it('is read the same wherever the text is cut', async () => {
    const rowsOf = async (size: number): Promise<unknown[]> => {
      const text = `${COPIED}3\t九\\\n份\\\\\t\r\n`;
      async function* chunks(): AsyncGenerator<string> {
        for (let at = 0; at < text.length; at += size)
          yield await Promise.resolve(text.slice(at, at + size));
      }
      const rows: unknown[] = [];
      for await (const row of readCopyRows('a', chunks(), { dumped: false })) rows.push(row);
      return rows;
    };
    const whole = await rowsOf(1000);
    expect(whole).to.have.length(4);
    for (let size = 1; size < 12; size++) expect(await rowsOf(size)).to.deep.equal(whole);
  });
});
