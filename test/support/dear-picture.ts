import process from 'node:process';
import sharp from 'sharp';

/** 21 megapixels of grey in a kilobyte: as dear as a picture may be that is not refused by its header. */
export function dearPicture(): Promise<Buffer> {
  const create = { width: 4600, height: 4600, channels: 3, background: '#888' } as const;
  return sharp({ create }).avif({ effort: 0, quality: 10 }).toBuffer();
}

/** Milliseconds of CPU that this process takes for some work. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
