import { createHash } from 'node:crypto';
import type * as Onnx from 'onnxruntime-web';
import { MissingDependencyError, OptionError, quoteValue } from '../../errors.ts';
import { checkOptions, defaultsOf, defined, type Spec } from '../../options.ts';
import type { SpaceType, VectorSpace } from '../space.ts';
import { type Raster, rasterOf } from './image.ts';
import { IMAGE_LIMITS_SPEC, type ImageLimits } from './image-limits.ts';
import { SIDE } from './thumbnail-options.ts';

/**
 * How pixels are fed to an ONNX model and how its output is read; usually a small JSON file beside
 * the model.
 */
export interface OnnxPreprocessing {
  /** Size of the picture that the model takes, in pixels, 1..4096. */
  width: number;
  height: number;
  /** `fill` stretches, `cover` crops, `contain` pads with white. Default `fill`. */
  fit?: 'fill' | 'cover' | 'contain';
  /** Order of the numbers: channels first, or last. Default `nchw`. */
  layout?: 'nchw' | 'nhwc';
  /** Order of the colours. Default `rgb`. */
  channels?: 'rgb' | 'bgr';
  /** Each input number is (pixel x scale - mean) / std, where a pixel is 0..255. Default 1/255. */
  scale?: number;
  /** Per colour, red first. Default 0, 0, 0. */
  mean?: readonly number[];
  /** Per colour, red first; not 0. Default 1, 1, 1. */
  std?: readonly number[];
  /** Names of the input and output tensors. Default: the first of each. */
  input?: string;
  output?: string;
  /** How the vectors are compared. Default `cosinesimil`. */
  spaceType?: Exclude<SpaceType, 'hamming'>;
  /**
   * Distance up to which two pictures count as near duplicates. Default: none are near duplicates.
   */
  threshold?: number;
}

/** Options that have a default. */
export type OnnxDefault = 'fit' | 'layout' | 'channels' | 'scale' | 'mean' | 'std' | 'spaceType';

/** Options of `onnxModel`. The order of the defaults is part of a model's id. */
export const ONNX_SPEC: Spec<OnnxPreprocessing, OnnxDefault> = {
  code: 'ONNX_INVALID',
  options: {
    fit: {
      type: 'text',
      choices: ['fill', 'cover', 'contain'],
      default: 'fill',
      help: 'stretches, crops, or pads with white',
    },
    layout: {
      type: 'text',
      choices: ['nchw', 'nhwc'],
      default: 'nchw',
      help: 'order of the numbers: channels first, or last',
    },
    channels: {
      type: 'text',
      choices: ['rgb', 'bgr'],
      default: 'rgb',
      help: 'order of the colours',
    },
    scale: {
      type: 'number',
      default: 1 / 255,
      help: 'each input number is (pixel x scale - mean) / std',
    },
    mean: {
      type: 'list',
      items: { type: 'number', help: '' },
      least: 3,
      most: 3,
      default: [0, 0, 0],
      help: 'per colour, red first',
    },
    std: {
      type: 'list',
      items: {
        type: 'custom',
        fits: (value) => Number.isFinite(value) && value !== 0,
        wanted: 'a number, not 0',
        help: '',
      },
      least: 3,
      most: 3,
      default: [1, 1, 1],
      help: 'per colour, red first',
    },
    spaceType: {
      type: 'text',
      choices: ['cosinesimil', 'l2', 'innerproduct'],
      default: 'cosinesimil',
      help: 'how the vectors are compared',
    },
    width: SIDE,
    height: SIDE,
    input: { type: 'text', otherwise: 'the first', help: 'name of the input tensor' },
    output: { type: 'text', otherwise: 'the first', help: 'name of the output tensor' },
    threshold: {
      type: 'number',
      otherwise: 'none are near duplicates',
      help: 'distance up to which two pictures count as near duplicates',
    },
  },
};

/** A model of your own: what `ImageIndex` takes as `model`. */
export interface OnnxModel {
  /**
   * Derived from the model's bytes and its preprocessing: vectors of different ids can't be
   * compared.
   */
  id: string;
  space: VectorSpace;
  embed: (bytes: Uint8Array) => Promise<number[]>;
  threshold: number | null;
}

/**
 * Loads an ONNX model that turns pictures into vectors, run by `onnxruntime-web` or
 * `onnxruntime-node`.
 *
 * One picture is embedded at a time, in the calling thread.
 *
 * @param file - Bytes of an ONNX model that takes one picture, float32 [1, 3, height, width] or [1,
 *   height, width, 3], and returns one vector, [1, dimension].
 * @param limits - See `readPicture`.
 * @throws {OptionError} `ONNX_INVALID` if the model or its preprocessing can't be used.
 * @throws {MissingDependencyError} `ONNX_MISSING`.
 * @example
 * const model = await onnxModel(await readFile('clip.onnx'), { width: 224, height: 224 });
 * const index = new ImageIndex(engine, { model });
 */
export async function onnxModel(
  file: Uint8Array,
  preprocessing: OnnxPreprocessing,
  limits: ImageLimits = {},
): Promise<OnnxModel> {
  checkOptions(ONNX_SPEC, preprocessing);
  checkOptions(IMAGE_LIMITS_SPEC, limits);
  const settings = { ...defaultsOf(ONNX_SPEC), ...defined(preprocessing) };
  const { dimension, embed } = await loadOnnx(file, settings);
  const hash = createHash('sha256').update(file).update(JSON.stringify(settings)).digest('hex');
  return {
    id: `onnx-${hash.slice(0, 16)}`,
    space: { dimension, spaceType: settings.spaceType, dataType: 'float' },
    embed: (bytes) => embed(bytes, limits),
    threshold: settings.threshold ?? null,
  };
}

/** A model that is ready to run. */
export interface LoadedOnnx {
  /** Numbers per vector. */
  dimension: number;
  /** What was given or found about its input and output. */
  found: Required<Pick<OnnxPreprocessing, 'width' | 'height' | 'input' | 'output'>>;
  embed: (bytes: Uint8Array, limits: ImageLimits) => Promise<number[]>;
}

/**
 * Loads a model.
 *
 * @param settings - Complete, except for names and size, which default to what the model states.
 * @param options - threads: number of threads; default: the runtime decides.
 * @throws {OptionError} `ONNX_INVALID`.
 * @throws {MissingDependencyError} `ONNX_MISSING`.
 */
export async function loadOnnx(
  file: Uint8Array,
  settings: OnnxSettings,
  options: { threads?: number } = {},
): Promise<LoadedOnnx> {
  const runtime = await loadRuntime(options);
  let session: Onnx.InferenceSession;
  try {
    const { threads } = options;
    session = await runtime.InferenceSession.create(file, defined({ intraOpNumThreads: threads }));
  } catch (cause) {
    const hint = 'Give the bytes of an ONNX model that this onnxruntime supports.';
    throw new OptionError('ONNX_INVALID', 'The model cannot be read', hint, { cause });
  }
  const { input = session.inputNames[0]!, output = session.outputNames[0]! } = settings;
  for (const [name, names] of [
    [input, session.inputNames],
    [output, session.outputNames],
  ] as const) {
    if (names.includes(name)) continue;
    throw invalid(`The model has no ${quoteValue(name)}`, `Use one of ${names.join(', ')}.`);
  }
  const { width, height } = sizeOf(session, input, settings);
  const whole = { ...settings, width, height };
  const run = async (raster: Raster): Promise<number[]> => {
    const { data, dims } = tensorOf(raster, whole);
    const answer = await session.run({ [input]: new runtime.Tensor('float32', data, dims) });
    return Array.from((answer[output] as Onnx.Tensor).data as Float32Array);
  };
  const blank = { width, height, data: new Uint8Array(width * height * 3).fill(255) };
  const dimension = (await run(blank)).length;
  const { fit } = settings;
  return {
    dimension,
    found: { width, height, input, output },
    embed: async (bytes, limits) => run(await rasterOf(bytes, { ...limits, width, height, fit })),
  };
}

/** The size that was given, or else that of the model's input. */
function sizeOf(
  { inputMetadata }: Onnx.InferenceSession,
  input: string,
  { layout, width, height }: OnnxSettings,
): { width: number; height: number } {
  const of = inputMetadata.find(({ name }) => name === input);
  const shape = of?.isTensor ? of.shape.slice(layout === 'nchw' ? 2 : 1) : [];
  const told = { width: width ?? shape[1], height: height ?? shape[0] };
  const fits = (side: unknown): side is number => Number.isInteger(side) && Number(side) > 0;
  if (fits(told.width) && fits(told.height)) return { width: told.width, height: told.height };
  throw invalid('The model takes pictures of any size', 'Give width and height.');
}

/** Preprocessing with its defaults; the size may be that of the model. */
export type OnnxSettings = Partial<
  Pick<OnnxPreprocessing, 'width' | 'height' | 'input' | 'output'>
> &
  Required<Pick<OnnxPreprocessing, Exclude<OnnxDefault, 'spaceType'>>>;

function tensorOf(
  { data, width, height }: Raster,
  { layout, channels, scale, mean, std }: OnnxSettings,
): { data: Float32Array; dims: number[] } {
  const plane = width * height;
  const numbers = new Float32Array(plane * 3);
  for (let color = 0; color < 3; color++) {
    const place = channels === 'rgb' ? color : 2 - color;
    for (let at = 0; at < plane; at++) {
      const value = (data[at * 3 + color]! * scale - mean[color]!) / std[color]!;
      numbers[layout === 'nchw' ? place * plane + at : at * 3 + place] = value;
    }
  }
  return { data: numbers, dims: layout === 'nchw' ? [1, 3, height, width] : [1, height, width, 3] };
}

type Runtime = Pick<typeof Onnx, 'InferenceSession' | 'Tensor' | 'env'>;

/** The native runtime needs a third of the CPU of the one in WebAssembly, which runs anywhere. */
async function loadRuntime({ threads }: { threads?: number }): Promise<Runtime> {
  for (const name of ['onnxruntime-node', 'onnxruntime-web']) {
    try {
      const runtime = (await import(name)) as Runtime;
      if (threads !== undefined) runtime.env.wasm.numThreads = threads;
      return runtime;
    } catch {
      continue;
    }
  }
  const hint = 'Install one: npm install onnxruntime-web.';
  throw new MissingDependencyError('ONNX_MISSING', 'No ONNX runtime could be loaded', hint);
}

function invalid(what: string, hint: string): OptionError {
  return new OptionError('ONNX_INVALID', what, hint);
}
