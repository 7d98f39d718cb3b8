import { join } from 'node:path';

import { expect } from 'chai';

import { readSource } from '../../lib/ingest/source.ts';

describe('readSource', () => {
  it('reads paths, URLs and records, and keeps passwords and queries out of ids', () => {
    expect(readSource('photos/a.jpg')).to.deep.equal({
      source: join(process.cwd(), 'photos/a.jpg'),
      id: 'photos/a.jpg',
    });
    expect(readSource(new URL('https://u:p@example.com/a?b=1'))).to.deep.equal({
      source: 'https://u:p@example.com/a?b=1',
      id: 'https://example.com/a',
    });
    expect(readSource('https://u:p@example.com/a?b=1', { keepQuery: true })).to.deep.equal({
      source: 'https://u:p@example.com/a?b=1',
      id: 'https://example.com/a?b=1',
      keepQuery: true,
    });
    const fields = { country: 'TW', kind: 'temple' };
    expect(
      readSource({ path: '/a.jpg', id: '7', fields: { kind: 'park' } }, { fields }),
    ).to.deep.equal({
      source: '/a.jpg',
      id: '7',
      fields: { country: 'TW', kind: 'park' },
    });
    expect(readSource('file:///tmp/%E5%8F%B0.jpg')).to.include({ source: '/tmp/台.jpg' });
  });

  it('refuses what is no source', () => {
    const odd = [
      null,
      7,
      '',
      ' ',
      [],
      {},
      { source: 7 },
      { source: 'a', id: '' },
      { url: 'a', fields: [] },
    ];
    for (const given of [...odd, 'file://host/a.jpg', 'a\0.jpg']) {
      expect(() => readSource(given), JSON.stringify(given)).to.throw(
        /is not the source of a picture/,
      );
    }
  });
});
