import { isFieldName } from './document.ts';

/** What `readFieldText` accepts, for messages and help texts. */
export const FIELD_TEXT = 'country=JP, or tags=a,b for several values; a comma of a value is \\,';

/**
 * Reads a typed field of a picture: `country=JP`; `tags=a,b` for several values; `name=Kyoto\, Japan` for a
 * value with a comma. Blanks around values are dropped.
 *
 * @returns Null if the text is not a field, or has an empty value among several.
 */
export function readFieldText(text: string): [name: string, values: string[]] | null {
  const end = text.indexOf('=');
  const name = text.slice(0, Math.max(0, end));
  if (!isFieldName(name)) return null;
  const values = [''];
  for (let at = end + 1; at < text.length; at++) {
    const escaped = text.startsWith('\\,', at);
    if (escaped) at += 1;
    if (text[at] === ',' && !escaped) values.push('');
    else values[values.length - 1] += text[at]!;
  }
  const trimmed = values.map((value) => value.trim());
  return trimmed.length > 1 && trimmed.includes('') ? null : [name, trimmed];
}

/** Fields that were typed one by one; a repeated name has all of its values. */
export function fieldsOf(
  typed: readonly (readonly [name: string, values: readonly string[]])[],
): Record<string, string | string[]> {
  const fields = new Map<string, string[]>();
  for (const [name, values] of typed) fields.set(name, [...(fields.get(name) ?? []), ...values]);
  const shown = [...fields].map(([name, values]) => [
    name,
    values.length === 1 ? values[0]! : values,
  ]);
  return Object.fromEntries(shown) as Record<string, string | string[]>;
}
