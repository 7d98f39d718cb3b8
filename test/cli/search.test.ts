import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { type Run, runCli } from '../support/cli.ts';
import { TEXT_PLACES } from '../support/text-places.ts';
import { tempFolder } from '../support/folders.ts';

describe('suoyin search', () => {
  let dir: string;
  const run = (...args: string[]): Promise<Run> => runCli(['search', ...args], { cwd: dir });

  before(async () => {
    dir = tempFolder();
    const index = new PlaceIndex(embedded({ dataDir: join(dir, '.suoyin') }));
    await index.rebuild(TEXT_PLACES);
    await index.close();
  });

  it('prints a table, and JSON where asked', async () => {
    const table = await run('清水寺 京都', '--language', 'ja');
    expect(table.code, table.err).to.equal(0);
    expect(table.out.split('\n')[0]).to.equal('清水寺, 京都市, 日本  poi  kiyomizu');
    const { total, more, hits } = JSON.parse(
      (await run('公園', '--limit', '2', '--from', '3', '--json')).out,
    ) as { total: number; more: boolean; hits: unknown[] };
    expect({ total, more, hits: hits.length }).to.deep.equal({ total: 12, more: false, hits: 2 });
    expect((await run('公園', '--limit', '2')).out).to.match(/\n2 of 12\n$/);
    const none = await run('存在しない');
    expect(none.out).to.equal('no place found\n');
    expect(none.err).to.contain('--in names,descriptions');
    expect((await run('存在しない', '--in', 'names,descriptions')).err).to.equal('');
  });

  it('answers a file line by line, and tells of lines that it can not read', async () => {
    const lines = ['{"query":"台南 古蹟","language":"zh-Hant"}', '{"query":5}', '{"query":""}'];
    writeFileSync(join(dir, 'texts.jsonl'), lines.join('\n'));
    const { code, out, err } = await run('--queries', 'texts.jsonl');
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { total: number; hits: { id: string }[] });
    expect(answers.map(({ hits }) => hits[0]?.id)).to.deep.equal(['fort', undefined, undefined]);
    expect(err).to.contain('texts.jsonl line 2').and.contain('[QUERY_LINE_INVALID]');
    expect(code).to.equal(1);
  });

  it('takes wrong flags for misuse', async () => {
    expect((await run('公園', '--from', '-1')).err).to.contain('[FROM_INVALID]');
    expect((await run()).err).to.contain('[QUERY_MISSING]');
    expect((await run('公園', '--limit', '0')).code).to.equal(2);
  });
});
