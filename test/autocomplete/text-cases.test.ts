import { expect } from 'chai';

import { embedded } from '../../lib/engines/embedded/index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { TEXT_CASE_PLACES, textCases } from '../support/text-places.ts';
import { closeAtEnd } from '../support/lifetime.ts';

describe('cases of text search', () => {
  let index: PlaceIndex;
  before(async () => {
    index = closeAtEnd(new PlaceIndex(embedded({ dataDir: ':memory:' })));
    await index.rebuild([EXAMPLE_FILE, TEXT_CASE_PLACES]);
  });

  it('are at least sixty', () => {
    expect(textCases()).to.have.length.of.at.least(60);
  });

  for (const { query, lang, expect: wanted, why, within = 1 } of textCases()) {
    it(`${query} (${lang}, ${why}) finds ${wanted.join(' or ')}`, async () => {
      const { hits } = await index.search(query, { language: lang, limit: within });
      expect(hits.map(({ id }) => id)).to.satisfy((ids: string[]) =>
        ids.some((id) => wanted.includes(id)),
      );
    });
  }
});
