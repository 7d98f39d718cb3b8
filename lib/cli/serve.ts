import { loadDetector } from '../analyzers/detect.ts';
import { OptionError, quoteValue } from '../errors.ts';
import { engineCheck } from '../health/health-checks.ts';
import { createLimiter } from '../health/limiter.ts';
import { ImageIndex } from '../image-index.ts';
import { CLUSTER_LIMITS, EMBEDDED_LIMITS, serve } from '../server/serve.ts';
import type { LogEntry } from '../server/request-log.ts';
import type { CommandSpec } from './command.ts';
import { ENGINE_OPTIONS, openIndex } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Io, note, print } from './io.ts';
import { ALIAS_OPTION, durationFor, numberFor } from './options.ts';
import { ALLOW_ADDRESS_OPTION } from './similar.ts';

interface Flags {
  engine: 'embedded' | 'opensearch';
  port: number;
  healthPort: number;
  listen: string;
  healthListen: string;
  openToNetwork?: true;
  places: string;
  images: string;
  cors?: string[];
  allowHost?: string[];
  fetch?: true;
  allowAddress?: string[];
  /** False by `--no-dictionaries`. */
  dictionaries: boolean;
  /** Milliseconds. */
  drain?: number;
  log: 'all' | 'errors' | 'none';
}

/** `suoyin serve`: the stores over HTTP. */
export const serveCommand: CommandSpec = {
  name: 'serve',
  summary:
    'answer over HTTP: suggest, search, detect, similar; health and metrics on a second port',
  options: [
    {
      flags: '--port <n>',
      description: 'of the API; 0 for any',
      parse: portFor('--port'),
      default: 8080,
    },
    {
      flags: '--health-port <n>',
      description: 'of /livez, /readyz and /metrics; 0 for any',
      parse: portFor('--health-port'),
      default: 8081,
    },
    { flags: '--listen <host>', description: 'address of the API', default: '127.0.0.1' },
    { flags: '--health-listen <host>', description: 'address for probes', default: '127.0.0.1' },
    {
      flags: '--open-to-network',
      description: 'allow addresses that others can reach; there is no log-in',
    },
    ...ENGINE_OPTIONS.filter((option) => option !== ALIAS_OPTION),
    { flags: '--places <alias>', description: 'name of the place index', default: 'places' },
    { flags: '--images <alias>', description: 'name of the image index', default: 'images' },
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
    { flags: '--fetch', description: 'let clients give pictures by their address' },
    ALLOW_ADDRESS_OPTION,
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
    'suoyin serve --listen 0.0.0.0 --open-to-network --health-listen 0.0.0.0',
  ],
  async run({ options }, io) {
    const flags = options as unknown as Flags;
    const stop = io.onInterrupt();
    const { index, engine, close } = await openIndex({ ...options, alias: flags.places }, io, {
      readOnly: true,
    });
    try {
      const { allowAddress, cors, allowHost, drain } = flags;
      const images = new ImageIndex(engine, {
        alias: flags.images,
        ...(allowAddress ? { fetch: { allowAddresses: allowAddress } } : {}),
      });
      if (flags.dictionaries) await loadDetector();
      const limits = flags.engine === 'embedded' ? EMBEDDED_LIMITS : CLUSTER_LIMITS;
      const serving = await serve({
        places: index,
        images,
        limiter: createLimiter(limits),
        checks: { engine: engineCheck(engine) },
        port: flags.port,
        host: flags.listen,
        healthPort: flags.healthPort,
        healthHost: flags.healthListen,
        openToNetwork: flags.openToNetwork ?? false,
        fetchUrls: flags.fetch ?? false,
        dictionaries: flags.dictionaries,
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
      await close();
    }
  },
};

function logTo(io: Io, what: Flags['log']): (entry: LogEntry) => void {
  return (entry) => {
    if (what === 'none' || (what === 'errors' && entry.level === 'info')) return;
    note(io, JSON.stringify(entry));
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

function portFor(flag: string): (text: string) => number {
  const read = numberFor(flag);
  return (text) => {
    const value = read(text);
    if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
    const what = `${flag} ${quoteValue(text)} is no port`;
    throw new OptionError('NUMBER_INVALID', what, 'Use 0 to 65535.');
  };
}
