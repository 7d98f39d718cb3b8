import { availableParallelism } from 'node:os';
import { loadDetector } from '../analyzers/detect.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { engineCheck, filesCheck, indexChecks, type ServedIndex } from '../health/health-checks.ts';
import { createLimiter } from '../health/limiter.ts';
import { ImageIndex } from '../image-index.ts';
import { decoderProcesses } from '../ingest/decode/decoder-processes.ts';
import { NoteIndex } from '../note-index.ts';
import { placeThreads } from '../server/place-threads.ts';
import { pageHandler } from '../server/page/page.ts';
import { CLUSTER_LIMITS, embeddedLimits, PROBE_ID, serve } from '../server/serve.ts';
import type { LogEntry } from '../server/request-log.ts';
import { tokenCheck } from '../server/token.ts';
import { shownJson } from '../shown-text.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, type EngineName, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { ALLOW_ADDRESS_OPTION, THUMBNAILS_OPTION, thumbnailsOf } from './images-options.ts';
import { type Io, note, print } from './io.ts';
import { ALIAS_OPTION, durationFor, wholeFor } from './options.ts';

interface Flags {
  engine: EngineName;
  port: number;
  healthPort: number;
  listen: string;
  healthListen: string;
  openToNetwork?: true;
  threads?: number;
  places: string;
  images: string;
  notes: string;
  cors?: string[];
  allowHost?: string[];
  tokenEnv?: string;
  fetch?: true;
  allowAddress?: string[];
  thumbnails?: string;
  /** False by `--no-dictionaries`. */
  dictionaries: boolean;
  /** Milliseconds. */
  drain?: number;
  log: 'all' | 'errors' | 'none';
}

/** The script of a thread, beside this file. */
const THREAD_SCRIPT: URL = new URL(import.meta.url.replace(/serve(\.[jt]s)$/, 'place-thread$1'));
/** Milliseconds that threads have when the server has stopped. */
const THREAD_GRACE_MS = 300;
/** Pictures stand back behind texts. */
const NICENESS = 5;
const DEFAULT_THREADS = Math.max(1, availableParallelism() - 1);

/** `suoyin serve`: the stores over HTTP. */
export const serveCommand: CommandSpec = {
  name: 'serve',
  summary:
    'answer over HTTP: suggest, search, detect, similar; health and metrics on a second port',
  options: [
    {
      flags: '--port <n>',
      description: 'of the API; 0 for any',
      parse: wholeFor('--port', { min: 0, max: 65_535 }),
      default: 8080,
    },
    {
      flags: '--health-port <n>',
      description: 'of /livez, /readyz and /metrics; 0 for any',
      parse: wholeFor('--health-port', { min: 0, max: 65_535 }),
      default: 8081,
    },
    { flags: '--listen <host>', description: 'address of the API', default: '127.0.0.1' },
    { flags: '--health-listen <host>', description: 'address for probes', default: '127.0.0.1' },
    {
      flags: '--open-to-network',
      description: 'allow addresses that others can reach; there is no encryption',
    },
    ...ENGINE_OPTIONS.filter((option) => option !== ALIAS_OPTION),
    {
      flags: '--threads <n>',
      description: 'that search places; at least one (default: cores less one)',
      parse: wholeFor('--threads', { min: 0, max: 64 }),
    },
    { flags: '--places <alias>', description: 'name of the place index', default: 'places' },
    { flags: '--images <alias>', description: 'name of the image index', default: 'images' },
    { flags: '--notes <alias>', description: 'name of the index of notes', default: 'notes' },
    {
      flags: '--cors <origin>',
      description:
        'let pages of https://www.example.com ask, or of all with *; may come more than once',
      repeat: true,
    },
    {
      flags: '--allow-host <name>',
      description: 'answer under this name too, as that of a proxy; may come more than once',
      repeat: true,
    },
    {
      flags: '--token-env <var>',
      description: 'environment variable with the bearer token that requests have to bring',
    },
    { flags: '--fetch', description: 'let clients give pictures by their address' },
    ALLOW_ADDRESS_OPTION,
    { ...THUMBNAILS_OPTION, description: 'folder of thumbnails, which the page at / shows' },
    {
      flags: '--no-dictionaries',
      description: 'tell languages by characters alone: 350 MB less, starts at once',
    },
    {
      flags: '--drain <time>',
      description: 'how long requests may take to end when it stops (default: 10s)',
      parse: durationFor('--drain'),
    },
    {
      flags: '--log <what>',
      description: 'JSON lines on standard error',
      choices: ['all', 'errors', 'none'],
      default: 'all',
    },
  ],
  examples: [
    'suoyin serve --data .suoyin',
    'suoyin serve --engine opensearch --node https://search:9200 --user-env SEARCH_USER',
    'suoyin serve --listen 0.0.0.0 --open-to-network --health-listen 0.0.0.0 --token-env SUOYIN_TOKEN',
  ],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    const stop = io.onInterrupt();
    const token = flags.tokenEnv === undefined ? {} : { token: tokenIn(flags.tokenEnv, io) };
    const { index, engine, close } = await openIndex({ ...options, alias: flags.places }, io, {
      readOnly: true,
    });
    const count = Math.max(1, flags.threads ?? DEFAULT_THREADS);
    const threads = placeThreads({
      script: THREAD_SCRIPT,
      data: { flags: { ...options, alias: flags.places } },
      count,
    });
    const decoder = decoderProcesses({ niceness: NICENESS });
    try {
      const { allowAddress, cors, allowHost, drain } = flags;
      const images = new ImageIndex(engine, {
        alias: flags.images,
        decoder,
        ...(allowAddress ? { fetch: { allowAddresses: allowAddress } } : {}),
      });
      const notes = new NoteIndex(engine, { alias: flags.notes });
      // The first request should not have to wait for what is loaded once.
      if (flags.dictionaries) (await loadDetector()).detect('清水寺');
      await threads.warm();
      const limits = flags.engine === 'embedded' ? embeddedLimits(count) : CLUSTER_LIMITS;
      const serving = await serve({
        places: threads,
        images,
        notes,
        status: [index, images, notes],
        fallback: pageHandler({ ...thumbnailsOf(flags.thumbnails), ...token }),
        limiter: createLimiter(limits),
        checks: {
          engine: engineCheck(engine),
          ...(flags.engine === 'embedded' ? { files: filesCheck(engine) } : {}),
          ...indexChecks({
            places: servedIndex(threads, flags.places === 'places'),
            images: servedIndex(images, flags.images === 'images'),
            notes: servedIndex(notes, flags.notes === 'notes'),
          }),
        },
        port: flags.port,
        host: flags.listen,
        healthPort: flags.healthPort,
        healthHost: flags.healthListen,
        openToNetwork: flags.openToNetwork ?? false,
        fetchUrls: flags.fetch ?? false,
        dictionaries: flags.dictionaries,
        ...token,
        ...(cors ? { cors } : {}),
        ...(allowHost ? { hosts: allowHost } : {}),
        ...(drain === undefined ? {} : { drainMs: drain }),
        log: logTo(io, flags.log),
      });
      await print(io, `suoyin serves ${serving.url}, health at ${serving.healthUrl}`);
      await aborted(stop);
      await serving.stop();
      return EXIT.done;
    } finally {
      // What they are still at nobody waits for.
      const ended = await threads.close(THREAD_GRACE_MS);
      await decoder.close();
      await close();
      if (!ended) io.kill?.();
    }
  },
};

function tokenIn(variable: string, { env }: Io): string {
  const token = env[variable];
  if (token) {
    // Told before anything is opened.
    tokenCheck(token);
    return token;
  }
  const what = `The variable ${quoteValue(variable)} of --token-env is not set`;
  throw new OptionError('TOKEN_INVALID', what, `Set it before: export ${variable}=...`);
}

/** What was not asked for by name may be missing. */
function servedIndex(index: { get(id: string): Promise<unknown> }, optional: boolean): ServedIndex {
  return { read: () => index.get(PROBE_ID), optional };
}

function logTo(io: Io, what: Flags['log']): (entry: LogEntry) => void {
  return (entry) => {
    if (what === 'none' || (what === 'errors' && entry.level === 'info')) return;
    note(io, shownJson(entry));
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
