import { onPostgres } from '../support/postgres.ts';
import { titleOf, typedPage } from '../support/typed-page.ts';

describe('docs/data.md on PostgreSQL', function () {
  this.timeout(120_000);
  const server = onPostgres(this);
  const addresses = new Map<string, string>();
  before(() => void addresses.set('postgres://127.0.0.1/shop', server.url));
  const page = typedPage('data.md', ['pg'], addresses);
  for (const block of page.commands('postgres')) it(titleOf(block), () => page.compare(block));
});
