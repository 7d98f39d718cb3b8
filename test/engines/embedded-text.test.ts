import { join } from 'node:path';
import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { TEXT_PLACES } from '../support/text-places.ts';
import { tempFolder } from '../support/folders.ts';

describe('a file whose index was built before there was text search', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = tempFolder();
    const index = new PlaceIndex(embedded({ dataDir }));
    await index.rebuild(TEXT_PLACES);
    await index.close();
    const database = await openSqlite(join(dataDir, 'suoyin.db'), false);
    database.exec('drop table g1_text');
    database.close();
  });

  it('says what to do, and goes on to suggest and to take writes', async () => {
    const index = new PlaceIndex(embedded({ dataDir }));
    const error = await index.search('清水寺').catch((e: unknown) => e);
    expect(error).to.include({ code: 'TEXT_NOT_INDEXED' });
    expect((error as Error).message).to.equal(
      'places-000001 was built before there was text search. Run index-rebuild to build it again.',
    );
    const [outcome] = await index.put([{ id: 'new', name: '通天閣', country: 'JP' }]);
    expect(outcome!.status).to.equal(201);
    expect((await index.suggest('通天')).map(({ id }) => id)).to.deep.equal(['new']);
    expect((await index.delete(['new']))[0]!.status).to.equal(200);
    await index.close();
  });

  it('is searched after a rebuild, and is dropped with the old generation', async () => {
    const engine = embedded({ dataDir });
    const index = new PlaceIndex(engine);
    await index.rebuild(TEXT_PLACES);
    const { hits } = await index.search('清水寺 京都', { language: 'ja' });
    expect(hits[0]!.id).to.equal('kiyomizu');
    await engine.dropGeneration('places-000001');
    await index.rebuild(TEXT_PLACES);
    await engine.dropGeneration('places-000002');
    await index.close();
    const database = await openSqlite(join(dataDir, 'suoyin.db'), true);
    const tables = database
      .sql(`select name from sqlite_schema where type = 'table' and name like '%text'`)
      .rows();
    database.close();
    expect(tables).to.deep.equal([['g3_text']]);
  });
});
