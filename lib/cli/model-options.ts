import { aliasState } from '../alias/generations.ts';
import type { Engine } from '../engines/engine.ts';
import { EngineError, OptionError, quoteValue } from '../errors.ts';
import { IMAGE_DEFAULTS, type ImageModel } from '../image-options.ts';
import { modelOf } from '../knn/mapping.ts';
import type { SpaceType, VectorDataType } from '../knn/space.ts';
import { SEMANTIC_SPEC, type SemanticOptions } from '../ingest/decode/semantic-model.ts';
import type { OptionSpec } from './command.ts';
import { type DeclaredFlags, flagsOf } from './declared.ts';
import { numberFor, wholeFor } from './options.ts';

/** A second model; the JSON file beside it says how to feed it pixels. */
export const SEMANTIC: DeclaredFlags<Partial<Pick<SemanticOptions, 'model'>>> = flagsOf(
  SEMANTIC_SPEC,
  ['model'],
);

/** The second model that the flags name, as an option of `ImageIndex`. */
export function semanticOf(flags: object): { semantic?: SemanticOptions } {
  const { model } = SEMANTIC.read(flags);
  return model === undefined ? {} : { semantic: { model } };
}

/** Greatest distance at which vectors of the index's model count as the same picture. */
export const THRESHOLD_OPTION: OptionSpec = {
  flags: '--threshold <d>',
  description:
    'vectors of your own: distance up to which two are of one picture (default: as the index keeps it)',
  parse: numberFor('--threshold'),
};

/** What the vectors of a new index are, if they are not suoyin's own. The index keeps it. */
export const MODEL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--model-id <id>',
    description: 'vectors of your own: what made them; sources are .jsonl, .npy or .parquet then',
  },
  {
    flags: '--dimension <n>',
    description: 'vectors of your own: their dimensions',
    parse: wholeFor('--dimension', { min: 1, max: 16_000 }),
  },
  {
    flags: '--space <name>',
    description: 'vectors of your own: how they are compared (default: cosinesimil)',
    choices: ['cosinesimil', 'l2', 'innerproduct', 'hamming'],
  },
  {
    flags: '--data-type <name>',
    description: 'vectors of your own: of their numbers (default: float, binary for hamming)',
    choices: ['float', 'byte', 'binary'],
  },
  THRESHOLD_OPTION,
];

/** The values of `MODEL_OPTIONS`. */
export interface ModelFlags {
  modelId?: string;
  dimension?: number;
  space?: SpaceType;
  dataType?: VectorDataType;
  threshold?: number;
}

/**
 * The model of an index whose vectors are not suoyin's own: the one that the live index keeps, with the threshold of
 * the flags; or, for a new index, the one that the flags give. Null for suoyin's own.
 *
 * @throws {OptionError} `MODEL_OPTION_INVALID`.
 * @throws {EngineError} `MODEL_DIFFERS`.
 */
export async function ownModel(
  engine: Engine,
  alias: string,
  flags: ModelFlags,
): Promise<ImageModel | null> {
  const { modelId, dimension, space, dataType, threshold } = flags;
  const live = await aliasState(engine, alias);
  const kept = live === null ? null : modelOf(await engine.indexBodyOf(live.generation));
  if (kept !== null && modelId !== undefined && modelId !== kept.id) {
    const what = `${alias} holds vectors of ${kept.id}, not of ${modelId}`;
    throw new EngineError('MODEL_DIFFERS', what, 'Use another --alias.');
  }
  if (kept !== null) {
    for (const [flag, given, has] of [
      ['--dimension', dimension, kept.space.dimension],
      ['--space', space, kept.space.spaceType],
      ['--data-type', dataType, kept.space.dataType],
    ] as const) {
      if (given === undefined || given === has) continue;
      const what = `${alias} was made with ${flag} ${has}, not ${given}`;
      throw new EngineError('MODEL_DIFFERS', what, 'Leave it out, or use another --alias.');
    }
    if (kept.id === IMAGE_DEFAULTS.model.id) {
      refuseWithout(flags);
      return null;
    }
    return { ...kept, threshold: threshold ?? kept.threshold };
  }
  if (modelId === undefined) {
    refuseWithout(flags);
    return null;
  }
  if (dimension === undefined) {
    const hint = 'Give it: --dimension 512.';
    throw new OptionError('MODEL_OPTION_INVALID', `${modelId} has no dimension`, hint);
  }
  const spaceType = space ?? (dataType === 'binary' ? 'hamming' : 'cosinesimil');
  const byDefault = spaceType === 'hamming' ? 'binary' : 'float';
  return {
    id: modelId,
    space: { dimension, spaceType, dataType: dataType ?? byDefault },
    threshold: threshold ?? null,
  };
}

/**
 * Refuses a threshold that an index would not keep, because it has another one or none.
 *
 * @throws {EngineError} `MODEL_DIFFERS`.
 */
export async function refuseThreshold(
  engine: Engine,
  alias: string,
  { threshold }: ModelFlags,
): Promise<void> {
  const live = threshold === undefined ? null : await aliasState(engine, alias);
  if (live === null) return;
  const kept = modelOf(await engine.indexBodyOf(live.generation))?.threshold ?? null;
  if (kept === threshold) return;
  const what = `${alias} keeps ${kept === null ? 'no threshold' : `the threshold ${kept}`}, not ${threshold}`;
  const hint = `Leave it out, or have it kept: suoyin index-rebuild images --alias ${alias} --threshold ${threshold}.`;
  throw new EngineError('MODEL_DIFFERS', what, hint);
}

/** Refuses flags of a model that don't apply to suoyin's own vectors. */
function refuseWithout(flags: ModelFlags): void {
  const names = { space: '--space', dataType: '--data-type', threshold: '--threshold' } as const;
  for (const name of Object.keys(names) as (keyof typeof names)[]) {
    if (flags[name] === undefined) continue;
    const what = `${names[name]} ${quoteValue(flags[name])} is of vectors of your own`;
    throw new OptionError('MODEL_OPTION_INVALID', what, 'Give --model-id and --dimension, too.');
  }
}
