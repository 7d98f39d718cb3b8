import type { Raster } from './image.ts';
import { areaOf } from './inner.ts';
import { columnsOf, type Lines, rowsOf } from './lines.ts';
import { type Box, contentBox } from './planes.ts';

/** Fewest levels by which a pixel jumps where two pictures meet, and by how much more than within each. */
const JUMP_LEVELS = 12;
const JUMP_RATIO = 1.5;
/** Least share of a line that jumps, and of the eighth of the line that jumps least. */
const JUMP_SHARE = 0.55;
const JUMP_SHARE_EACH = 0.25;
const SECTIONS = 8;
/** Most seams in each direction, and least share of the side between two of them. */
const SEAMS_MAX = 2;
const SEAM_DISTANCE = 0.12;
/** Least share of the area that a part has, and most parts. */
const PART_AREA = 0.12;
const PARTS_MAX = 4;

/**
 * The parts of a collage, or of a picture with a separate bar, the largest first; none if no seam runs from edge to
 * edge.
 *
 * @param whole - Where to look.
 */
export function partsOf(raster: Raster, whole: Box): Box[] {
  const columns = cuts(columnsOf(raster, whole));
  const rows = cuts(rowsOf(raster, whole));
  if (columns.length * rows.length === 1) return [];
  const boxes = rows.flatMap(([top, bottom]) =>
    columns.map(([left, right]) => ({
      left: whole.left + left,
      top: whole.top + top,
      right: whole.left + right,
      bottom: whole.top + bottom,
    })),
  );
  return boxes
    .filter((box) => areaOf(box) >= PART_AREA * areaOf(whole))
    .sort((a, b) => areaOf(b) - areaOf(a))
    .slice(0, PARTS_MAX)
    .map((box) => withoutGap(raster, box));
}

function cuts(lines: Lines): [from: number, to: number][] {
  const ends = [...seamsOf(lines), lines.count];
  return ends.map((end, at) => [ends[at - 1] ?? 0, end]);
}

/** Lines from edge to edge along which a picture ends: the clearest ones, in order. */
function seamsOf(lines: Lines): number[] {
  const { count } = lines;
  const found: { line: number; share: number }[] = [];
  // Five lines before a seam are examined, and four after it.
  for (let line = 5; line + 4 < count; line++) {
    const share = jumpShare(lines, line);
    if (share >= JUMP_SHARE) found.push({ line, share });
  }
  found.sort((a, b) => b.share - a.share);
  const seams: number[] = [];
  for (const { line } of found) {
    const apart = [0, count, ...seams].every(
      (other) => Math.abs(other - line) >= SEAM_DISTANCE * count,
    );
    if (apart && seams.length < SEAMS_MAX) seams.push(line);
  }
  return seams.sort((a, b) => a - b);
}

/** Share of a line that jumps; 0 if one of its eighths hardly jumps, so that most lines take one eighth only. */
function jumpShare({ length, across }: Lines, line: number): number {
  let jumps = 0;
  for (let section = 0; section < SECTIONS; section++) {
    const from = Math.floor((section * length) / SECTIONS);
    const to = Math.floor(((section + 1) * length) / SECTIONS);
    const before = jumps;
    for (let at = from; at < to; at++) {
      // The two lines at a seam may mix both pictures, so they are left out.
      const jump = across(line + 1, line - 2, at);
      if (jump < JUMP_LEVELS || jump < JUMP_RATIO * across(line - 2, line - 5, at)) continue;
      jumps += Number(jump >= JUMP_RATIO * across(line + 1, line + 4, at));
    }
    if (jumps - before < JUMP_SHARE_EACH * (to - from)) return 0;
  }
  return jumps / length;
}

/** A part without the flat gap beside it. */
function withoutGap(raster: Raster, box: Box): Box {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((box.top + y) * raster.width + box.left) * 3;
    data.set(raster.data.subarray(from, from + width * 3), y * width * 3);
  }
  const inside = contentBox({ width, height, data });
  if (inside === null) return box;
  return {
    left: box.left + inside.left,
    right: box.left + inside.right,
    top: box.top + inside.top,
    bottom: box.top + inside.bottom,
  };
}
