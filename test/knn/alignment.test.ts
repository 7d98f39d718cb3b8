import { expect } from 'chai';
import fc from 'fast-check';
import sharp from 'sharp';
import {
  agreementOf,
  type Preview,
  previewOf,
  readPreview,
} from '../../lib/knn/describe/alignment.ts';
import { describeImage } from '../../lib/knn/describe/describe.ts';
import { IMAGE_THRESHOLDS } from '../../lib/knn/similar/thresholds.ts';
import { ALPS, BOATS, CAT, FLOWER } from './photos.ts';
import { runs } from '../support/properties.ts';

const PHOTOS = { BOATS, CAT, ALPS, FLOWER };
const LEVELS = Float64Array.from({ length: 64 * 64 }, (_, at) => (at * 37) % 256);
/** What the loosest of the shipped limits asks for. */
const SAME = Math.min(...IMAGE_THRESHOLDS.aligned.map(({ agreement }) => agreement));

async function previewAs(bytes: Buffer): Promise<Preview> {
  const { preview } = await describeImage(bytes);
  return readPreview(preview!)!;
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

describe('previewOf', () => {
  it('gives the means of 2 x 2 as bytes in base64', () => {
    const preview = previewOf(new Float64Array(64 * 64).fill(65));
    expect(preview).to.equal(Buffer.alloc(1024, 'A').toString('base64'));
  });
});

describe('readPreview', () => {
  it('reads what previewOf wrote', () => {
    const { fine } = readPreview(previewOf(LEVELS))!;
    expect([...fine.values]).to.deep.equal([...Buffer.from(previewOf(LEVELS), 'base64')]);
  });

  it('gives null for any other text', () => {
    for (const text of ['', 'AAAA', `${'A'.repeat(1366)}=`, `${'!'.repeat(1366)}==`]) {
      expect(readPreview(text)).to.equal(null);
    }
  });
});

describe('agreementOf', () => {
  for (const [name, photo] of Object.entries(PHOTOS)) {
    it(`knows copies of ${name}: cropped, mirrored, stretched, paled, framed`, async () => {
      const own = await previewAs(photo);
      const copies: Record<string, Buffer> = {
        same: photo,
        cropped: await part(photo, { left: 0.08, top: 0.02, width: 0.9, height: 0.9 }),
        mirrored: await sharp(photo).flop().jpeg({ quality: 40 }).toBuffer(),
        stretched: await sharp(photo).resize(300, 150, { fit: 'fill' }).jpeg().toBuffer(),
        paled: await sharp(photo).linear(0.6, 60).greyscale().jpeg().toBuffer(),
        framed: await sharp(photo)
          .extend({ top: 60, bottom: 90, background: '#000' })
          .jpeg()
          .toBuffer(),
      };
      for (const [edit, copy] of Object.entries(copies)) {
        const other = await previewAs(copy);
        expect(agreementOf(own, other), edit).to.be.at.least(SAME);
        expect(agreementOf(other, own), edit).to.be.at.least(SAME);
      }
    });
  }

  it('sees past a bar over a seventh of a photo', async () => {
    for (const photo of [BOATS, ALPS]) {
      const agreement = agreementOf(
        await previewAs(photo),
        await previewAs(await covered(photo, 0.15)),
      );
      expect(agreement).to.be.at.least(SAME);
    }
  });

  it('keeps different photos apart, either way round', async () => {
    const all = await Promise.all(Object.values(PHOTOS).map(previewAs));
    for (const left of all) {
      for (const right of all)
        if (left !== right) expect(agreementOf(left, right)).to.be.below(0.8);
    }
  });

  it('does not take a small part for the whole', async () => {
    const half = await part(BOATS, { left: 0.25, top: 0.25, width: 0.4, height: 0.4 });
    expect(agreementOf(await previewAs(BOATS), await previewAs(half))).to.be.below(0.9);
  });

  it('gives 0 where there is nothing to see', () => {
    const flat = readPreview(previewOf(new Float64Array(64 * 64).fill(90)))!;
    const levels = readPreview(previewOf(LEVELS))!;
    expect(agreementOf(flat, flat)).to.equal(0);
    expect(agreementOf(flat, levels)).to.equal(0);
    expect(agreementOf(levels, flat)).to.equal(0);
  });

  it('stays within 0 and 1 for any two previews, the same each time', () => {
    const preview = fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: 64, maxLength: 64 })
      .map((levels) => {
        const luma = Float64Array.from({ length: 64 * 64 }, (_, at) => {
          return levels[((at >> 9) << 3) + ((at >> 3) & 7)]!;
        });
        return readPreview(previewOf(luma))!;
      });
    fc.assert(
      fc.property(preview, preview, (left, right) => {
        const agreement = agreementOf(left, right);
        expect(agreement).to.be.within(0, 1);
        expect(agreementOf(left, right)).to.equal(agreement);
      }),
      { numRuns: runs(60) },
    );
  });
});
