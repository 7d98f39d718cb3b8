import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embedded } from '../engines/embedded/index.ts';
import { ImageIndex } from '../image-index.ts';
import { NoteIndex } from '../note-index.ts';
import { PlaceIndex } from '../place-index.ts';
import type { CommandSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { thumbnailsOf } from './images-options.ts';
import { type Io, note } from './io.ts';
import { wholeFor } from './options.ts';
import { serveCommand } from './serve.ts';

/** Folder of the data packed for the demo, with its terms; lib and dist use the same one. */
const DATA = fileURLToPath(new URL('../../examples/data/', import.meta.url));

/** Commands that open an address on a desktop, by platform. */
const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** `suoyin demo`: indexes real places, pictures and notes, and serves the playground over them. */
export const demoCommand: CommandSpec = {
  name: 'demo',
  summary: 'real places, pictures and notes, and a page to try them on; nothing stays',
  options: [
    {
      flags: '--port <n>',
      description: 'of the page; 0 for any',
      parse: wholeFor('--port', { min: 0, max: 65_535 }),
      default: 0,
    },
    { flags: '--no-open', description: 'do not open a browser' },
  ],
  examples: ['suoyin demo', 'suoyin demo --port 8080 --no-open'],
  async run({ options }, io) {
    const { port, open } = options as { port: number; open: boolean };
    const stop = io.onInterrupt();
    const data = await mkdtemp(join(tmpdir(), 'suoyin-demo-'));
    const thumbnails = join(data, 'thumbnails');
    const remove = (): void => {
      rmSync(data, { recursive: true, force: true });
    };
    try {
      await fill(data, thumbnails, io);
      if (stop.aborted) return EXIT.done;
      const onServing = (url: string): void => {
        note(io, [`Open ${url} and type: 板橋, しんj, banq, ㄅㄢˇ. Ctrl-C ends it.`]);
        if (open && io.stdout.isTTY) openAddress(url);
      };
      return await serveCommand.run(
        {
          args: [],
          options: { ...serveDefaults(), data, thumbnails: [thumbnails], port, onServing },
        },
        {
          ...io,
          onInterrupt: () => stop,
          kill: () => {
            remove();
            io.kill?.();
          },
        },
      );
    } finally {
      remove();
    }
  },
};

/** Indexes all the packed data. */
async function fill(dataDir: string, thumbnailFolder: string, io: Io): Promise<void> {
  const engine = embedded({ dataDir });
  try {
    const places = new PlaceIndex(engine, { dataDir });
    const { documents } = await places.rebuild(join(DATA, 'places.jsonl'));
    const images = new ImageIndex(engine, thumbnailsOf({ thumbnails: [thumbnailFolder] }));
    const pictures = readdirSync(join(DATA, 'pictures'));
    for (const id of pictures) await images.add(readFileSync(join(DATA, 'pictures', id)), { id });
    const lines = readFileSync(join(DATA, 'notes.jsonl'), 'utf8').trimEnd().split('\n');
    await new NoteIndex(engine).put(lines.map((line) => JSON.parse(line) as { id: string }));
    note(io, [`${documents} places, ${pictures.length} pictures and ${lines.length} notes.`]);
  } finally {
    await engine.close();
  }
}

/** Defaults of `serve`, but on any free port and without dictionaries, which the demo does not need. */
function serveDefaults(): Record<string, unknown> {
  const defaults = serveCommand.options.flatMap(({ flags, default: value }) => {
    const name = /^--([a-z-]+)/.exec(flags)![1]!;
    const key = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...Object.fromEntries(defaults), healthPort: 0, dictionaries: false, log: 'errors' };
}

/** Opens an address if the desktop can; errors are ignored, since the address is printed anyway. */
function openAddress(url: string): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
