import { expect } from 'chai';

import type { ImageDocument } from '../../lib/knn/document.ts';
import { findDuplicates } from '../../lib/knn/similar/duplicates.ts';

describe('findDuplicates', () => {
  /** The best of two pictures of the same bytes. */
  async function bestOf(...pictures: [id: string, addedAt: string][]): Promise<string> {
    const documents = pictures.map(([id, addedAt]): ImageDocument => ({
      id,
      addedAt,
      width: 10,
      height: 10,
      bytes: 99,
      fields: {},
      terms: [],
    }));
    const found = findDuplicates(
      async function* () {
        await Promise.resolve();
        yield* documents;
      },
      {
        get: (id) => Promise.resolve(documents.find((one) => one.id === id) ?? null),
        similar: (id) =>
          Promise.resolve(
            documents
              .filter((one) => one.id !== id)
              .map((document) => ({
                id: document.id,
                rule: 'same-bytes' as const,
                distance: 0,
                bits: 0,
                document,
              })),
          ),
      },
    );
    for await (const { best } of found) return best.id;
    return '';
  }

  it('takes of equals that of the day before', async () => {
    const best = await bestOf(['a.jpg', '2026-11-02T00:00:00Z'], ['b.jpg', '2026-11-01T23:59:59Z']);
    expect(best).to.equal('b.jpg');
  });

  it('takes of equals of a day the first by name, whichever came in first', async () => {
    const [early, late] = ['2026-11-01T08:00:00.001Z', '2026-11-01T08:00:00.002Z'];
    for (const copy of ['boats copy.jpg', 'boats (1).jpg', 'boats-2.jpg', '長崎 copy.jpg']) {
      expect(await bestOf([copy, early], ['boats.jpg', late])).to.equal('boats.jpg');
      expect(await bestOf([copy, late], ['boats.jpg', early])).to.equal('boats.jpg');
    }
  });
});
