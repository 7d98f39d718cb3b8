import { fieldError } from '../../errors.ts';
import type { NameKind, PlaceName } from '../place.ts';
import { partsOf } from './cell-list.ts';
import { languageOfName } from './language-tag.ts';
import type { RecordFaults } from './record-faults.ts';
import { localLanguages, takeLocalName } from './scripts.ts';
import { isSpoilt } from './spreadsheet.ts';

/** UTF-16 code units of a name, and names of a place. */
export const NAME_LIMITS: Readonly<{ name: number; names: number }> = Object.freeze({
  name: 256,
  names: 1000,
});

const NAME_KINDS: ReadonlySet<string> = new Set<NameKind>([
  'official',
  'short',
  'colloquial',
  'historic',
  'misspelling',
]);
const CONTROL = /\p{Cc}/u;

/** What can't be seen by itself. */
const UNSEEN = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;
/** Break nothing and show nothing, but come along where text is copied: zero-width space, byte-order mark, soft hyphen. */
const STRAY = /[\u200b\u2060\ufeff\u00ad]/gu;

/** Whether a value is nothing, or text without anything to see. */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && UNSEEN.test(value));
}

/**
 * Checks a text.
 *
 * @throws {RecordError} `NAME_INVALID`, `NAME_TOO_LONG`.
 */
function readText(field: string, value: unknown): string {
  if (typeof value !== 'string' || isEmpty(value)) {
    throw fieldError('NAME_INVALID', { field, value }, 'is not a name', 'Give a non-empty string');
  }
  if (value.length > NAME_LIMITS.name) {
    const hint = `Shorten it to ${NAME_LIMITS.name} characters; descriptions belong in another field`;
    const what = `has ${value.length} characters`;
    throw fieldError('NAME_TOO_LONG', { field, value }, what, hint);
  }
  if (!value.isWellFormed()) {
    const hint = 'Remove the lone surrogate: the text was cut inside a character';
    throw fieldError('NAME_INVALID', { field, value }, 'is not well-formed Unicode', hint);
  }
  if (CONTROL.test(value)) {
    const hint = 'Remove the control characters';
    throw fieldError('NAME_INVALID', { field, value }, 'contains control characters', hint);
  }
  return value.trim().normalize('NFC');
}

/**
 * As `readText`, with a warning where a number is taken as its digits, since 101 is the name of a building, or
 * zero-width characters are left out.
 */
export function readLabel(field: string, value: unknown, faults: RecordFaults): string {
  const digits = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  const bare = typeof digits === 'string' ? digits.replace(STRAY, '') : digits;
  const text = readText(field, isEmpty(bare) ? value : bare);
  if (bare !== value) faults.warn('VALUE_CORRECTED', field, value, text);
  if (isSpoilt(text)) faults.warn('SPREADSHEET_CHANGED', field, value);
  return text;
}

/**
 * All names of a record, the local official one first. A name beside it that can't be used is left out,
 * with a warning.
 *
 * @param given - As the record has them.
 * @throws {RecordError} `NAME_INVALID`, `NAME_TOO_LONG` of the main name or the lists themselves.
 */
export function readNames(
  given: { name: unknown; names: unknown; aliases: unknown },
  country: string | undefined,
  faults: RecordFaults,
): { name: string; names: PlaceName[] } {
  const found: PlaceName[] = [];
  const add = (name: PlaceName | undefined): void => {
    if (!name) return;
    const same = found.find((n) => n.text === name.text && n.language === name.language);
    if (!same) found.push(name);
    if (found.length > NAME_LIMITS.names) {
      const hint = `Keep the ${NAME_LIMITS.names} that people type`;
      const count = 1 + sizeOf(given.names) + sizeOf(given.aliases);
      throw fieldError(
        'NAME_INVALID',
        { field: 'names', value: count },
        'names are too many for one place',
        hint,
      );
    }
  };
  for (const name of officialNames(given.names, faults)) add(name);
  const local = readMainName(given.name, found, country, faults);
  found.unshift(takeLocalName(found, local, country));
  const listed = new Set(found.map((n) => n.text));
  for (const entry of aliasesOf(given.aliases, faults)) {
    const name = readName('aliases', entry, 'colloquial', faults);
    if (name && !(name.language === undefined && listed.has(name.text))) add(name);
  }
  return { name: local, names: found };
}

function sizeOf(list: unknown): number {
  return typeof list === 'object' && list !== null ? Object.keys(list).length : 0;
}

function* officialNames(names: unknown, faults: RecordFaults): Generator<PlaceName | undefined> {
  if (Array.isArray(names)) {
    for (const entry of names) yield readName('names', entry, 'official', faults);
  } else if (typeof names === 'object' && names !== null) {
    for (const [tag, text] of Object.entries(names)) {
      const field = `names.${tag}`;
      if (isEmpty(text)) {
        faults.warn('FIELD_EMPTY', field, text);
        continue;
      }
      yield faults.detail(() => {
        const name = readLabel(field, text, faults);
        return { text: name, language: languageOfName(field, tag, name, faults), kind: 'official' };
      });
    }
  } else if (!isEmpty(names)) {
    const hint = 'Use an object by language or an array of names';
    throw fieldError(
      'NAME_INVALID',
      { field: 'names', value: names },
      'is not a list of names',
      hint,
    );
  }
}

/** The main name; where it is empty, an official one in the language of the country, or the first. */
function readMainName(
  name: unknown,
  official: readonly PlaceName[],
  country: string | undefined,
  faults: RecordFaults,
): string {
  if (!isEmpty(name) || official.length === 0) return readLabel('name', name, faults);
  const local = official.find(({ text, language }) =>
    localLanguages(text, country).includes(language!),
  );
  const { text } = local ?? official[0]!;
  faults.warn('FIELD_EMPTY', 'name', name, text);
  return text;
}

function aliasesOf(aliases: unknown, faults: RecordFaults): unknown[] {
  if (isEmpty(aliases)) return [];
  if (Array.isArray(aliases)) return aliases as unknown[];
  if (typeof aliases === 'string') {
    const parts = partsOf(aliases);
    faults.warn('VALUE_CORRECTED', 'aliases', aliases, parts.join(', '));
    return parts;
  }
  const hint = 'Use an array of strings or of {name, language, kind}';
  throw fieldError(
    'NAME_INVALID',
    { field: 'aliases', value: aliases },
    'is not a list of names',
    hint,
  );
}

/** A name of a list; undefined, with a warning, if it is empty or can't be used. */
function readName(
  field: string,
  entry: unknown,
  kind: NameKind,
  faults: RecordFaults,
): PlaceName | undefined {
  const isObject = typeof entry === 'object' && entry !== null;
  const given = (isObject ? entry : { name: entry }) as Record<
    'name' | 'language' | 'kind',
    unknown
  >;
  const of = isObject ? `${field}.name` : field;
  if (isEmpty(given.name) && !(isObject && given.name === undefined)) {
    faults.warn('FIELD_EMPTY', of, given.name);
    return undefined;
  }
  return faults.detail(() => {
    const name: PlaceName = { text: readLabel(of, given.name, faults), kind };
    if (!isEmpty(given.language)) {
      name.language = languageOfName(`${field}.language`, given.language, name.text, faults);
    }
    if (isEmpty(given.kind)) return name;
    if (typeof given.kind === 'string' && NAME_KINDS.has(given.kind)) {
      name.kind = given.kind as NameKind;
    } else faults.warn('KIND_INVALID', `${field}.kind`, given.kind, name.kind);
    return name;
  });
}
