import type { Spec } from '../options.ts';

/** What makes the second vectors of an index. Those of two models can't be compared. */
export interface SemanticModel {
  /** Derived from the bytes of the model and from `made`. */
  id: string;
  /** Numbers of a vector, 1..16000. */
  dimension: number;
  /** The digest of the model, and how pixels are fed to it: kept in the mapping. */
  made: Readonly<Record<string, unknown>>;
}

/** The second model, as given to `imageMapping`. */
export const SEMANTIC_MODEL_SPEC: Spec<SemanticModel> = {
  code: 'MAPPING_INVALID',
  options: {
    id: { type: 'text', required: true, help: 'kept in the mapping' },
    dimension: {
      type: 'whole',
      min: 1,
      max: 16_000,
      required: true,
      help: 'numbers of a vector',
    },
    made: { type: 'object', required: true, help: 'digest and preprocessing' },
  },
};
