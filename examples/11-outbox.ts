// Keeps an index up to date with a table of PostgreSQL through an outbox, also while a rebuild runs.
//
//     POSTGRES_URL=postgres://user@127.0.0.1/database npx tsx examples/11-outbox.ts
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { embedded, PlaceIndex, versionFrom } from 'suoyin';

const connectionString = process.env['POSTGRES_URL'] ?? 'postgres://127.0.0.1/postgres';
const dataDir = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'suoyin-'));
const places = new PlaceIndex(embedded({ dataDir }), { dataDir });
const options = '-c search_path=suoyin_example_11';
const db = new pg.Pool({ connectionString, options });

// The trigger notes each change in the transaction that makes it: committed together, or not at all. Its
// number is taken after the row is locked, so for one place numbers are in the order of the commits.
await db.query(`
  CREATE SCHEMA suoyin_example_11;
  CREATE TABLE places (id int PRIMARY KEY, name text NOT NULL, country char(2));
  CREATE TABLE outbox (seq bigserial PRIMARY KEY, place int NOT NULL);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO outbox (place) VALUES (coalesce(NEW.id, OLD.id));
      RETURN NULL;
    END $$;
  CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON places FOR EACH ROW EXECUTE FUNCTION note();
`);

/** Brings what was committed into the index; returns the number of changes. One at a time: see the lock. */
async function drain(): Promise<number> {
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    // Two workers could write what they have read in another order. This one ends with the transaction.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('suoyin outbox'))");
    // The row as it is now rather than as it was at the change: never older than its number.
    const { rows } = await client.query<Change>(`
      SELECT seq, place, name, country FROM outbox LEFT JOIN places ON id = place
      ORDER BY seq LIMIT 500`);
    const [gone, there] = [rows.filter((row) => row.name === null), rows.filter((row) => row.name)];
    const put = await places.put(
      there.map(({ place: id, name, country }) => ({ id, name, country })),
      { version: there.map(({ seq }) => versionFrom(seq)) },
    );
    const deleted = await places.delete(
      gone.map(({ place }) => String(place)),
      { version: gone.map(({ seq }) => versionFrom(seq)) },
    );
    // 409: something newer is there; 404: it was gone already. Anything else is tried again.
    const done = [...put, ...deleted].every(
      ({ status }) => status < 400 || [404, 409].includes(status),
    );
    // By number, not "all up to the last": a smaller number may be committed later.
    const seqs = rows.map(({ seq }) => seq);
    if (done) await client.query('DELETE FROM outbox WHERE seq = ANY($1)', [seqs]);
    await client.query('COMMIT');
    return done ? rows.length : 0;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

interface Change {
  /** bigint, which the driver returns as text. */
  seq: string;
  place: number;
  /** Null where the place is gone. */
  name: string | null;
  country: string | null;
}

/** All rows in one snapshot; see 10-postgres.ts. */
const snapshot = await db.connect();
let inSnapshot = false;
async function* records(): AsyncGenerator<object> {
  if (!inSnapshot) await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  inSnapshot = true;
  yield* (await snapshot.query<object>('SELECT id, name, country FROM places ORDER BY id')).rows;
}

const show = async (when: string): Promise<void> => {
  const found = await places.suggest('台', { language: 'zh-Hant' });
  console.log(`${when}: ${found.map(({ label }) => label).join(' · ')}`);
};

await db.query("INSERT INTO places VALUES (1, '台北車站', 'TW'), (2, '台南車站', 'TW')");
await places.rebuild(records);
await snapshot.query('ROLLBACK');
inSnapshot = false;
await show('rebuilt');
console.log(`${await drain()} changes, which were in the rebuild`);

// Changes while the next rebuild runs: its snapshot has none of them.
let started = false;
let changed = Promise.resolve(0);
const result = await places.rebuild(records, {
  onProgress: ({ stage, done }) => {
    if (stage !== 'fill' || done === 0 || started) return;
    started = true;
    changed = db
      .query("INSERT INTO places VALUES (3, '台東車站', 'TW')")
      .then(() => db.query("UPDATE places SET name = '台南火車站' WHERE id = 2"))
      .then(() => db.query('DELETE FROM places WHERE id = 1'))
      .then(drain);
  },
});
await changed;
await snapshot.query('ROLLBACK');
snapshot.release();
console.log(`${result.documents} places in the snapshot, ${await changed} changes meanwhile`);
await show('after the swap');

// The same change again, and an old one late: neither does harm.
const [late] = await places.put([{ id: 2, name: '台南舊站' }], { version: versionFrom(1) });
console.log(`late: ${late?.status}`);
await show('at last');

await db.query('DROP SCHEMA suoyin_example_11 CASCADE');
await db.end();
await places.close();
