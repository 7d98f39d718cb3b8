const ISO_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads a date of ISO 8601, with or without a time; without an offset it is UTC, on any machine. `Date` itself
 * accepts nearly anything, turns 30 February into 2 March, and reads a time without an offset as local.
 *
 * @returns Milliseconds since 1970; null for anything else, and for a day that no calendar has.
 */
export function timeOfIso(text: string): number | null {
  const [, day, time = '00:00', offset = 'Z'] = ISO_TIME.exec(text) ?? [];
  if (day === undefined) return null;
  const midnight = new Date(`${day}T00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return null;
  const milliseconds = Date.parse(`${day}T${time}${offset.replace(/(\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(milliseconds) ? null : milliseconds;
}
