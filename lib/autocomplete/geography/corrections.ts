import { RecordError, quoteValue } from '../../errors.ts';

/** A manual decision about the parent of a place; it overrides outlines and the record itself. */
export interface Correction {
  id: string;
  /** Id of the container; null for none but the country. */
  parent: string | null;
  who: string;
  why: string;
  /** ISO 8601 date or time. */
  when: string;
}

/**
 * Checks one line of a corrections file: `{"id", "parent", "who", "why", "when"}`.
 *
 * @throws {RecordError} `CORRECTION_INVALID`, naming the field. All fields are required: a
 *   correction without provenance can't be reviewed later.
 * @example
 * readCorrection({ id: 'p1', parent: 'tw-1', who: 'mei', why: 'moved', when: '2026-11-21' }).parent;
 * // => 'tw-1'
 */
export function readCorrection(raw: unknown): Correction {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw fault(null, raw, 'Give {"id", "parent", "who", "why", "when"}.');
  }
  const given = raw as Record<string, unknown>;
  const text = (field: string): string => {
    const value = Object.hasOwn(given, field) ? given[field] : undefined;
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw fault(field, value, 'Give a non-empty string.');
  };
  const when = text('when');
  if (!/^\d{4}-\d\d-\d\d/.test(when) || Number.isNaN(Date.parse(when))) {
    throw fault('when', when, 'Give an ISO 8601 date such as 2026-11-21.');
  }
  const parent = given['parent'] === null ? null : text('parent');
  const id = text('id');
  if (parent === id) throw fault('parent', parent, 'Name another place than the corrected one.');
  return { id, parent, who: text('who'), why: text('why'), when };
}

function fault(field: string | null, value: unknown, hint: string): RecordError {
  const what = `${field ?? 'Correction'} ${quoteValue(value)} can't be used`;
  return new RecordError('CORRECTION_INVALID', what, hint, { field, value });
}
