import { expect } from 'chai';
import sharp from 'sharp';
import {
  describeImage,
  type ImageDescription,
  queryViews,
} from '../../lib/knn/describe/describe.ts';
import { hammingDistance } from '../../lib/knn/describe/hash.ts';
import { mirrorVector } from '../../lib/knn/describe/poses.ts';
import { vectorDistance } from '../../lib/knn/describe/vector.ts';
import { IMAGE_THRESHOLDS } from '../../lib/knn/similar/thresholds.ts';
import { ALPS, BOATS, CAT, drawn, FLOWER } from './photos.ts';

const PHOTOS = { BOATS, CAT, ALPS, FLOWER };

/** The nearest of all pairs of views, as a query and an index have them. */
function distance(query: ImageDescription, stored: ImageDescription): number {
  const vectors = [stored.vector, stored.trimmed].filter((vector) => vector !== null);
  const views = queryViews(query);
  return Math.min(
    ...views.flatMap((view) => vectors.map((vector) => vectorDistance(view, vector))),
  );
}

/** Bits by which both hashes of two pictures differ at most. */
function hashDistance(left: ImageDescription, right: ImageDescription): number {
  return Math.max(
    hammingDistance(left.dctHash!, right.dctHash!),
    hammingDistance(left.blockhash!, right.blockhash!),
  );
}

/** Pixels in the order in which EXIF's orientation has them: 5..8 are written column by column. */
function storedAs(
  pixels: Buffer,
  size: { width: number; height: number },
  orientation: number,
): Buffer {
  const { width, height } = size;
  const rows = Array.from({ length: height }, (_, y) => y);
  const columns = Array.from({ length: width }, (_, x) => x);
  if ([3, 4, 7, 8].includes(orientation)) rows.reverse();
  const pixel = (x: number, y: number): Buffer =>
    pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3);
  if ([2, 3, 6, 7].includes(orientation)) columns.reverse();
  if (orientation <= 4) return Buffer.concat(rows.flatMap((y) => columns.map((x) => pixel(x, y))));
  return Buffer.concat(columns.flatMap((x) => rows.map((y) => pixel(x, y))));
}

describe('describeImage', () => {
  it('tells all about a photo', async () => {
    const description = await describeImage(BOATS);
    expect(description).to.include({
      format: 'jpeg',
      bytes: BOATS.length,
      frames: 1,
      quality: 100,
    });
    expect(description.sha256).to.match(/^[0-9a-f]{64}$/);
    expect(description.dctHash).to.match(/^[0-9a-f]{64}$/);
    expect(description.blockhash).to.match(/^[0-9a-f]{64}$/);
    expect(description.color).to.match(/^#[0-9a-f]{6}$/);
    expect(description.warnings).to.deep.equal([]);
  });

  it('gives vectors of 132 numbers and unit length', async () => {
    const framed = await sharp(CAT).extend({ bottom: 100, background: '#fff' }).png().toBuffer();
    const { vector, trimmed } = await describeImage(framed);
    for (const view of [vector, trimmed]) {
      expect(view).to.have.lengthOf(132);
      expect(Math.hypot(...view!)).to.be.closeTo(1, 1e-12);
    }
  });

  it('gives the same again, also from a buffer that is part of another', async () => {
    const inside = Buffer.concat([Buffer.alloc(3), ALPS, Buffer.alloc(5)]);
    const part = inside.subarray(3, 3 + ALPS.length);
    expect(await describeImage(part)).to.deep.equal(await describeImage(ALPS));
  });

  it('gives no trimmed vector to a photo without borders', async () => {
    for (const photo of [CAT, ALPS]) expect((await describeImage(photo)).trimmed).to.equal(null);
  });

  it('finds the same photo within bars, frames and under a caption strip', async () => {
    const plain = await describeImage(CAT);
    for (const edges of [
      { top: 200, bottom: 90 },
      { left: 30, right: 30, top: 30, bottom: 30 },
      { bottom: 120 },
    ]) {
      const framed = await sharp(CAT)
        .extend({ ...edges, background: '#123' })
        .jpeg()
        .toBuffer();
      expect(distance(await describeImage(framed), plain)).to.be.below(0.03);
      expect(distance(plain, await describeImage(framed))).to.be.below(0.03);
    }
  });

  it('keeps different photos apart', async () => {
    const all = await Promise.all(Object.values(PHOTOS).map((photo) => describeImage(photo)));
    for (const left of all) {
      for (const right of all) {
        if (left !== right) {
          expect(distance(left, right)).to.be.above(IMAGE_THRESHOLDS.vector);
          expect(hammingDistance(left.dctHash!, right.dctHash!)).to.be.above(60);
        }
      }
    }
  });

  it('gives the eight orientations of one picture one hash', async () => {
    const { data, info } = await sharp(FLOWER)
      .resize(120, 90, { fit: 'fill' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const twins = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => {
        const raw = { width: info.width, height: info.height, channels: info.channels };
        return sharp(storedAs(data, raw, orientation), {
          raw: orientation > 4 ? { ...raw, width: raw.height, height: raw.width } : raw,
        })
          .withMetadata({ orientation })
          .png()
          .toBuffer();
      }),
    );
    const all = await Promise.all(twins.map((twin) => describeImage(twin)));
    for (const description of all) {
      expect(description).to.include({ width: 120, height: 90 });
      expect(hashDistance(description, all[0]!)).to.equal(0);
      expect(vectorDistance(description.vector!, all[0]!.vector!)).to.be.below(1e-9);
    }
  });

  it('finds 16-bit, palette, grey and alpha twins within 4 bits', async () => {
    const png = (): ReturnType<typeof sharp> => sharp(FLOWER).resize(400);
    const twin = await describeImage(await png().png().toBuffer());
    const deep = await png().toColourspace('rgb16').png().toBuffer();
    expect(await sharp(deep).metadata()).to.include({ depth: 'ushort' });
    const clear = await png().ensureAlpha().png().toBuffer();
    const palette = await png().png({ palette: true }).toBuffer();
    for (const other of [deep, clear, palette]) {
      expect(hashDistance(await describeImage(other), twin)).to.be.at.most(4);
    }
    const grey = await describeImage(await png().greyscale().toColourspace('b-w').png().toBuffer());
    expect(hammingDistance(grey.dctHash!, twin.dctHash!)).to.be.at.most(8);
    const greyTwins = [
      await png().greyscale().toColourspace('grey16').png().toBuffer(),
      await png().greyscale().toColourspace('b-w').ensureAlpha().png().toBuffer(),
      await png().greyscale().toColourspace('srgb').png().toBuffer(),
    ];
    for (const other of greyTwins) {
      expect(hashDistance(await describeImage(other), grey)).to.be.at.most(4);
    }
  });

  it('describes a CMYK JPEG as its RGB twin', async () => {
    const cmyk = await sharp(FLOWER).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect(await sharp(cmyk).metadata()).to.include({ space: 'cmyk', channels: 4 });
    const [left, right] = [await describeImage(cmyk), await describeImage(FLOWER)];
    expect(hammingDistance(left.dctHash!, right.dctHash!)).to.be.at.most(16);
    // Its inks can't show every colour; read without inversion it would be at 1 and more.
    expect(distance(left, right)).to.be.below(0.15);
  });

  it('converts a wide gamut and ignores a broken profile', async () => {
    const plain = await describeImage(FLOWER);
    const wide = await sharp(FLOWER).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer();
    const marker = wide.indexOf('ICC_PROFILE');
    const bad = Buffer.from(wide).fill(0x55, marker + 14, marker + 200);
    expect(distance(await describeImage(wide), plain)).to.be.below(0.01);
    expect(distance(await describeImage(bad), plain)).to.be.below(0.05);
  });

  it('does not see colours that transparency hides', async () => {
    const [width, height] = [64, 64];
    const shape = Buffer.from(
      `<svg width="64" height="64"><path d="M5 9L60 20 40 58z" fill="#000"/><circle cx="12" cy="50" r="9"/></svg>`,
    );
    const shown = await sharp(shape).ensureAlpha().raw().toBuffer();
    const noisy = Buffer.from(shown);
    for (let at = 0; at < noisy.length; at += 4) {
      if (noisy[at + 3] === 0) noisy.fill((at * 7) % 256, at, at + 3);
    }
    const raw = { width, height, channels: 4 as const };
    const [left, right] = await Promise.all(
      [shown, noisy].map(async (data) =>
        describeImage(await sharp(data, { raw }).png().toBuffer()),
      ),
    );
    expect(right!.vector).to.deep.equal(left!.vector);
    expect(right!.color).to.equal(left!.color);
    expect(left!.vector).to.not.equal(null);
  });

  for (const [what, shapes] of [
    ['white', ''],
    ['black', '<rect width="400" height="300"/>'],
    ['two-tone', '<rect width="200" height="300"/>'],
    [
      'striped',
      '<rect width="400" height="90" fill="red"/><rect y="200" width="400" height="100" fill="blue"/>',
    ],
    [
      'evenly shaded',
      '<linearGradient id="g" x2="1" y2="1"><stop offset="0"/><stop offset="1" stop-color="#fff"/></linearGradient><rect width="400" height="300" fill="url(#g)"/>',
    ],
    ['a disc', '<circle cx="200" cy="150" r="80"/>'],
  ] as const) {
    it(`has nothing to compare in a picture that is ${what}`, async () => {
      const png = await drawn(shapes);
      for (const bytes of [png, await sharp(png).jpeg({ quality: 60 }).toBuffer()]) {
        const description = await describeImage(bytes);
        expect(description.quality).to.be.below(50);
        expect(description).to.include({
          vector: null,
          trimmed: null,
          dctHash: null,
          blockhash: null,
        });
        expect(description.warnings).to.deep.equal(['TOO_PLAIN']);
        expect(queryViews(description)).to.deep.equal([]);
      }
    });
  }

  it('compares white writing on nothing, as if it stood on black', async () => {
    const words = Array.from(
      { length: 40 },
      (_, at) =>
        `<rect x="${20 + (at % 5) * 76}" y="${20 + Math.floor(at / 5) * 33}" width="${12 + ((at * 37) % 58)}" height="14" fill="#fff"/>`,
    ).join('');
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="420" height="300">${words}</svg>`;
    const logo = await sharp(Buffer.from(svg)).png().toBuffer();
    const [clear, small, black, white] = await Promise.all(
      [
        sharp(logo).webp(),
        sharp(logo).resize(210).png(),
        sharp(logo).flatten({ background: '#000' }).png(),
        sharp(logo).flatten({ background: '#fff' }).png(),
      ].map(async (picture) => describeImage(await picture.toBuffer())),
    );
    expect(hashDistance(clear!, small!)).to.be.at.most(8);
    expect(hashDistance(clear!, black!)).to.be.at.most(8);
    expect(white!.warnings).to.deep.equal(['TOO_PLAIN']);
  });

  it('compares an animation that begins empty by a frame of its middle', async () => {
    const frame = await sharp(BOATS).resize(120, 90, { fit: 'fill' }).raw().toBuffer();
    const blank = Buffer.alloc(frame.length, 255);
    // Frames that are equal would be joined.
    const brighter = frame.map((level) => Math.min(255, level + 20));
    const frames = Buffer.concat([blank, blank.map(() => 250), frame, brighter]);
    const film = sharp(frames, { raw: { width: 120, height: 360, channels: 3, pageHeight: 90 } });
    const [gif, webp] = await Promise.all([film.clone().gif().toBuffer(), film.webp().toBuffer()]);
    const [one, other, still] = await Promise.all([
      describeImage(gif),
      describeImage(webp),
      describeImage(BOATS),
    ]);
    expect(one).to.include({ frames: 4, format: 'gif' });
    expect(other).to.include({ frames: 4, format: 'webp' });
    expect(hashDistance(one, other)).to.be.at.most(16);
    expect(hashDistance(one, still)).to.be.at.most(16);
    // Nothing of it shows: one frame alone is all it says.
    const empty = sharp(Buffer.concat([blank, blank]), {
      raw: { width: 120, height: 180, channels: 3, pageHeight: 90 },
    });
    expect((await describeImage(await empty.webp().toBuffer())).warnings).to.deep.equal([
      'TOO_PLAIN',
    ]);
  });

  it('compares a page of writing', async () => {
    const words = Array.from({ length: 60 }, (_, at) => {
      const [x, y] = [20 + (at % 6) * 60, 20 + Math.floor(at / 6) * 27];
      return `<rect x="${x}" y="${y}" width="${15 + ((at * 37) % 40)}" height="9"/>`;
    });
    expect((await describeImage(await drawn(words.join('')))).vector).to.have.lengthOf(132);
  });

  for (const [width, height, warning] of [
    [1, 1, 'TOO_SMALL'],
    [600, 15, 'TOO_SMALL'],
    [20_000, 1, 'TOO_SMALL'],
    [420, 20, 'TOO_NARROW'],
  ] as const) {
    it(`compares nothing of ${width} x ${height} pixels`, async () => {
      const small = await sharp(BOATS).resize(width, height, { fit: 'fill' }).png().toBuffer();
      const description = await describeImage(small);
      expect(description).to.include({ width, height, vector: null, dctHash: null });
      expect(description.warnings).to.deep.equal([warning]);
    });
  }

  it('compares 16 pixels a side and one by twenty', async () => {
    for (const [width, height] of [
      [16, 16],
      [400, 20],
    ] as const) {
      const small = await sharp(BOATS).resize(width, height, { fit: 'fill' }).png().toBuffer();
      expect((await describeImage(small)).vector).to.have.lengthOf(132);
    }
  });

  it('keeps the warning of a salvaged picture', async () => {
    const half = BOATS.subarray(0, BOATS.length / 2);
    expect((await describeImage(half, { salvage: true })).warnings).to.deep.equal(['TRUNCATED']);
  });
});

describe('mirrorVector', () => {
  for (const [name, photo] of Object.entries(PHOTOS)) {
    it(`is the vector of the mirrored photo: ${name}`, async () => {
      const png = await sharp(photo).resize(512, 512, { fit: 'fill' }).png().toBuffer();
      const [left, right] = [
        await describeImage(png),
        await describeImage(await sharp(png).flop().png().toBuffer()),
      ];
      expect(vectorDistance(mirrorVector(left.vector!), right.vector!)).to.be.below(1e-3);
      expect(vectorDistance(left.vector!, right.vector!)).to.be.above(0.1);
    });
  }

  it('undoes itself', async () => {
    const { vector } = await describeImage(CAT);
    expect(mirrorVector(mirrorVector(vector!))).to.deep.equal(vector);
  });
});

describe('queryViews', () => {
  it('has two views of a photo, and four of one with borders', async () => {
    const framed = await sharp(CAT).extend({ bottom: 150, background: '#fff' }).png().toBuffer();
    expect(queryViews(await describeImage(CAT))).to.have.lengthOf(2);
    expect(queryViews(await describeImage(framed))).to.have.lengthOf(4);
  });

  it('has no view twice: a symmetric picture is its own mirror image', async () => {
    const left = await sharp(CAT).resize(200, 300, { fit: 'fill' }).png().toBuffer();
    const right = await sharp(left).flop().png().toBuffer();
    const symmetric = await sharp(left)
      .extend({ right: 200 })
      .composite([{ input: right, left: 200, top: 0 }])
      .png()
      .toBuffer();
    const description = await describeImage(symmetric);
    expect(queryViews({ ...description, trimmed: null })).to.have.lengthOf(1);
  });
});
