import { OptionError, quoteValue } from '../errors.ts';
import type { CommandSpec, OptionSpec } from './command.ts';
import { readTime, TIME_TEXT } from './time-text.ts';

/** Options that several commands share. */

export const INDEX_ARGUMENT: NonNullable<CommandSpec['args']>[number] = {
  name: '[index]',
  description: 'which index (default: places)',
  choices: ['places', 'images', 'notes'],
};
/** For commands that have a separate command for pictures. */
export const PLACES_ARGUMENT: NonNullable<CommandSpec['args']>[number] = {
  name: '[index]',
  description: 'which index (default: places)',
  choices: ['places'],
};
export const QUIET_OPTION: OptionSpec = { flags: '--quiet', description: 'no progress' };
export const JSON_OPTION: OptionSpec = {
  flags: '--json',
  description: 'print JSON instead of text',
};

/** Milliseconds of `90s`, `15m`, `24h`, for flags that are not options of the library. */
export function timeOf(flag: string, text: string): number {
  const ms = readTime({ type: 'whole', min: 0, help: '' }, text);
  if (ms !== undefined) return ms;
  const what = `${flag} ${quoteValue(text)} is not a time`;
  throw new OptionError('NUMBER_INVALID', what, `Use ${TIME_TEXT}.`);
}

/** A parser of whole numbers in a range, for flags that are not options of the library. */
export function wholeFor(
  flag: string,
  { min, max }: { min: number; max: number },
): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    const what = `${flag} ${quoteValue(text)} can't be used`;
    throw new OptionError('NUMBER_INVALID', what, `Use a whole number from ${min} to ${max}.`);
  };
}

/** A parser of numbers for an option. */
export function numberFor(flag: string): (text: string) => number {
  return (text) => {
    const isNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text.trim());
    const value = isNumber ? Number(text) : NaN;
    if (!Number.isNaN(value)) return value;
    const what = `${flag} ${quoteValue(text)} is not a number`;
    throw new OptionError('NUMBER_INVALID', what, 'Use digits, as in 10 or 0.5.');
  };
}
