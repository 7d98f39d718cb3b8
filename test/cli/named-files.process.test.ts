import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';

import { runCli } from '../support/cli.ts';
import { tempFolder } from '../support/folders.ts';
import { endOf, start } from '../support/processes.ts';

const MAIN = fileURLToPath(new URL('../../lib/cli/main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

const BUILD = ['index-rebuild', 'places', '--data', 'data', '--source'];
const BOXES = JSON.stringify({ type: 'FeatureCollection', features: [] });

const OWN = ['--alias', 'own', '--model-id', 'own', '--dimension', '3'];
const OWN_VECTORS = ['images', 'add', '--data', 'data', ...OWN, 'X'];

/** Commands with the name of a file to read in the place of X, and the ending that it has to have. */
const READERS: readonly (readonly [args: readonly string[], ending?: string])[] = [
  [[...BUILD, 'X']],
  [[...BUILD, 'ok.jsonl', '--boosts', 'X']],
  [[...BUILD, 'ok.jsonl', '--boundaries', 'X']],
  [[...BUILD, 'ok.jsonl', '--corrections', 'X']],
  [['index-rebuild', 'verify', 'places', '--data', 'data', '--source', 'X']],
  [['index-rebuild', 'dlq', 'list', '--data', 'data', '--file', 'X']],
  [['check', '--source', 'X']],
  [['check', '--source', 'ok.jsonl', '--boundaries', 'X']],
  [['convert', '--source', 'X']],
  [['outlines', 'X']],
  [['outlines', 'boxes.json', '--places', 'X']],
  [['parents', '--boundaries', 'X', '--points', 'ok.jsonl']],
  [['parents', '--boundaries', 'boxes.json', '--points', 'X']],
  [['learn', 'X']],
  [['suggest', '--data', 'data', '--queries', 'X']],
  [['search', '--data', 'data', '--queries', 'X']],
  [['similar', '--data', 'data', '--queries', 'X']],
  [['similar', '--data', 'data', '--vector', 'X']],
  [['images', 'threshold', 'X', '--data', 'data']],
  [['images', 'add', '--data', 'data', 'X'], '.txt'],
  [['images', 'add', '--data', 'data', 'X'], '.jsonl'],
  [OWN_VECTORS, '.jsonl'],
  [OWN_VECTORS, '.npy'],
  [OWN_VECTORS, '.parquet'],
  [['notes', 'add', '--data', 'data', 'X'], '.jsonl'],
  [['notes', 'add', '--data', 'data', 'X'], '.md'],
  [
    ['search', '板橋', '--engine', 'opensearch', '--node', 'https://127.0.0.1:1', '--ca', 'X'],
    '.pem',
  ],
];

const WRITERS: readonly (readonly string[])[] = [
  [...BUILD, 'bad.jsonl', '--dead-letters', 'X'],
  ['images', 'add', '--data', 'data', 'missing.txt', '--dead-letters', 'X'],
  ['check', '--source', 'ok.jsonl', '--html', 'X'],
];

describe('a file that the command line names', () => {
  let cwd: string;
  before(function () {
    if (process.platform === 'win32') this.skip();
    cwd = tempFolder();
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'ok.jsonl'), '{"id":"a","name":"板橋","kind":"city","country":"TW"}\n');
    writeFileSync(join(cwd, 'bad.jsonl'), '{"id":"a"}\n');
    writeFileSync(join(cwd, 'missing.txt'), 'missing.png\n');
    writeFileSync(join(cwd, 'boxes.json'), BOXES);
    for (const ending of new Set(READERS.map(([, ending = '']) => ending))) {
      execFileSync('mkfifo', [join(cwd, `pipe${ending}`)]);
      if (ending !== '') mkdirSync(join(cwd, `folder${ending}`));
    }
  });

  for (const [args, ending = ''] of READERS) {
    it(`is refused at once if it is none: ${args.join(' ')} (${ending})`, async () => {
      const devices = ending === '' ? ['/dev/zero'] : [];
      for (const name of [`pipe${ending}`, `folder${ending}`, `no/such${ending}`, ...devices]) {
        // A folder holds pictures and notes.
        if (name.startsWith('folder') && /^(images|notes)$/.test(args[0]!) && args.at(-1) === 'X') {
          continue;
        }
        const { code, out, err } = await runCli(
          args.map((arg) => (arg === 'X' ? name : arg)),
          { cwd },
        );
        expect(code, `${name}: ${out}${err}`).not.to.equal(0);
        expect(`${out}${err}`, name).to.match(/\[[A-Z_]+\]|not a regular file/);
        expect(`${out}${err}`, name).not.to.include('unexpected failure');
      }
    });
  }

  for (const args of WRITERS) {
    it(`is not waited for to be written: ${args.join(' ')}`, async () => {
      for (const name of ['pipe', 'folder']) {
        const { code, err } = await runCli(
          args.map((arg) => (arg === 'X' ? name : arg)),
          { cwd },
        );
        expect(code, err).not.to.equal(0);
        expect(err, name).to.include('[FILE_UNWRITABLE]');
      }
    });
  }

  it('is not the file of an index if it is a pipe', async () => {
    mkdirSync(join(cwd, 'piped'));
    execFileSync('mkfifo', [join(cwd, 'piped', 'suoyin.db')]);
    for (const args of [
      ['suggest', '板橋', '--data', 'piped'],
      ['check-file', '--data', 'piped'],
      ['restore', 'piped', '--data', 'other'],
      ['backup', 'copy', '--data', 'piped'],
      ['index-rebuild', 'places', '--data', 'piped', '--source', 'ok.jsonl'],
    ]) {
      const { code, err } = await runCli(args, { cwd });
      expect(code, args.join(' ')).not.to.equal(0);
      expect(err, args.join(' ')).to.include('[FILE_UNREADABLE]');
    }
  });

  it('is not made by what changes or reads an index that has to be there', async () => {
    for (const command of [
      'gc --compact',
      'gc notes',
      'rollback places',
      'index-rebuild swap places',
      'index-rebuild adopt places-000001',
      'index-rebuild unlock',
      'index-rebuild dlq retry --source ok.jsonl',
      'images purge --gone',
      'images check',
      'notes delete x',
      'status',
      'check-file --fix',
    ]) {
      const { code, err } = await runCli([...command.split(' '), '--data', 'nowhere'], { cwd });
      expect(code, command).not.to.equal(0);
      expect(err, command).to.include('[INDEX_NOT_FOUND]');
      expect(existsSync(join(cwd, 'nowhere')), command).to.equal(false);
    }
  });

  it('is told where it stands for the folder of an index', async () => {
    for (const name of ['pipe', 'ok.jsonl']) {
      for (const args of [
        ['suggest', '板橋', '--data', name],
        ['status', '--data', name],
        ['check-file', '--data', name],
        ['restore', name, '--data', 'other'],
        ['backup', 'copy', '--data', name],
        ['index-rebuild', 'places', '--data', name, '--source', 'ok.jsonl'],
      ]) {
        const { code, err } = await runCli(args, { cwd });
        expect(code, args.join(' ')).not.to.equal(0);
        expect(err, args.join(' ')).to.match(/\[(INDEX_NOT_FOUND|FILE_UNREADABLE)\]/);
      }
    }
  });

  it('may be standard input where it is read once, and is refused with a remedy where it is not', async () => {
    const suoyin = `"${process.execPath}" --import="${TSX}" "${MAIN}"`;
    const sh = (line: string): ReturnType<typeof endOf> =>
      endOf(start('sh', ['-c', line], { cwd }));
    const points = `echo '{"lat":25,"lon":121}' | ${suoyin} parents --boundaries boxes.json --points /dev/stdin`;
    const read = await sh(points);
    expect(read.err).to.equal('');
    expect(JSON.parse(read.out)).to.deep.include({ city: null });
    const refused = await sh(`cat ok.jsonl | ${suoyin} convert --source /dev/stdin`);
    expect(refused.err).to.include('is a pipe. Write what comes out of it to a file');
  });
});
