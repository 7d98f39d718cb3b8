import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { CAT, FLOWER } from '../knn/photos.ts';
import { RECORDS } from '../rebuild/records.ts';
import { type Run, runCli } from '../support/cli.ts';
import { onCluster, PRODUCTS, settingsOf, wipe } from '../support/clusters.ts';
import { tempFolder } from '../support/folders.ts';

for (const product of PRODUCTS) {
  describe(`--shards and --replicas on ${product.title}`, function () {
    const cluster = onCluster(this, product);
    let dir: string;
    before(() => {
      dir = tempFolder();
      writeFileSync(join(dir, 'places.jsonl'), RECORDS.map((r) => JSON.stringify(r)).join('\n'));
      mkdirSync(join(dir, 'photos'));
      writeFileSync(join(dir, 'photos/cat.jpg'), CAT);
      writeFileSync(join(dir, 'photos/flower.jpg'), FLOWER);
    });

    const run = (args: string): Promise<Run> => runCli(args.split(' '), { cwd: dir });
    const there = (args: string): Promise<Run> =>
      run(`${args} --engine ${product.name} --node ${cluster.url}`);
    const cutOf = async (index: string): Promise<unknown> => {
      const settings = await settingsOf(cluster.client, index);
      return [settings['number_of_shards'], settings['number_of_replicas']];
    };

    it('cut an index of places, and are compared by plan', async () => {
      await wipe(cluster.client, ['places']);
      const source = '--source places.jsonl';
      const built = await there(`index-rebuild places ${source} --shards 3 --replicas 0`);
      expect(built.code, built.err).to.equal(0);
      expect(await cutOf('places-000001')).to.deep.equal(['3', '0']);
      expect((await there('index-rebuild plan places')).code).to.equal(0);
      const { code, out } = await there('index-rebuild plan places --shards 4');
      expect(code).to.equal(3);
      expect(out).to.include('rebuild  settings.index.number_of_shards');
      expect(out).to.include('number_of_shards is 3 and should be 4');
    });

    it('cut an index of pictures where it is made, and tell where it is there already', async () => {
      await wipe(cluster.client, ['images']);
      const first = await there('images add photos/cat.jpg --shards 2 --replicas 0 --m 8 --quiet');
      expect([first.code, first.err]).to.deep.equal([0, '']);
      expect(await cutOf('images-000001')).to.deep.equal(['2', '0']);
      const again = await there('images add photos/flower.jpg --shards 3 --m 8 --quiet');
      expect([again.code, again.err]).to.deep.equal([
        0,
        'suoyin: images-000001 was made otherwise: number_of_shards is 2 and should be 3; suoyin index-rebuild images changes it\n',
      ]);
      const rebuilt = await there('index-rebuild images --shards 3 --m 8 --quiet');
      expect(rebuilt.code, rebuilt.err).to.equal(0);
      expect(await cutOf('images-000002')).to.deep.equal(['3', '0']);
      expect((await there('index-rebuild plan images --shards 3 --m 8')).code).to.equal(0);
    });
  });
}

describe('--shards and --replicas without a cluster', () => {
  it('are refused on the embedded engine and out of their range', async () => {
    for (const [args, code] of [
      ['index-rebuild places --source places.jsonl --shards 3', 'ENGINE_OPTION_INVALID'],
      ['index-rebuild images --replicas 0', 'ENGINE_OPTION_INVALID'],
      ['index-rebuild plan --shards 3', 'ENGINE_OPTION_INVALID'],
      ['images add photos --shards 3', 'ENGINE_OPTION_INVALID'],
      ['index-rebuild plan --shards 0', 'MAPPING_INVALID'],
      ['index-rebuild plan --replicas 1.5', 'MAPPING_INVALID'],
    ] as const) {
      const { code: exit, out, err } = await runCli(args.split(' '), { cwd: tmpdir() });
      expect([exit, out], args).to.deep.equal([2, '']);
      expect(err, args).to.include(`[${code}]`);
    }
  });

  it('are what suoyin size prints', async () => {
    const { out } = await runCli(
      'size --places 100000000 --images 100000000 --replicas 2'.split(' '),
    );
    expect(out).to.include(
      '\nsuoyin index-rebuild places --source FILE --engine opensearch --node URL --shards 4 --replicas 2\n' +
        'suoyin images add FOLDER --engine opensearch --node URL --shards 15 --replicas 2 --knn-engine faiss --m 16\n',
    );
  });
});
