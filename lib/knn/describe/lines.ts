import type { Raster } from './image.ts';
import type { Box } from './planes.ts';

/** The rows or the columns of a part of a picture. Differences are the largest of the three channels. */
export interface Lines {
  count: number;
  /** Pixels of a line. */
  length: number;
  /** Difference between the pixels at the same place in two lines. */
  across: (line: number, other: number, at: number) => number;
  /** Difference between a pixel of a line and the next one. */
  along: (line: number, at: number) => number;
}

export function rowsOf({ data, width }: Raster, { left, top, right, bottom }: Box): Lines {
  const pixel = (line: number, at: number): number => ((top + line) * width + left + at) * 3;
  return linesOf(data, { count: bottom - top, length: right - left, pixel });
}

export function columnsOf({ data, width }: Raster, { left, top, right, bottom }: Box): Lines {
  const pixel = (line: number, at: number): number => ((top + at) * width + left + line) * 3;
  return linesOf(data, { count: right - left, length: bottom - top, pixel });
}

function linesOf(
  data: Uint8Array,
  {
    count,
    length,
    pixel,
  }: { count: number; length: number; pixel: (line: number, at: number) => number },
): Lines {
  const difference = (a: number, b: number): number =>
    Math.max(
      Math.abs(data[a]! - data[b]!),
      Math.abs(data[a + 1]! - data[b + 1]!),
      Math.abs(data[a + 2]! - data[b + 2]!),
    );
  return {
    count,
    length,
    across: (line, other, at) => difference(pixel(line, at), pixel(other, at)),
    along: (line, at) => difference(pixel(line, at), pixel(line, at + 1)),
  };
}
