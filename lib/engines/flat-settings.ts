/** A part of an index body. */
export type Tree = Readonly<Record<string, unknown>>;

/**
 * Settings by their dotted names under `index.`, however they were nested, sorted, with values as
 * text.
 */
export function flatSettings(settings: unknown): Map<string, string> {
  const flat = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (isTree(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, path ? `${path}.${key}` : key);
    } else flat.set(path.replace(/^index\./, ''), text(value));
  };
  visit(settings, '');
  return new Map([...flat].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A value as a server returns it, so that `1` and `"1"` are the same. */
export function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(',');
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'not set');
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
