import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { COMMANDS } from '../../lib/cli/commands.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { RECORDS } from '../rebuild/records.ts';
import { type Run, runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';

describe('suoyin on the command line', () => {
  let dir: string;
  const run = (args: string[], input = ''): Promise<Run> => runCli(args, { cwd: dir, input });
  const file = (name: string, lines: readonly unknown[]): string => {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    writeFileSync(join(dir, name), `${text.join('\n')}\n`);
    return name;
  };
  const json = <T>({ out }: Run): T => JSON.parse(out) as T;

  before(async () => {
    dir = tempFolder();
    writeFileSync(
      join(dir, 'places.jsonl.gz'),
      gzipSync(RECORDS.map((record) => JSON.stringify(record)).join('\n')),
    );
    const built = await run(['index-rebuild', 'places', '--source', 'places.jsonl.gz', '--json']);
    expect(built.code, built.err).to.equal(0);
    expect(json(built)).to.include({ generation: 'places-000001', documents: 30, failed: 0 });
  });

  it('learns from what people chose, for a rebuild', async () => {
    const clicks = Array.from({ length: 5 }, () => ({ query: '板橋', id: 'tw:65000010' }));
    const learned = await run(['learn', file('clicks.jsonl', [...clicks, { query: '板橋' }])]);
    expect(learned.code).to.equal(1);
    expect(learned.err).to.match(/line 6: id undefined can't be used\. .* \[CLICK_INVALID\]/);
    expect(learned.err).to.match(/1 boosts from 5 choices; 1 lines can't be used/);
    expect(json(learned)).to.deep.equal({ id: 'tw:65000010', boost: 0.1, clicks: 5 });
    const boosts = file('boosts.jsonl', [learned.out.trim()]);
    const args = ['--data', 'learned', '--source', 'places.jsonl.gz', '--boosts', boosts];
    expect((await run(['index-rebuild', 'places', ...args])).code).to.equal(0);
    const verified = await run(['index-rebuild', 'verify', ...args, '--json']);
    expect(json(verified)).to.include({ equal: 30 });
  });

  it('says of an index without a table of containers that texts are read in part', async () => {
    const args = ['index-rebuild', 'places', '--data', 'old', '--source', 'places.jsonl.gz'];
    expect((await run(args)).code).to.equal(0);
    const asked = ['suggest', '新北市板橋', '--data', 'old'];
    expect((await run(asked)).err).to.equal('');
    const engine = embedded({ dataDir: join(dir, 'old') });
    await engine.writeState('places', 'places-000001/containers', null);
    await engine.close();
    const told = await run(asked);
    expect(told.code).to.equal(0);
    expect(told.out).to.include('板橋');
    expect(told.err).to.match(/places has no table of containers, .*; run index-rebuild/);
  });

  it('has help and version everywhere, and refuses what is mistyped', async () => {
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect(await run(['--version'])).to.include({ code: 0, out: `${version}\n` });
    for (const { name } of COMMANDS) {
      const help = await run([name, '--help']);
      expect(help.code).to.equal(0);
      expect(help.out).to.match(new RegExp(`^Usage: suoyin ${name}`));
    }
    const flag = await run(['suggest', '板橋', '--langauge', 'ja']);
    expect([flag.code, flag.out]).to.deep.equal([2, '']);
    expect(flag.err).to.match(/--langauge.*\n.*--language/);
    const command = await run(['sugest']);
    expect(command.code).to.equal(2);
    expect(command.err).to.match(/suggest/);
  });

  it('suggests as a table and as JSON', async () => {
    const table = await run(['suggest', '板橋', '--language', 'zh-Hant']);
    expect(table.out.split('\n')[0]).to.match(/^板橋, 新北市, 台灣 +district +tw:65000010$/);
    for (const [command, text, told] of [
      ['suggest', '板橋區 咖啡館', '  unread: 咖啡館'],
      ['search', '板橋區 咖啡館', '  unread: 咖啡館'],
      ['suggest', 'banqaio', '  a guess'],
    ] as const) {
      const { out } = await run([command, text, '--language', 'zh-Hant']);
      expect(out.split('\n')[0], text)
        .to.match(/^板橋區?, /)
        .and.include(told);
    }
    const [first] = json<Record<string, unknown>[]>(
      await run(['suggest', 'banq', '--language', 'zh-Hant', '--json', '--limit', '1']),
    );
    expect(first).to.include({
      id: 'tw:65000010',
      name: '板橋',
      officialName: '板橋區',
      label: '板橋, 新北市, 台灣',
      kind: 'district',
      country: 'TW',
    });
    expect(first!['matches']).to.deep.equal([[0, 2]]);
    expect(first!['score']).to.be.a('number');
  });

  it('answers a file of queries, a line each, in order', async () => {
    const queries = file('queries.jsonl', [
      { query: '板橋', language: 'zh-Hant' },
      { query: '' },
      { query: '板橋', language: 'ja', countries: ['JP'] },
      { query: '中山區', language: 'zh-Hant', near: { lat: 25.13, lon: 121.74 } },
    ]);
    const { code, out } = await run(['suggest', '--queries', queries]);
    expect(code).to.equal(0);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string }[]);
    expect(answers.map((answer) => answer[0]?.id)).to.deep.equal([
      'tw:65000010',
      undefined,
      answers[2]![0]?.id,
      'tw:10017070',
    ]);
    expect(answers[2]!.every(({ id }) => id.startsWith('jp:'))).to.equal(true);
  });

  it('names the line of a bad query and keeps its place in the answers', async () => {
    const queries = file('bad-queries.jsonl', [{ query: '板橋' }, '{"query": ']);
    const { code, out, err } = await run(['suggest', '--queries', queries]);
    expect([code, out.trim().split('\n')[1]]).to.deep.equal([1, '[]']);
    expect(err).to.match(/bad-queries\.jsonl.*2|line 2/);
  });

  it('tells the language of names, given or on standard input', async () => {
    expect((await run(['detect', 'スカイツリー'])).out).to.match(
      /^スカイツリー {2}ja 1\.00; .*kana/,
    );
    const { out } = await run(['detect'], '清水寺\n台湾大学\n');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => line['name'])).to.deep.equal(['清水寺', '台湾大学']);
    expect(lines[0]).to.include.keys('language', 'confidence', 'alsoZh', 'reason');
  });

  it('takes what is stated of names, by flags and by lines', async () => {
    const languages = async (args: string[], input?: string): Promise<unknown[]> => {
      const { out } = await run(['detect', '--json', ...args], input);
      return out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { language: unknown }).language);
    };
    expect(await languages(['衞生署', '--country', 'HK'])).to.deep.equal(['zh']);
    expect(await languages(['森鷗外', '--language', 'ja'])).to.deep.equal(['ja']);
    const lines = [
      '衞生署',
      '{"name":"森鷗外","country":"JP","id":"a"}',
      '{"name":"森鷗外","region":null}',
      '{"name":"中山","names":{"ja":"中山","zh":"中山"}}',
    ];
    expect(await languages(['--country', 'TW'], lines.join('\n'))).to.deep.equal([
      'zh',
      'ja',
      'zh',
      'both',
    ]);
    expect((await run(['detect', '中山', '--country', 'Japan'])).code).to.equal(2);
  });

  it('keeps the languages of names in step where a line is bad', async () => {
    const { out, err, code } = await run(
      ['detect'],
      '清水寺\n{"name":\n{"name":7}\n{"name":"中山","country":"Japan"}\n長沙\n',
    );
    const names = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { name: string }).name);
    expect(names).to.deep.equal(['清水寺', '', '', '', '長沙']);
    expect(err).to.match(
      /line 2:.*MALFORMED_JSON[^]*line 3:.*NAME_MISSING[^]*line 4:.*OPTION_INVALID/,
    );
    expect(code).to.equal(1);
  });

  it('tells the areas of points, a line each, and goes on after a bad one', async () => {
    const square = [
      [121, 24],
      [122, 24],
      [122, 25],
      [121, 25],
      [121, 24],
    ];
    const feature = {
      type: 'Feature',
      properties: { id: 'c', name: '甲市', level: 'city', country: 'TW' },
      geometry: { type: 'Polygon', coordinates: [square] },
    };
    file('b.geojson', [{ type: 'FeatureCollection', features: [feature] }]);
    file('points.jsonl', [
      { lat: 24.5, lon: 121.5 },
      { lat: 99, lon: 0 },
      { lat: 0, lon: 0 },
    ]);
    const { code, out } = await run([
      'parents',
      '--boundaries',
      'b.geojson',
      '--points',
      'points.jsonl',
    ]);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).to.equal(1);
    expect(lines[0]).to.deep.equal({
      country: null,
      region: null,
      city: { id: 'c', name: '甲市' },
      district: null,
    });
    expect(lines[1]).to.include({ code: 'POINT_INVALID', line: 2 });
    expect(lines[2]).to.include({ city: null });
  });

  it('lists what is wrong with parents', async () => {
    const source = file('orphans.jsonl', [{ id: 'a', name: '甲', kind: 'town', parent: 'b' }]);
    const { out, err } = await run(['check', '--source', source, '--json']);
    expect(JSON.parse(out.split('\n')[0]!)).to.include({ id: 'a', issue: 'PARENT_NOT_FOUND' });
    expect(err).to.match(/1 places.*1 PARENT_NOT_FOUND/);
  });

  it('sums a check up for a person, for a machine and on a page', async () => {
    const evil = '<script>alert(1)</script>"&\u202e';
    const source = file('outside.jsonl', [
      { id: 'a', name: evil, country: 'TW', lat: 35, lon: 135.7 },
      { id: 'b', name: '乙', country: 'TW', lat: 0, lon: 0 },
      { id: 'c', name: '丙', country: 'TW', lng: 3 },
    ]);
    const { out, err } = await run([
      'check',
      '--source',
      source,
      '--json',
      '--html',
      'report.html',
    ]);
    const { summary } = JSON.parse(out.trim().split('\n').at(-1)!) as { summary: unknown };
    expect(summary).to.deep.include({ places: 3, bad: 0 });
    expect(summary).to.have.nested.property('warnings[0].meant', 'lon');
    expect(err)
      .to.match(
        /1 are outside their country \(a\): check lat, lon and country \[LOCATION_OUTSIDE\]/,
      )
      .and.to.match(/3 places, 0 bad lines; 3 PARENT_NONE, 1 LOCATION_(ZERO|OUTSIDE), 1 /);
    const page = readFileSync(join(dir, 'report.html'), 'utf8');
    expect(page).to.include('&lt;script&gt;alert(1)').and.not.include('<script');
    expect(page).to.not.match(/https?:|\u202e/);
    expect(page.match(/<circle/g)).to.have.length(4);
  });

  it('counts what a spreadsheet has spoilt, though the records are printed as they are', async () => {
    const source = join(dir, 'spoilt.csv');
    writeFileSync(source, 'id,name\n1.23E+11,九份\n1.24E+11,7月11日\n3,淡水\n');
    const { out, err } = await run(['convert', '--source', source]);
    expect(out.split('\n')[0]).to.equal('{"id":"1.23E+11","name":"九份"}');
    expect(err)
      .to.match(/2 records have a value that a spreadsheet .*: id \(.* line 2: "1.23E\+11"\)/)
      .and.to.include('1 record has a value that a spreadsheet');
    const checked = await run(['check', '--source', source]);
    expect(checked.err).to.include('[SPREADSHEET_CHANGED]');
  });

  it('names the line of an id that comes twice', async () => {
    const taiwan = { id: 'tw', name: '臺灣', kind: 'country' };
    const source = file('twice.jsonl', [taiwan, { ...taiwan, name: '台灣' }]);
    const { err } = await run(['check', '--source', source]);
    expect(err.split('\n').slice(0, 2)).to.deep.equal([
      'suoyin: twice.jsonl line 2: id "tw" is taken by line 1 of twice.jsonl. ' +
        'Give each place its own id, or remove one of the two records. [DUPLICATE_ID]',
      '1 places, 1 bad lines; nothing found',
    ]);
  });

  it('swaps nothing in where too much fails, and writes dead letters', async () => {
    const source = file('bad.jsonl', [...RECORDS, { id: 'x', name: '甲', lat: 91, lon: 0 }, '{']);
    const { code, err } = await run([
      'index-rebuild',
      'places',
      '--source',
      source,
      '--max-failed',
      '1',
    ]);
    expect(code, err).to.equal(4);
    expect(err).to.match(/TOO_MANY_FAILED/);
    expect(err).to.include(
      'at most 1 may: bad.jsonl line 31: lat 91 is not a coordinate; bad.jsonl line 32: ',
    );
    expect(err).to.include('--max-failed');
    const borne = await run([
      'index-rebuild',
      'places',
      '--source',
      source,
      '--max-failed',
      '2',
      '--alias',
      'other',
      '--json',
    ]);
    expect(borne.code, borne.err).to.equal(0);
    const { deadLettersFile, failed } = json<{ deadLettersFile: string; failed: number }>(borne);
    const letters = readFileSync(join(dir, deadLettersFile), 'utf8').trim().split('\n');
    expect([failed, letters.length]).to.deep.equal([2, 2]);
    expect(JSON.parse(letters[0]!)).to.include({
      id: 'x',
      code: 'LOCATION_INVALID',
      field: 'lat',
      line: 31,
    });
  });

  it('names what was wrong where nothing was good, and the flag that allows it', async () => {
    const source = file('none.jsonl', [{ id: 'x' }]);
    const rebuild = ['index-rebuild', '--source', source, '--max-failed', '1', '--alias', 'none'];
    const { code, err } = await run(rebuild);
    expect(code).to.equal(1);
    expect(err).to.match(/None of 1 records was good: none\.jsonl line 1: name .*--allow-empty/);
  });

  it('lists dead letters of the live generation and of a run that swapped nothing', async () => {
    const good = file('good.jsonl', [{ id: 'a', name: '甲' }]);
    const bad = file('worse.jsonl', ['{', '[', '{']);
    const rebuild = ['index-rebuild', 'places', '--data', 'letters', '--source'];
    const list = (): Promise<Run> => run(['index-rebuild', 'dlq', 'list', '--data', 'letters']);
    expect((await run([...rebuild, good])).code).to.equal(0);
    const other = await run([
      'index-rebuild',
      'dlq',
      'list',
      '--data',
      'letters',
      '--alias',
      'other',
    ]);
    expect(other.err).to.equal('suoyin: no dead letters of other\n');
    expect((await run([...rebuild, good, '--source', bad])).code).to.equal(4);
    const { code, out, err } = await list();
    expect([code, out.split('\n').length - 1]).to.deep.equal([0, 3]);
    expect(out).to.match(/^worse\.jsonl line 1: /);
    expect(err).to.equal(
      'suoyin: places-000001 (live): no dead letters\n' +
        'suoyin: places-000002 (not live): letters/dead-letters/places-000002.jsonl\n',
    );
    expect((await run([...rebuild, good])).code).to.equal(0);
    expect(await list()).to.include({
      out: '',
      err: 'suoyin: places-000003 (live): no dead letters\n',
    });
  });

  it('ends each stage with a line of progress at its end', async () => {
    const { err } = await run([
      'index-rebuild',
      '--source',
      'places.jsonl.gz',
      '--alias',
      'stages',
    ]);
    const last = (stage: string): string =>
      err.split('\n').findLast((line) => line.startsWith(`${stage} `)) ?? '';
    expect(last('fill')).to.match(/^fill 100% \| 30 of 30/);
    expect(last('verify')).to.match(/^verify 100% \| 30 of 30/);
  });

  it('shows status, goes back and forth, and clears up', async () => {
    expect(
      (await run(['index-rebuild', 'places', '--source', 'places.jsonl.gz', '--quiet'])).code,
    ).to.equal(0);
    const status = json<{ live: string; previous: string }>(
      await run(['status', 'places', '--json']),
    );
    expect(status.live).to.not.equal('places-000001');
    expect(status.previous).to.equal('places-000001');
    expect((await run(['rollback', 'places'])).code).to.equal(0);
    expect(json(await run(['status', 'places', '--json']))).to.include({
      live: 'places-000001',
      previous: status.live,
    });
    expect(
      json<{ dropped: string[] }>(await run(['gc', '--keep', '0', '--json'])).dropped,
    ).to.include(status.live);
    expect((await run(['rollback', 'places'])).code).to.equal(1);
  });

  it('shows the status of every index there is', async () => {
    const data = ['--data', 'several'];
    expect((await run(['status', ...data])).code).to.equal(1);
    const source = file('one.jsonl', [{ id: 'a', name: '甲' }]);
    for (const alias of ['spots', 'areas']) {
      const built = await run(['index-rebuild', '--source', source, '--alias', alias, ...data]);
      expect(built.code, built.err).to.equal(0);
    }
    const text = (await run(['status', ...data])).out;
    expect(text.match(/^\w+ {2}/gm)).to.deep.equal(['engine  ', 'areas  ', 'spots  ']);
    const lines = (await run(['status', '--json', ...data])).out.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { live: string }).live)).to.deep.equal([
      'areas-000001',
      'spots-000001',
    ]);
    expect((await run(['status', '--alias', 'spots', ...data])).out).to.not.include('areas');
  });

  it('says what to do where there is no index', async () => {
    const { code, out, err } = await run(['suggest', '板橋', '--data', 'nowhere']);
    expect([code, out]).to.deep.equal([1, '']);
    expect(err).to.match(/index-rebuild/);
  });
});
