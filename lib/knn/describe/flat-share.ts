import type { Raster } from './image.ts';

/** Levels of a channel that fall into one cell. */
const CELL = 16;
/** Levels from the middle of a cell within which a pixel has its colour. */
const NEAR = 12;

/** Share of the pixels that have the commonest colour of a picture, 0..1: high for pages and drawings. */
export function flatShare({ data, width, height }: Raster): number {
  const cells = 256 / CELL;
  const counts = new Uint32Array(cells ** 3);
  const cellOf = (at: number): number => Math.floor(data[at]! / CELL);
  for (let at = 0; at < data.length; at += 3) {
    counts[(cellOf(at) * cells + cellOf(at + 1)) * cells + cellOf(at + 2)]!++;
  }
  const commonest = counts.reduce((best, count, cell) => (count > counts[best]! ? cell : best), 0);
  const middles = [commonest / cells ** 2, (commonest / cells) % cells, commonest % cells].map(
    (cell) => Math.floor(cell) * CELL + CELL / 2,
  );
  let same = 0;
  for (let at = 0; at < data.length; at += 3) {
    same += Number(middles.every((middle, band) => Math.abs(data[at + band]! - middle) <= NEAR));
  }
  return same / (width * height);
}
