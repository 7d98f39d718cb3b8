import { MissingDependencyError, OptionError, SearchError } from '../../errors.ts';
import type { ImageDescription } from '../../knn/describe/describe.ts';
import type { ImageLimits } from '../../knn/describe/image-limits.ts';
import { ImageError } from '../../knn/describe/image-error.ts';
import type { SemanticModel } from '../../knn/semantic.ts';
import type { MakeThumbnail } from '../stores/thumbnails.ts';
import type { SemanticOptions } from './semantic-model.ts';

/** What a decoder has to do with the bytes of a picture. */
export type Task =
  | { verb: 'describe'; bytes: Uint8Array; options: ImageLimits }
  | { verb: 'thumbnail'; bytes: Uint8Array; options: Parameters<MakeThumbnail>[1] }
  | { verb: 'model'; options: SemanticOptions }
  | { verb: 'embed'; bytes: Uint8Array; model: OpenedModel; options: ImageLimits };

/** A second model, and the id that it had when it was opened. */
export interface OpenedModel {
  options: SemanticOptions;
  id: string;
}

/** What a decoder answers. */
export type Answer = ImageDescription | Uint8Array | SemanticModel | number[];

/** A request to a decoder, which handles one at a time. */
export type Asked = Task & { limits: DecoderLimits };

/** How much a decoder may take for one picture. */
interface DecoderLimits {
  cpuMs: number;
  memoryBytes: number;
}

/** What went over its limit. */
export type Exceeded = 'cpu' | 'memory';

/** A message from a decoder: it is ready, it reached a limit and must be killed, or an answer. */
export type Said =
  | 'ready'
  | { exceeded: Exceeded }
  | { answer: Answer; memory: number }
  | { fault: Fault; memory: number };

/** An error as it is sent between processes. */
interface Fault {
  name: string;
  code: string;
  format: string | null;
  what: string;
  hint: string;
}

/** The parts of an error that are sent. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof SearchError)) {
    const what = error instanceof Error ? error.message : String(error);
    return { name: 'Error', code: '', format: null, what, hint: '' };
  }
  const { name, code, hint, message } = error;
  const format = error instanceof ImageError ? error.format : null;
  return { name, code, format, what: message.slice(0, -(hint.length + 2)), hint };
}

/** Makes an error again from what was sent. */
export function revived({ name, code, format, what, hint }: Fault): Error {
  if (name === 'ImageError') return new ImageError(code, what, hint, { format });
  if (name === 'OptionError') return new OptionError(code, what, hint);
  if (name === 'MissingDependencyError') return new MissingDependencyError(code, what, hint);
  return new Error(what);
}
