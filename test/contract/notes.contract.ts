import { expect } from 'chai';

import { DEFINITIONS } from '../notes/texts.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import type { Note } from '../../lib/notes/note.ts';
import type { FoundNote } from '../../lib/source/note-files.ts';
import { codeOf, failureOf } from '../support/failures.ts';
import { closeAtEnd } from '../support/lifetime.ts';

/** Every answer of the contract's questions, for comparison between engines. */
export async function noteAnswers(index: NoteIndex): Promise<unknown[]> {
  await index.put(DEFINITIONS);
  const answers: unknown[] = [];
  for (const text of [
    '賞櫻 親子',
    '清水寺',
    'kiyomizudera',
    '紅叶',
    '京都の寺',
    'Taipei 101',
    '한식',
    '櫻',
  ]) {
    answers.push(await index.search(text));
  }
  answers.push(await index.search('寺', { tags: ['京都'], since: '2025-01-01', limit: 1 }));
  answers.push(await index.like('sakura'));
  return answers;
}

/** What an index of notes promises over every engine. */
export function notesContract(makeEngine: () => Engine): void {
  let engine: Engine;
  let index: NoteIndex;
  beforeEach(() => {
    engine = closeAtEnd(makeEngine());
    index = new NoteIndex(engine);
  });
  const idsOf = async (text: string, options = {}): Promise<string[]> =>
    (await index.search(text, options)).notes.map(({ id }) => id);
  async function* found(...notes: Note[]): AsyncGenerator<FoundNote> {
    for (const note of notes) yield await Promise.resolve({ note, source: note.source ?? '' });
  }

  it('finds notes by what they say, in any form of the characters, and by readings of titles', async () => {
    await index.put(DEFINITIONS);
    expect(await idsOf('賞櫻 親子')).to.deep.equal(['sakura']);
    expect((await idsOf('赏樱'))[0]).to.equal('sakura');
    expect((await idsOf('清水寺'))[0]).to.equal('kiyomizu');
    expect((await idsOf('kiyomizudera'))[0]).to.equal('kiyomizu');
    expect((await idsOf('きよみずでら'))[0]).to.equal('kiyomizu');
    expect((await idsOf('紅叶'))[0]).to.equal('kiyomizu');
    expect((await idsOf('한식'))[0]).to.equal('seoul');
    expect((await idsOf('tallest building'))[0]).to.equal('101');
    expect(await idsOf('沒有這種東西xyzzy')).to.deep.equal([]);
    expect(await idsOf(' ')).to.deep.equal([]);
  });

  it('filters by tags and time, and pages', async () => {
    await index.put(DEFINITIONS);
    expect(await idsOf('寺', { tags: ['京都'] }))
      .to.include('kiyomizu')
      .and.not.include('longshan');
    expect(await idsOf('寺', { tags: ['京都', 'nope'] })).to.deep.equal([]);
    expect(await idsOf('寺', { since: '2025-11-20', until: '2025-11-21' })).to.deep.equal([
      'kiyomizu',
    ]);
    expect(await codeOf(idsOf('寺', { since: '2025-02-30' }))).to.equal('OPTION_INVALID');
    const all = await idsOf('寺');
    expect(all.length).to.be.greaterThan(1);
    expect([
      ...(await idsOf('寺', { limit: 1 })),
      ...(await idsOf('寺', { from: 1 })),
    ]).to.deep.equal(all);
  });

  it('counts what is there now, whoever wrote it', async () => {
    const counts = async (): Promise<number[]> => {
      const { notes, length, having } = await engine.countNotes('notes', ['g草莓', 'g新埔']);
      return [notes, length, ...having];
    };
    await index.put([{ id: 'a', body: '大湖 草莓' }]);
    expect(await counts()).to.deep.equal([1, 2, 1, 0]);
    await index.put([{ id: 'b', body: '新埔 柿餅 草莓' }]);
    expect(await counts()).to.deep.equal([2, 5, 2, 1]);
    await index.rebuild();
    expect(await counts()).to.deep.equal([2, 5, 2, 1]);
    await index.delete(['a']);
    expect(await counts()).to.deep.equal([1, 3, 1, 1]);
    await index.rollback();
    expect(await counts()).to.deep.equal([2, 5, 2, 1]);
  });

  it('pages to the end without repeats and gaps, also where notes weigh the same', async () => {
    const notes = Array.from({ length: 45 }, (_, n) => ({ id: `n${n}`, body: '同樣的櫻花' }));
    await index.put(notes);
    const paged: string[] = [];
    for (let from = 0; ; from += 10) {
      const page = await idsOf('櫻花', { from, limit: 10 });
      paged.push(...page);
      if (page.length === 0) break;
    }
    expect(paged).to.deep.equal(await idsOf('櫻花', { limit: 100 }));
    expect(new Set(paged).size).to.equal(notes.length);
  });

  it('is live: what is put, put again and deleted is found at once', async () => {
    const [first] = await index.put([{ id: 'a', title: '草莓季', body: '大湖採草莓' }]);
    expect(first!.status).to.equal(201);
    await index.put([{ id: 'a', title: '柿餅', body: '新埔曬柿餅' }]);
    expect([await idsOf('草莓'), await idsOf('柿餅')]).to.deep.equal([[], ['a']]);
    expect(
      (await index.put([{ id: 'a', title: '舊' }], { version: 2 ** 40 + 1 }))[0]!.status,
    ).to.equal(409);
    expect((await index.delete(['a', 'b'])).map(({ status }) => status)).to.deep.equal([200, 404]);
    expect(await idsOf('柿餅')).to.deep.equal([]);
    expect(await index.count()).to.equal(0);
  });

  it('keeps a text once, whatever file it lies in, and gives up what a file no longer says', async () => {
    const body = '阿里山看日出，要早起搭小火車。';
    const from = (source: string, text = body): Note => ({ title: '阿里山', body: text, source });
    const counts = async (...notes: Note[]): Promise<number[]> => {
      const { added, changed, unchanged, removed } = await index.add(found(...notes));
      return [added, changed, unchanged, removed];
    };
    expect(await counts(from('a.md'))).to.deep.equal([1, 0, 0, 0]);
    const [id] = await idsOf('日出');
    expect(await counts(from('a.md'))).to.deep.equal([0, 0, 1, 0]);
    // Copied: the same note, of two files.
    expect(await counts(from('b.md'))).to.deep.equal([0, 1, 0, 0]);
    expect((await index.get(id!))!.sources).to.deep.equal(['a.md', 'b.md']);
    // One of the files says something else now.
    expect(await counts(from('a.md', '改去看雲海'))).to.deep.equal([1, 0, 0, 0]);
    expect((await index.get(id!))!.sources).to.deep.equal(['b.md']);
    // And so does the other: nobody says the first text any more.
    expect(await counts(from('b.md', '改去看神木'))).to.deep.equal([1, 0, 0, 1]);
    expect(await idsOf('日出')).to.deep.equal([]);
    expect(await index.count()).to.equal(2);
  });

  it('keeps records that state one source, however many there are', async () => {
    async function* records(count: number): AsyncGenerator<FoundNote> {
      for (let n = 0; n < count; n++) {
        const note = { id: `r${n}`, title: `記事${n}`, source: 'wiki' };
        yield await Promise.resolve({ note, source: `wiki.jsonl#${n + 1}` });
      }
    }
    for (const expected of [
      [250, 0, 0],
      [0, 250, 0],
    ]) {
      const { added, unchanged, removed } = await index.add(records(250));
      expect([added, unchanged, removed]).to.deep.equal(expected);
    }
    expect(await index.count()).to.equal(250);
  });

  it('counts every note that was found, also the same text and the same id again', async () => {
    const same = { title: '同', body: '一樣' };
    const result = await index.add(
      found(same, same, { ...same, id: 'x' }, { id: 'x', title: '另一個' }),
    );
    const { added, changed, unchanged, failed, warnings } = result;
    expect([added, changed, unchanged, failed, warnings]).to.deep.equal([2, 1, 1, 0, []]);
  });

  it('tells notes like one, and no other', async () => {
    await index.put([
      ...DEFINITIONS,
      { id: 'sakura2', title: '賞櫻', body: '陽明山的櫻花，親子同遊，二月到三月盛開。' },
    ]);
    const like = await index.like('sakura', { limit: 2 });
    expect(like[0]!.id).to.equal('sakura2');
    expect(like.map(({ id }) => id)).to.not.include('sakura');
    expect((await failureOf(index.like('nope'))).code).to.equal('NOTE_UNKNOWN');
  });

  it('is rebuilt from itself, with what is written meanwhile, and rolled back', async () => {
    await index.put(DEFINITIONS);
    const before = await index.search('賞櫻 親子');
    const { documents, live } = await index.rebuild();
    expect([documents, live]).to.deep.equal([DEFINITIONS.length, true]);
    expect(await index.search('賞櫻 親子')).to.deep.equal(before);
    await index.put([{ id: 'new', title: '新的筆記', body: '重建之後' }]);
    expect(await idsOf('重建之後')).to.deep.equal(['new']);
    await index.rollback();
    expect(await index.search('賞櫻 親子')).to.deep.equal(before);
    expect((await index.plan()).action).to.equal('none');
  });

  it('refuses an alias of something else, and writes nothing of a batch with a fault', async () => {
    expect(await codeOf(index.search('x'))).to.equal('INDEX_NOT_FOUND');
    const bad = index.put([{ title: 'good' }, { title: 5 as never }]);
    expect(await codeOf(bad)).to.equal('NOTE_INVALID');
    expect(await codeOf(index.count())).to.equal('INDEX_NOT_FOUND');
  });
}
