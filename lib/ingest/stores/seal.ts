import { crc32 } from 'node:zlib';

/**
 * A seal is 16 bytes after a picture, which every decoder of WebP and JPEG ignores: this mark, the length of the
 * picture, and the CRC-32 of the file's name and the picture.
 */
const MARK = Buffer.from('suoyin\u0000\u0001', 'latin1');
const LENGTH = MARK.length + 8;

/** The picture in a file that was read; null if it is damaged. */
export function pictureIn(name: string, file: Buffer): Buffer | null {
  const at = file.length - LENGTH;
  if (at < 0 || !file.subarray(at, at + MARK.length).equals(MARK)) {
    return isComplete(file) ? file : null;
  }
  const picture = file.subarray(0, at);
  return file.equals(sealed(name, picture)) ? picture : null;
}

/** A picture with the seal of its file. */
export function sealed(name: string, picture: Uint8Array): Buffer {
  const seal = Buffer.alloc(8);
  seal.writeUInt32BE(picture.length, 0);
  seal.writeUInt32BE(crc32(picture, crc32(name)), 4);
  return Buffer.concat([picture, MARK, seal]);
}

/** Whether a file that an older suoyin wrote without a seal is as long as its format says. */
function isComplete(file: Buffer): boolean {
  if (file.length > 12 && file.toString('latin1', 0, 4) === 'RIFF') {
    return file.toString('latin1', 8, 12) === 'WEBP' && file.readUInt32LE(4) + 8 === file.length;
  }
  const isJpeg = file.length > 4 && file.readUInt16BE(0) === 0xffd8;
  return isJpeg && file.readUInt16BE(file.length - 2) === 0xffd9;
}
