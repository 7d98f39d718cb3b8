import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { NOTE_LIMITS } from '../../lib/notes/note.ts';
import { readNoteFiles } from '../../lib/source/note-files.ts';
import { runCli } from '../support/cli.ts';
import { codeOf } from '../support/failures.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

describe('files of notes', () => {
  let folder: string;
  const put = (name: string, content: string | Uint8Array): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const told = async (...names: string[]): Promise<[string, string][]> => {
    const all: [string, string][] = [];
    for await (const found of readNoteFiles(names)) {
      const what =
        'note' in found ? 'note' : 'error' in found ? found.error.code : `skipped ${found.skipped}`;
      all.push([found.source.replace(`${folder}/`, ''), what]);
    }
    return all;
  };
  beforeEach(() => {
    folder = tempFolder();
  });

  it('are read below a folder, in order, and each that is not read is told', async () => {
    put('a.md', '# 標題\n\n內文');
    put('b/c.txt', '文字');
    put('b/d.jsonl', '{"title":"一"}\n{broken\n');
    put('b/e.jsonl.gz', gzipSync('{"title":"二"}\n'));
    put('f.png', 'x');
    put('g.txt', Buffer.from('bad \xff bytes', 'latin1'));
    put('h.txt', 'a\0b');
    put('i.txt', Buffer.from('\ufeff有標記', 'utf16le'));
    put('.hidden.md', 'x');
    symlinkSync('..', join(folder, 'b', 'loop'));
    symlinkSync('nowhere', join(folder, 'gone.md'));
    expect(await told(folder)).to.deep.equal(
      [
        ['a.md', 'note'],
        ['b/c.txt', 'note'],
        ['b/d.jsonl', 'note'],
        ['b/d.jsonl#2', 'MALFORMED_JSON'],
        ['b/e.jsonl.gz', 'note'],
        ['f.png', 'skipped .png'],
        ['g.txt', 'NOTE_ENCODING'],
        ['gone.md', 'NOTE_UNREADABLE'],
        ['h.txt', 'NOTE_BINARY'],
        ['i.txt', 'note'],
      ].map(([name, what]) => [
        name === 'b/d.jsonl' || name === 'b/e.jsonl.gz' ? `${name}#1` : name,
        what,
      ]),
    );
  });

  it('are read on where the folder changes meanwhile, and a packed file is cut off', async () => {
    put('a.md', '甲');
    for (const name of ['b.md', 'c.jsonl', 'd/e.md']) put(name, '{"title":"乙"}\n');
    put('f.jsonl.gz', gzipSync(`{"title":"丙"}\n${'x'.repeat(5000)}`).subarray(0, 40));
    put('g.md', '丁');
    const all: string[] = [];
    for await (const found of readNoteFiles([folder])) {
      if (all.length === 0) {
        for (const name of ['b.md', 'c.jsonl', 'd'])
          rmSync(join(folder, name), { recursive: true });
        put('b.md/inside.md', '一個資料夾');
        put('later.md', '戊');
      }
      const what = 'note' in found ? 'note' : 'error' in found ? found.error.code : 'skipped';
      all.push(`${found.source.replace(`${folder}/`, '')} ${what}`);
    }
    expect(all.filter((line) => !line.startsWith('f.jsonl.gz'))).to.deep.equal([
      'a.md note',
      'b.md/inside.md note',
      'c.jsonl NOTE_UNREADABLE',
      'd NOTE_UNREADABLE',
      'g.md note',
    ]);
    expect(all.some((line) => line.startsWith('f.jsonl.gz') && !line.endsWith(' note'))).to.equal(
      true,
    );
  });

  it('of 50 MB and of any bytes are told, and end nothing', async () => {
    put('big.txt', Buffer.alloc(50 << 20, '字'));
    put(
      'big.jsonl',
      Buffer.concat([Buffer.alloc(50 << 20, 'x'), Buffer.from('\n{"title":"完"}\n')]),
    );
    put('noise.md', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197) & 255)));
    put('z.md', '最後');
    expect(await told(folder)).to.deep.equal([
      ['big.jsonl#1', 'LINE_TOO_LONG'],
      ['big.jsonl#2', 'note'],
      ['big.txt', 'NOTE_TOO_LONG'],
      ['noise.md', 'NOTE_BINARY'],
      ['z.md', 'note'],
    ]);
  });

  it('are regular files: a device without end is told, and not read', async () => {
    expect(await told('/dev/zero')).to.deep.equal([['/dev/zero', 'NOTE_UNREADABLE']]);
    symlinkSync('/dev/zero', join(folder, 'zero.md'));
    expect(await told(join(folder, 'zero.md'))).to.deep.equal([['zero.md', 'NOTE_UNREADABLE']]);
  });

  it('are refused where they are too long, without being read', async () => {
    put('long.txt', Buffer.alloc(3 * NOTE_LIMITS.body + 1, 'x'));
    expect(await told(join(folder, 'long.txt'))).to.deep.equal([['long.txt', 'NOTE_TOO_LONG']]);
    expect(await codeOf(told(join(folder, 'nowhere')))).to.equal('SOURCE_NOT_FOUND');
  });

  it('that are moved stay the same note, and those that are gone are pruned when asked for', async () => {
    const index = new NoteIndex(closeAtEnd(embedded({ dataDir: ':memory:' })));
    put('a.md', '# 甲\n\n關於櫻花');
    put('b.md', '# 乙\n\n關於紅葉');
    const { added, skipped } = await index.add([folder]);
    expect([added, skipped]).to.deep.equal([2, {}]);
    const before = (await index.search('櫻花')).notes[0]!.id;
    rmSync(join(folder, 'a.md'));
    rmSync(join(folder, 'b.md'));
    put('sub/moved.md', '# 甲\n\n關於櫻花');
    const kept = await index.add([folder]);
    expect([kept.changed, kept.removed]).to.deep.equal([1, 0]);
    const pruned = await index.add([folder], { prune: true });
    expect([pruned.unchanged, pruned.removed]).to.deep.equal([1, 1]);
    expect((await index.search('櫻花')).notes[0]!.id).to.equal(before);
    expect((await index.search('紅葉')).notes).to.deep.equal([]);
  });

  it('are not pruned where a folder or a file could not be read', async () => {
    const index = new NoteIndex(closeAtEnd(embedded({ dataDir: ':memory:' })));
    const drive = tempFolder();
    const names = [join(drive, 'deep/a.md'), join(drive, 'b.md'), join(folder, 'c.md')];
    mkdirSync(join(drive, 'deep'));
    names.forEach((name, n) => writeFileSync(name, `# 記事${n}\n\n內文${n}`));
    symlinkSync(drive, join(folder, 'drive'));
    const pruned = async (): Promise<number[]> => {
      const { added, removed, failed } = await index.add([folder], { prune: true });
      return [added, removed, failed];
    };
    expect(await pruned()).to.deep.equal([3, 0, 0]);
    // The drive is away, and so are its notes; nobody knows whether they are still on it.
    renameSync(drive, `${drive}-away`);
    rmSync(join(folder, 'c.md'));
    expect(await pruned()).to.deep.equal([0, 1, 1]);
    renameSync(`${drive}-away`, drive);
    rmSync(join(drive, 'deep'), { recursive: true });
    expect(await pruned()).to.deep.equal([0, 1, 0]);
    expect(await index.count()).to.equal(1);
  });

  it('have the time of their front matter, as far as it is one, and no title longer than titles may be', async () => {
    const index = new NoteIndex(closeAtEnd(embedded({ dataDir: ':memory:' })));
    put('a.md', '---\ndate: 2025-11-20T08:00:00+09:00\n---\n甲');
    put('b.md', '---\ndate: 2025-11-20 at noon\n---\n乙');
    put('c.md', '---\ndate: 2025-02-30\n---\n丙');
    put('d.md', `${'長'.repeat(NOTE_LIMITS.title + 1)}\n---\n丁`);
    const { added, faults } = await index.add([folder]);
    expect([added, faults]).to.deep.equal([4, []]);
    const found = new Map<string, [string | undefined, number]>();
    for await (const { title, time, body } of index.scan()) {
      found.set(title, [time === undefined ? undefined : new Date(time).toJSON(), body.length]);
    }
    expect(Object.fromEntries(found)).to.deep.equal({
      a: ['2025-11-19T23:00:00.000Z', 1],
      b: ['2025-11-20T00:00:00.000Z', 1],
      c: [undefined, 1],
      d: [undefined, NOTE_LIMITS.title + 3],
    });
  });

  it('are taken in, searched and removed on the command line', async () => {
    put('notes/a.md', '# 陽明山\n\n親子賞櫻的好地方');
    put('notes/b.pdf', 'x');
    const data = join(folder, 'data');
    const added = await runCli(['notes', 'add', join(folder, 'notes'), '--data', data]);
    expect(added.code, added.err).to.equal(0);
    expect(added.out).to.match(/^1 added, 0 changed, 0 unchanged, 0 removed, 0 failed/);
    expect(added.out).to.include('1 files of another kind (.pdf) were passed over');
    const found = await runCli(['notes', 'search', '賞櫻', '--data', data]);
    expect(found.out).to.match(/^陽明山 {2}.*a\.md\n {2}親子賞櫻的好地方\n$/);
    const { notes } = JSON.parse(
      (await runCli(['notes', 'search', '賞櫻', '--data', data, '--json'])).out,
    ) as { notes: { id: string }[] };
    const rebuilt = await runCli(['index-rebuild', 'notes', '--data', data, '--quiet']);
    expect(rebuilt.out).to.match(/^notes is now notes-000002: 1 notes in .* s\n/);
    expect((await runCli(['status', 'notes', '--data', data])).out).to.include(
      'notes-000002  live',
    );
    expect((await runCli(['check-file', '--data', data])).code).to.equal(0);
    expect((await runCli(['notes', 'delete', notes[0]!.id, '--data', data])).code).to.equal(0);
    expect((await runCli(['notes', 'search', '賞櫻', '--data', data])).out).to.equal(
      'nothing found\n',
    );
  });
});
