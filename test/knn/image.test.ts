import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { encode } from 'bmp-ts';
import sharp from 'sharp';
import { makeThumbnail, readPicture } from '../../lib/knn/describe/image.ts';
import { sniffFormat } from '../../lib/knn/describe/image-format.ts';
import { BOATS, drawn } from './photos.ts';
import { blackPng } from '../support/black-png.ts';
import { codeOf } from '../support/failures.ts';
import { sized } from '../support/properties.ts';

function read(bytes: Uint8Array): Promise<unknown> {
  return codeOf(readPicture(bytes, { salvage: false }));
}

function boxed(brand: string, ...compatible: string[]): Buffer {
  const box = Buffer.from(`\0\0\0\0ftyp${brand}\0\0\0\0${compatible.join('')}`, 'latin1');
  box.writeUInt32BE(box.length);
  return Buffer.concat([box, Buffer.alloc(64)]);
}

/** A little-endian TIFF of directories of long numbers, one behind the other, without any pixels. */
function tiffOf(...directories: Record<number, readonly number[]>[]): Buffer {
  const parts: Buffer[] = [Buffer.from('II*\0\x08\0\0\0', 'latin1')];
  for (const tags of directories) {
    const entries = Object.entries(tags).map(([tag, [value]]) => {
      const entry = Buffer.alloc(12);
      entry.writeUInt16LE(Number(tag));
      entry.writeUInt16LE(4, 2);
      entry.writeUInt32LE(1, 4);
      entry.writeUInt32LE(value!, 8);
      return entry;
    });
    const count = Buffer.alloc(2);
    count.writeUInt16LE(entries.length);
    parts.push(count, ...entries, Buffer.alloc(4));
  }
  return Buffer.concat(parts);
}

/** Scan data of a JPEG, broken in the middle, the end left whole. */
function broken(jpeg: Buffer): Buffer {
  const copy = Buffer.from(jpeg);
  const middle = Math.floor(copy.length / 2);
  copy.fill(0xff, middle, middle + 400);
  return copy;
}

describe('readPicture', () => {
  it('refuses an empty body', async () => {
    expect(await read(Buffer.alloc(0))).to.equal('EMPTY');
  });

  it('refuses an error page, even one with a drawing in it', async () => {
    expect(await read(Buffer.from('<!doctype html><title>404</title>'))).to.equal('NOT_IMAGE');
    const page = '<html><body><svg width="10" height="10"></svg></body></html>';
    expect(await read(Buffer.from(page))).to.equal('NOT_IMAGE');
  });

  it('refuses text, JSON, and a text that begins as a bitmap does', async () => {
    for (const text of ['{"error":"gone"}', 'BM stands for bitmap', 'RIFF of a guitar']) {
      expect(await read(Buffer.from(text))).to.equal('NOT_IMAGE');
    }
  });

  it('refuses what is not bytes before a decoder takes it for a path', async () => {
    expect(await read('/etc/hostname' as unknown as Uint8Array)).to.equal('IMAGE_BYTES_INVALID');
  });

  it('refuses limits that are none', async () => {
    for (const maxPixels of [0, -1, 1.5, NaN]) {
      expect(await codeOf(readPicture(BOATS, { maxPixels }))).to.equal('IMAGE_LIMIT_INVALID');
    }
  });

  for (const format of ['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const) {
    it(`reads ${format}, and tells one that was cut in half`, async () => {
      const bytes = await sharp(BOATS).resize(200).toFormat(format).toBuffer();
      expect((await readPicture(bytes)).format).to.equal(format);
      expect(await read(bytes.subarray(0, bytes.length / 2))).to.equal('TRUNCATED');
    });
  }

  it('takes no end marker of an embedded thumbnail for the end', async () => {
    const exif = Buffer.concat([
      Buffer.from([0xff, 0xe1, 0, 8]),
      Buffer.from('Ex\xff\xda\xff\xd9', 'latin1'),
    ]);
    const jpeg = Buffer.concat([BOATS.subarray(0, 2), exif, BOATS.subarray(2)]);
    expect(await read(jpeg)).to.equal('no error');
    expect(await read(jpeg.subarray(0, jpeg.length / 2))).to.equal('TRUNCATED');
  });

  it('tells a broken scan from a truncated one', async () => {
    expect(await read(broken(BOATS))).to.equal('CORRUPT');
  });

  it('refuses a signature without a picture', async () => {
    expect(await read(Buffer.from('\xff\xd8\xff', 'latin1'))).to.equal('TRUNCATED');
    expect(await read(Buffer.from('GIF89a'))).to.equal('TRUNCATED');
    expect(await read(Buffer.from('RIFF\x04\0\0\0WEBP', 'latin1'))).to.equal('CORRUPT');
  });

  it('salvages what is there unless it is told not to, with a warning', async () => {
    const half = BOATS.subarray(0, BOATS.length / 2);
    expect((await readPicture(BOATS.subarray(0, -2))).warnings).to.deep.equal(['TRUNCATED']);
    expect((await readPicture(half)).warnings).to.deep.equal(['TRUNCATED']);
    expect((await readPicture(half, { salvage: true })).warnings).to.deep.equal(['TRUNCATED']);
    expect((await readPicture(broken(BOATS), { salvage: true })).warnings).to.deep.equal([
      'CORRUPT',
    ]);
    expect((await readPicture(BOATS, { salvage: true })).warnings).to.deep.equal([]);
  });

  it('refuses a picture of 256 megapixels in 31 kB by its header', async () => {
    const png = blackPng(16_000, 16_000);
    expect(png.length).to.be.below(40_000);
    expect(await read(png)).to.equal('TOO_MANY_PIXELS');
  });

  it('refuses by its header what has no such data', async () => {
    expect(await read(blackPng(100_000, 100_000, 1))).to.equal('TOO_MANY_PIXELS');
  });

  it('refuses a side of millions of pixels by its header, however few pixels there are', async () => {
    expect(await read(blackPng(16_000_000, 1))).to.equal('TOO_MANY_PIXELS');
    expect(await read(blackPng(1, 16_000_000))).to.equal('TOO_MANY_PIXELS');
  });

  it('reads a JPEG as large as telephones make them', async () => {
    const size = { width: 12_000, height: sized(9000, 900) };
    const create = { ...size, channels: 3 as const, background: '#888' };
    const jpeg = await sharp({ create }).jpeg().toBuffer();
    expect(await readPicture(jpeg)).to.include(size);
  }).timeout(120_000);

  it('says both the size and the limit', async () => {
    const error = (await readPicture(BOATS, { maxPixels: 1000 }).catch((e: unknown) => e)) as Error;
    expect(error.message).to.match(/^The picture has \d+ x \d+ pixels, more than 1000\. Shrink/);
  });

  it('counts the pixels of all frames, and reads the first', async () => {
    const frames = ['#f00', '#0f0', '#00f'].map((background) => ({
      create: { width: 40, height: 30, channels: 3 as const, background },
    }));
    const stills = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
    const gif = await sharp(stills, { join: { animated: true } })
      .gif({ delay: [50, 50, 50] })
      .toBuffer();
    const picture = await readPicture(gif, { maxPixels: 3600 });
    expect(picture).to.include({ width: 40, height: 30, frames: 3 });
    expect([...picture.raster.data.subarray(0, 3)]).to.deep.equal([255, 0, 0]);
    expect(await codeOf(readPicture(gif, { maxPixels: 3599 }))).to.equal('TOO_MANY_PIXELS');
  });

  for (const [what, text] of [
    [
      'with an external entity',
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    ],
    [
      'of a billion laughs',
      '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>',
    ],
    [
      'with a huge canvas',
      '<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"/>',
    ],
    ['that refers to a file', '\ufeff  <svg><image href="file:///etc/passwd"/></svg>'],
    ['with a prefix', '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'],
  ] as const) {
    it(`refuses an SVG ${what}`, async () => {
      expect(await read(Buffer.from(text))).to.equal('SVG_REFUSED');
      expect(await read(Buffer.from(text, 'utf16le'))).to.equal('SVG_REFUSED');
    });
  }

  it('refuses a compressed SVG', async () => {
    expect(await read(gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>'))).to.equal('NOT_IMAGE');
  });

  for (const [format, bytes] of [
    ['heic', boxed('heic', 'mif1')],
    ['heic', boxed('mif1', 'heic')],
    ['jxl', Buffer.from('\xff\x0a\xfa\x1f', 'latin1')],
    ['jxl', Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1')],
    ['jp2', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1')],
    ['pdf', Buffer.from('%PDF-1.7')],
    ['psd', Buffer.from('8BPS\0\x01', 'latin1')],
    ['ico', Buffer.from('\0\0\x01\0\x01\0', 'latin1')],
    ['raw', Buffer.from('FUJIFILMCCD-RAW 0201', 'latin1')],
    ['raw', boxed('crx ', 'isom')],
    ['raw', tiffOf({ 256: [4000], 50706: [0x104] })],
    ['raw', tiffOf({ 256: [4000], 262: [32_803] })],
    [
      'raw',
      tiffOf({ 256: [160], 330: [tiffOf({ 256: [160], 330: [0] }).length] }, { 256: [6000] }),
    ],
  ] as const) {
    it(`names ${format} and does not read it`, async () => {
      const error = (await readPicture(bytes).catch((e: unknown) => e)) as object;
      expect(error).to.include({ code: 'UNSUPPORTED_FORMAT', format });
    });
  }

  it('takes a TIFF whose further directories are smaller for a picture', () => {
    const first = { 256: [4000], 330: [0] };
    first[330] = [tiffOf(first).length];
    expect(sniffFormat(tiffOf(first, { 256: [1000] }))).to.equal('tiff');
  });

  for (const [what, before] of [
    ['a line break', '\r\n'],
    ['a byte order mark', '\xef\xbb\xbf'],
    ['a message of the server', '<br />\n<b>Notice</b>: Undefined index: w in img.php on line 7\n'],
  ] as const) {
    it(`reads a JPEG or PNG behind ${what}, and says so`, async () => {
      for (const bytes of [BOATS, await sharp(BOATS).png().toBuffer()]) {
        const whole = await readPicture(bytes);
        const { raster, warnings } = await readPicture(
          Buffer.concat([Buffer.from(before, 'latin1'), bytes]),
        );
        expect(warnings).to.deep.equal(['TEXT_BEFORE']);
        expect([...raster.data]).to.deep.equal([...whole.raster.data]);
      }
    });
  }

  it('reads a GIF or WebP behind blanks, but takes no text that names one for a picture', async () => {
    for (const bytes of [await sharp(BOATS).gif().toBuffer(), await sharp(BOATS).webp().toBuffer()])
      expect(
        (await readPicture(Buffer.concat([Buffer.from('\r\n'), bytes]))).warnings,
      ).to.deep.equal(['TEXT_BEFORE']);
    expect(await read(Buffer.from('A file begins with GIF89a or RIFF'))).to.equal('NOT_IMAGE');
    // The cover of a song stands behind bytes that are no text.
    const song = Buffer.concat([Buffer.from('ID3\x03\0\0\0\x1d\x7fAPIC\0', 'latin1'), BOATS]);
    expect(await read(song)).to.equal('NOT_IMAGE');
  });

  it('takes no TGA for an icon or a cursor, which begin alike', () => {
    const head = (text: string): string | null => sniffFormat(Buffer.from(text, 'latin1'));
    for (const kind of ['\x01', '\x02'])
      expect(head(`\0\0${kind}\0\x01\0\x10\x10`)).to.equal('ico');
    expect(head('\0\0\x02\0\0\0\0\0\0\0\0\0\x10\0\x10\0\x18\0')).to.equal(null);
  });

  it('reads BMP of every depth, upright, as the PNG of the same pixels', async () => {
    const width = 37;
    const small = sharp(BOATS).resize(width, 24, { fit: 'fill' });
    const { data, info } = await small.raw().toBuffer({ resolveWithObject: true });
    const png = await readPicture(await sharp(data, { raw: info }).png().toBuffer());
    // Opaque, alpha first, as the encoder takes it.
    const pixels = Buffer.alloc(width * info.height * 4, 255);
    for (let at = 0; at * 3 < data.length; at++) {
      pixels.set([data[at * 3 + 2]!, data[at * 3 + 1]!, data[at * 3]!], at * 4 + 1);
    }
    for (const bitPP of [24, 32] as const) {
      const { data: bmp } = encode({ data: pixels, bitPP, width, height: info.height });
      const read = await readPicture(bmp);
      expect(read).to.include({ format: 'bmp', width, height: 24 });
      expect([...read.raster.data]).to.deep.equal([...png.raster.data]);
    }
    const { data: whole } = encode({ data: pixels, bitPP: 24, width, height: info.height });
    const huge = Buffer.from(whole);
    huge.writeInt32LE(60_000, 18);
    huge.writeInt32LE(60_000, 22);
    expect(await read(huge)).to.equal('TOO_MANY_PIXELS');
    expect(await read(whole.subarray(0, whole.length / 2))).to.equal('TRUNCATED');
  });

  it('lies transparent pixels on white, whatever colour they hide', async () => {
    const hidden = await sharp({
      create: { width: 32, height: 32, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const { raster } = await readPicture(hidden);
    expect(new Set(raster.data)).to.deep.equal(new Set([255]));
  });

  it('gives the size as shown', async () => {
    const png = await drawn('<rect width="400" height="300"/>');
    const turned = await sharp(png).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await readPicture(turned)).to.include({ width: 300, height: 400, frames: 1 });
  });
});

describe('makeThumbnail', () => {
  for (const format of ['webp', 'jpeg'] as const) {
    it(`fits a ${format} into the box, keeps proportions and drops metadata`, async () => {
      const turned = await sharp(BOATS).withMetadata({ orientation: 6 }).toBuffer();
      const thumbnail = await makeThumbnail(turned, { width: 100, height: 100, format });
      const made = await sharp(thumbnail).metadata();
      const shown = await readPicture(turned);
      expect(made).to.include({ format, height: 100 });
      expect(made.width).to.equal(Math.round((100 * shown.width) / shown.height));
      expect(made).to.not.have.any.keys('exif', 'icc', 'orientation');
    });
  }

  it('does not enlarge', async () => {
    const small = await sharp(BOATS).resize(50, 40, { fit: 'fill' }).png().toBuffer();
    const thumbnail = await makeThumbnail(small, { width: 256, height: 256, format: 'webp' });
    expect(await sharp(thumbnail).metadata()).to.include({ width: 50, height: 40 });
  });

  it('keeps transparency in WebP and lies it on white in JPEG', async () => {
    const clear = await sharp({
      create: { width: 32, height: 32, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    const box = { width: 16, height: 16 };
    const webp = await makeThumbnail(clear, { ...box, format: 'webp' });
    const jpeg = await makeThumbnail(clear, { ...box, format: 'jpeg' });
    expect(await sharp(webp).metadata()).to.include({ hasAlpha: true });
    expect([...(await sharp(jpeg).raw().toBuffer()).subarray(0, 3)]).to.deep.equal([255, 255, 255]);
  });

  it('refuses what readPicture refuses', async () => {
    const box = { width: 16, height: 16, format: 'webp' } as const;
    expect(await codeOf(makeThumbnail(Buffer.alloc(0), box))).to.equal('EMPTY');
    expect(await codeOf(makeThumbnail(BOATS.subarray(0, 5000), box))).to.equal('TRUNCATED');
  });
});
