import { partsOf } from '../../autocomplete/record/cell-list.ts';
import { saysNothing } from '../../autocomplete/record/no-value.ts';
import { PLACE_KINDS, type PlaceKind } from '../../autocomplete/place.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import { nearestName } from '../../nearest-name.ts';
import { pathOf } from '../areas.ts';
import { coordinateIn, pairColumn, type PairColumn, type Sample } from './coordinate-pairs.ts';
import {
  AREA_WORDS,
  FIELD_WORDS,
  KIND_WORDS,
  LANGUAGE_WORDS,
  NAME_WORDS,
  THING_WORDS,
} from './header-words.ts';

/**
 * Which column is which field: `{ name: '景點名稱', 'names.ja': '日文名稱', parent: ['區', '縣市'] }`,
 * or the same as text: `name=景點名稱,names.ja=日文名稱,parent=區,parent=縣市`.
 *
 * Several columns may go into `aliases`, `categories` and `parent` (nearest first), and into `id`,
 * joined by `/`. One column with both coordinates is given for both, in their order: `lat=座標,lon=座標`.
 * A value that begins with `=` is the same for all rows: `country==TW`.
 */
export type Columns = string | Readonly<Record<string, string | readonly string[]>>;

/** One field of a record and where it comes from. */
interface Assignment {
  field: string;
  /** Header of its column; null for a constant. */
  header: string | null;
  constant: string;
}

/** Turns rows into records. */
export interface ColumnMapping {
  /** As it is written for `--columns`. */
  text: string;
  /** Fields that are taken from a column or are the same for all rows. */
  fields: ReadonlySet<string>;
  /** Headers that nothing is taken from. */
  unused: readonly string[];
  /** @param valueOf - The value of a column; undefined or '' if it has none. */
  recordOf(valueOf: (header: string) => unknown): Record<string, unknown>;
}

const SINGLE = new Set([
  'name',
  'kind',
  'granularity',
  'country',
  'lat',
  'lon',
  'population',
  'importance',
  'description',
]);
/** Fields of which a cell that says that there is nothing is not passed over: a place may be called so, and of coordinates it is told. */
const TAKEN_AS_GIVEN = new Set(['id', 'name', 'lat', 'lon']);
const SEVERAL = new Set(['id', 'aliases', 'categories', 'parent']);
const LANGUAGE_FIELD = /^(names|aliases|description)\.([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)$/i;

/**
 * Checks which column is which field.
 *
 * @param headers - Of the file, in order.
 * @throws {OptionError} `COLUMNS_INVALID` for a field that there is not, `COLUMN_NOT_FOUND` for a
 *   header that the file lacks.
 */
export function columnMapping(columns: Columns, headers: readonly string[]): ColumnMapping {
  const assignments = assignmentsOf(columns);
  const seen = new Set<string>();
  for (const { field, header } of assignments) {
    checkField(field, seen);
    seen.add(field);
    if (header !== null && !headers.includes(header)) throw noColumn(field, header, headers);
  }
  if (!['name', ...seen].some((f) => (f === 'name' ? seen.has(f) : f.startsWith('names.')))) {
    throw invalid('no column is the name', 'Give name=HEADER.');
  }
  return {
    text: textOf(assignments),
    fields: seen,
    unused: headers.filter((header) => !assignments.some((a) => a.header === header)),
    recordOf: (valueOf) => recordFrom(assignments, valueOf),
  };
}

function assignmentsOf(columns: Columns): Assignment[] {
  return typeof columns === 'string' ? parseColumns(columns) : listed(columns);
}

/** Headers that columns name. */
export function headersIn(columns: Columns): string[] {
  return assignmentsOf(columns).flatMap(({ header }) => header ?? []);
}

/** What `columnMapping` would be given to take the headers as their words say. */
export interface Proposal {
  columns: string;
  /** Every header is the name of a field, so there is no doubt. */
  certain: boolean;
  /** Headers that no word is known for. */
  unused: readonly string[];
  /** A column with both coordinates, whose order is not known: it is proposed with the latitude first. */
  undecided: PairColumn | null;
}

/** Which column is which field, as far as the headers and the first rows tell; null if none is a name. */
export function proposeColumns(
  headers: readonly string[],
  sample: Sample = { rows: [] },
): Proposal | null {
  const taken: Assignment[] = [];
  const areas: { kind: PlaceKind; header: string }[] = [];
  for (const header of headers) {
    const kind = areaKindOf(header);
    const field = isField(header) ? header : kind ? null : fieldOfHeader(header);
    if (kind && !isField(header)) areas.push({ kind, header });
    else if (field !== null && (SEVERAL.has(field) || !taken.some((a) => a.field === field))) {
      if (field !== 'id' || !taken.some((a) => a.field === 'id')) {
        taken.push({ field, header, constant: '' });
      }
    }
  }
  if (!taken.some(({ field }) => field === 'name')) {
    const chinese = taken.find(({ field }) => /^names\.zh/.test(field));
    const instead = chinese ?? taken.find(({ field }) => field.startsWith('names.'));
    if (!instead) return null;
    instead.field = 'name';
  }
  const pair = proposedPair(taken, { headers, areas, sample });
  areas.sort((a, b) => PLACE_KINDS.indexOf(b.kind) - PLACE_KINDS.indexOf(a.kind));
  for (const { header } of areas) taken.push({ field: 'parent', header, constant: '' });
  return {
    columns: textOf(taken),
    certain: headers.every(isField),
    unused: headers.filter((header) => !taken.some((a) => a.header === header)),
    undecided: pair?.order === null ? pair : null,
  };
}

/** Takes a column with both coordinates, where none has one of them. */
function proposedPair(
  taken: Assignment[],
  of: { headers: readonly string[]; areas: readonly { header: string }[]; sample: Sample },
): PairColumn | null {
  if (taken.some(({ field }) => field === 'lat' || field === 'lon')) return null;
  const used = new Set([...taken, ...of.areas].map(({ header }) => header));
  const country = taken.find(({ field }) => field === 'country')?.header ?? null;
  const free = of.headers.filter((header) => !used.has(header));
  const pair = pairColumn(free, of.sample, country);
  for (const field of pair ? (pair.order ?? ['lat', 'lon']) : []) {
    taken.push({ field, header: pair!.header, constant: '' });
  }
  return pair;
}

/** The kind of area that a header names, such as city for 縣市, 所屬縣市 or 縣市（必填）; null if it is no area. */
function areaKindOf(header: string): PlaceKind | null {
  const word = plain(withoutBrackets(header).replace(/^所[属屬在]/u, ''));
  const bare = plain(word.replace(/(?:名稱|名称|名字|名|명)$/u, ''));
  for (const kind of PLACE_KINDS) {
    const words = AREA_WORDS[kind]?.map(plain) ?? [];
    if (words.includes(word) || (bare !== '' && words.includes(bare))) return kind;
  }
  return null;
}

/** The field that a header is likely to mean, such as `lon` for `lng`, `aliases` for 俗稱/別名; null if none. */
export function fieldOfHeader(header: string): string | null {
  const field = fieldOfWord(header);
  if (field !== null) return field;
  const parts = header.split(/[/／、]/u);
  if (parts.length > 1) {
    const [first = null, ...others] = parts.map(fieldOfWord);
    return others.every((other) => other === first) ? first : null;
  }
  const bare = withoutBrackets(header);
  return bare === header ? null : fieldOfWord(bare);
}

/** Without what is explained at the end: 緯度(WGS84), 名称（必填）. */
function withoutBrackets(header: string): string {
  return header.replace(/[(（][^()（）]*[)）]\s*$/u, '');
}

function fieldOfWord(header: string): string | null {
  const tagged = /^(?:names?|title|label|名稱|名称)[_:.\s-]+([a-z]{2,3}(?:[-_][a-z]{2,4})?)$/i.exec(
    header.trim(),
  );
  if (tagged) return `names.${tagged[1]!.replaceAll('_', '-')}`;
  const word = plain(header);
  if (word === '') return null;
  for (const [field, words] of Object.entries(FIELD_WORDS)) {
    if (words.some((each) => plain(each) === word)) return field;
  }
  for (const [language, words] of Object.entries(LANGUAGE_WORDS)) {
    if (words.some((each) => isNameIn(word, plain(each)))) return `names.${language}`;
  }
  if (isOfThing(word, FIELD_WORDS['id']!)) return 'id';
  const isName = /(?:名稱|名称|名前|명칭|이름)$/u.test(word) || isOfThing(word, NAME_WORDS);
  return isName ? 'name' : null;
}

/** 景點編號, but not 郵便番号; 店舗名, but not 担当者名. */
function isOfThing(word: string, words: readonly string[]): boolean {
  return THING_WORDS.some(
    (thing) => word.startsWith(thing) && words.some((each) => word === thing + plain(each)),
  );
}

function isNameIn(word: string, language: string): boolean {
  if (word === language) return true;
  const rest = word.startsWith(language)
    ? word.slice(language.length)
    : word.endsWith(language)
      ? word.slice(0, -language.length)
      : '';
  return NAME_WORDS.some((name) => plain(name) === rest) || isOfThing(rest, NAME_WORDS);
}

/** Without case, width, spaces and punctuation. */
function plain(header: string): string {
  return header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.:()[\]/·・]/gu, '');
}

function isField(header: string): boolean {
  return SINGLE.has(header) || SEVERAL.has(header) || LANGUAGE_FIELD.test(header);
}

function checkField(field: string, seen: ReadonlySet<string>): void {
  if (!isField(field)) {
    const known = [...SINGLE, ...SEVERAL, 'names.ja'];
    const meant = fieldOfHeader(field) ?? nearestName(field, known);
    const hint = `${meant === null ? '' : `Did you mean ${meant}? `}There are ${known.join(', ')}, and names.TAG, aliases.TAG, description.TAG for any language.`;
    throw invalid(`there is no field ${quoteValue(field)}`, hint);
  }
  if (seen.has(field) && !SEVERAL.has(field) && !field.startsWith('aliases.')) {
    throw invalid(`${field} is given twice`, 'Give it one column.');
  }
}

function noColumn(field: string, header: string, headers: readonly string[]): OptionError {
  const meant =
    headers.find((each) => plain(each) === plain(header)) ?? nearestName(header, headers);
  const hint = `${meant === null ? '' : `Did you mean ${quoteValue(meant)}? `}The file has ${quoteValue(headers)}; a text for all rows is ${field}==${header}.`;
  return new OptionError('COLUMN_NOT_FOUND', `There is no column ${quoteValue(header)}`, hint);
}

function invalid(what: string, hint: string): OptionError {
  return new OptionError('COLUMNS_INVALID', `The columns can't be used: ${what}`, hint);
}

/** `name=景點名稱,lat="緯度,度"` as assignments. */
function parseColumns(text: string): Assignment[] {
  const parts = text.match(/(?:[^,"]|"[^"]*"?)+/g) ?? [];
  return parts.map((part) => {
    const at = part.indexOf('=');
    const field = part.slice(0, Math.max(0, at)).trim();
    if (at <= 0) throw invalid(`${quoteValue(part)} is no assignment`, 'Use FIELD=HEADER.');
    return assignment(field, unquoted(part.slice(at + 1).trim()));
  });
}

function listed(columns: Readonly<Record<string, string | readonly string[]>>): Assignment[] {
  return Object.entries(columns).flatMap(([field, headers]) =>
    [headers].flat().map((header) => assignment(field, String(header))),
  );
}

function assignment(field: string, value: string): Assignment {
  return value.startsWith('=')
    ? { field, header: null, constant: unquoted(value.slice(1)) }
    : { field, header: value, constant: '' };
}

function unquoted(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text;
}

function textOf(assignments: readonly Assignment[]): string {
  const quoted = (text: string): string => (/[",=]|^\s|\s$/.test(text) ? `"${text}"` : text);
  return assignments
    .map(
      ({ field, header, constant }) =>
        `${field}=${header === null ? `=${quoted(constant)}` : quoted(header)}`,
    )
    .join(',');
}

function recordFrom(
  assignments: readonly Assignment[],
  valueOf: (header: string) => unknown,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  const names: Record<string, unknown> = {};
  const descriptions: Record<string, unknown> = {};
  const ids: string[] = [];
  const lists = {
    aliases: [] as unknown[],
    categories: [] as unknown[],
    parentName: [] as unknown[],
  };
  const pair = pairOf(assignments);
  for (const { field, header, constant } of assignments) {
    const given = header === null ? constant : valueOf(header);
    const whole = typeof given === 'string' ? given.trim() : given;
    const value = pair.includes(field) ? coordinateIn(whole, pair.indexOf(field)) : whole;
    if (value === undefined || value === null || value === '') continue;
    if (saysNothing(value) && !TAKEN_AS_GIVEN.has(field)) continue;
    const language = LANGUAGE_FIELD.exec(field);
    if (language?.[1] === 'names') names[language[2]!] = value;
    else if (language?.[1] === 'description') descriptions[language[2]!] = value;
    else if (language) {
      const [, , tag] = language;
      for (const name of several(value)) lists.aliases.push({ name, language: tag });
    } else if (field === 'id') ids.push(textValue(value));
    else if (field === 'parent') lists.parentName.push(areaOf(value, header));
    else if (field === 'aliases' || field === 'categories') {
      for (const each of several(value)) lists[field].push(each);
    } else record[field] = field === 'kind' ? kindOf(value) : numberIn(field, value);
  }
  if (Object.keys(names).length > 0) record['names'] = names;
  if (Object.keys(descriptions).length > 0) record['description'] = descriptions;
  for (const [field, values] of Object.entries(lists)) {
    if (values.length > 0) record[field] = values;
  }
  if (ids.length > 0) return { id: ids.join('/'), ...record };
  return assignments.some(({ field }) => field === 'id')
    ? record
    : { id: pathOf(record), ...record };
}

/** `lat` and `lon` in the order of their assignments, where one column has both; else nothing. */
function pairOf(assignments: readonly Assignment[]): readonly string[] {
  const [first, second] = assignments.filter(({ field }) => field === 'lat' || field === 'lon');
  const isPair = first !== undefined && first.header !== null && first.header === second?.header;
  return isPair ? [first.field, second.field] : [];
}

function areaOf(value: unknown, header: string | null): unknown {
  const kind = header === null ? null : areaKindOf(header);
  return kind === null ? value : { name: value, kind };
}

const NUMBERS = new Set(['lat', 'lon', 'population', 'importance']);

/** Cells are text; a number in one is what is expected, not a mistake. */
function numberIn(field: string, value: unknown): unknown {
  if (typeof value !== 'string' || !NUMBERS.has(field)) return value;
  return /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function textValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The values of a cell. */
function several(value: unknown): unknown[] {
  if (typeof value !== 'string') return Array.isArray(value) ? (value as unknown[]) : [value];
  return partsOf(value)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !saysNothing(part));
}

function kindOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const word = value.toLowerCase();
  return PLACE_KINDS.find((kind) => kind === word || KIND_WORDS[kind].includes(word)) ?? value;
}
