import { quoteValue, RecordError } from '../../errors.ts';
import type { PlaceName, PlaceRecord } from '../place.ts';
import type { PlaceDocument } from './document.ts';

/** What a document keeps of its record: enough to be the parent of another. */
export function recordOf(document: PlaceDocument): PlaceRecord {
  const names = document.names.map(({ text, language, kind }): PlaceName =>
    language === undefined ? { text, kind } : { text, language, kind },
  );
  const { id, kind, country } = document;
  const record: PlaceRecord = { id, name: names[0]!.text, names, kind };
  if (country !== undefined) record.country = country;
  const parent = document.parents[0]?.id;
  if (parent !== undefined) record.parent = parent;
  return record;
}

/** The error for a parent that a record can't have. */
export function parentFault(
  code: string,
  record: PlaceRecord,
  id: string,
  what: string,
): RecordError {
  const subject = `parent ${quoteValue(id)} of ${quoteValue(record.id)}`;
  const hint = 'Put that place first, or name another parent.';
  return new RecordError(code, `${subject} ${what}`, hint, { field: 'parent', value: id });
}
