// The server of `bench -- dearest`, in a process of its own, which tells what it has used.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { embedded } from '../lib/engines/embedded/index.ts';
import { ImageIndex } from '../lib/image-index.ts';
import { decoderProcesses } from '../lib/ingest/decode/decoder-processes.ts';
import { NoteIndex } from '../lib/note-index.ts';
import { PlaceIndex } from '../lib/place-index.ts';
import { placeThreads } from '../lib/server/place-threads.ts';
import { serve } from '../lib/server/serve.ts';

/** How to serve. */
export interface DearestOrder {
  dataDir: string;
  /** Folder of pictures and notes. */
  othersDir: string;
  /** Threads that search places; 0: the thread that answers searches them. */
  threads: number;
  /** Pictures are read in processes, as `suoyin serve` does; otherwise here, where what they cost is counted. */
  decoders: boolean;
}

/** What the process has used since it was asked last. */
export interface DearestUsed {
  /** Milliseconds of CPU of all its threads. */
  cpuMs: number;
  /** Longest time in which the thread that answers had no turn, in milliseconds. */
  stretchMs: number;
}

/** Serves, and tells what was used whenever it is asked, until its parent disconnects. */
export function serveDearest(): void {
  let stop = (): Promise<void> => Promise.resolve();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let before = process.cpuUsage();
  process.on('message', (order: DearestOrder | 'used') => {
    if (order === 'used') {
      const { user, system } = process.cpuUsage(before);
      const used: DearestUsed = { cpuMs: (user + system) / 1000, stretchMs: delay.max / 1e6 };
      process.send!(used);
      delay.disable();
      delay.reset();
      delay.enable();
      before = process.cpuUsage();
      return;
    }
    void start(order).then(({ url, close }) => {
      stop = close;
      process.send!(url);
    });
  });
  process.on('disconnect', () => void stop().then(() => process.exit()));
}

async function start({
  dataDir,
  othersDir,
  threads,
  decoders,
}: DearestOrder): Promise<{ url: string; close: () => Promise<void> }> {
  const engine = embedded({ dataDir, readOnly: true, ...(threads === 0 ? { threads: 0 } : {}) });
  const others = embedded({ dataDir: othersDir });
  const pool = threads > 0 ? placeThreads({ dataDir, alias: 'places', count: threads }) : null;
  const noting = threads > 0 ? placeThreads({ dataDir: othersDir, alias: 'none', count: 1 }) : null;
  const places = pool ?? new PlaceIndex(engine, { alias: 'places' });
  const decoder = decoders ? decoderProcesses() : undefined;
  const serving = await serve({
    places,
    images: new ImageIndex(others, decoder ? { decoder } : {}),
    notes: noting?.notes ?? new NoteIndex(others),
    port: 0,
    healthPort: 0,
  });
  const close = async (): Promise<void> => {
    await serving.stop();
    await places.close();
    await noting?.close();
    await decoder?.close();
    if (pool) await engine.close();
    await others.close();
  };
  return { url: serving.url, close };
}
