import { connect } from 'node:net';
import { embedded } from '../../lib/engines/embedded/index.ts';
import { ImageIndex } from '../../lib/image-index.ts';
import { PlaceIndex } from '../../lib/place-index.ts';
import type { LogEntry } from '../../lib/server/request-log.ts';
import { serve, type ServeOptions } from '../../lib/server/serve.ts';
import { PHOTOS } from '../../examples/photos.ts';
import { EXAMPLE_FILE } from '../support/example-places.ts';
import { tempFolder } from '../support/folders.ts';
import { closeAtEnd, giveBack } from '../support/lifetime.ts';

/** Real stores: the example places, and two photos. */
export interface Stores {
  dataDir: string;
  places: PlaceIndex;
  images: ImageIndex;
}

/** Indexes the example data in a folder of its own. */
export async function makeStores(): Promise<Stores> {
  const dataDir = tempFolder();
  const engine = closeAtEnd(embedded({ dataDir }));
  const places = new PlaceIndex(engine);
  const images = new ImageIndex(engine);
  await places.rebuild(EXAMPLE_FILE);
  await images.add(PHOTOS['nagasaki-boats.jpg']!, {
    id: 'photos/nagasaki-boats.jpg',
    fields: { country: 'JP' },
  });
  await images.add(PHOTOS['french-alps.jpg']!, {
    id: 'https://example.com/alps.jpg?signature=swordfish',
    fields: { country: 'FR' },
  });
  return { dataDir, places, images };
}

/** A server on ports of its own, with what it logged. */
export interface Rig {
  url: string;
  healthUrl: string;
  port: number;
  entries: LogEntry[];
  stop: () => Promise<number>;
}

/** Serves on any free ports. */
export async function serveOn(options: ServeOptions): Promise<Rig> {
  const entries: LogEntry[] = [];
  const serving = await serve({
    port: 0,
    healthPort: 0,
    log: (entry) => entries.push(entry),
    ...options,
  });
  giveBack(() => serving.stop());
  const { url, healthUrl } = serving;
  const port = Number(new URL(url).port);
  return { url, healthUrl, port, entries, stop: () => serving.stop() };
}

/** Sends text as it is, and gives all that comes until the server closes the connection. */
export function rawRequest(port: number, text: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
    // A reset after the answer is how some refusals end.
    socket.on('error', () => undefined).on('close', () => resolve(answer));
    socket.write(text);
  });
}
