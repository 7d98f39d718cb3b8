import { OptionError, quoteValue } from './errors.ts';
import { nearestName } from './nearest-name.ts';

/** Members of every option declaration. */
interface About {
  /** One short sentence without a full stop, for help texts, the OpenAPI document and the tables of docs. */
  help: string;
  /** The default in words, if it is not a fixed value. */
  otherwise?: string;
  /** Code of the `OptionError` for a bad value. Default: that of the spec. */
  code?: string;
  /** What to give, in words. Default: made from kind and range. */
  wanted?: string;
  /** Whether messages must not show the value. */
  secret?: true;
  /** Whether it must be given. */
  required?: true;
  /**
   * Name on the command line, as in `--source <file>`. Default: the option's name without `Ms`,
   * `Km` or `Gib`; with `no-` before it if the default is true.
   */
  flag?: string;
  /** Help of a flag that switches it off. Default: `help`. */
  off?: string;
  /** Whether the flag is repeated for each item; items may then contain commas. */
  repeats?: true;
  /** How it is written on the command line, if not as its value. */
  text?: OptionText;
}

/** How an option is written on the command line. */
export interface OptionText {
  /** What to write, in words. */
  wanted: string;
  /** Undefined if the text is not valid. */
  read: (text: string) => unknown;
}

/** A number. Bounds are inclusive, except `over`. */
export interface NumberOption extends About {
  type: 'whole' | 'number';
  min?: number;
  over?: number;
  /** Default: the largest safe integer; none for decimals. */
  max?: number;
  /** Also takes null. */
  orNull?: true;
  /** Also takes Infinity. */
  orEndless?: true;
  /** Unit of the number, as tables write it: ms, bytes, km, pixels. */
  unit?: string;
  default?: number | null;
}

export interface FlagOption extends About {
  type: 'flag';
  default?: boolean;
}

export interface TextOption extends About {
  type: 'text';
  choices?: readonly string[];
  pattern?: RegExp;
  maxLength?: number;
  default?: string;
}

export interface ListOption extends About {
  type: 'list';
  items: Option;
  /** Number of items. Default 0 to any. */
  least?: number;
  most?: number;
  default?: readonly unknown[];
}

/** `{ lat, lon }` in degrees; `lat,lon` as text. */
interface PositionOption extends About {
  type: 'position';
  default?: undefined;
}

interface FunctionOption extends About {
  type: 'function';
  default?: undefined;
}

export interface ObjectOption extends About {
  type: 'object';
  /** Declaration of its members, which are checked too. */
  spec?: AnySpec;
  /** Whether it may be an instance of a class, with members that the spec does not have. */
  instances?: true;
  /** Declaration of each value, if the caller chooses the names. */
  each?: Option;
  /** Members that it has to have: `['aborted']`. */
  like?: readonly string[];
  default?: undefined;
}

/** An option that no other kind describes. */
export interface CustomOption extends About {
  type: 'custom';
  wanted: string;
  fits: (value: unknown) => boolean;
  default?: unknown;
}

/** The declaration of one option. */
export type Option =
  | NumberOption
  | FlagOption
  | TextOption
  | ListOption
  | PositionOption
  | FunctionOption
  | ObjectOption
  | CustomOption;

/** The kinds that may describe a value of type T. */
type OptionOf<T> = [T] extends [number | null]
  ? NumberOption | CustomOption
  : [T] extends [boolean]
    ? FlagOption | CustomOption
    : [T] extends [string]
      ? TextOption | CustomOption
      : [T] extends [(...args: never) => unknown]
        ? FunctionOption
        : [T] extends [readonly unknown[]]
          ? ListOption | CustomOption
          : PositionOption | ObjectOption | CustomOption;

/** Exactly the options of `O`; those in `D` have a default. */
type Declared<O, D extends keyof O> = {
  readonly [K in keyof O]-?: OptionOf<Exclude<O[K], undefined>> &
    (K extends D ? { default: Exclude<O[K], undefined> } : { default?: undefined });
};

/**
 * The options of one function, declared where the function is. The compiler refuses a declaration that
 * lacks one, has one too many, or has another type.
 *
 * @example
 * export const GC_SPEC: Spec<GcOptions, 'keep'> = {
 *   code: 'KEEP_INVALID',
 *   options: { keep: { type: 'whole', min: 0, default: 1, help: 'former generations to keep' } },
 * };
 */
export interface Spec<O, D extends keyof O = never> {
  /** Code of the `OptionError` for a bad value. */
  readonly code: string;
  /** What a message says of a bad value; `{}` is its name and value. Default `name can't be value`. */
  readonly fault?: string;
  readonly options: Declared<O, D>;
}

/** A spec of any options. */
export interface AnySpec {
  readonly code: string;
  readonly fault?: string;
  readonly options: Readonly<Record<string, Option>>;
}

/** Options with the defaults filled in. */
export type Settings<O, D extends keyof O> = Omit<O, D> & {
  [K in D]-?: Exclude<O[K], undefined>;
};

/** Code for a bad value of an option without its own code. */
export const OPTION_INVALID = 'OPTION_INVALID';
/** Longest time of a Node.js timer in milliseconds; with more it fires at once. */
export const TIMER_MAX: number = 2 ** 31 - 1;

/** The option `signal` of most calls. */
export const SIGNAL: ObjectOption = {
  type: 'object',
  like: ['aborted', 'addEventListener'],
  wanted: 'an AbortSignal',
  help: 'stops the call, which then throws its reason',
};

/** The option `now` of most calls. */
export const NOW: FunctionOption = {
  type: 'function',
  otherwise: 'the clock of this machine',
  help: 'milliseconds since 1970',
};

/**
 * Refuses unknown options and invalid values. Undefined counts as not given.
 *
 * @throws {OptionError} `OPTION_UNKNOWN`, or the code of the option or spec.
 */
export function checkOptions<O extends object, D extends keyof O>(
  spec: Spec<O, D>,
  given: O,
): void {
  checkObject(anySpec(spec), given, '');
}

/**
 * Checks options and fills in their defaults.
 *
 * @returns A fresh object without undefined values.
 * @throws {OptionError} As `checkOptions`.
 */
export function settle<O extends object, D extends keyof O>(
  spec: Spec<O, D>,
  given: O,
): Settings<O, D> {
  checkOptions(spec, given);
  return filled(anySpec(spec), given) as Settings<O, D>;
}

/** A cast, since proving it for any spec takes the compiler more than a minute. */
function anySpec(spec: Pick<AnySpec, 'code' | 'fault'> & { readonly options: object }): AnySpec {
  return spec as AnySpec;
}

/** The subset of options that a spec has; the others are for another call. */
export function partOf<O extends object, D extends keyof O>(spec: Spec<O, D>, given: O): O {
  const own = Object.entries(given).filter(([name]) => Object.hasOwn(spec.options, name));
  return Object.fromEntries(own) as O;
}

/** The defaults that a spec declares. */
export function defaultsOf<O extends object, D extends keyof O>(
  spec: Spec<O, D>,
): Readonly<{ [K in D]-?: Exclude<O[K], undefined> }> {
  return Object.freeze(filled(anySpec(spec), {})) as ReturnType<typeof defaultsOf<O, D>>;
}

/** Removes members that are undefined, for types with `exactOptionalPropertyTypes`. */
export function defined<T extends object>(
  values: T,
): { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof defined<T>>;
}

/** Whether a value is valid for an option. */
export function fits(option: Option, value: unknown): boolean {
  switch (option.type) {
    case 'whole':
    case 'number': {
      if (value === null) return option.orNull ?? false;
      if (value === Infinity) return option.orEndless ?? false;
      const { min = -Infinity, over = -Infinity, max = Infinity } = option;
      const isNumber =
        option.type === 'whole' ? Number.isSafeInteger(value) : Number.isFinite(value);
      const number = value as number;
      return isNumber && number >= min && number > over && number <= max;
    }
    case 'flag':
      return typeof value === 'boolean';
    case 'text': {
      const { choices, pattern, maxLength = Infinity } = option;
      if (typeof value !== 'string' || value.length > maxLength) return false;
      return (choices?.includes(value) ?? true) && (pattern?.test(value) ?? true);
    }
    case 'list': {
      const { least = 0, most = Infinity } = option;
      return Array.isArray(value) && value.length >= least && value.length <= most;
    }
    case 'position': {
      const { lat, lon } = (value ?? {}) as { lat?: unknown; lon?: unknown };
      return isWithin(lat, 90) && isWithin(lon, 180);
    }
    case 'function':
      return typeof value === 'function';
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
      return (option.like ?? []).every((name) => name in value);
    }
    default:
      return option.fits(value);
  }
}

/** The valid values of an option in words: `a whole number from 1 to 100`. */
export function wantedOf(option: Option): string {
  if (option.wanted !== undefined) return option.wanted;
  switch (option.type) {
    case 'whole':
    case 'number': {
      const { type, min, over, max } = option;
      const words = [
        type === 'whole' ? 'a whole number' : 'a number',
        ...(min === undefined ? [] : [`from ${min}`]),
        ...(over === undefined ? [] : [`over ${over}`]),
        ...(max === undefined ? [] : [min === undefined ? `up to ${max}` : `to ${max}`]),
        ...(option.orEndless ? ['or Infinity'] : []),
        ...(option.orNull ? ['or null'] : []),
      ];
      return words.join(' ');
    }
    case 'flag':
      return 'true or false';
    case 'text':
      if (option.choices) return `one of ${option.choices.join(', ')}`;
      if (option.pattern) return `text like ${option.pattern.source}`;
      return option.maxLength === undefined
        ? 'text'
        : `text of up to ${option.maxLength} characters`;
    case 'list':
      return `a list${countOf(option)}, each ${wantedOf(option.items)}`;
    case 'position':
      return '{ lat, lon } in degrees: lat -90..90, lon -180..180';
    case 'function':
      return 'a function';
    default:
      return option.type === 'object' && option.like
        ? `an object with ${option.like.join(', ')}`
        : 'an object';
  }
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= most;
}

function countOf({ least, most }: ListOption): string {
  if (least === undefined && most === undefined) return '';
  if (least === most) return ` of ${least}`;
  return most === undefined ? ` of at least ${least}` : ` of ${least ?? 0} to ${most}`;
}

/** @param path - Prefix of names in messages: `maxWaitMs.`. */
function checkObject(spec: AnySpec, given: object, path: string, instances = false): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    const what = `${path.slice(0, -1) || 'options'} can't be ${quoteValue(given)}`;
    throw new OptionError(spec.code, what, 'Give an object.');
  }
  const mayHaveMore = instances && !isPlain(given);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(spec.options, name)) {
      if (mayHaveMore) continue;
      throw unknownName(spec, `${path}${name}`, name);
    }
    if (value !== undefined) checkValue(spec, spec.options[name]!, `${path}${name}`, value);
  }
  for (const [name, option] of Object.entries(spec.options)) {
    if (!option.required || (given as Record<string, unknown>)[name] !== undefined) continue;
    throw badValue(spec, option, `${path}${name}`, undefined);
  }
}

function checkValue(spec: AnySpec, option: Option, name: string, value: unknown): void {
  if (!fits(option, value)) throw badValue(spec, option, name, value);
  if (option.type === 'list') {
    const items = { code: option.code, ...option.items } as Option;
    (value as unknown[]).forEach((item, at) => checkValue(spec, items, `${name}[${at}]`, item));
  } else if (option.type === 'object' && option.spec) {
    checkObject(option.spec, value as object, `${name}.`, option.instances);
  } else if (option.type === 'object' && option.each) {
    for (const [key, one] of Object.entries(value as object)) {
      if (one !== undefined) checkValue(spec, option.each, `${name}.${key}`, one);
    }
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === null || prototype === Object.prototype;
}

function badValue(spec: AnySpec, option: Option, name: string, value: unknown): OptionError {
  const shown = option.secret ? 'what was given' : quoteValue(value);
  const what = spec.fault?.replace('{}', () => `${name} ${shown}`) ?? `${name} can't be ${shown}`;
  return new OptionError(option.code ?? spec.code, what, `Give ${wantedOf(option)}.`);
}

function unknownName(spec: AnySpec, path: string, name: string): OptionError {
  const known = Object.keys(spec.options);
  const meant = nearestName(name, known);
  const hint = `${meant === null ? '' : `Did you mean ${meant}? `}There are ${known.join(', ')}.`;
  return new OptionError('OPTION_UNKNOWN', `There is no option ${quoteValue(path)}`, hint);
}

function filled(spec: AnySpec, given: object): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(spec.options)) {
    const value = (given as Record<string, unknown>)[name];
    const settled = value === undefined ? option.default : value;
    if (settled !== undefined) settings[name] = settled;
  }
  return settings;
}
