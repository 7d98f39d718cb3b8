import type { RecordWarning } from '../autocomplete/record/record-faults.ts';
import { quoteValue } from '../errors.ts';
import type { AreaNote } from '../source/areas.ts';
import type { RecordSource } from '../source/source.ts';

/** What was corrected or left out in the records of a source, by cause. */
export interface RecordWarningCount {
  /** As `RecordWarning`, or `PARENT_AMBIGUOUS`, `PARENT_MADE`, `PARENT_NOT_IN_SOURCE`, `COUNTRY_FOUND`. */
  code: string;
  field: string;
  /** What was used instead or is probably meant; null if nothing. */
  meant: string | null;
  count: number;
  /** The first of them. */
  example: { file: string; line: number; value: string };
}

/** Counts warnings by cause. */
export interface WarningCounter {
  add(warning: RecordWarning, at: { file: string; line: number }): void;
  /** The counts, with those of parents stated by name; most frequent first. */
  counts(source: RecordSource): RecordWarningCount[];
}

/** Most causes counted separately, since field names are unbounded. */
const MOST_CAUSES = 200;

/** Counts corrections and omissions; memory does not grow with the number of records. */
export function countWarnings(): WarningCounter {
  const counts = new Map<string, RecordWarningCount>();
  return {
    add({ code, field, value, meant }, at) {
      // Corrected values differ from record to record, so the cause is the field.
      const same = code === 'FIELD_UNKNOWN' || code === 'LANGUAGE_CORRECTED' ? meant : null;
      const isNew = !counts.has(`${code} ${field}`);
      const name = isNew && counts.size >= MOST_CAUSES ? '(others)' : field;
      const before = counts.get(`${code} ${name}`);
      if (before) before.count += 1;
      else {
        const example = { ...at, value: quoteValue(value) };
        counts.set(`${code} ${name}`, { code, field: name, meant: same, count: 1, example });
      }
    },
    counts(source) {
      const codes = new Set(source.notes.map(({ code }) => code));
      const noted = [...codes].flatMap((code) =>
        parentCounts(source.notes.filter((note) => note.code === code)),
      );
      return [...counts.values(), ...noted].sort((a, b) => b.count - a.count);
    },
  };
}

/** Most areas that are reported one by one. */
const MOST_AREAS = 5;

/** Counts of parents for one cause: a few areas one by one, many in one sentence. */
function parentCounts(notes: readonly AreaNote[]): RecordWarningCount[] {
  const all = notes.map(({ code, detail, count, file, line }): RecordWarningCount => {
    const example = { file, line, value: detail };
    const field = code === 'COUNTRY_FOUND' ? 'country' : 'parentName';
    return { code, field, meant: null, count, example };
  });
  const [first] = all;
  if (!first || all.length <= MOST_AREAS) return all;
  const names = notes.slice(0, MOST_AREAS).map(({ detail }) => detail);
  const value = `${names.join(', ')} and ${all.length - MOST_AREAS} more`;
  const count = all.reduce((sum, one) => sum + one.count, 0);
  return [{ ...first, count, example: { ...first.example, value } }];
}

const SENTENCES: Readonly<Record<string, string>> = {
  FIELD_UNKNOWN: 'have a field that is not used',
  FIELD_EMPTY: 'have an empty field, left out',
  VALUE_CORRECTED: 'have a value of another type, which was converted',
  SPREADSHEET_CHANGED:
    'have a value that a spreadsheet rounded or took for a date (make the column text there, and export it again)',
  LANGUAGE_CORRECTED: 'have a language tag that was corrected',
  LANGUAGE_UNKNOWN: 'have an unknown language, kept',
  DESCRIPTION_CUT: 'have a description that is too long; its beginning was taken',
  PARENT_AMBIGUOUS: 'name a parent that fits several places, so the next wider one was taken',
  PARENT_MADE: 'name a parent that the source lacks, which was added',
  PARENT_NOT_IN_SOURCE: 'state parents that the source lacks, left out',
  COUNTRY_FOUND: 'have no country; that of the outline around them was taken',
};

/** A warning as a sentence: `3 records have a field that is not used: lng; did you mean lon? ...`. */
export function warningText({ code, field, meant, count, example }: RecordWarningCount): string {
  const what = SENTENCES[code] ?? "have a detail that can't be used, left out";
  const doubt =
    meant === null ? '' : code === 'FIELD_UNKNOWN' ? `; did you mean ${meant}?` : ` as ${meant}`;
  const isNoted = field === 'parentName' || code === 'COUNTRY_FOUND';
  const which = isNoted ? example.value : `${field}${doubt}`;
  const where = `${example.file} line ${example.line}`;
  const value = isNoted ? '' : `: ${example.value}`;
  const noun = count === 1 ? 'record' : 'records';
  const verb = count === 1 ? what.replace(/^have/, 'has').replace(/^(name|state)\b/, '$1s') : what;
  return `${count} ${noun} ${verb}: ${which} (${where}${value}) [${code}]`;
}
