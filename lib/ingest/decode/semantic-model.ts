import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { OptionError, quoteValue } from '../../errors.ts';
import {
  type LoadedOnnx,
  loadOnnx,
  ONNX_SPEC,
  type OnnxDefault,
  type OnnxPreprocessing,
} from '../../knn/describe/onnx.ts';
import type { SemanticModel } from '../../knn/semantic.ts';
import { SIDE_IF_GIVEN } from '../../knn/describe/thumbnail-options.ts';
import { defined, settle, type Spec } from '../../options.ts';

type Fed = Partial<Omit<OnnxPreprocessing, 'spaceType' | 'threshold'>>;

/**
 * A second model of an index. It proposes candidates and orders `nearest`, but never makes two pictures copies.
 * Options that are left out are read from the JSON file beside the model (`clip.json` of `clip.onnx`), if there is one.
 */
export interface SemanticOptions extends Fed {
  /** Path of the ONNX file; see `onnxModel`. */
  model: string;
}

const { spaceType: _, threshold: __, ...fed } = ONNX_SPEC.options;
const SIDE = { ...SIDE_IF_GIVEN, otherwise: 'that of the model' };

/** Options of a second model. */
export const SEMANTIC_SPEC: Spec<SemanticOptions, Exclude<OnnxDefault, 'spaceType'>> = {
  code: 'ONNX_INVALID',
  options: {
    model: {
      type: 'text',
      required: true,
      flag: '--semantic-model',
      help: 'ONNX file of a second model, which proposes candidates and orders `nearest`',
    },
    ...fed,
    width: SIDE,
    height: SIDE,
  },
};

/** A second model that is ready to run. */
export interface LoadedSemantic {
  model: SemanticModel;
  embed: LoadedOnnx['embed'];
}

/**
 * Loads a second model, to run in one thread.
 *
 * @throws {OptionError} `ONNX_INVALID`.
 * @throws {MissingDependencyError} `ONNX_MISSING`.
 */
export async function loadSemantic({
  model: path,
  ...told
}: SemanticOptions): Promise<LoadedSemantic> {
  const file = await bytesOf(path);
  if (file === null) {
    const hint = 'Give the path of an ONNX file.';
    throw new OptionError('ONNX_INVALID', `There is no file ${quoteValue(path)}`, hint);
  }
  const kept = await optionsBeside(path);
  const { model: _, ...settings } = settle(SEMANTIC_SPEC, {
    ...kept,
    ...defined(told),
    model: path,
  });
  const { dimension, found, embed } = await loadOnnx(file, settings, { threads: 1 });
  const sha256 = createHash('sha256').update(file).digest('hex');
  const sorted = Object.entries({ ...settings, ...found }).sort(([a], [b]) => (a < b ? -1 : 1));
  const made = { sha256, ...Object.fromEntries(sorted) };
  const hash = createHash('sha256').update(JSON.stringify(made)).digest('hex');
  return { model: { id: `onnx-${hash.slice(0, 16)}`, dimension, made }, embed };
}

async function optionsBeside(path: string): Promise<Fed> {
  const beside = `${path.replace(/\.onnx$/i, '')}.json`;
  const text = await bytesOf(beside);
  if (text === null) return {};
  try {
    return JSON.parse(new TextDecoder().decode(text)) as Fed;
  } catch (cause) {
    const hint = 'Give { "mean": [...], "std": [...], ... }, the options of onnxModel.';
    throw new OptionError('ONNX_INVALID', `${quoteValue(beside)} is no JSON`, hint, { cause });
  }
}

/** Null if there is no file. */
async function bytesOf(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    const hint = 'Make it readable.';
    throw new OptionError('ONNX_INVALID', `${quoteValue(path)} can't be read`, hint, {
      cause: error,
    });
  }
}
