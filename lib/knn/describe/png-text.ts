const TEXT: ReadonlySet<string> = new Set(['tEXt', 'zTXt', 'iTXt']);
/** Most bytes of text that are kept, since a profile or an orientation may be among them. */
const TEXT_MOST = 1 << 20;
const SIGNATURE = 8;
/** Length, type and checksum of a chunk. */
const AROUND = 12;

/**
 * A PNG without its text chunks, if these have more than a megabyte: unpacking them takes time and
 * memory, and no pixel depends on them. A file that is not made of chunks is returned unchanged.
 *
 * @see https://www.w3.org/TR/png-3/#5Chunk-layout
 */
export function withoutText(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const kept: [start: number, end: number][] = [[0, SIGNATURE]];
  let text = 0;
  let at = SIGNATURE;
  while (at + AROUND <= png.length) {
    const end = at + AROUND + view.getUint32(at);
    if (end > png.length) break;
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (TEXT.has(type)) text += end - at;
    else kept.push([at, end]);
    at = end;
  }
  if (text <= TEXT_MOST) return png;
  kept.push([at, png.length]);
  const shorter = new Uint8Array(png.length - text);
  let to = 0;
  for (const [start, end] of kept) {
    shorter.set(png.subarray(start, end), to);
    to += end - start;
  }
  return shorter;
}
