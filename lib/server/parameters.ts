import { quoteValue } from '../errors.ts';
import { PLACE_KINDS } from './answer-schemas.ts';
import { RequestError } from './problem.ts';
import { listOf, type Schema } from './schema.ts';

/** A parameter of the query string, as it is documented and as it is read. */
export interface Parameter {
  name: string;
  description: string;
  required?: true;
  /** May come more than once; else lists are separated by commas. */
  repeat?: true;
  schema: Schema;
}

const COUNTRIES: Schema = listOf({ type: 'string', pattern: '^[A-Za-z]{2}$' }, { maxItems: 250 });

/** Where and for whom places are looked for. */
export const PLACE_PARAMETERS: readonly Parameter[] = [
  {
    name: 'language',
    description: 'Of the reader: zh-Hant, zh-Hans, ja, ko, en or any BCP 47 tag.',
    schema: { type: 'string', maxLength: 35 },
  },
  {
    name: 'near',
    description: 'Latitude and longitude in degrees: nearer places first.',
    schema: listOf({ type: 'number' }, { minItems: 2, maxItems: 2 }),
  },
  {
    name: 'radiusKm',
    description: 'Only places so near to `near`.',
    schema: { type: 'number', exclusiveMinimum: 0, maximum: 20_000 },
  },
  {
    name: 'limit',
    description: 'Places at the most.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
  },
  { name: 'countries', description: 'Only of these (ISO 3166-1 alpha-2).', schema: COUNTRIES },
  { name: 'home', description: 'Countries that come first among namesakes.', schema: COUNTRIES },
  {
    name: 'kinds',
    description: 'Only of these kinds.',
    schema: listOf({ type: 'string', enum: PLACE_KINDS }, { maxItems: PLACE_KINDS.length }),
  },
  {
    name: 'explain',
    description: 'Adds how each score came about.',
    schema: { type: 'boolean', default: false },
  },
];

/** Which pictures are wanted. */
export const SIMILAR_PARAMETERS: readonly Parameter[] = [
  {
    name: 'limit',
    description: 'Pictures at the most.',
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 10 },
  },
  {
    name: 'maxDistance',
    description: 'Only as near by vector; up to 0.1 it is a copy, over 0.8 none.',
    schema: { type: 'number', minimum: 0 },
  },
  {
    name: 'filter',
    description: 'Only pictures with this field, as `country=JP`.',
    repeat: true,
    schema: listOf(
      { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,63}=', maxLength: 400 },
      { maxItems: 8 },
    ),
  },
  {
    name: 'exact',
    description: 'Compares every vector, without a graph.',
    schema: { type: 'boolean', default: false },
  },
];

/**
 * The values of a query string by name; those that are left out are missing.
 *
 * Unknown names are refused, since a mistyped filter would else go unnoticed.
 *
 * @throws {RequestError} 400 `PARAMETER_UNKNOWN`, `PARAMETER_REPEATED`, `PARAMETER_MISSING`,
 *   `PARAMETER_INVALID`.
 */
export function readParameters(
  query: string,
  parameters: readonly Parameter[],
): Record<string, unknown> {
  const given = new URLSearchParams(query);
  const values: Record<string, unknown> = {};
  for (const name of given.keys()) {
    if (parameters.some((parameter) => parameter.name === name)) continue;
    const names = parameters.map((parameter) => parameter.name).join(', ');
    const hint = names === '' ? 'There are none here.' : `There are ${names}.`;
    throw fault('PARAMETER_UNKNOWN', `There is no parameter ${quoteValue(name)}`, hint);
  }
  for (const { name, required, repeat, schema } of parameters) {
    const texts = given.getAll(name);
    const [text] = texts;
    if (text === undefined) {
      if (!required) continue;
      throw fault('PARAMETER_MISSING', `The parameter ${name} is missing`, `Add ${name}=....`);
    }
    if (texts.length > 1 && !repeat) {
      throw fault('PARAMETER_REPEATED', `${name} came ${texts.length} times`, 'Give it once.');
    }
    const value = repeat ? readList(texts, schema) : readText(text, schema);
    if (value === undefined) {
      const what = `${name} can't be ${quoteValue(repeat ? texts : text)}`;
      throw fault('PARAMETER_INVALID', what, `Give ${wanted(schema)}.`);
    }
    values[name] = value;
  }
  return values;
}

/** @returns Undefined where the text is no such value. */
function readText(text: string, schema: Schema): unknown {
  switch (schema.type) {
    case 'integer':
    case 'number': {
      if (!/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text)) return undefined;
      const value = Number(text);
      const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity } = schema;
      const fits = value >= minimum && value > exclusiveMinimum && value <= maximum;
      return fits && (schema.type === 'number' || Number.isInteger(value)) ? value : undefined;
    }
    case 'boolean':
      return { true: true, false: false }[text];
    case 'array':
      return readList(text.split(','), schema);
    default: {
      const { maxLength = Infinity, pattern, enum: words } = schema;
      const fits =
        text.length <= maxLength &&
        (pattern === undefined || new RegExp(pattern, 'u').test(text)) &&
        (words === undefined || words.includes(text));
      return fits ? text : undefined;
    }
  }
}

function readList(texts: readonly string[], schema: Schema): unknown[] | undefined {
  const { items = {}, minItems = 0, maxItems = Infinity } = schema;
  if (texts.length < minItems || texts.length > maxItems) return undefined;
  const values = texts.map((text) => readText(text, items));
  return values.includes(undefined) ? undefined : values;
}

/** What a schema takes, in words. */
function wanted(schema: Schema): string {
  const { type, minimum, exclusiveMinimum, maximum, maxLength, pattern, items } = schema;
  if (schema.enum) return schema.enum.join(', ');
  if (type === 'boolean') return 'true or false';
  if (type === 'array') {
    const { minItems, maxItems } = schema;
    const count = minItems === maxItems ? String(minItems) : `up to ${maxItems}`;
    return `${count} separated by commas, each ${wanted(items!)}`;
  }
  if (type === 'string')
    return pattern ? `text like ${pattern}` : `at most ${maxLength} characters`;
  const bounds = [
    minimum === undefined ? '' : ` from ${minimum}`,
    exclusiveMinimum === undefined ? '' : ` over ${exclusiveMinimum}`,
    maximum === undefined ? '' : ` up to ${maximum}`,
  ];
  return `${type === 'integer' ? 'a whole number' : 'a decimal number'}${bounds.join('')}`;
}

function fault(code: string, what: string, hint: string): RequestError {
  return new RequestError(400, code, what, hint);
}
