// Rebuilds an index from a table of PostgreSQL: through a cursor, ordered, in one snapshot.
//
//     POSTGRES_URL=postgres://user@127.0.0.1/database npx tsx examples/10-postgres.ts
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { embedded, PlaceIndex } from 'suoyin';

const connectionString = process.env['POSTGRES_URL'] ?? 'postgres://127.0.0.1/postgres';
const dataDir = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'suoyin-'));
const places = new PlaceIndex(embedded({ dataDir }), { dataDir });
const db = new pg.Client({ connectionString });
await db.connect();

// A table as applications have them: serial ids, NUMERIC coordinates, NULL where nothing is known.
await db.query(`
  CREATE SCHEMA suoyin_example_10;
  SET search_path TO suoyin_example_10;
  CREATE TABLE places (
    id serial PRIMARY KEY, name text NOT NULL, name_ja text, country char(2), city text,
    lat numeric(9, 6), lon numeric(9, 6)
  );
  INSERT INTO places (name, name_ja, country, city, lat, lon) VALUES
    ('九份老街', '九份', 'TW', '新北市', 25.109861, 121.845139),
    ('清水寺', NULL, 'JP', '京都市', 34.994857, 135.785046),
    ('太魯閣國家公園', 'タロコ国立公園', 'TW', '花蓮縣', NULL, NULL);
`);

const ROWS_AT_A_TIME = 1000;
const QUERY = `
  SELECT id, name, jsonb_strip_nulls(jsonb_build_object('ja', name_ja)) AS names, country,
    city AS "parentName", lat::float8, lon::float8
  FROM places ORDER BY id`;

/**
 * The records, from the beginning at every call: a rebuild reads its source several times, and has to see
 * the same rows each time. So all readings are in one transaction that sees one snapshot. It begins with the
 * first reading, after the rebuild has announced itself: from then on writes go to the new generation too,
 * and what was committed before is in the snapshot.
 */
async function* records(): AsyncGenerator<object> {
  if (!inSnapshot) await db.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  inSnapshot = true;
  await db.query(`DECLARE reading NO SCROLL CURSOR FOR ${QUERY}`);
  try {
    for (;;) {
      const { rows } = await db.query<object>(`FETCH ${ROWS_AT_A_TIME} FROM reading`);
      if (rows.length === 0) break;
      yield* rows;
    }
  } finally {
    await db.query('CLOSE reading');
  }
}
let inSnapshot = false;

try {
  const { documents, warnings } = await places.rebuild(records);
  console.log(`${documents} places`);
  for (const warning of warnings) console.log(warning);
} finally {
  await db.query('ROLLBACK');
}

for (const [text, language] of [
  ['jiuf', 'zh-Hant'],
  ['きよみず', 'ja'],
  ['タロコ', 'ja'],
] as const) {
  const [first] = await places.suggest(text, { language });
  console.log(`${text}: ${first?.label}`);
}

await db.query('DROP SCHEMA suoyin_example_10 CASCADE');
await db.end();
await places.close();
