import { expect } from 'chai';
import type pg from 'pg';
import { versionFrom } from '../../lib/alias/versions.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { onPostgres } from '../support/postgres.ts';
import { printedRandom } from '../support/seed.ts';

describe('an index of a table of PostgreSQL', function () {
  this.timeout(120_000);
  const server = onPostgres(this);
  let db: pg.Client;
  let places: PlaceIndex;

  beforeEach(async () => {
    db = await server.connect();
    await db.query(`
      DROP TABLE IF EXISTS places, outbox;
      CREATE TABLE places (id int PRIMARY KEY, name text NOT NULL, lat numeric, population bigint);
      CREATE TABLE outbox (seq bigserial PRIMARY KEY, place int NOT NULL);
      CREATE OR REPLACE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO outbox (place) VALUES (coalesce(NEW.id, OLD.id)); RETURN NULL; END $$;
      CREATE TRIGGER noted AFTER INSERT OR UPDATE OR DELETE ON places
        FOR EACH ROW EXECUTE FUNCTION note();`);
    places = closeAtEnd(new PlaceIndex(embedded({ dataDir: tempFolder() })));
  });

  /** A source over one snapshot, by a cursor, as examples/10-postgres.ts has it. */
  async function snapshot(): Promise<{
    records: () => AsyncGenerator<object>;
    end: () => Promise<unknown>;
  }> {
    const client = await server.connect();
    let begun = false;
    async function* records(): AsyncGenerator<object> {
      if (!begun) await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      begun = true;
      await client.query(
        'DECLARE reading NO SCROLL CURSOR FOR SELECT id, name, population FROM places ORDER BY id',
      );
      try {
        for (;;) {
          const { rows } = await client.query<object>('FETCH 7 FROM reading');
          if (rows.length === 0) break;
          yield* rows;
        }
      } finally {
        await client.query('CLOSE reading');
      }
    }
    return { records, end: () => client.query('ROLLBACK') };
  }

  async function indexed(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for await (const document of places['engine'].scan('places')) {
      if ('names' in document) found[document.id] = document.names[0]!.text;
    }
    return found;
  }

  async function inTable(): Promise<Record<string, string>> {
    const { rows } = await db.query<{ id: number; name: string }>('SELECT id, name FROM places');
    return Object.fromEntries(rows.map(({ id, name }) => [String(id), name]));
  }

  it('is of one snapshot, whatever is written while it is read', async () => {
    await db.query(
      "INSERT INTO places SELECT i, '第' || i || '村', NULL, i FROM generate_series(1, 50) i",
    );
    const before = await inTable();
    const { records, end } = await snapshot();
    let readings = 0;
    const result = await places.rebuild(async function* () {
      readings += 1;
      yield* records();
      await db.query(`INSERT INTO places VALUES (${100 + readings}, '新村')`);
      await db.query(`DELETE FROM places WHERE id = ${readings}`);
    });
    await end();
    expect(readings).to.be.greaterThan(1);
    expect(result).to.include({ documents: 50, failed: 0 });
    expect(await indexed()).to.deep.equal(before);
    // node-postgres returns bigint as text.
    expect(result.warnings.join())
      .to.include('50 records have a value of another type')
      .and.include('population');
  });

  /** Brings committed changes into the index, as examples/11-outbox.ts does. */
  async function drain(client: pg.Client): Promise<number> {
    await client.query('BEGIN');
    const { rows } = await client.query<{ seq: string; place: number; name: string | null }>(
      'SELECT seq, place, name FROM outbox LEFT JOIN places ON id = place ORDER BY seq LIMIT 20',
    );
    const there = rows.filter(({ name }) => name !== null);
    const gone = rows.filter(({ name }) => name === null);
    const outcomes = [
      ...(await places.put(
        there.map(({ place, name }) => ({ id: place, name })),
        { version: there.map(({ seq }) => versionFrom(seq)) },
      )),
      ...(await places.delete(
        gone.map(({ place }) => String(place)),
        { version: gone.map(({ seq }) => versionFrom(seq)) },
      )),
    ];
    for (const { status } of outcomes) expect(status).to.be.oneOf([200, 201, 404, 409]);
    await client.query('DELETE FROM outbox WHERE seq = ANY($1)', [rows.map(({ seq }) => seq)]);
    await client.query('COMMIT');
    return rows.length;
  }

  it('is the table once its outbox is empty, whatever was changed while it was rebuilt', async () => {
    const random = printedRandom();
    const below = (n: number): number => Math.floor(random() * n);
    await db.query("INSERT INTO places SELECT i, '第' || i || '村' FROM generate_series(1, 40) i");
    const [writers, worker] = [
      [await server.connect(), await server.connect()],
      await server.connect(),
    ];
    let isDone = false;
    let n = 0;
    const write = async (client: pg.Client): Promise<void> => {
      while (!isDone) {
        const own = (n += 1);
        const id = 1 + below(60);
        await client.query('BEGIN');
        const change = below(3);
        if (change === 0) await client.query('DELETE FROM places WHERE id = $1', [id]);
        else {
          const upsert = 'ON CONFLICT (id) DO UPDATE SET name = excluded.name';
          await client.query(`INSERT INTO places VALUES ($1, $2) ${upsert}`, [id, `村${own}`]);
        }
        await client.query(below(5) === 0 ? 'ROLLBACK' : 'COMMIT');
      }
    };
    const work = async (): Promise<void> => {
      while (!isDone) await drain(worker);
    };
    const rebuildOnce = async (): Promise<void> => {
      const { records, end } = await snapshot();
      await places.rebuild(records);
      await end();
    };
    await rebuildOnce();
    const running = [...writers.map(write), work()];
    for (let round = 0; round < 3; round += 1) await rebuildOnce();
    isDone = true;
    await Promise.all(running);
    while ((await drain(worker)) > 0);
    expect(n).to.be.greaterThan(20);
    expect(await indexed()).to.deep.equal(await inTable());
    for (const [id, name] of Object.entries(await inTable())) {
      const found = await places.suggest(name, { limit: 20 });
      expect(found.map((each) => each.id)).to.include(id);
    }
  });
});
