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
      fc.property(fc.record({ flat: share, within: share, whole: square, trimmed }), (preview) => {
        const read = readPreview(previewText(preview))!;
        expect(read.flat).to.be.closeTo(preview.flat, 1 / 255);
        expect(read.within).to.be.closeTo(preview.within, 1 / 255);
        expect(read.trimmed?.kind).to.equal(preview.trimmed?.kind);
        for (const [kept, given] of [
          [read.whole, preview.whole],
          [read.trimmed?.luma, preview.trimmed?.luma],
        ] as const) {
          given?.forEach((level, at) => expect(kept![at]).to.be.closeTo(level, 8.5));
        }
      }),
      { numRuns: runs(20) },
    );
  });

  it('is the only text that is read', () => {
    const text = previewText({ flat: 0, within: 1, whole: LEVELS, trimmed: null });
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

  it('sees nothing where there is nothing to see', () => {
    const flat = new Float64Array(64 * 64).fill(90);
    const pairs: [Float64Array, Float64Array][] = [
      [flat, flat],
      [flat, LEVELS],
      [LEVELS, flat],
    ];
    for (const [left, right] of pairs) {
      expect(lookBetween(left, right)).to.deep.equal({ coarse: 0, fine: 0, enough: false });
    }
  });

  it('stays within 0 and 1 for any two squares, the same each time', () => {
    fc.assert(
      fc.property(square, square, (left, right) => {
        const look = lookBetween(left, right);
        expect(look.coarse).to.be.within(0, 1.000001);
        expect(look.fine).to.be.within(0, 1.000001);
        expect(lookBetween(left, right)).to.deep.equal(look);
      }),
      { numRuns: runs(40) },
    );
  });
});
