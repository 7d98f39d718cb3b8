import {
  type CountOptions,
  type Markable,
  limitText,
  PARTIAL_SPEC,
  partialText,
} from '../partial.ts';
import { type DeclaredFlags, flagsOf } from './declared.ts';
import { type Io, note } from './io.ts';

/** The flag of every command that searches. */
export const PARTIAL: DeclaredFlags<CountOptions> = flagsOf(PARTIAL_SPEC, ['allowPartial']);

/** Reports on standard error that an answer covers only part of the index or was limited by a setting; returns it. */
export function notingPartial<T extends Markable<object>>(answer: T, io: Io): T {
  if (answer.partial) note(io, `suoyin: ${partialText(answer.partial)}`);
  if (answer.limitedBy) note(io, `suoyin: ${limitText(answer.limitedBy)}`);
  return answer;
}
