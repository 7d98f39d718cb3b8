import { availableParallelism } from 'node:os';
import { EngineError, OptionError } from '../../errors.ts';
import type { ImageDescription } from '../../knn/describe/describe.ts';
import { IMAGE_LIMITS_SPEC, type ImageLimits } from '../../knn/describe/image-limits.ts';
import { ImageError } from '../../knn/describe/image-error.ts';
import { checkOptions, OPTION_INVALID, settle, SIGNAL, type Spec } from '../../options.ts';
import type { MakeThumbnail } from '../stores/thumbnails.ts';
import type { SemanticModel } from '../../knn/semantic.ts';
import { type Exceeded, type OpenedModel, revived, type Task } from './decoder-message.ts';
import { SEMANTIC_SPEC, type SemanticOptions } from './semantic-model.ts';
import { type Decoder, startDecoder } from './start-decoder.ts';

/** What reads pictures for an `ImageIndex`. */
export interface PictureDecoder {
  /**
   * As `describeImage`.
   *
   * @param options - signal: rejects at once; a decode that has begun still finishes.
   */
  describe(
    bytes: Uint8Array,
    options?: ImageLimits & { signal?: AbortSignal },
  ): Promise<ImageDescription>;
}

/** What makes vectors by a second model. */
export interface ModelDecoder {
  /**
   * Loads a model.
   *
   * @throws {OptionError} `ONNX_INVALID`, also if the model takes more than a decoder may.
   */
  openModel(options: SemanticOptions): Promise<SemanticModel>;
  /** The vector of a picture by a model that was opened. */
  embed(
    bytes: Uint8Array,
    model: OpenedModel,
    options?: ImageLimits & { signal?: AbortSignal },
  ): Promise<number[]>;
}

/** Processes that read pictures. */
export interface DecoderProcesses extends PictureDecoder, ModelDecoder {
  /** As `makeThumbnail`; for a `thumbnailStore`. */
  thumbnail: MakeThumbnail;
  /** Ends all of them, whatever they do; what waits rejects with an `EngineError` `ENGINE_CLOSED`. */
  close(): Promise<void>;
}

/** How many processes there are, and what one picture may take. */
export interface DecoderOptions {
  /** Processes, 1..64, each with about 100 MB while idle. Default: one per core, at most 4. */
  count?: number;
  /** Milliseconds of CPU that a picture may take; default 10000. By the clock it may take six times as long. */
  cpuMs?: number;
  /** Bytes of memory that a process may have, 128 MiB or more; default 640 MiB. */
  memoryBytes?: number;
  /** Nice value of the processes, 0..19: how far they yield to others. Default 0. */
  niceness?: number;
}

const MOST_BY_DEFAULT = 4;
/** Options of `decoderProcesses`. */
export const DECODER_SPEC: Spec<DecoderOptions, 'cpuMs' | 'memoryBytes' | 'niceness'> = {
  code: OPTION_INVALID,
  options: {
    count: {
      type: 'whole',
      min: 1,
      max: 64,
      otherwise: 'one a core, at most 4',
      help: 'processes that read pictures',
    },
    cpuMs: {
      type: 'whole',
      min: 100,
      max: 3_600_000,
      default: 10_000,
      unit: 'ms',
      help: 'CPU that a picture may take',
    },
    memoryBytes: {
      type: 'whole',
      min: 128 * 2 ** 20,
      default: 640 * 2 ** 20,
      unit: 'bytes',
      help: 'memory that a process may have',
    },
    niceness: {
      type: 'whole',
      min: 0,
      max: 19,
      default: 0,
      help: 'how far the processes stand back behind others',
    },
  },
};

/** Options of `PictureDecoder.describe`. */
export const DECODE_SPEC: Spec<ImageLimits & { signal?: AbortSignal }, 'salvage'> = {
  code: OPTION_INVALID,
  options: { ...IMAGE_LIMITS_SPEC.options, signal: SIGNAL },
};

/** How many times its CPU limit a picture may take by the clock, since the machine may be busy. */
const CLOCK = 6;
/** Share of its memory limit above which an idle process is replaced, since it does not return freed memory. */
const WORN = 0.6;
/** Processes that may die on one picture, since it need not be the cause. */
const MAX_DEATHS = 2;

interface Job {
  task: Task;
  deaths: number;
  resolve: (answer: never) => void;
  reject: (error: Error) => void;
}

/**
 * Processes that read pictures, started when first needed.
 *
 * A picture is bounded in memory and time. At a limit, its process is ended and the picture fails with an
 * `ImageError` `DECODE_TIMEOUT`, `DECODE_MEMORY`, or `DECODER_CRASHED` if two processes died on it. The next picture
 * gets a new process. The processes see neither the environment of this process nor its files, keep it alive only
 * while they work, and end with it.
 *
 * All pictures together take at most `count * memoryBytes` of memory.
 *
 * @throws {OptionError} `OPTION_INVALID`, `OPTION_UNKNOWN`.
 * @example
 * const decoder = decoderProcesses({ count: 2 });
 * const index = new ImageIndex(embedded({ dataDir: './data' }), { decoder });
 */
export function decoderProcesses(options: DecoderOptions = {}): DecoderProcesses {
  const settings = settle(DECODER_SPEC, options);
  const { cpuMs, memoryBytes, niceness } = settings;
  const { count = Math.min(MOST_BY_DEFAULT, availableParallelism()) } = settings;
  const waiting: Job[] = [];
  const idle: Decoder[] = [];
  const busy = new Set<Decoder>();
  const ends = new Set<Promise<void>>();
  let closed = false;

  const start = (): Decoder => {
    const decoder = startDecoder(niceness);
    const end = decoder.ended.then(() => {
      ends.delete(end);
      const at = idle.indexOf(decoder);
      if (at >= 0) idle.splice(at, 1);
    });
    ends.add(end);
    return decoder;
  };

  /** Gives one picture to one process; resolves when the process is free again, or gone. */
  const work = async (decoder: Decoder, job: Job): Promise<void> => {
    const outcome = await decoder.run(
      { ...job.task, limits: { cpuMs, memoryBytes } },
      cpuMs * CLOCK,
    );
    if ('died' in outcome) {
      job.deaths += 1;
      if (closed) job.reject(closedError());
      else if (job.deaths >= MAX_DEATHS)
        job.reject(outcome.ready ? endedError(job.task) : failedError());
      else waiting.unshift(job);
    } else if ('exceeded' in outcome) {
      job.reject(exceededError(job.task, outcome.exceeded, settings));
    } else {
      if (outcome.memory > memoryBytes * WORN) await decoder.kill();
      else idle.push(decoder);
      if ('fault' in outcome) job.reject(revived(outcome.fault));
      else job.resolve(outcome.answer as never);
    }
  };

  const next = (): void => {
    while (!closed && waiting.length > 0 && busy.size < count) {
      const job = waiting.shift()!;
      const decoder = idle.pop() ?? start();
      busy.add(decoder);
      void work(decoder, job).finally(() => {
        busy.delete(decoder);
        next();
      });
    }
  };

  const ask = async <T>(task: Task, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    if (closed) throw closedError();
    let onAbort = (): void => undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        const job: Job = { task, deaths: 0, resolve, reject };
        onAbort = () => {
          const at = waiting.indexOf(job);
          if (at >= 0) waiting.splice(at, 1);
          reject(signal!.reason as Error);
        };
        signal?.addEventListener('abort', onAbort);
        waiting.push(job);
        next();
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  };

  return {
    async describe(bytes, asked = {}) {
      checkOptions(DECODE_SPEC, asked);
      const { signal, ...limits } = asked;
      return ask({ verb: 'describe', bytes, options: limits }, signal);
    },
    async openModel(options) {
      checkOptions(SEMANTIC_SPEC, options);
      return ask({ verb: 'model', options });
    },
    async embed(bytes, model, asked = {}) {
      checkOptions(DECODE_SPEC, asked);
      const { signal, ...limits } = asked;
      return ask({ verb: 'embed', bytes, model, options: limits }, signal);
    },
    thumbnail: (bytes, given) => ask({ verb: 'thumbnail', bytes, options: given }),
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(closedError());
      await Promise.all([...busy, ...idle].map((decoder) => decoder.kill()));
      await Promise.all(ends);
    },
  };
}

function exceededError(
  { verb }: Task,
  exceeded: Exceeded,
  limits: { cpuMs: number; memoryBytes: number },
): ImageError | OptionError {
  const mebibytes = Math.round(limits.memoryBytes / 2 ** 20);
  if (verb === 'model' || verb === 'embed') {
    const most = exceeded === 'cpu' ? `${limits.cpuMs} ms of CPU` : `${mebibytes} MiB`;
    const hint = 'Take a smaller one, or give decoderProcesses more cpuMs or memoryBytes.';
    return new OptionError('ONNX_INVALID', `The model takes more than ${most}`, hint);
  }
  const hint = 'Shrink it, or make a plain JPEG of it.';
  if (exceeded === 'cpu') {
    const what = `The picture takes more than ${limits.cpuMs} ms of CPU to decode`;
    return new ImageError('DECODE_TIMEOUT', what, hint, { format: null });
  }
  const what = `The picture takes more than ${mebibytes} MiB to decode`;
  return new ImageError('DECODE_MEMORY', what, hint, { format: null });
}

function endedError({ verb }: Task): ImageError | OptionError {
  if (verb === 'model' || verb === 'embed') {
    const hint = 'Take another one, or another onnxruntime.';
    return new OptionError('ONNX_INVALID', 'The model ends the process that runs it', hint);
  }
  const what = 'The picture ends the decoder';
  return new ImageError('DECODER_CRASHED', what, 'It is damaged, or made to do this.', {
    format: null,
  });
}

function failedError(): EngineError {
  const what = 'A process that reads pictures can not be started';
  return new EngineError('DECODER_FAILED', what, 'Look at the limits of processes and memory.');
}

function closedError(): EngineError {
  return new EngineError('ENGINE_CLOSED', 'The decoder was closed', 'Make a new one.');
}
