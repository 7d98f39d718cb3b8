import { OptionError, quoteValue } from '../errors.ts';
import { FIELD_TEXT, readFieldText } from '../knn/field-text.ts';
import type { CommandSpec, OptionSpec } from './command.ts';

/** Folder of the embedded engine where none is named. */
export const DEFAULT_DATA = '.suoyin';

/** Options that several commands share. */
export const DATA_OPTION: OptionSpec = {
  flags: '--data <dir>',
  description: 'folder of the embedded index, and of dead letters',
  default: DEFAULT_DATA,
};
export const INDEX_ARGUMENT: NonNullable<CommandSpec['args']>[number] = {
  name: '[index]',
  description: 'which index (default: places)',
  choices: ['places', 'images', 'notes'],
};
/** For commands that have a way of their own with pictures. */
export const PLACES_ARGUMENT: NonNullable<CommandSpec['args']>[number] = {
  name: '[index]',
  description: 'which index (default: places)',
  choices: ['places'],
};
export const QUIET_OPTION: OptionSpec = { flags: '--quiet', description: 'no progress' };
export const ALIAS_OPTION: OptionSpec = {
  flags: '--alias <name>',
  description: 'name that queries use (default: places, images or notes)',
};
export const SOURCE_OPTION: OptionSpec = {
  flags: '--source <file>',
  description: 'records: JSON, a table, GeoJSON and more, packed or not; may come more than once',
  repeat: true,
};
export const BOUNDARIES_OPTION: OptionSpec = {
  flags: '--boundaries <file>',
  description: 'outlines, GeoJSON FeatureCollection, .gz or not',
};
export const CORRECTIONS_OPTION: OptionSpec = {
  flags: '--corrections <file>',
  description: 'parents set by hand, JSON lines',
};
export const JSON_OPTION: OptionSpec = {
  flags: '--json',
  description: 'print JSON instead of text',
};

/** `25.01,121.46` as a position. */
export function parseNear(text: string): { lat: number; lon: number } {
  const [lat, lon, ...rest] = text.split(',').map(parseDecimal);
  if (lat === undefined || lon === undefined || rest.length > 0 || Number.isNaN(lat + lon)) {
    const hint = 'Give latitude and longitude in degrees: --near 25.01,121.46';
    throw new OptionError('NEAR_INVALID', `--near ${quoteValue(text)} is not a position`, hint);
  }
  return { lat, lon };
}

/** `TW,JP` as a list. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `90s`, `15m`, `24h`, `7d` as milliseconds. */
export function durationFor(flag: string): (text: string) => number {
  return (text) => {
    const [, digits, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
    const seconds = { s: 1, m: 60, h: 3600, d: 86400 }[unit];
    if (seconds !== undefined) return Number(digits) * seconds * 1000;
    const what = `${flag} ${quoteValue(text)} is not a time`;
    throw new OptionError('NUMBER_INVALID', what, 'Use 90s, 15m, 24h or 7d.');
  };
}

/** A parser of fields: `country=JP`, or `tags=a,b` for several values; see `readFieldText`. */
export function fieldFor(flag: string): (text: string) => [name: string, values: string[]] {
  return (text) => {
    const field = readFieldText(text);
    if (field) return field;
    const what = `${flag} ${quoteValue(text)} is not a field`;
    throw new OptionError('FIELD_INVALID', what, `Use ${FIELD_TEXT}.`);
  };
}

/** A parser of numbers for an option. */
export function numberFor(flag: string): (text: string) => number {
  return (text) => {
    const value = parseDecimal(text);
    if (!Number.isNaN(value)) return value;
    const what = `${flag} ${quoteValue(text)} is not a number`;
    throw new OptionError('NUMBER_INVALID', what, 'Use digits, as in 10 or 0.5.');
  };
}

/** A parser of whole numbers in a range for an option. */
export function wholeFor(
  flag: string,
  { min, max }: { min: number; max: number },
): (text: string) => number {
  const read = numberFor(flag);
  return (text) => {
    const value = read(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    const what = `${flag} ${quoteValue(text)} can't be used`;
    throw new OptionError('NUMBER_INVALID', what, `Use a whole number from ${min} to ${max}.`);
  };
}

/** `50` as a count, `0.1%` as a share: what `maxFailed` takes. */
export function parseMaxFailed(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (percent === '%' && value < 100) return value / 100;
  if (percent === '%' && value === 100) return Number.MAX_SAFE_INTEGER;
  if (percent === '' && Number.isInteger(value)) return value;
  const what = `--max-failed ${quoteValue(text)} is neither a count nor a share`;
  throw new OptionError(
    'MAX_FAILED_INVALID',
    what,
    'Use a count such as 50 or a share such as 0.1%.',
  );
}

function parseDecimal(text: string): number {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/.test(text.trim()) ? Number(text) : NaN;
}
