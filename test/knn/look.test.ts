import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import { type Look, lookAt, looked } from '../../lib/knn/describe/look.ts';
import { type Preview, previewText, readPreview } from '../../lib/knn/describe/preview.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { IMAGE_THRESHOLDS } from '../../lib/knn/similar/thresholds.ts';
import { ALPS, BOATS, CAT, FLOWER } from './photos.ts';
import { runs } from '../support/properties.ts';

const PHOTOS = { BOATS, CAT, ALPS, FLOWER };
const LEVELS = Float64Array.from({ length: 64 * 64 }, (_, at) => (at * 37) % 256);
/** 8 x 8 even fields. */
const square = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 64, maxLength: 64 })
  .map((levels) =>
    Float64Array.from({ length: 64 * 64 }, (_, at) => levels[((at >> 9) << 3) + ((at >> 3) & 7)]!),
  );
const { look: LIMITS } = IMAGE_THRESHOLDS;

async function previewAs(bytes: Buffer): Promise<Preview> {
  const { preview } = await describeImage(bytes);
  return readPreview(preview!)!;
}

/** Brightness within borders, if there are any. */
async function innerOf(bytes: Buffer): Promise<Float64Array> {
  const { whole, trimmed } = await previewAs(bytes);
  return trimmed?.luma ?? whole;
}

function lookBetween(left: Float64Array, right: Float64Array): Look {
  return lookAt(looked(left), looked(right));
}

async function part(
  photo: Buffer,
  box: { left: number; top: number; width: number; height: number },
): Promise<Buffer> {
  const { width, height } = await sharp(photo).metadata();
  return sharp(photo)
    .extract({
      left: Math.round(box.left * width),
      top: Math.round(box.top * height),
      width: Math.round(box.width * width),
      height: Math.round(box.height * height),
    })
    .jpeg()
    .toBuffer();
}

async function covered(photo: Buffer, share: number): Promise<Buffer> {
  const { width, height } = await sharp(photo).metadata();
  const bar = {
    width,
    height: Math.round(height * share),
    channels: 3 as const,
    background: '#000',
  };
  return sharp(photo)
    .composite([{ input: { create: bar }, gravity: 'south' }])
    .jpeg()
    .toBuffer();
}

describe('previewText', () => {
  it('keeps both squares within half a step of 17 levels, and the shares within one of 255', () => {
    const trimmed = fc.option(
      fc.record({ kind: fc.constantFrom('content', 'inner'), luma: square }),
    );
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          flat: share,
          within: share,
          whole: square,
          trimmed,
          parts: fc.array(square, { maxLength: 4 }),
        }),
        (preview) => {
          const read = readPreview(previewText(preview))!;
          expect(read.flat).to.be.closeTo(preview.flat, 1 / 255);
          expect(read.within).to.be.closeTo(preview.within, 1 / 255);
          expect(read.trimmed?.kind).to.equal(preview.trimmed?.kind);
          expect(read.parts).to.have.lengthOf(preview.parts.length);
          for (const [kept, given] of [
            [read.whole, preview.whole],
            [read.trimmed?.luma, preview.trimmed?.luma],
            ...preview.parts.map((part, at) => [read.parts[at], part] as const),
          ] as const) {
            const off = (given ?? []).map((level, at) => Math.abs(kept![at]! - level));
            expect(off.every((by) => by <= 8.5)).to.equal(true);
          }
        },
      ),
      { numRuns: runs(20) },
    );
  });

  it('is the only text that is read', () => {
    const text = previewText({ flat: 0, within: 1, whole: LEVELS, trimmed: null, parts: [] });
    expect(readPreview(text)).not.to.equal(null);
    const otherVersion = `E${text.slice(1)}`;
    for (const other of [
      '',
      'AAAA',
      text.slice(4),
      `${text}AAAA`,
      `!${text.slice(1)}`,
      otherVersion,
    ]) {
      expect(readPreview(other)).to.equal(null);
    }
  });
});

describe('lookAt', () => {
  for (const [name, photo] of Object.entries(PHOTOS)) {
    it(`knows copies of ${name}: cropped, stretched, greyed, framed`, async () => {
      const own = await innerOf(photo);
      const copies: Record<string, Buffer> = {
        same: photo,
        cropped: await part(photo, { left: 0.08, top: 0.02, width: 0.9, height: 0.9 }),
        stretched: await sharp(photo).resize(300, 150, { fit: 'fill' }).jpeg().toBuffer(),
        greyed: await sharp(photo).greyscale().jpeg().toBuffer(),
        framed: await sharp(photo)
          .extend({ top: 60, bottom: 90, background: '#000' })
          .jpeg()
          .toBuffer(),
      };
      for (const [edit, copy] of Object.entries(copies)) {
        const other = await innerOf(copy);
        for (const look of [lookBetween(own, other), lookBetween(other, own)]) {
          expect(look.enough, edit).to.equal(true);
          expect(look.fine, edit).to.be.at.least(LIMITS.alone);
        }
      }
    });
  }

  it('is not contradicted by a bar over a quarter of a photo', async () => {
    for (const photo of [BOATS, ALPS]) {
      const { coarse } = lookBetween(
        await innerOf(photo),
        await innerOf(await covered(photo, 0.25)),
      );
      expect(coarse).to.be.at.least(LIMITS.near);
    }
  });

  it('keeps different photos apart, either way round', async () => {
    const all = await Promise.all(Object.values(PHOTOS).map(innerOf));
    for (const left of all) {
      for (const right of all) {
        if (left !== right) expect(lookBetween(left, right).fine).to.be.below(LIMITS.alone - 0.2);
      }
    }
  });

  it('does not take a small part for the whole', async () => {
    const small = await part(BOATS, { left: 0.25, top: 0.25, width: 0.4, height: 0.4 });
    const { fine, enough } = lookBetween(await innerOf(BOATS), await innerOf(small));
    expect(enough && fine >= LIMITS.alone).to.equal(false);
  });

  it('sees by the middle that a frame holds another picture', async () => {
    const names = Object.keys(PHOTOS) as (keyof typeof PHOTOS)[];
    let agreeing = 0;
    const framed = async (photo: Buffer, quality: number): Promise<Float64Array> => {
      const words = Array.from(
        { length: 44 },
        (_, at) =>
          `<rect x="${16 + (at % 22) * 19}" y="${[24, 58, 330, 364][at % 4]}" width="${9 + ((at * 7) % 10)}" height="22" fill="#fff"/>`,
      ).join('');
      const bars = `<rect width="480" height="90" fill="#102050"/><rect y="310" width="480" height="90" fill="#102050"/>`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="400">${bars}${words}</svg>`;
      const whole = await sharp(photo).resize(480, 400, { fit: 'fill' }).toBuffer();
      const bytes = sharp(whole).composite([{ input: Buffer.from(svg) }]);
      return (await previewAs(await bytes.jpeg({ quality }).toBuffer())).whole;
    };
    for (const name of names) {
      const one = await framed(PHOTOS[name], 90);
      const same = lookBetween(one, await framed(PHOTOS[name], 40));
      expect(same.middle, name).to.be.at.least(LIMITS.middle);
      for (const other of names.filter((each) => each !== name)) {
        const look = lookBetween(one, await framed(PHOTOS[other], 90));
        expect(look.middle, `${name}, ${other}`).to.be.below(LIMITS.middle);
        agreeing += Number(look.coarse >= LIMITS.near);
      }
    }
    // The frame alone would do for near vectors.
    expect(agreeing).to.be.above(0);
  });

  it('takes the whole for the middle where that is plain', () => {
    const hole = LEVELS.map((level, at) => {
      const [x, y] = [at % 64, Math.floor(at / 64)];
      return Math.min(x, y) > 9 && Math.max(x, y) < 54 ? 90 : level;
    });
    expect(lookBetween(hole, hole).middle).to.be.above(0.99);
  });

  it('sees nothing where there is nothing to see', () => {
    const flat = new Float64Array(64 * 64).fill(90);
    const pairs: [Float64Array, Float64Array][] = [
      [flat, flat],
      [flat, LEVELS],
      [LEVELS, flat],
    ];
    for (const [left, right] of pairs) {
      expect(lookBetween(left, right)).to.deep.equal({
        coarse: 0,
        fine: 0,
        middle: 0,
        enough: false,
      });
    }
  });

  it('stays within 0 and 1 for any two squares, the same each time', () => {
    fc.assert(
      fc.property(square, square, (left, right) => {
        const look = lookBetween(left, right);
        expect(look.coarse).to.be.within(0, 1.000001);
        expect(look.fine).to.be.within(0, 1.000001);
        expect(look.middle).to.be.within(0, 1.000001);
        expect(lookBetween(left, right)).to.deep.equal(look);
      }),
      { numRuns: runs(40) },
    );
  });
});
