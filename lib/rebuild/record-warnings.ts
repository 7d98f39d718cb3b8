import type { RecordWarning } from '../autocomplete/record/record-faults.ts';
import { quoteValue } from '../errors.ts';
import type { RecordSource } from '../source/source.ts';

/** What was corrected or left out in the records of a source, by cause. */
export interface RecordWarningCount {
  /** As `RecordWarning`, or `PARENT_AMBIGUOUS`, `PARENT_MADE`, `PARENT_NOT_IN_SOURCE`. */
  code: string;
  field: string;
  /** What was taken or is likely to be meant; null if nothing. */
  meant: string | null;
  count: number;
  /** The first of them. */
  example: { file: string; line: number; value: string };
}

/** Counts warnings by cause. */
export interface WarningCounter {
  add(warning: RecordWarning, at: { file: string; line: number }): void;
  /** With what was noted of parents that are named; most frequent first. */
  counts(source: RecordSource): RecordWarningCount[];
}

/** Causes that are told apart; fields may come from anywhere. */
const MOST_CAUSES = 200;

/** Counts what is corrected or left out; memory does not grow with the number of records. */
export function countWarnings(): WarningCounter {
  const counts = new Map<string, RecordWarningCount>();
  return {
    add({ code, field, value, meant }, at) {
      // A value that was corrected differs from record to record; the cause is its field.
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
      const noted = source.notes.map(({ code, detail, count, file, line }) => {
        const example = { file, line, value: detail };
        return { code, field: 'parentName', meant: null, count, example };
      });
      return [...counts.values(), ...noted].sort((a, b) => b.count - a.count);
    },
  };
}

const SENTENCES: Readonly<Record<string, string>> = {
  FIELD_UNKNOWN: 'have a field that is not used',
  FIELD_EMPTY: 'have an empty field, left out',
  VALUE_CORRECTED: 'have a value of another type, which was understood',
  LANGUAGE_CORRECTED: 'have a language tag that was understood',
  LANGUAGE_UNKNOWN: 'have a language that is not known, kept',
  PARENT_AMBIGUOUS: 'name a parent that several places may be, so the next wider one was taken',
  PARENT_MADE: 'name a parent that the source lacks; it was made',
  PARENT_NOT_IN_SOURCE: 'state parents that the source lacks, left out',
};

/** A warning as a sentence: `3 records have a field that is not used: lng; did you mean lon? ...`. */
export function warningText({ code, field, meant, count, example }: RecordWarningCount): string {
  const what = SENTENCES[code] ?? 'have a detail that can not be used, left out';
  const doubt =
    meant === null ? '' : code === 'FIELD_UNKNOWN' ? `; did you mean ${meant}?` : ` as ${meant}`;
  const which = field === 'parentName' ? example.value : `${field}${doubt}`;
  const where = `${example.file} line ${example.line}`;
  const value = field === 'parentName' ? '' : `: ${example.value}`;
  const noun = count === 1 ? 'record' : 'records';
  const verb = count === 1 ? what.replace(/^have/, 'has').replace(/^(name|state)\b/, '$1s') : what;
  return `${count} ${noun} ${verb}: ${which} (${where}${value}) [${code}]`;
}
