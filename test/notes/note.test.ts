import { expect } from 'chai';
import fc from 'fast-check';

import { loadDictionaries } from '../../lib/autocomplete/dictionaries.ts';
import type { RecordError } from '../../lib/errors.ts';
import { toNoteDocument } from '../../lib/notes/document.ts';
import { readMarkdown } from '../../lib/notes/markdown.ts';
import { NOTE_LIMITS, readNote } from '../../lib/notes/note.ts';
import { termCounts, wordLines } from '../../lib/autocomplete/long-text/terms.ts';
import { anyString } from '../support/any-text.ts';
import { runs } from '../support/properties.ts';

const faultsOf = (raw: unknown): [string, string | null][] => {
  try {
    readNote(raw);
    return [];
  } catch (error) {
    const fault = error as RecordError;
    const all = fault.faults.length > 0 ? fault.faults : [fault];
    return all.map(({ code, field }) => [code, field]);
  }
};

describe('readNote', () => {
  it('takes what is right, and fills in what is missing', () => {
    expect(readNote({ title: ' a\n b ' })).to.deep.equal({
      ...{ id: null, title: 'a b', body: '', tags: [], time: null, sources: [], language: null },
    });
    const { id, tags, time } = readNote({
      id: 7,
      body: 'x',
      tags: 'a',
      time: '2025-01-02T03:04:05Z',
    });
    expect([id, tags, time]).to.deep.equal(['7', ['a'], Date.UTC(2025, 0, 2, 3, 4, 5)]);
  });

  it('takes a time without an offset for UTC, and refuses a day that no calendar has', () => {
    const timeOf = (time: string): number | null => readNote({ title: 'a', time }).time;
    expect(timeOf('2024-02-29')).to.equal(Date.UTC(2024, 1, 29));
    expect(timeOf('2025-01-02 03:04')).to.equal(Date.UTC(2025, 0, 2, 3, 4));
    expect(timeOf('2025-01-02T03:04:05.678901+0900')).to.equal(Date.UTC(2025, 0, 1, 18, 4, 5, 678));
    for (const time of [
      '2025-02-29',
      '2025-02-30',
      '2025-04-31',
      '2025-13-01',
      '2025-01-01T25:00',
    ]) {
      expect(faultsOf({ title: 'a', time }), time).to.deep.equal([['NOTE_INVALID', 'time']]);
    }
  });

  it('tells every fault with field and value, and fields that it does not know', () => {
    expect(faultsOf(null)).to.deep.equal([['NOTE_INVALID', null]]);
    expect(faultsOf({})).to.deep.equal([['NOTE_EMPTY', null]]);
    expect(
      faultsOf({ title: 5, body: 'a\ud800', tags: [1], time: '2025-02-30T', id: '\u202e' }),
    ).to.deep.equal([
      ['NOTE_INVALID', 'id'],
      ['NOTE_INVALID', 'title'],
      ['NOTE_INVALID', 'body'],
      ['NOTE_INVALID', 'tags'],
      ['NOTE_INVALID', 'time'],
    ]);
    expect(faultsOf({ body: 'x'.repeat(NOTE_LIMITS.body + 1) })).to.deep.equal([
      ['NOTE_TOO_LONG', 'body'],
    ]);
    const unknown: string[] = [];
    readNote({ title: 'a', text: 'b' }, (field) => unknown.push(field));
    expect(unknown).to.deep.equal(['text']);
  });

  it('never takes a name for a field that an object has by birth', () => {
    expect(
      faultsOf(JSON.parse('{"title":"a","constructor":1,"__proto__":{"body":5}}')),
    ).to.deep.equal([]);
  });
});

describe('terms of notes', () => {
  it('cuts each paragraph by its own language, and keeps numbers and Latin words whole', async () => {
    const { context } = await loadDictionaries({ chinese: true, japanese: true });
    const lines = wordLines(
      '我在清水寺，version 2.0 released。\n京都へ行きました',
      'zh',
      context,
    ).split('\n');
    expect(lines.join(' ').split(' ')).to.include.members([
      '清水',
      '寺',
      'version',
      'released',
      '京都',
    ]);
    expect(lines.at(-1)!.split(' ')[0]).to.equal('京都');
  });

  it('are the same in any form of the characters', () => {
    const terms = (text: string): string[] => [
      ...termCounts(wordLines(text, 'zh', {})).counts.keys(),
    ];
    expect(terms('臺灣圖書館')).to.deep.equal(terms('台湾图书馆'));
    expect(terms('臺灣圖書館')).to.deep.equal(terms('台湾図書館'));
  });

  it('never fail, and never hold what marks them apart, for any text', () => {
    fc.assert(
      fc.property(anyString({ maxLength: 60 }), (text) => {
        const body = text.toWellFormed();
        if (body.trim() === '') return;
        const { terms, length } = toNoteDocument(readNote({ title: 'x', body }), {});
        expect(length).to.be.greaterThan(0);
        for (const term of terms) expect(term).to.not.match(/[\s\p{Cc}]/u);
      }),
      { numRuns: runs(500) },
    );
  });
});

describe('readMarkdown', () => {
  it('takes a block of code of 200,000 lines', async () => {
    const { body } = await readMarkdown(`\`\`\`\n${'a\n'.repeat(200_000)}\`\`\`\n`);
    expect(body.split('\n')).to.have.length(200_000);
  });

  it('gives text without markup, and what the front matter says', async () => {
    const { title, body, tags, time } = await readMarkdown(
      '---\ntitle: "遊記"\ntags: [京都, 紅葉]\ndate: 2025-11-20\n---\n# 第一天\n\n去[清水寺](https://example.com/x)**看**楓葉。\n\n- 一\n- 二\n\n| a | b |\n|---|---|\n| 甲 | 乙 |\n\n```\ncode here\n```\n<script>no</script>\n',
    );
    expect({ title, tags, time }).to.deep.equal({
      title: '遊記',
      tags: ['京都', '紅葉'],
      time: '2025-11-20',
    });
    expect(body.split('\n')).to.deep.equal([
      '第一天',
      '去清水寺看楓葉。',
      '一',
      '二',
      'a b',
      '甲 乙',
      'code here',
    ]);
  });

  it('takes the first heading for the title, and a list of tags', async () => {
    expect(await readMarkdown('前言\n\n## 標題\n\n內文')).to.include({
      title: '標題',
      body: '前言\n內文',
    });
    expect((await readMarkdown('---\ntags:\n  - a\n  - b\n---\nx')).tags).to.deep.equal(['a', 'b']);
    expect(await readMarkdown('plain')).to.include({ title: null, body: 'plain' });
    expect(await readMarkdown('---\nno end')).to.include({ title: null });
  });

  for (const [what, text] of Object.entries({
    quotations: '>'.repeat(200_000),
    lists: '- '.repeat(100_000),
    emphasis: '*a **a '.repeat(50_000),
    brackets: '['.repeat(200_000),
    links: '[a]('.repeat(50_000),
  })) {
    it(`reads nothing but ${what}, to the end`, async () => {
      expect((await readMarkdown(`${text}\n\nend 末`)).body).to.match(/end 末$/);
    });
  }

  it('never fails, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(anyString({ maxLength: 80 }), async (text) => {
        expect((await readMarkdown(text)).body).to.be.a('string');
      }),
      { numRuns: runs(500) },
    );
  });
});
