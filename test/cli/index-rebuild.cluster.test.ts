import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { RECORDS } from '../rebuild/records.ts';
import { type Run, runCli } from '../support/cli.ts';
import { onCluster, type Product, PRODUCTS, wipe } from '../support/clusters.ts';
import { tempFolder } from '../support/folders.ts';

describe('suoyin index-rebuild', () => {
  let dir: string;
  before(() => {
    dir = tempFolder();
    const lines = [...RECORDS, { id: 'bad', name: 'Zzyzx', kind: 'planet' }];
    writeFileSync(join(dir, 'places.jsonl'), lines.map((l) => `${JSON.stringify(l)}\n`).join(''));
  });

  const runs =
    (engine: string[]): ((args: string) => Promise<Run>) =>
    (args) =>
      runCli([...args.split(' '), ...engine], { cwd: dir });
  const flagsOf = ({ name }: Product, { url }: { url: string }): string[] => [
    '--engine',
    name,
    '--node',
    url,
  ];
  const SOURCE = '--source places.jsonl --max-failed 1';

  /** Every verb once. */
  async function everyVerb(flags: string[], data: string): Promise<void> {
    const run = runs([...flags, '--data', data]);
    const json = async <T>(args: string): Promise<T> => {
      const { out, err } = await run(`${args} --json`);
      expect(out, err).to.not.equal('');
      return JSON.parse(out) as T;
    };

    const planned = await run('index-rebuild plan places');
    expect([planned.code, planned.out]).to.satisfy(
      ([code, out]: [number, string]) => code === 3 && out.includes('not built yet'),
    );
    expect((await run(`index-rebuild resume places ${SOURCE}`)).code).to.equal(1);
    const first = await json<object>(`index-rebuild places ${SOURCE}`);
    expect(first).to.include({ generation: 'places-000001', documents: 30, failed: 1 });
    expect((await run('index-rebuild plan')).code).to.equal(0);

    const second = await json<object>(`index-rebuild run places ${SOURCE} --no-swap`);
    expect(second).to.include({ generation: 'places-000002', live: false });
    expect(await json<object>('index-rebuild status places')).to.include({
      live: 'places-000001',
    });
    expect((await run('index-rebuild swap')).out).to.equal(
      'places is now places-000002, before that places-000001\n',
    );
    expect((await run('index-rebuild swap')).code).to.equal(1);

    const same = await run(`index-rebuild verify ${SOURCE.replace(' --max-failed 1', '')}`);
    expect([same.code, same.out]).to.deep.equal([
      0,
      '31 records, 30 documents: 30 equal, 0 written since, 0 missing, 0 differing\n',
    ]);
    const scanned = await run('index-rebuild inspect');
    expect([scanned.code, scanned.out]).to.deep.equal([0, '']);

    expect((await run('index-rebuild dlq list')).out).to.match(/line 31: kind "planet"/);
    const mended = readFileSync(join(dir, 'places.jsonl'), 'utf8').replace('planet', 'poi');
    writeFileSync(join(dir, 'mended.jsonl'), mended);
    expect((await run('index-rebuild dlq retry --source mended.jsonl')).out).to.equal(
      '1 written, 0 failed again, 0 not found\n',
    );
    expect((await run('suggest Zzyzx')).out).to.match(/^Zzyzx +poi +bad\n/);

    expect((await run('rollback places')).code).to.equal(0);
    expect((await run('suggest Zzyzx')).out).to.not.match(/bad/);
    expect((await json<{ dropped: string[] }>('index-rebuild gc --keep 0')).dropped).to.deep.equal([
      'places-000002',
    ]);
    expect((await run('index-rebuild unlock')).out).to.equal('nobody had the lease on places\n');
  }

  it('plans, prepares, swaps, verifies, mends and goes back: embedded', () =>
    everyVerb([], 'embedded'));

  for (const product of PRODUCTS) {
    describe(`on ${product.title}`, function () {
      const cluster = onCluster(this, product);
      beforeEach(() => wipe(cluster.client, ['places']));

      it('plans, prepares, swaps, verifies, mends and goes back', () =>
        everyVerb(flagsOf(product, cluster), `verbs-${product.name}`));

      it('keeps the dead letters of two engines apart in one folder', async () => {
        const there = flagsOf(product, cluster);
        for (const [flags, file] of [
          [[], `${product.name}/dead-letters/places-000001.jsonl`],
          [there, `${product.name}/dead-letters/${product.name}/places-000001.jsonl`],
        ] as const) {
          const run = runs([...flags, '--data', product.name]);
          const built = await run(`index-rebuild places ${SOURCE}`);
          expect(built.out, built.err).to.include(`1 failed: ${file}\n`);
          expect((await run('index-rebuild dlq list')).err).to.equal(
            `suoyin: places-000001 (live): ${file}\n`,
          );
        }
      });
    });
  }

  it('refuses options of two engines at once and tells what is out of reach', async () => {
    const run = runs([]);
    expect((await run('status --node http://127.0.0.1:1')).code).to.equal(2);
    expect((await run('status --engine opensearch')).code).to.equal(2);
    expect((await run('status --engine sqlite')).code).to.equal(2);
    expect((await run('status --engine opensearch --node http://a:b@127.0.0.1:1')).code).to.equal(
      2,
    );
    expect(
      (await run('status --engine opensearch --node http://127.0.0.1:1 --user-env NONE')).code,
    ).to.equal(2);
    const gone = await run('status --engine opensearch --node http://127.0.0.1:1');
    expect(gone.code, gone.err).to.equal(7);
    expect(gone.err).to.match(/ECONNREFUSED.*\[ENGINE_UNREACHABLE\]/);
  });
});
