import { availableParallelism } from 'node:os';
import { loadDetector } from '../analyzers/detect.ts';
import type { Engine } from '../engines/engine.ts';
import { EngineError, OptionError, quoteValue } from '../errors.ts';
import { engineCheck, filesCheck, indexChecks, type ServedIndex } from '../health/health-checks.ts';
import { createLimiter } from '../health/limiter.ts';
import { ImageIndex } from '../image-index.ts';
import type { ImageModel } from '../image-options.ts';
import { decoderProcesses } from '../ingest/decode/decoder-processes.ts';
import { NoteIndex } from '../note-index.ts';
import { placeThreads } from '../server/place-threads.ts';
import { pageHandler } from '../server/page/page.ts';
import { CLUSTER_LIMITS, embeddedLimits, PROBE_ID, serve, SERVE_SPEC } from '../server/serve.ts';
import type { LogEntry } from '../server/request-log.ts';
import { tokenCheck } from '../server/token.ts';
import { shownJson } from '../shown-text.ts';
import type { CommandSpec } from './command.ts';
import { flagsOf } from './declared.ts';
import { CACHE, dataOf, type EngineName, openIndex, PLACE_OF_INDEXES } from './engine-options.ts';
import { EXIT } from './exit-codes.ts';
import { ADDRESSES, STORE_OPTIONS, thumbnailsOf } from './images-options.ts';
import { ownModel, SEMANTIC, semanticOf } from './model-options.ts';
import { type Io, note, print } from './io.ts';
import { wholeFor } from './options.ts';
import {
  aborted,
  OWN_PROBES,
  serveInProcesses,
  servesLine,
  servingProcess,
} from './serve-processes.ts';

interface Flags {
  engine: EngineName;
  threads?: number;
  processes: number;
  places: string;
  images: string;
  notes: string;
  tokenEnv?: string;
  thumbnails?: string[];
  s3Endpoint?: string;
  log: 'all' | 'errors' | 'none';
}

const LISTEN = flagsOf(SERVE_SPEC, ['port', 'healthPort', 'host', 'healthHost', 'openToNetwork']);
const SERVED = flagsOf(SERVE_SPEC, ['cors', 'hosts', 'fetchUrls', 'dictionaries', 'drainMs']);

/** The script of a thread, beside this file. */
const THREAD_SCRIPT: URL = new URL(import.meta.url.replace(/serve(\.[jt]s)$/, 'place-thread$1'));
/** Milliseconds that threads have to end after the server has stopped. */
const THREAD_GRACE_MS = 300;
/** Nice value of processes for pictures: text searches come first. */
const NICENESS = 5;

/** `suoyin serve`: serves the stores over HTTP. */
export const serveCommand: CommandSpec = {
  name: 'serve',
  summary:
    'answer over HTTP: suggest, search, detect, similar; health and metrics on a second port',
  options: [
    ...LISTEN.options,
    ...PLACE_OF_INDEXES,
    {
      flags: '--threads <n>',
      description:
        'of each process that search places and notes; at least one (default: its cores less one)',
      parse: wholeFor('--threads', { min: 0, max: 64 }),
    },
    {
      flags: '--processes <n>',
      description: 'that share the port; one that ends is started again',
      parse: wholeFor('--processes', { min: 1, max: 64 }),
      default: 1,
    },
    ...CACHE.options,
    { flags: '--places <alias>', description: 'name of the place index', default: 'places' },
    { flags: '--images <alias>', description: 'name of the image index', default: 'images' },
    { flags: '--notes <alias>', description: 'name of the index of notes', default: 'notes' },
    ...SERVED.options,
    {
      flags: '--token-env <var>',
      description: 'environment variable with the bearer token that requests have to bring',
    },
    ...ADDRESSES.options,
    ...SEMANTIC.options,
    ...STORE_OPTIONS,
    {
      flags: '--log <what>',
      description: 'JSON lines on standard error',
      choices: ['all', 'errors', 'none'],
      default: 'all',
    },
  ],
  examples: [
    'suoyin serve --data .suoyin',
    'suoyin serve --data .suoyin --processes 4',
    'suoyin serve --engine opensearch --node https://search:9200 --user-env SEARCH_USER',
    'suoyin serve --listen 0.0.0.0 --open-to-network --health-listen 0.0.0.0 --token-env SUOYIN_TOKEN',
  ],
  async run({ options: given }, io) {
    // The demo needs the address. Threads get the rest, which can be copied to them.
    const { onServing, ...options } = given as { onServing?: (url: string) => void };
    const flags = options as unknown as Flags;
    const worker = flags.processes > 1 ? servingProcess() : null;
    if (flags.processes > 1 && worker === null) {
      const probes = { ...LISTEN.read(options), ...SERVED.read(options) };
      return serveInProcesses(flags.processes, probes, io);
    }
    const stop = io.onInterrupt();
    const token = flags.tokenEnv === undefined ? {} : { token: tokenIn(flags.tokenEnv, io) };
    const { index, engine, close } = await openIndex({ ...options, alias: flags.places }, io, {
      to: 'read',
    });
    if (flags.engine === 'embedded') await expectReadable(engine);
    const cores = Math.floor(availableParallelism() / flags.processes);
    const count = Math.max(1, flags.threads ?? cores - 1);
    const threads = placeThreads({
      script: THREAD_SCRIPT,
      data: { flags: { ...options, alias: flags.places }, notes: flags.notes },
      count,
    });
    const decoder = decoderProcesses({ niceness: NICENESS });
    try {
      const served = SERVED.read(options);
      const model = await servedModel(engine, flags.images, io);
      const { semantic } = semanticOf(options);
      // Report a file that is not a model at once.
      if (semantic) await decoder.openModel(semantic);
      const images = new ImageIndex(engine, {
        alias: flags.images,
        ...(model ? { model } : {}),
        ...(semantic ? { semantic } : {}),
        decoder,
        fetch: ADDRESSES.read(options),
      });
      const notes = new NoteIndex(engine, { alias: flags.notes });
      // Load it now, so that the first request does not have to wait.
      if (served.dictionaries !== false) (await loadDetector()).detect('清水寺');
      await threads.warm();
      const limits = flags.engine === 'embedded' ? embeddedLimits(count) : CLUSTER_LIMITS;
      const serving = await serve({
        places: threads,
        images,
        notes: threads.notes,
        status: [index, images, notes],
        fallback: pageHandler({ ...thumbnailsOf(flags), ...token }),
        limiter: createLimiter(limits),
        checks: {
          engine: engineCheck(engine),
          ...(flags.engine === 'embedded' ? { files: filesCheck(engine, threads) } : {}),
          ...indexChecks({
            places: servedIndex(threads, flags.places === 'places'),
            images: servedIndex(images, flags.images === 'images'),
            notes: servedIndex(notes, flags.notes === 'notes'),
          }),
        },
        ...LISTEN.read(options),
        ...(worker ? OWN_PROBES : {}),
        ...served,
        ...token,
        log: logTo(io, flags.log),
      });
      if (worker) worker.serves(serving);
      else await print(io, servesLine(serving));
      onServing?.(serving.url);
      const where =
        flags.engine === 'embedded' ? `in ${quoteValue(dataOf(options))}` : 'on the cluster';
      await noteEmpty([index, images, notes], where, io);
      await aborted(worker ? AbortSignal.any([stop, worker.stop]) : stop);
      await serving.stop();
      return EXIT.done;
    } finally {
      // Nobody waits for what they are still doing.
      const ended = await threads.close(THREAD_GRACE_MS);
      await decoder.close();
      await close();
      if (!ended) io.kill?.();
      worker?.end();
    }
  },
};

function tokenIn(variable: string, { env }: Io): string {
  const token = env[variable];
  if (token) {
    // Reported before anything is opened.
    tokenCheck(token);
    return token;
  }
  const what = `The variable ${quoteValue(variable)} of --token-env is not set`;
  throw new OptionError('TOKEN_INVALID', what, `Set it before: export ${variable}=...`);
}

/** The model of an index of pictures; null (suoyin's own) if there is no index to read, which readiness reports. */
async function servedModel(engine: Engine, alias: string, io: Io): Promise<ImageModel | null> {
  try {
    return await ownModel(engine, alias, {});
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code !== 'INDEX_NOT_FOUND') {
      const until = `Until it is started again, ${alias} is taken for an index of suoyin's own vectors.`;
      note(io, `suoyin: ${error.message} ${until}`);
    }
    return null;
  }
}

/** Error codes of a file that may become readable: once it is made, fully written, or on a repaired disk. */
const PASSING: ReadonlySet<string> = new Set([
  'INDEX_NOT_FOUND',
  'WRITER_BUSY',
  'DISK_FULL',
  'FILE_IO',
]);

/** @throws {EngineError} If the file can't be opened, and waiting would not help. */
async function expectReadable(engine: Engine): Promise<void> {
  try {
    await engine.health();
  } catch (error) {
    if (!(error instanceof EngineError && PASSING.has(error.code))) throw error;
  }
}

/** Reports that nothing can be found yet; otherwise only probes would show a first start in the wrong folder. */
async function noteEmpty(
  indexes: readonly { get(id: string): Promise<unknown> }[],
  where: string,
  io: Io,
): Promise<void> {
  for (const index of indexes) {
    const code = await index.get(PROBE_ID).then(
      () => null,
      (error: unknown) => (error as { code?: unknown }).code,
    );
    if (code !== 'INDEX_NOT_FOUND') return;
  }
  note(
    io,
    `suoyin: There is no index ${where} yet: searches and /readyz answer 503 until there is one. Make it (index-rebuild for places, images add, notes add), or say where it is: --data FOLDER.`,
  );
}

/** An index that may be missing if the user did not name it. */
function servedIndex(index: { get(id: string): Promise<unknown> }, optional: boolean): ServedIndex {
  return { read: () => index.get(PROBE_ID), optional };
}

function logTo(io: Io, what: Flags['log']): (entry: LogEntry) => void {
  return (entry) => {
    if (what === 'none' || (what === 'errors' && entry.level === 'info')) return;
    note(io, shownJson(entry));
  };
}
