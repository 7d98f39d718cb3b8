import { join } from 'node:path';
import sharp from 'sharp';

import { seededRandom } from '../../bench/statistics.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { type ThumbnailStore, thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd } from '../support/lifetime.ts';

/** A folder, and an embedded index of pictures in it, fresh for each test of the suite it is called in. */
export interface Studio {
  dir: string;
  engine: Engine;
  index: ImageIndex;
  thumbnails: ThumbnailStore;
}

export function studio(): Studio {
  const rig = {} as Studio;
  beforeEach(() => {
    rig.dir = tempFolder();
    rig.engine = closeAtEnd(embedded({ dataDir: join(rig.dir, 'data') }));
    rig.index = new ImageIndex(rig.engine);
    rig.thumbnails = thumbnailStore(join(rig.dir, 'thumbnails'), { thumbnail: makeThumbnail });
  });
  return rig;
}

/** A PNG of 32 x 32 pixels of noise, another one for each seed. */
export function noise(seed: number): Promise<Buffer> {
  const random = seededRandom(seed);
  const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, () => random() * 256);
  return sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
}

/** A PNG of one pixel: what is made of it takes no time. */
export function dot(): Promise<Buffer> {
  return sharp(Uint8Array.of(1, 2, 3), { raw: { width: 1, height: 1, channels: 3 } })
    .png()
    .toBuffer();
}
