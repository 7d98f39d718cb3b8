import { type Option, fits, wantedOf } from './options.ts';

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
/** As RFC 8259 writes them. */
const WHOLE = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The value that a text stands for, of a flag or a parameter: numbers as JSON writes them, whole ones without
 * point and exponent; lists separated by commas; positions as `lat,lon`.
 *
 * @returns Undefined where an option can't have it; whether a position is on the globe is left to the call.
 */
export function readText(option: Option, text: string): unknown {
  if (option.type === 'position') return readPosition(text);
  if (option.type === 'list') return readTexts(option, text.split(','));
  const value = valueOf(option, text);
  return value !== undefined && fits(option, value) ? value : undefined;
}

/** The same for a list whose items come one by one. */
export function readTexts(
  option: Extract<Option, { type: 'list' }>,
  texts: readonly string[],
): unknown[] | undefined {
  const values = texts.map((text) => readText(option.items, text.trim()));
  return !values.includes(undefined) && fits(option, values) ? values : undefined;
}

/** Whether a text is a number as JSON writes them, in any range. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** What to write for an option, in words. */
export function wantedText(option: Option): string {
  if (option.type === 'position') return 'latitude and longitude in degrees: 25.01,121.46';
  if (option.type !== 'list') return wantedOf(option);
  const { most } = option;
  return `${most === undefined ? 'any number' : `up to ${most}`}, separated by commas, each ${wantedOf(option.items)}`;
}

function valueOf(option: Option, text: string): unknown {
  switch (option.type) {
    case 'whole':
      return WHOLE.test(text) ? Number(text) : undefined;
    case 'number':
      return isNumber(text) ? Number(text) : undefined;
    case 'flag':
      return FLAGS.get(text);
    default:
      return text;
  }
}

function readPosition(text: string): { lat: number; lon: number } | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length !== 2 || !parts.every(isNumber)) return undefined;
  const [lat, lon] = parts.map(Number) as [number, number];
  return { lat, lon };
}
