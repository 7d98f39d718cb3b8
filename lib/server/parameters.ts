import { nearestName } from '../nearest-name.ts';
import type { AnySpec, Option, Spec } from '../options.ts';
import { readText, readTexts, wantedText } from '../option-text.ts';
import { quoteValue } from '../errors.ts';
import { RequestError } from './problem.ts';
import { listOf, type Schema } from './schema.ts';

/** A parameter of the query string; it is read and documented by its declaration. */
export interface Parameter {
  name: string;
  option: Option;
  required?: true;
  /** Whether it may be repeated; otherwise lists are separated by commas. */
  repeat?: true;
}

/** Parameters for options of a call, with the same names. */
export function parametersOf<O, D extends keyof O>(
  { options }: Spec<O, D>,
  names: readonly (keyof O & string)[],
): Parameter[] {
  const declared = options as unknown as AnySpec['options'];
  return names.map((name) => ({ name, option: declared[name]! }));
}

/**
 * The values of a query string by name; absent parameters are left out.
 *
 * Unknown names are refused, since a mistyped filter would otherwise go unnoticed.
 *
 * @throws {RequestError} 400 `PARAMETER_UNKNOWN`, `PARAMETER_REPEATED`, `PARAMETER_MISSING`,
 *   `PARAMETER_INVALID`.
 */
export function readParameters(
  query: string,
  parameters: readonly Parameter[],
): Record<string, unknown> {
  const given = new URLSearchParams(query);
  const names = parameters.map(({ name }) => name);
  for (const name of given.keys()) {
    if (!names.includes(name)) throw unknownParameter(name, names);
  }
  const values: Record<string, unknown> = {};
  for (const { name, option, required, repeat } of parameters) {
    const texts = given.getAll(name);
    const [text] = texts;
    if (text === undefined) {
      if (!required) continue;
      throw fault('PARAMETER_MISSING', `The parameter ${name} is missing`, `Add ${name}=....`);
    }
    if (texts.length > 1 && !repeat) {
      throw fault('PARAMETER_REPEATED', `${name} came ${texts.length} times`, 'Give it once.');
    }
    const inList = repeat && option.type === 'list';
    const value = inList ? readTexts(option, texts) : readText(option, text);
    if (value === undefined) {
      const what = `${name} can't be ${quoteValue(repeat ? texts : text)}`;
      throw fault('PARAMETER_INVALID', what, `Give ${wantedText(option)}.`);
    }
    values[name] = value;
  }
  return values;
}

/** The schema of an option's values in a query string. */
export function schemaOf(option: Option): Schema {
  switch (option.type) {
    case 'whole':
    case 'number': {
      const { min, over, max } = option;
      const schema: Schema = { type: option.type === 'whole' ? 'integer' : 'number' };
      if (min !== undefined) schema.minimum = min;
      if (over !== undefined) schema.exclusiveMinimum = over;
      if (max !== undefined) schema.maximum = max;
      if (typeof option.default === 'number') schema.default = option.default;
      return schema;
    }
    case 'flag':
      return { type: 'boolean', ...withDefault(option.default) };
    case 'text': {
      const schema: Schema = { type: 'string', ...withDefault(option.default) };
      if (option.choices) schema.enum = option.choices;
      if (option.pattern) schema.pattern = option.pattern.source;
      if (option.maxLength !== undefined) schema.maxLength = option.maxLength;
      return schema;
    }
    case 'list': {
      const schema = listOf(schemaOf(option.items));
      if (option.least !== undefined) schema.minItems = option.least;
      if (option.most !== undefined) schema.maxItems = option.most;
      return schema;
    }
    case 'position':
      return listOf({ type: 'number' }, { minItems: 2, maxItems: 2 });
    default:
      throw new Error(`An option of type ${option.type} has no text`);
  }
}

function withDefault(value: string | boolean | undefined): Pick<Schema, 'default'> {
  return value === undefined ? {} : { default: value };
}

function unknownParameter(name: string, names: readonly string[]): RequestError {
  const meant = nearestName(name, names);
  const all = names.length === 0 ? 'There are none here.' : `There are ${names.join(', ')}.`;
  const hint = meant === null ? all : `Did you mean ${meant}? ${all}`;
  return fault('PARAMETER_UNKNOWN', `There is no parameter ${quoteValue(name)}`, hint);
}

function fault(code: string, what: string, hint: string): RequestError {
  return new RequestError(code, what, hint, { status: 400 });
}
