import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { COMMANDS } from '../../lib/cli/commands.ts';
import type { Io } from '../../lib/cli/io.ts';
import { runProgram } from '../../lib/cli/program.ts';
import { readPlaceRecord } from '../../lib/autocomplete/record/record.ts';
import { toImageDocument } from '../../lib/knn/document.ts';
import { isShownWhole, shownJson } from '../../lib/shown-text.ts';

/** Turns what follows, has no width, is a tag, joins nothing. */
const HIDDEN = '\u202e\u200b\u{e0041}\u061c';
const BOLD = ['\u001b[1m', '\u001b[22m'];

interface Said {
  code: number;
  out: string;
  err: string;
}

async function suoyin(args: readonly string[], { color = false } = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const into = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        said[name] += chunk.toString();
        done();
      },
    });
  const io: Io = {
    stdin: null,
    stdout: into('out'),
    stderr: into('err'),
    env: {},
    onInterrupt: () => new AbortController().signal,
    color,
    debug: true,
  };
  return { code: await runProgram(COMMANDS, args, io), ...said };
}

function expectShown({ out, err }: Said): void {
  for (const line of `${out}${err}`.split('\n')) expect(isShownWhole(line), line).to.equal(true);
}

describe('what a terminal is sent', function () {
  this.timeout(120_000);
  let folder: string;
  let data: string[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-output-'));
    data = ['--data', join(folder, 'data')];
    const source = join(folder, 'places.jsonl');
    const records = [
      { id: 'tw', name: `臺灣${HIDDEN}`, kind: 'country', country: 'TW' },
      { id: 'ntp', name: `新北${HIDDEN}市`, kind: 'city', country: 'TW', parent: 'tw' },
      { id: 'bq', name: `板橋${HIDDEN}`, kind: 'district', country: 'TW', parent: 'ntp' },
      { id: `id${HIDDEN}`, name: '壞', kind: 'city' },
      { id: 'orphan', name: `孤${HIDDEN}兒`, kind: 'district', parent: `none${HIDDEN}` },
      { id: 'bad', name: 'red\u001b[31m\r\nFAKE OK' },
    ];
    writeFileSync(source, records.map((record) => JSON.stringify(record)).join('\n'));
    const built = await suoyin([
      'index-rebuild',
      'places',
      '--source',
      source,
      '--max-failed',
      '9',
      ...data,
    ]);
    expectShown(built);
    expect(built.out.split('\n')).to.have.length.above(3);
    expect(built.code, built.err).to.equal(0);
    expectShown(await suoyin(['check', '--source', source]));
    expectShown(await suoyin(['index-rebuild', 'verify', '--source', source, ...data]));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows names that hide something escaped, in columns and beside bold', async () => {
    const plain = await suoyin(['suggest', '板橋', ...data]);
    expectShown(plain);
    expect(plain.out).to.include('板橋\\u{202e}\\u{e0041}\\u{61c}');
    const bold = await suoyin(['suggest', '板橋', ...data], { color: true });
    expect(bold.out).to.include(BOLD[0]);
    expectShown({ ...bold, out: BOLD.reduce((out, code) => out.replaceAll(code, ''), bold.out) });
  });

  it('escapes JSON, which reads back as the names that were given', async () => {
    const said = await suoyin(['suggest', '板橋', '--json', ...data]);
    expectShown(said);
    const [first] = JSON.parse(said.out) as { name: string }[];
    // What has no width and no meaning was taken out of the name.
    expect(first!.name).to.equal(`板橋${HIDDEN.replace('\u200b', '')}`);
  });

  for (const args of [
    ['search', '板橋'],
    ['status'],
    ['index-rebuild', 'dlq', 'list'],
    ['index-rebuild', 'dlq', 'list', '--json'],
    ['index-rebuild', 'inspect'],
    ['index-rebuild', 'plan'],
  ]) {
    it(`shows nothing hidden: ${args.join(' ')}`, async () => {
      const said = await suoyin([...args, ...data]);
      expectShown(said);
      expect(said.out + said.err).not.to.equal('');
    });
  }

  for (const args of [
    ['suggest', '板橋', '--language', `zh${HIDDEN}`],
    ['suggest', '板橋', `--x${HIDDEN}\n`],
    [`command${HIDDEN}\u001b[2J`],
    ['similar', `/no/such\u001b[2J${HIDDEN}\n.jpg`, '--data', '/nowhere'],
    ['check', '--source', `/no/such\u001b[2J${HIDDEN}\n.jsonl`],
    ['queue-check', '--redis', 'redis://127.0.0.1:1', '--queue', `q${HIDDEN}\u001b[2J`],
  ]) {
    it(`shows nothing hidden in the error of ${shownJson(args)}`, async () => {
      const said = await suoyin(args);
      expectShown(said);
      expect(said.code).not.to.equal(0);
      expect(said.err).not.to.equal('');
    });
  }
});

describe('ids', () => {
  const refused = [
    `a${HIDDEN}`,
    'a\u202e',
    'a\u200b',
    'a\u{e0041}',
    'a\u0000',
    'a\u009b',
    'a\nb',
    ' a',
    'a ',
    '\u3000a',
    'a\ufeff',
    'a\ud800',
    '\u2066a\u2069',
  ];
  for (const id of refused) {
    it(`are refused where they hide something: ${shownJson(id)}`, () => {
      expect(() => readPlaceRecord({ id, name: '板橋' }))
        .to.throw()
        .with.property('code', 'ID_INVALID');
      expect(() => toImageDocument(id, { content: {}, addedAt: '2026-01-01T00:00:00Z' }))
        .to.throw()
        .with.property('code', 'IMAGE_ID_INVALID');
    });
  }

  it('that differ in letters, case or composition are different ids', () => {
    for (const id of ['Å', 'A\u030a', 'a', 'A', '葛\u{e0100}城', 'a b', '☕\ufe0f.jpg']) {
      expect(readPlaceRecord({ id, name: '板橋' }).id).to.equal(id);
    }
  });
});
