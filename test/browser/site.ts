import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from 'mocha';
import sharp from 'sharp';
import { PHOTOS } from '../../examples/photos.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { pageHandler } from '../../lib/server/page/page.ts';
import { serve, type Serving } from '../../lib/server/serve.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';

/** The playground over the example places and four photographs. */
export interface Site {
  url: string;
  /** The index that writes; what is served only reads. */
  places: PlaceIndex;
  /** Path of a copy of a photograph that is smaller, greyer and of another format. */
  copy: string;
}

/** Serves the playground to a suite. */
export function onSite(suite: Suite): Site {
  const folder = mkdtempSync(join(tmpdir(), 'suoyin-page-'));
  const site: Site = {
    url: '',
    places: new PlaceIndex(embedded({ dataDir: folder }), { dataDir: folder }),
    copy: join(folder, 'a copy.webp'),
  };
  let serving: Serving;
  const reader = { close: (): Promise<void> => Promise.resolve() };
  suite.beforeAll(async () => {
    await site.places.rebuild(EXAMPLE_FILE);
    const thumbnails = thumbnailStore(join(folder, 'thumbnails'), { thumbnail: makeThumbnail });
    const pictures = new ImageIndex(embedded({ dataDir: folder }), { thumbnails });
    for (const [id, bytes] of Object.entries(PHOTOS)) await pictures.add(bytes, { id });
    await pictures.close();
    const photo = sharp(PHOTOS['nagasaki-boats.jpg']).resize(240).greyscale();
    writeFileSync(site.copy, await photo.webp().toBuffer());
    const engine = embedded({ dataDir: folder, readOnly: true });
    reader.close = () => engine.close();
    const [places, images] = [new PlaceIndex(engine), new ImageIndex(engine)];
    serving = await serve({
      places,
      images,
      status: [places, images],
      fallback: pageHandler({ thumbnails }),
      port: 0,
      healthPort: 0,
    });
    site.url = serving.url;
  });
  suite.afterAll(async () => {
    await serving?.stop();
    await reader.close();
    await site.places.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return site;
}
