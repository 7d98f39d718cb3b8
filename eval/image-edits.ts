// 28 edits that copies of pictures typically undergo, each determined by the photo and a seed.
import sharp, { type OverlayOptions, type Sharp } from 'sharp';

/** Makes an edited copy. */
export interface ImageEdit {
  name: string;
  make: (photo: Photo) => Promise<Buffer>;
}

/** A picture to edit. */
export interface Photo {
  bytes: Buffer;
  width: number;
  height: number;
  /** A reproducible number in 0..1, from the photo, the edit's name and a counter. */
  chance: (what: string) => number;
}

/** JPEG quality of edits that do not test compression. */
const QUALITY = 90;

/** Opens a photo whose edits depend only on its name and the seed. */
export async function openPhoto(name: string, bytes: Buffer, seed: number): Promise<Photo> {
  const { autoOrient } = await sharp(bytes).metadata();
  return { bytes, ...autoOrient, chance: (what) => chanceOf(`${seed}/${name}/${what}`) };
}

/** FNV-1a with an avalanche step: evenly distributed over 0..1, which is all that is needed. */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

function open({ bytes }: Photo): Sharp {
  return sharp(bytes, { autoOrient: true });
}

function copy(image: Sharp, quality: number = QUALITY): Promise<Buffer> {
  return image.jpeg({ quality }).toBuffer();
}

function resized(photo: Photo, x: number, y: number): Promise<Buffer> {
  const [width, height] = [Math.round(photo.width * x), Math.round(photo.height * y)];
  return copy(open(photo).resize(width, height, { fit: 'fill' }));
}

/** Crops a share of the width and of the height, at a random position. */
function cropped(photo: Photo, share: number): Promise<Buffer> {
  const width = Math.round(photo.width * (1 - share));
  const height = Math.round(photo.height * (1 - share));
  const left = Math.floor(photo.chance(`crop ${share} x`) * (photo.width - width + 1));
  const top = Math.floor(photo.chance(`crop ${share} y`) * (photo.height - height + 1));
  return copy(open(photo).extract({ left, top, width, height }));
}

/** Rotates, and crops the largest part of the same proportions that shows no empty corners. */
async function turned(photo: Photo, degrees: number): Promise<Buffer> {
  const { width, height } = photo;
  const angle = (degrees * Math.PI) / 180;
  const long = Math.max(width / height, height / width);
  const scale = 1 / (Math.cos(angle) + long * Math.sin(angle));
  const whole = await open(photo).rotate(degrees).png({ compressionLevel: 0 }).toBuffer({
    resolveWithObject: true,
  });
  const inner = { width: Math.floor(width * scale), height: Math.floor(height * scale) };
  const left = Math.floor((whole.info.width - inner.width) / 2);
  const top = Math.floor((whole.info.height - inner.height) / 2);
  return copy(sharp(whole.data).extract({ left, top, ...inner }));
}

/** Draws blocks the size of letters, so that no font is needed. */
function letters(photo: Photo, box: { y: number; height: number; fill: string }): string {
  const size = box.height / 10;
  let text = '';
  for (let x = size * 2, at = 0; x < photo.width - size * 2; x += size, at++) {
    const tall = 3 + photo.chance(`letter ${at}`) * 4;
    if (tall > 6.3) continue;
    const y = box.y + box.height / 2 + size * (2 - tall);
    text += `<rect x="${x}" y="${y}" width="${size * 0.7}" height="${size * tall}" fill="${box.fill}"/>`;
  }
  return text;
}

function drawn(photo: Photo, shapes: string, options: OverlayOptions = {}): Promise<Buffer> {
  const { width, height } = photo;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes}</svg>`;
  return copy(open(photo).composite([{ input: Buffer.from(svg), ...options }]));
}

/** Draws a caption over the lowest part of the photo. */
function captioned(photo: Photo): Promise<Buffer> {
  const height = photo.height * 0.18;
  const y = photo.height - height;
  const bar = `<rect y="${y}" width="100%" height="${height}" fill="#000"/>`;
  return drawn(photo, bar + letters(photo, { y, height, fill: '#fff' }));
}

function watermarked(photo: Photo): Promise<Buffer> {
  const { width, height } = photo;
  const stripes = Array.from({ length: 5 }, (_, at) => {
    const y = ((at + 0.5) * height) / 5;
    return letters(photo, { y: y - height / 12, height: height / 6, fill: '#fff' });
  });
  const turn = `rotate(-25 ${width / 2} ${height / 2})`;
  return drawn(photo, `<g opacity="0.35" transform="${turn}">${stripes.join('')}</g>`);
}

function extended(
  photo: Photo,
  edges: { top?: number; bottom?: number; left?: number; right?: number },
  background: string,
): Promise<Buffer> {
  return copy(open(photo).extend({ ...edges, background }));
}

/** A phone's screenshot: the photo takes 65 % of the height, two bars the rest. */
function barred(photo: Photo): Promise<Buffer> {
  const bars = photo.height / 0.65 - photo.height;
  const top = Math.round(bars * (0.3 + 0.4 * photo.chance('bars')));
  return extended(photo, { top, bottom: Math.round(bars) - top }, '#000');
}

function lightened(photo: Photo, factor: number, shift: number): Promise<Buffer> {
  return copy(open(photo).linear(factor, shift));
}

/** The edits, in the order of the tables. */
export const IMAGE_EDITS: readonly ImageEdit[] = [
  { name: 'resize 50 %', make: (photo) => resized(photo, 0.5, 0.5) },
  { name: 'resize 20 %', make: (photo) => resized(photo, 0.2, 0.2) },
  { name: 'JPEG 50', make: (photo) => copy(open(photo), 50) },
  { name: 'JPEG 15', make: (photo) => copy(open(photo), 15) },
  { name: 'WebP 40', make: (photo) => open(photo).webp({ quality: 40 }).toBuffer() },
  { name: 'aspect x 1.25', make: (photo) => resized(photo, 1.25, 1) },
  { name: 'blur', make: (photo) => copy(open(photo).blur(2)) },
  { name: 'sharpen', make: (photo) => copy(open(photo).sharpen({ sigma: 2 })) },
  { name: 'brightness + 30 %', make: (photo) => lightened(photo, 1.3, 0) },
  { name: 'brightness x 0.6', make: (photo) => lightened(photo, 0.6, 0) },
  { name: 'contrast', make: (photo) => lightened(photo, 1.5, -64) },
  { name: 'gamma', make: (photo) => copy(open(photo).gamma(1.8, 1)) },
  { name: 'grey', make: (photo) => copy(open(photo).greyscale()) },
  { name: 'hue + 40', make: (photo) => copy(open(photo).modulate({ hue: 40 })) },
  {
    name: 'text line',
    make: (photo) => {
      const height = photo.height / 8;
      const y = photo.chance('text') * (photo.height - height);
      return drawn(photo, letters(photo, { y, height, fill: '#ff0' }));
    },
  },
  { name: 'watermark', make: watermarked },
  { name: 'caption bar 18 %', make: captioned },
  { name: 'crop 5 %', make: (photo) => cropped(photo, 0.05) },
  { name: 'crop 10 %', make: (photo) => cropped(photo, 0.1) },
  { name: 'crop 20 %', make: (photo) => cropped(photo, 0.2) },
  { name: 'crop 35 %', make: (photo) => cropped(photo, 0.35) },
  {
    name: 'border 5 %',
    make: (photo) => {
      const [x, y] = [Math.round(photo.width / 20), Math.round(photo.height / 20)];
      const background = photo.chance('border') < 0.5 ? '#fff' : '#000';
      return extended(photo, { left: x, right: x, top: y, bottom: y }, background);
    },
  },
  {
    name: 'caption strip 20 %',
    make: (photo) => extended(photo, { bottom: Math.round(photo.height / 5) }, '#fff'),
  },
  { name: 'screenshot bars 65 %', make: barred },
  { name: 'rotation 2', make: (photo) => turned(photo, 2) },
  { name: 'rotation 5', make: (photo) => turned(photo, 5) },
  { name: 'rotation 90', make: (photo) => copy(open(photo).rotate(90)) },
  { name: 'mirror', make: (photo) => copy(open(photo).flop()) },
];
