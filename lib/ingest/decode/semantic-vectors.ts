import { resolve } from 'node:path';
import type { ImageLimits } from '../../knn/describe/image-limits.ts';
import type { SemanticModel } from '../../knn/semantic.ts';
import { semanticSpace, vectorFault } from '../../knn/space.ts';
import { defined } from '../../options.ts';
import {
  decoderProcesses,
  type DecoderProcesses,
  type ModelDecoder,
  type PictureDecoder,
} from './decoder-processes.ts';
import type { SemanticOptions } from './semantic-model.ts';

/** A second model as an index uses it: in the processes of its decoder, or else in processes of its own. */
export class SemanticVectors {
  readonly #options: SemanticOptions;
  readonly #given: ModelDecoder | null;
  #own: DecoderProcesses | null = null;
  #model: Promise<SemanticModel> | null = null;
  /** Null before `model` has resolved. */
  opened: SemanticModel | null = null;

  constructor(options: SemanticOptions, decoder: PictureDecoder | undefined) {
    // Processes that are started later may have another working folder.
    this.#options = { ...options, model: resolve(options.model) };
    this.#given = decoder && isModelDecoder(decoder) ? decoder : null;
  }

  /** The model; if it failed to load, the next call tries again. */
  model(): Promise<SemanticModel> {
    this.#model ??= this.#decoder()
      .openModel(this.#options)
      .then((model) => (this.opened = model))
      .catch((error: unknown) => {
        this.#model = null;
        throw error;
      });
    return this.#model;
  }

  /** The vector of a picture; null if the model makes none that can be compared. */
  async embed(
    bytes: Uint8Array,
    { signal, ...limits }: ImageLimits & { signal?: AbortSignal } = {},
  ): Promise<number[] | null> {
    const { id, dimension } = await this.model();
    const opened = { options: this.#options, id };
    const vector = await this.#decoder().embed(bytes, opened, {
      ...limits,
      ...defined({ signal }),
    });
    return vectorFault(semanticSpace(dimension), vector) === null ? vector : null;
  }

  async close(): Promise<void> {
    await this.#own?.close();
  }

  #decoder(): ModelDecoder {
    return this.#given ?? (this.#own ??= decoderProcesses());
  }
}

function isModelDecoder(decoder: PictureDecoder): decoder is PictureDecoder & ModelDecoder {
  return 'openModel' in decoder && 'embed' in decoder;
}
