/** Formats that can be read. Everything else never reaches the decoder. */
export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif' | 'bmp';

const READABLE: ReadonlySet<string> = new Set([
  'jpeg',
  'png',
  'gif',
  'webp',
  'tiff',
  'avif',
  'bmp',
]);

/** First bytes of a file as Latin-1, and the format that they identify. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
  ['IIRO', 'raw'],
  ['IIU\0', 'raw'],
  ['FUJIFILMCCD-RAW', 'raw'],
  ['%PDF-', 'pdf'],
  ['\xff\x0a', 'jxl'],
  ['\0\0\0\x0cJXL ', 'jxl'],
  ['\0\0\0\x0cjP  ', 'jp2'],
  ['\xff\x4f\xff\x51', 'jp2'],
  ['8BPS\0', 'psd'],
  ['\0\0\x01\0', 'ico'],
  ['\0\0\x02\0', 'ico'],
];
/** Sizes of the second header of a BMP, as four bytes. */
const BMP_HEADERS = new Set(
  [12, 16, 40, 52, 56, 64, 108, 124].map((size) => `${String.fromCharCode(size)}\0\0\0`),
);
const HEIC_BRANDS = /^(hei[cxms]|hev[cxms]|mif1|msf1|mif2)$/;
/** libvips looks for `<svg` in this many bytes. */
const SVG_HEAD = 1000;
/** Bytes from the start of a file that decide its format. */
export const SNIFF_BYTES = 4096;

/**
 * The format that the first bytes of a file identify, or the bytes at which a picture begins after text: `jpeg`,
 * `heic`, `svg`, ...; null if unknown.
 */
export function sniffFormat(bytes: Uint8Array): string | null {
  const start = pictureStart(bytes);
  return knownFormat(start === 0 ? bytes : bytes.subarray(start));
}

function knownFormat(bytes: Uint8Array): string | null {
  const head = latin1(bytes.subarray(0, SVG_HEAD));
  const signature = SIGNATURES.find(([start]) => head.startsWith(start));
  if (signature?.[1] === 'tiff') return isRaw(bytes) ? 'raw' : 'tiff';
  // A TGA begins the same way, but has no number of icons there.
  if (signature?.[1] === 'ico' && head.startsWith('\0\0', 4)) return null;
  if (signature !== undefined) return signature[1];
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return 'webp';
  // The size of the second header rules out text that begins with these letters.
  if (head.startsWith('BM') && BMP_HEADERS.has(head.slice(14, 18))) return 'bmp';
  if (head.startsWith('ftyp', 4)) return brandFormat(bytes, head);
  // UTF-16 has a NUL beside each of these characters.
  const text = head.replaceAll('\0', '');
  return /<([\w-]+:)?svg[\s/>]/i.test(text) && !/<html/i.test(text) ? 'svg' : null;
}

/** Signatures that never occur in text, and that therefore also count after text. */
const BEHIND_TEXT: readonly string[] = ['\xff\xd8\xff', '\x89PNG\r\n\x1a\n'];
/** Other signatures, which count only after blanks. */
const BEHIND_BLANKS: readonly string[] = ['GIF87a', 'GIF89a', 'RIFF'];

/**
 * Where the picture begins in a file: mostly 0; later if a byte order mark, line breaks or a message of a server
 * precede it.
 */
export function pictureStart(bytes: Uint8Array): number {
  const head = latin1(bytes.subarray(0, SVG_HEAD));
  const text = head.replace(/^\xef\xbb\xbf/, '   ');
  const first = (starts: readonly string[], before: RegExp): number => {
    const found = starts.map((start) => text.indexOf(start)).filter((at) => at > 0);
    const at = Math.min(...found);
    return found.length > 0 && before.test(text.slice(0, at)) ? at : 0;
  };
  if (knownFormat(bytes) !== null) return 0;
  return first(BEHIND_TEXT, /^[\t\n\r -~]*$/) || first(BEHIND_BLANKS, /^[\t\n\r ]*$/);
}

/** Whether pictures of a format can be read. */
export function isReadableFormat(format: string | null): format is ImageFormat {
  return format !== null && READABLE.has(format);
}

/** Whether a file ends before its picture is complete, judged by the structure of the format. */
export function isTruncated(bytes: Uint8Array, format: ImageFormat): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg':
      return !hasJpegEnd(view);
    case 'png':
      return !hasPngEnd(view);
    case 'gif':
      // Some writers pad with zeros.
      return bytes.findLast((byte) => byte !== 0) !== 0x3b;
    case 'webp':
      return view.byteLength < 12 || view.getUint32(4, true) + 8 > view.byteLength;
    case 'avif':
      return !hasWholeBoxes(view);
    case 'tiff':
      return !hasWholeDirectory(view);
    case 'bmp':
      return view.byteLength < 6 || view.getUint32(2, true) > view.byteLength;
  }
}

/** Tags of TIFF, TIFF/EP and DNG. */
const TAGS = { width: 256, photometric: 262, subDirectories: 330, dngVersion: 50_706 } as const;
/** Values of `photometric` for the data of a sensor: a colour filter array, linear. */
const SENSOR_DATA: ReadonlySet<number> = new Set([32_803, 34_892]);

/**
 * Whether a TIFF holds the data of a camera's sensor (DNG, CR2, NEF, ARW). Its first picture is then a thumbnail;
 * the large one is in a subdirectory, or no decoder can make colours of it.
 */
function isRaw(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 16) return false;
  if (view.getUint16(8) === 0x4352) return true;
  const little = view.getUint8(0) === 0x49;
  const first = tagsAt(view, view.getUint32(4, little), little);
  if (first.has(TAGS.dngVersion)) return true;
  if (SENSOR_DATA.has(first.get(TAGS.photometric)?.[0] ?? 0)) return true;
  const width = first.get(TAGS.width)?.[0] ?? Infinity;
  return (first.get(TAGS.subDirectories) ?? []).some(
    (at) => (tagsAt(view, at, little).get(TAGS.width)?.[0] ?? 0) > width,
  );
}

/** Values of the tags of a TIFF directory that are short or long numbers, at most 8 of each. */
function tagsAt(view: DataView, at: number, little: boolean): Map<number, number[]> {
  const tags = new Map<number, number[]>();
  if (at + 2 > view.byteLength) return tags;
  const count = view.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + 12 * count; entry += 12) {
    if (entry + 12 > view.byteLength) break;
    const size = { 1: 1, 3: 2, 4: 4, 13: 4 }[view.getUint16(entry + 2, little)];
    const tag = view.getUint16(entry, little);
    if (size === undefined) {
      tags.set(tag, []);
      continue;
    }
    const length = view.getUint32(entry + 4, little);
    const from = size * length <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
    const values: number[] = [];
    for (let index = 0; index < Math.min(length, 8); index++) {
      const place = from + index * size;
      if (place + size > view.byteLength) break;
      const value =
        size === 1
          ? view.getUint8(place)
          : size === 2
            ? view.getUint16(place, little)
            : view.getUint32(place, little);
      values.push(value);
    }
    tags.set(tag, values);
  }
  return tags;
}

function brandFormat(bytes: Uint8Array, head: string): string | null {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
  const brands: string[] = head.slice(8, Math.min(length, SVG_HEAD)).match(/[^]{4}/g) ?? [];
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  if (brands.includes('crx ')) return 'raw';
  return brands.some((brand) => HEIC_BRANDS.test(brand)) ? 'heic' : null;
}

/**
 * Skips the segments before the scan: a thumbnail in the EXIF data has an end marker of its own.
 */
function hasJpegEnd(view: DataView): boolean {
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xda) return hasMarker(view, at + 2, 0xd9);
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}

function hasMarker(view: DataView, from: number, marker: number): boolean {
  for (let at = from; at + 1 < view.byteLength; at++) {
    if (view.getUint8(at) === 0xff && view.getUint8(at + 1) === marker) return true;
  }
  return false;
}

function hasPngEnd(view: DataView): boolean {
  const IEND = 0x49454e44;
  let at = 8;
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === IEND) return true;
    at += 12 + view.getUint32(at);
  }
  return false;
}

/**
 * A box of size 0 extends to the end of the file; one of size 1 has a 64-bit size after its name.
 */
function hasWholeBoxes(view: DataView): boolean {
  let at = 0;
  while (at + 16 <= view.byteLength) {
    const size = view.getUint32(at);
    if (size === 0) return true;
    at += size === 1 ? Number(view.getBigUint64(at + 8)) : Math.max(size, 8);
  }
  return at <= view.byteLength;
}

/**
 * Writers put the directory after the pixels or before them; truncation shows in the first case
 * only.
 */
function hasWholeDirectory(view: DataView): boolean {
  if (view.byteLength < 8) return false;
  const littleEndian = view.getUint8(0) === 0x49;
  const at = view.getUint32(4, littleEndian);
  if (at + 2 > view.byteLength) return false;
  return at + 2 + 12 * view.getUint16(at, littleEndian) <= view.byteLength;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
