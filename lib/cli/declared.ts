import { OptionError, quoteValue } from '../errors.ts';
import { FIELD_TEXT, fieldsOf, readFieldText } from '../knn/field-text.ts';
import { readText, wantedText } from '../option-text.ts';
import { type AnySpec, type Option, type Spec, TIMER_MAX, wantedOf } from '../options.ts';
import type { OptionSpec } from './command.ts';
import { TIME_TEXT, readTime, timeText } from './time-text.ts';

/** Flags that set options of the library: name, type, range, default and help are as declared. */
export interface DeclaredFlags<T> {
  options: readonly OptionSpec[];
  /** The options that the flags set, by their names in the library. */
  read(flags: object): T;
  /** Options as a user would type them: `--shards 4 --replicas 1`. */
  write(given: T): string;
}

/** Units that the name of a flag leaves out. */
const UNIT = /(?:Ms|Km|Gib)$/;

/**
 * The flags for some options of a function.
 *
 * @param defaults - Defaults of the command that replace those of the library, in words, by name of option.
 */
export function flagsOf<O extends object, D extends keyof O, K extends keyof O & string>(
  spec: Spec<O, D>,
  names: readonly K[],
  defaults: { readonly [N in K]?: string } = {},
): DeclaredFlags<Partial<Pick<O, K>>> {
  const { code, options } = spec as unknown as AnySpec;
  const flags = names.map((name) => {
    const option = options[name]!;
    const otherwise = defaults[name] ?? option.otherwise;
    return flagOf(name, otherwise === undefined ? option : { ...option, otherwise }, code);
  });
  return {
    options: flags.map((flag) => flag.spec),
    read(given) {
      const typed = given as Readonly<Record<string, unknown>>;
      const values = flags.map((flag) => [flag.name, valueOf(flag, typed[flag.key])]);
      return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as object;
    },
    write: (given) =>
      Object.entries(given)
        .map(
          ([name, value]) => `${flags.find((flag) => flag.name === name)!.long} ${String(value)}`,
        )
        .join(' '),
  };
}

interface Flag {
  name: string;
  option: Option;
  long: string;
  /** Key under which commander stores the value. */
  key: string;
  /** Whether the flag begins with `--no-`. */
  negated: boolean;
  spec: OptionSpec;
}

function flagOf(name: string, option: Option, code: string): Flag {
  const words = name.replace(UNIT, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const off = option.type === 'flag' && option.default === true ? 'no-' : '';
  const [long = '', value = valueName(option)] = (option.flag ?? `--${off}${words}`).split(' ');
  const key = long
    .replace(/^--(?:no-)?/, '')
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const flags = option.type === 'flag' ? long : `${long} ${value}`;
  const spec = flagSpec(option, flags, option.code ?? code);
  return { name, option, long, key, negated: long.startsWith('--no-'), spec };
}

function valueName(option: Option): string {
  switch (option.type) {
    case 'whole':
    case 'number':
      if (option.unit === 'ms') return '<time>';
      return option.unit === 'km' || option.unit === 'GiB'
        ? `<${option.unit.toLowerCase()}>`
        : '<n>';
    case 'position':
      return '<lat,lon>';
    case 'object':
      return '<name=value>';
    case 'list':
      return option.repeats ? '<text>' : '<list>';
    default:
      return option.type === 'text' && option.choices ? '<name>' : '<text>';
  }
}

function flagSpec(option: Option, flags: string, code: string): OptionSpec {
  const words = [rangeText(option), defaultText(option)].filter((part) => part !== '');
  const spec: OptionSpec = {
    flags,
    description:
      `${option.off ?? option.help}${words.length === 0 ? '' : ` (${words.join('; ')})`}`.replaceAll(
        '`',
        '',
      ),
    declared: option,
  };
  if (option.type === 'flag') return spec;
  const { item, read, wanted } = textForm(option);
  const parse = (text: string): unknown => {
    const value = read(text);
    if (value !== undefined) return value;
    const shown = option.secret ? 'what was given' : quoteValue(text);
    throw new OptionError(
      item.code ?? code,
      `${flags.split(' ')[0]} can't be ${shown}`,
      `Give ${wanted}.`,
    );
  };
  return {
    ...spec,
    parse,
    ...(option.repeats || option.type === 'object' ? { repeat: true } : {}),
  };
}

/** How to read the text of one flag. */
function textForm(option: Option): {
  item: Option;
  read: (text: string) => unknown;
  wanted: string;
} {
  if (option.type === 'object') {
    return { item: option, read: (text) => readFieldText(text) ?? undefined, wanted: FIELD_TEXT };
  }
  if (isTime(option)) {
    return { item: option, read: (text) => readTime(option, text), wanted: TIME_TEXT };
  }
  const item = option.repeats && option.type === 'list' ? option.items : option;
  return { item, read: (text) => readText(item, text), wanted: wantedText(item) };
}

function isTime(option: Option): boolean {
  return (option.type === 'whole' || option.type === 'number') && option.unit === 'ms';
}

/** What a flag accepts, in words; empty if its placeholder already says so. */
function rangeText(option: Option): string {
  if (option.text) return option.text.wanted;
  if (isTime(option)) return 'such as 90s, 15m or 7d';
  if (option.repeats) return 'may come more than once';
  switch (option.type) {
    case 'whole':
    case 'number':
      return wantedOf(option).replace(` to ${TIMER_MAX}`, '');
    case 'object':
      return `${FIELD_TEXT}; may come more than once`;
    case 'text':
      return option.choices || option.wanted !== undefined ? wantedOf(option) : '';
    case 'list':
      return wantedText(option);
    default:
      return '';
  }
}

function defaultText(option: Option): string {
  const { default: value, otherwise } = option;
  if (otherwise !== undefined) return `default: ${otherwise}`;
  if (value === undefined || option.type === 'flag') return '';
  if (Array.isArray(value) && value.length === 0) return '';
  return `default: ${isTime(option) ? timeText(value as number) : JSON.stringify(value)}`.replaceAll(
    '"',
    '',
  );
}

/** Converts the value from commander to the value of the library. */
function valueOf({ option, negated }: Pick<Flag, 'option' | 'negated'>, given: unknown): unknown {
  if (given === undefined) return undefined;
  if (option.type === 'object') return fieldsOf(given as [string, string[]][]);
  if (option.type !== 'flag') return given;
  // commander gives true for a `--no-x` that was not typed.
  return given === !negated ? !(option.default ?? false) : undefined;
}
