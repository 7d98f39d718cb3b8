import { expect } from 'chai';
import sharp from 'sharp';
import {
  describeImage,
  type ImageDescription,
  queryViews,
} from '../../lib/knn/describe/describe.ts';
import { type ImageDocument, toImageDocument } from '../../lib/knn/document.ts';
import { rankSimilar, type SimilarImage, similarSearches } from '../../lib/knn/similar/similar.ts';
import { IMAGE_THRESHOLDS } from '../../lib/knn/similar/thresholds.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { ALPS, BOATS, CAT, FLOWER } from './photos.ts';

const ADDED_AT = '2026-11-21T00:00:00.000Z';

function documentOf(id: string, content: ImageDescription): ImageDocument {
  return toImageDocument(id, { content, addedAt: ADDED_AT });
}

function ranked(
  query: ImageDescription,
  documents: ImageDocument[],
  { threshold = IMAGE_THRESHOLDS.vector }: { threshold?: number | null } = {},
): SimilarImage[] {
  const views = queryViews(query);
  return rankSimilar(documents, { content: query, views, space: DEFAULT_SPACE, threshold });
}

/** The right lower 80 % of both sides: too little for hashes and for the vector alone. */
async function cropped(photo: Buffer): Promise<ImageDescription> {
  const { width, height } = await sharp(photo).metadata();
  const [left, top] = [Math.round(width * 0.2), Math.round(height * 0.2)];
  const box = { left, top, width: width - left, height: height - top };
  return describeImage(await sharp(photo).extract(box).jpeg().toBuffer());
}

describe('rankSimilar', () => {
  let photos: Record<string, ImageDescription>;
  before(async () => {
    photos = Object.fromEntries(
      await Promise.all(
        Object.entries({ ALPS, BOATS, CAT, FLOWER }).map(async ([name, photo]) => [
          name,
          await describeImage(photo),
        ]),
      ),
    ) as typeof photos;
  });
  const documents = (): ImageDocument[] =>
    Object.entries(photos).map(([name, content]) => documentOf(name, content));

  it('takes a crop beyond the threshold for a near duplicate where the previews agree', async () => {
    const [first, ...others] = ranked(await cropped(FLOWER), documents());
    expect(first).to.include({ id: 'FLOWER', rule: 'near-vector' });
    expect(first!.distance).to.be.above(IMAGE_THRESHOLDS.vector);
    expect(others.map(({ rule }) => rule)).to.deep.equal(['nearest', 'nearest', 'nearest']);
  });

  it('puts a picture that agrees before a nearer one that does not', async () => {
    const query = await cropped(FLOWER);
    const decoy = { ...documentOf('decoy', photos['CAT']!), vector: query.vector!.slice() };
    // Near by vector, though another picture.
    decoy.vector[0]! += 0.7;
    const [first, second] = ranked(query, [decoy, ...documents()]);
    expect(first).to.include({ id: 'FLOWER', rule: 'near-vector' });
    expect(second).to.include({ id: 'decoy', rule: 'nearest' });
    expect(second!.distance).to.be.below(first!.distance!);
  });

  it('takes no soft pictures in the same frame for copies, though their hashes are near', async () => {
    const words = (y: number): string =>
      Array.from(
        { length: 22 },
        (_, at) =>
          `<rect x="${16 + at * 20}" y="${y}" width="${9 + ((at * 7 + y) % 5) * 2}" height="16" fill="#fff"/>`,
      ).join('');
    /** Two soft lights on even ground, within captions. */
    const framed = async (...lights: [x: number, y: number][]): Promise<Buffer> => {
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="600">
        <defs><radialGradient id="g"><stop stop-color="#809080" stop-opacity="0.6"/>
          <stop offset="1" stop-color="#809080" stop-opacity="0"/></radialGradient>
          <linearGradient id="h"><stop stop-color="#304050"/><stop offset="1" stop-color="#90a0b0"/></linearGradient></defs>
        <rect width="480" height="600" fill="#101010"/><rect y="98" width="480" height="404" fill="url(#h)"/>
        ${lights.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="130" fill="url(#g)"/>`).join('')}
        <rect width="480" height="98" fill="#101010"/><rect y="502" width="480" height="98" fill="#101010"/>
        ${words(24)}${words(58)}${words(520)}${words(554)}</svg>`;
      return sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
    };
    const picture = await framed([120, 200], [380, 260]);
    const [own, other] = await Promise.all([
      describeImage(picture),
      describeImage(await framed([300, 400], [150, 420])),
    ]);
    const [found] = ranked(other, [documentOf('own', own)]);
    expect(found!.bits).to.be.at.most(IMAGE_THRESHOLDS.dctHash);
    expect(found).to.include({ rule: 'nearest' });
    const grey = await describeImage(await sharp(picture).greyscale().jpeg().toBuffer());
    expect(ranked(grey, [documentOf('own', own)])[0]!.rule).to.be.oneOf(['same-hash', 'near-hash']);
  });

  it('goes by the threshold where one of both has no preview', async () => {
    const { preview: _, ...query } = await cropped(FLOWER);
    const { preview: __, ...document } = documentOf('FLOWER', photos['FLOWER']!);
    const pairs: [ImageDescription, ImageDocument][] = [
      [{ ...query, preview: null }, documentOf('FLOWER', photos['FLOWER']!)],
      [await cropped(FLOWER), document],
    ];
    for (const [left, right] of pairs) {
      expect(ranked(left, [right])[0]).to.include({ rule: 'nearest' });
      expect(ranked(left, [right], { threshold: 1.5 })[0]).to.include({ rule: 'near-vector' });
      expect(ranked(left, [right], { threshold: null })[0]).to.include({ rule: 'nearest' });
    }
  });

  it('finds all of many copies, but looks at five strangers at most', async () => {
    const query = await cropped(FLOWER);
    const copies = Array.from({ length: 8 }, (_, at) =>
      documentOf(`copy ${at}`, photos['FLOWER']!),
    );
    const found = ranked(query, copies);
    expect(found.map(({ rule }) => rule)).to.deep.equal(copies.map(() => 'near-vector'));
    const strangers = Array.from({ length: 5 }, (_, at) => {
      const vector = query.vector!.slice();
      vector[0]! += 0.7;
      return { ...documentOf(`stranger ${at}`, photos['CAT']!), vector };
    });
    for (const [count, rule] of [
      [4, 'near-vector'],
      [5, 'nearest'],
    ] as const) {
      const all = ranked(query, [...copies.slice(0, 1), ...strangers.slice(0, count)]);
      expect(all.find(({ id }) => id === 'copy 0')).to.include({ rule });
    }
  });

  it('says that hashes are the same only where the DCT hashes are near too', () => {
    const flower = photos['FLOWER']!;
    const bits = Array.from({ length: 64 }, (_, at) => flower.dctHash![at]!);
    for (const [differing, rule] of [
      [0, 'same-hash'],
      [31, 'same-hash'],
      [32, 'near-vector'],
    ] as const) {
      const turned = bits.map((digit, at) =>
        at < differing ? (parseInt(digit, 16) ^ 1).toString(16) : digit,
      );
      const sameMeans = { ...flower, sha256: '0'.repeat(64), dctHash: turned.join('') };
      const [found] = ranked(flower, [documentOf('same means', sameMeans)]);
      expect(found).to.include({ rule, bits: differing });
    }
    const { dctHash: _, ...without } = { ...flower, sha256: '0'.repeat(64) };
    const [found] = ranked({ ...without, dctHash: null }, [documentOf('a', flower)]);
    expect(found).to.include({ rule: 'near-vector', bits: null });
  });

  it('shows neither vectors nor previews', () => {
    const [{ document } = { document: {} }] = ranked(photos['ALPS']!, documents());
    expect(document).to.have.any.keys('sha256');
    expect(document).not.to.have.any.keys('vector', 'trimmed', 'preview', 'slots', 'terms');
  });
});

describe('similarSearches', () => {
  it('asks for ten by vector where previews can tell which is the same', async () => {
    const query = await describeImage(ALPS);
    const views = queryViews(query);
    const asked = (content: ImageDescription, limit: number): number | undefined =>
      similarSearches(content, views, { limit }).vectors?.limit;
    expect(asked(query, 1)).to.equal(10);
    expect(asked(query, 20)).to.equal(20);
    expect(asked({ ...query, preview: null }, 1)).to.equal(1);
    expect(() => asked(query, 1.5)).to.throw("limit can't be 1.5. Give a whole number from 1");
  });
});

describe('toImageDocument', () => {
  it('keeps the preview, and refuses what is none', async () => {
    const content = await describeImage(ALPS);
    expect(documentOf('a', content).preview).to.equal(content.preview);
    expect(documentOf('a', { ...content, preview: null })).not.to.have.property('preview');
    expect(() => documentOf('a', { ...content, preview: 'QUFB' }))
      .to.throw()
      .with.property('code', 'PREVIEW_INVALID');
  });
});
