import type { Suite } from 'mocha';
import pg from 'pg';
import { startPostgres } from '../../scripts/postgres.mjs';
import { giveBack } from './lifetime.ts';

/** A real PostgreSQL of a suite's own, on loopback. */
export interface PostgresServer {
  /** Of a superuser. */
  url: string;
  /** A new connection, which is closed at the end of the test. */
  connect(): Promise<pg.Client>;
}

/** Gives a suite a PostgreSQL; without one its tests are skipped with the reason, and in CI they fail. */
export function onPostgres(suite: Suite): PostgresServer {
  const server: PostgresServer = {
    url: '',
    async connect() {
      const client = new pg.Client({ connectionString: server.url });
      // A server that ends first says so on every connection.
      client.on('error', () => undefined);
      await client.connect();
      giveBack(() => client.end());
      return client;
    },
  };
  suite.beforeAll(async function () {
    this.timeout(60_000);
    const started = await startPostgres();
    if (started === null) {
      if (process.env['CI']) throw new Error('CI needs PostgreSQL');
      console.log('    skipped: there is no PostgreSQL');
      this.skip();
    }
    giveBack(() => started.stop(), { until: 'suite' });
    server.url = started.url;
  });
  return server;
}
