import { EMBEDDED_SPEC, embedded } from '../../lib/engines/embedded/index.ts';
import { LIMITER_SPEC } from '../../lib/health/limiter-options.ts';
import { createLimiter } from '../../lib/health/limiter.ts';
import type { AnySpec } from '../../lib/options.ts';

/** A function of the library that takes options. */
export interface Door {
  name: string;
  /** What it declares. */
  spec: AnySpec;
  call: (options: never) => unknown;
  /** Options that it can't do without. */
  required?: object;
}

/** A door; specs of all types fit. */
function door(name: string, spec: object, call: Door['call'], required: object = {}): Door {
  return { name, spec: spec as AnySpec, call, required };
}

/** Every function and method that takes options. */
export const DOORS: readonly Door[] = [
  door('embedded', EMBEDDED_SPEC, embedded),
  door('createLimiter', LIMITER_SPEC, createLimiter),
];
