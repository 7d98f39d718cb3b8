import { join } from 'node:path';
import { expect } from 'chai';
import { seededRandom } from '../../bench/statistics.ts';
import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { FILE_VERSION } from '../../lib/engines/embedded/schema.ts';
import { openSqlite } from '../../lib/engines/embedded/sqlite.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import type { ImageDocument } from '../../lib/knn/document.ts';
import { rankByVector } from '../../lib/knn/hits.ts';
import { imageMapping } from '../../lib/knn/mapping.ts';
import { DEFAULT_SPACE, type VectorSpace } from '../../lib/knn/space.ts';
import { failureOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';
import { olderVersion } from '../support/older-version.ts';
import { hashOf, pictureWith, turned, vectorIn } from '../support/pictures.ts';

describe('pictures in a file of an older suoyin', function () {
  const version = olderVersion(this);

  for (const space of [
    DEFAULT_SPACE,
    { dimension: 64, spaceType: 'hamming', dataType: 'binary' },
    { dimension: 9, spaceType: 'innerproduct', dataType: 'float' },
  ] as const satisfies readonly VectorSpace[]) {
    it(`are found as before, and brought up to date once: ${space.spaceType}`, async () => {
      const dataDir = tempFolder();
      const path = join(dataDir, 'suoyin.db');
      const random = seededRandom(9);
      const hashes: string[] = [];
      const picture = (id: string): ImageDocument => {
        hashes.push(hashOf(random));
        return pictureWith(
          id,
          {
            vector: vectorIn(space, random),
            ...(random() < 0.5 ? { trimmed: vectorIn(space, random) } : {}),
            ...(random() < 0.9 ? { dctHash: hashes.at(-1)! } : {}),
          },
          { space, fields: { odd: Math.floor(random() * 2) } },
        );
      };
      const older = version.older.embedded({ dataDir, threads: 0 });
      const { name } = await older.createGeneration('images', { ...imageMapping(space) });
      const put = (ids: string[]): Promise<unknown> =>
        older.write(
          name,
          ids.map((id) => ({ index: picture(id) })),
        );
      await put(Array.from({ length: 2500 }, (_, i) => `p${i}`));
      await older.finishGeneration(name);
      await older.swapAlias('images', null, name);
      await put(['p3', 'p4', 'new', 'last']);
      await older.write(
        name,
        ['p5', 'p2400', 'last'].map((id) => ({ delete: id })),
      );
      const vectors = Array.from({ length: 5 }, () => [vectorIn(space, random)]);
      const values = hashes.slice(100, 105);
      const answers = async (engine: Engine): Promise<unknown> => {
        const found: unknown[] = [];
        for (const query of vectors) {
          for (const filter of [{}, { odd: 1 }]) {
            const { documents } = await engine.nearest('images', {
              vectors: query,
              limit: 5,
              filter,
            });
            const ranked = rankByVector(space, documents, query).slice(0, 5);
            found.push(ranked.map(({ id, distance }) => [id, distance]));
          }
        }
        for (const value of values) {
          const query = {
            field: 'dctHash',
            value: turned(value, [1, 99]),
            maxDistance: 31,
          } as const;
          found.push((await engine.byHash('images', { ...query, limit: 5 })).map(({ id }) => id));
        }
        return found;
      };
      const before = await answers(older);
      await older.close();

      const readOnly = embedded({ dataDir, readOnly: true });
      const failure = await failureOf(() => readOnly.aliases('images'));
      expect(failure).to.include({ code: 'FILE_TOO_OLD' });
      await readOnly.close();

      const engine = closeAtEnd(embedded({ dataDir, threads: 0 }));
      expect(await answers(engine)).to.deep.equal(before);
      await engine.write('images', [{ index: picture('newer') }, { delete: 'p7' }]);
      await engine.close();
      expect(await checkFile(dataDir)).to.deep.equal([]);
      const database = await openSqlite(path, true);
      const [views, used] = database
        .sql(
          `select (select view from g1_view where doc = (select doc from g1_doc where id = 'newer')
            order by view limit 1), (select count(*) from g1_view)`,
        )
        .row() as [number, number];
      // The number of a deleted view is not used again.
      expect(views).to.be.above(used);
      expect(database.sql('pragma user_version').row()).to.deep.equal([FILE_VERSION]);
      const tables = database
        .sql(
          `select name from sqlite_schema where type = 'table' and rootpage > 0 and name like 'g1%'`,
        )
        .rows()
        .flat();
      expect(tables.sort()).to.deep.equal(['g1_doc', 'g1_hash', 'g1_term', 'g1_view']);
      database.close();

      const again = closeAtEnd(embedded({ dataDir, threads: 0 }));
      await again.compact!();
      const next = await again.createGeneration('images', { ...imageMapping(space) });
      await again.write(next.name, [{ index: picture('only') }]);
      await again.finishGeneration(next.name);
      await again.swapAlias('images', name, next.name);
      await again.dropGeneration(name);
      await again.close();
      expect(await checkFile(dataDir)).to.deep.equal([]);
    });
  }
});
