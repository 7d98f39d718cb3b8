import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { describeImage, type ImageDescription } from '../../lib/knn/describe/describe.ts';
import { hammingDistance } from '../../lib/knn/describe/hash.ts';
import {
  PLAIN_POSES,
  type Pose,
  posedSquare,
  posedVector,
  TURNED_POSES,
} from '../../lib/knn/describe/poses.ts';
import { vectorDistance } from '../../lib/knn/describe/vector.ts';
import { type ImageDocument, toImageDocument } from '../../lib/knn/document.ts';
import { nearBits } from '../../lib/knn/similar/copies.ts';
import { rankSimilar, type SimilarRule } from '../../lib/knn/similar/similar.ts';
import { IMAGE_THRESHOLDS } from '../../lib/knn/similar/thresholds.ts';
import { comparedOf } from '../../lib/knn/similar/views.ts';
import { DEFAULT_SPACE } from '../../lib/knn/space.ts';
import { runs } from '../support/properties.ts';
import { ALPS, BOATS, CAT, FLOWER } from './photos.ts';

const PHOTOS = { BOATS, CAT, ALPS, FLOWER };

/** A photo in a pose, made by sharp. */
async function made(photo: Buffer, pose: Pose): Promise<Buffer> {
  let picture = sharp(photo, { autoOrient: true });
  if (pose.transposed) {
    const turned = await picture.rotate(90).png({ compressionLevel: 0 }).toBuffer();
    // Turned by 90 degrees and mirrored, rows have become columns.
    picture = sharp(await sharp(turned).flop().png({ compressionLevel: 0 }).toBuffer());
  }
  if (pose.mirrored) picture = picture.flop();
  if (pose.flipped) picture = picture.flip();
  if (pose.inverted) picture = picture.negate({ alpha: false });
  return picture.jpeg({ quality: 90 }).toBuffer();
}

/** A telephone's screen: status bar, name and text above the photo, text and buttons below. */
async function screened(photo: Buffer, dark: boolean): Promise<Buffer> {
  const [width, height] = [540, 1140];
  const [paper, ink] = dark ? ['#121214', '#e0e0e0'] : ['#ffffff', '#101010'];
  const shown = await sharp(photo).resize(width, 600, { fit: 'inside' }).toBuffer();
  const { height: shownHeight } = await sharp(shown).metadata();
  const words = (y: number, count: number): string =>
    Array.from({ length: count }, (_, at) => {
      return `<rect x="${24 + at * 34}" y="${y}" width="${20 + (at % 3) * 5}" height="20" fill="${ink}"/>`;
    }).join('');
  const top = 200;
  const text = `${words(10, 3)}<circle cx="50" cy="90" r="30" fill="#4a90d9"/>${words(150, 12)}`;
  const below = `${words(top + shownHeight + 30, 13)}${words(top + shownHeight + 70, 9)}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${text}${below}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: paper } })
    .composite([{ input: Buffer.from(svg) }, { input: shown, top, left: 0 }])
    .jpeg()
    .toBuffer();
}

async function beside(left: Buffer, right: Buffer): Promise<Buffer> {
  const half = (photo: Buffer): Promise<Buffer> =>
    sharp(photo).resize(300, 400, { fit: 'fill' }).toBuffer();
  return sharp({ create: { width: 600, height: 400, channels: 3, background: '#fff' } })
    .composite([
      { input: await half(left), left: 0, top: 0 },
      { input: await half(right), left: 300, top: 0 },
    ])
    .jpeg()
    .toBuffer();
}

describe('poses', () => {
  for (const [at, pose] of [...PLAIN_POSES, ...TURNED_POSES].entries()) {
    const name = Object.keys(pose).filter((key) => pose[key as keyof Pose]);
    it(`are what decoding would give: ${name.join(', ') || 'upright'}`, async () => {
      const photos = Object.values(PHOTOS);
      for (const photo of [photos[at % 4]!, photos[(at + 1) % 4]!]) {
        const own = comparedOf(await describeImage(photo))!;
        const turned = comparedOf(await describeImage(await made(photo, pose)))!;
        const asked = [...own.plain, ...own.turned];
        const pairs = asked.flatMap((view) => turned.views.map((other) => [view, other] as const));
        const distances = pairs.map(([view, other]) => vectorDistance(view.vector, other.vector));
        expect(Math.min(...distances)).to.be.below(0.02);
        const bits = pairs.map(([view, other]) => hammingDistance(view.hash(), other.hash()));
        expect(Math.min(...bits)).to.be.at.most(IMAGE_THRESHOLDS.dctHash);
      }
    });
  }

  it('undo themselves twice, and keep every level, for any square and vector', () => {
    const levels = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 64, maxLength: 64 });
    const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 132,
      maxLength: 132,
    });
    const straight = [...PLAIN_POSES, ...TURNED_POSES].filter(
      ({ transposed, mirrored, flipped }) => {
        return !transposed || mirrored === flipped;
      },
    );
    fc.assert(
      fc.property(levels, numbers, fc.constantFrom(...straight), (square, vector, pose) => {
        const given = Float64Array.from(square);
        expect(posedSquare(posedSquare(given, pose), pose)).to.deep.equal(given);
        const twice = posedVector(posedVector(vector, pose), pose);
        twice.forEach((value, at) => expect(value).to.be.closeTo(vector[at]!, 1e-12));
      }),
      { numRuns: runs(50) },
    );
  });
});

describe('rankSimilar, closely', () => {
  let stored: Record<string, ImageDescription>;
  before(async () => {
    const described = Object.entries(PHOTOS).map(async ([name, photo]) => {
      return [name, await describeImage(photo)] as const;
    });
    stored = Object.fromEntries(await Promise.all(described));
  });
  const documentsOf = (all: Record<string, ImageDescription>): ImageDocument[] =>
    Object.entries(all).map(([id, content]) => toImageDocument(id, { content, addedAt: '' }));
  const told = (
    content: ImageDescription,
    documents: ImageDocument[],
    turned: boolean,
  ): [string, SimilarRule][] =>
    rankSimilar(documents, {
      content,
      views: comparedOf(content)!.plain.map(({ vector }) => vector),
      space: DEFAULT_SPACE,
      threshold: IMAGE_THRESHOLDS.vector,
      turned,
    }).flatMap(({ id, rule }) => (rule === 'nearest' ? [] : [[id, rule]]));

  it('tells every turned and inverted photo as a copy of its own, where turned views are asked for', async () => {
    const photos = Object.entries(PHOTOS);
    for (const [at, pose] of TURNED_POSES.entries()) {
      const [name, photo] = photos[at % photos.length]!;
      const query = await describeImage(await made(photo, pose));
      expect(told(query, documentsOf(stored), true), JSON.stringify(pose)).to.deep.equal([
        [name, 'near-vector'],
      ]);
    }
  });

  it('tells a photo within a screen, and never the same screen around another one', async () => {
    for (const dark of [false, true]) {
      const screens: Record<string, ImageDescription> = {};
      for (const [name, photo] of Object.entries(PHOTOS)) {
        screens[name] = await describeImage(await screened(photo, dark));
      }
      for (const [name, screen] of Object.entries(screens)) {
        const found = told(screen, documentsOf(stored), true);
        expect(found, `${name} ${dark}`).to.deep.equal([[name, 'near-vector']]);
        const { [name]: _, ...others } = screens;
        expect(told(screen, documentsOf(others), true), `${name} ${dark}`).to.deep.equal([]);
      }
      // The other way round: what is within the stored screens, where its edges are seen.
      const pairs = Object.entries(stored).flatMap(([name, photo]) =>
        told(photo, documentsOf(screens), false).map(([id]) => [name, id]),
      );
      expect(pairs.every(([name, id]) => name === id)).to.equal(true);
      expect(pairs.length).to.be.at.least(2);
    }
  });

  it('tells both photos of a collage by its parts', async () => {
    const collage = await describeImage(await beside(CAT, ALPS));
    expect(collage.parts.length).to.be.at.least(2);
    expect(told(collage, documentsOf(stored), false)).to.deep.equal([]);
    const found = told(collage, documentsOf(stored), true).map(([id]) => id);
    expect(found.sort()).to.deep.equal(['ALPS', 'CAT']);
  });
});

describe('nearBits', () => {
  it('gets stricter by 8 bits for each ten times as many pictures, never below what hashes tell alone', () => {
    expect([0, 1, 1e5, 1e6, 1e7].map(nearBits)).to.deep.equal([72, 72, 72, 64, 56]);
    expect(nearBits(1e15)).to.equal(IMAGE_THRESHOLDS.dctHash);
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), (a, b) => {
        expect(nearBits(Math.max(a, b))).to.be.at.most(nearBits(Math.min(a, b)));
      }),
      { numRuns: runs(200) },
    );
  });
});
