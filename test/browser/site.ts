import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Suite } from 'mocha';
import sharp from 'sharp';
import { PHOTOS } from '../../examples/photos.ts';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { thumbnailStore } from '../../lib/ingest/stores/thumbnails.ts';
import { makeThumbnail } from '../../lib/knn/describe/image.ts';
import { NoteIndex } from '../../lib/note-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import { pageHandler } from '../../lib/server/page/page.ts';
import { serve } from '../../lib/server/serve.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';

/** The playground over the example places, four photographs, a copy of one, and a note. */
export interface Site {
  url: string;
  /** The index that writes; what is served only reads. */
  places: PlaceIndex;
  /** Path of a copy of a photograph that is smaller, greyer and of another format. */
  copy: string;
}

/**
 * Serves the playground to a suite.
 *
 * @param options - token: that the server asks for. cors: origins whose pages may ask.
 */
export function onSite(suite: Suite, options: { token?: string; cors?: string[] } = {}): Site {
  const site = { url: '', copy: '' } as Site;
  suite.beforeAll(async () => {
    const folder = tempFolder();
    site.copy = join(folder, 'a copy.webp');
    site.places = closeAtEnd(new PlaceIndex(embedded({ dataDir: folder }), { dataDir: folder }));
    await site.places.rebuild(EXAMPLE_FILE);
    await site.places.put([
      {
        id: 'garden',
        name: '花卉試驗中心',
        country: 'TW',
        description: '春天適合親子賞櫻，步道平緩。',
      },
    ]);
    const thumbnails = thumbnailStore(join(folder, 'thumbnails'), { thumbnail: makeThumbnail });
    const pictures = new ImageIndex(embedded({ dataDir: folder }), { thumbnails });
    for (const [id, bytes] of Object.entries(PHOTOS)) await pictures.add(bytes, { id });
    const small = sharp(PHOTOS['house-cat.jpg']).resize(400).jpeg({ quality: 50 });
    await pictures.add(await small.toBuffer(), { id: 'house-cat-small.jpg' });
    // No hash tells that it is a copy; a look does.
    const mirrored = sharp(PHOTOS['house-cat.jpg']).flop().resize(360).webp();
    await pictures.add(await mirrored.toBuffer(), { id: 'house-cat-mirrored.webp' });
    await pictures.close();
    const writer = new NoteIndex(embedded({ dataDir: folder }));
    await writer.put([
      { id: 'trip', title: '京都三日', body: '第一天去清水寺，晚上在鴨川邊吃飯。', tags: ['旅行'] },
    ]);
    await writer.close();
    const photo = sharp(PHOTOS['nagasaki-boats.jpg']).resize(240).greyscale();
    writeFileSync(site.copy, await photo.webp().toBuffer());
    const engine = closeAtEnd(embedded({ dataDir: folder, readOnly: true }));
    const [places, images] = [new PlaceIndex(engine), new ImageIndex(engine)];
    const notes = new NoteIndex(engine);
    const serving = await serve({
      places,
      images,
      notes,
      status: [places, images],
      fallback: pageHandler({ thumbnails, ...(options.token ? { token: options.token } : {}) }),
      ...options,
      port: 0,
      healthPort: 0,
    });
    giveBack(() => serving.stop());
    site.url = serving.url;
  });
  return site;
}
