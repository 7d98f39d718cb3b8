import { type Option, fits, wantedOf } from './options.ts';

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
]);
/** A whole number as RFC 8259 writes it. */
const WHOLE = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads the value of a flag or parameter from text: numbers as in JSON, whole numbers without point
 * and exponent; lists separated by commas; positions as `lat,lon`.
 *
 * @returns Undefined if it is not valid for the option. Whether a position is on the globe is left
 * to the call.
 */
export function readText(option: Option, text: string): unknown {
  if (option.type === 'position') return readPosition(text);
  if (option.type === 'list') return readTexts(option, text.split(','));
  const value = valueOf(option, text);
  return value !== undefined && fits(option, value) ? value : undefined;
}

/** The same for a list whose items are given one by one. */
export function readTexts(
  option: Extract<Option, { type: 'list' }>,
  texts: readonly string[],
): unknown[] | undefined {
  const values = texts.map((text) => readText(option.items, text.trim()));
  return !values.includes(undefined) && fits(option, values) ? values : undefined;
}

/** Whether a text is a number as in JSON, in any range. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** What to write for an option, in words. */
export function wantedText(option: Option): string {
  if (option.text) return option.text.wanted;
  if (option.type === 'position') return 'latitude and longitude in degrees: 25.01,121.46';
  if (option.type !== 'list') return wantedOf(option);
  const { most } = option;
  return `${most === undefined ? 'any number' : `up to ${most}`}, separated by commas, each ${wantedOf(option.items)}`;
}

function valueOf(option: Option, text: string): unknown {
  if (option.text) return option.text.read(text);
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
