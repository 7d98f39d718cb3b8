/** The part of JSON Schema (2020-12) that describes requests and answers here. */
export interface Schema {
  type?: SchemaType | readonly SchemaType[];
  description?: string;
  format?: string;
  enum?: readonly (string | null)[];
  const?: string | boolean;
  pattern?: string;
  default?: string | number | boolean;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  $ref?: string;
}

/** Type of a value. */
export type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'null';

/** An object with exactly these properties; those with names that end in `?` are optional. */
export function objectOf(properties: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/, ''), schema]),
    ),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  };
}

/** A list. */
export function listOf(items: Schema, options: Omit<Schema, 'type' | 'items'> = {}): Schema {
  return { type: 'array', items, ...options };
}

/** A schema of the OpenAPI document's components. */
export function schemaRef(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}
