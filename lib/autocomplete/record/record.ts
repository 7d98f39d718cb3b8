import { fieldError } from '../../errors.ts';
import { isShownWhole } from '../../shown-text.ts';
import {
  PLACE_KINDS,
  type PlaceKind,
  type NameKind,
  type PlaceName,
  type PlaceRecord,
} from '../place.ts';
import { nameLanguage } from './name-language.ts';
import { takeLocalName, withBothScripts } from './scripts.ts';
import { shortNameOf } from './short-name.ts';

/** Limits on a record: UTF-16 code units of `id` and `name`, items of `names` and `categories`. */
export const RECORD_LIMITS: Readonly<{
  id: number;
  name: number;
  names: number;
  categories: number;
}> = Object.freeze({
  id: 256,
  name: 256,
  names: 1000,
  categories: 20,
});

const KINDS: ReadonlySet<string> = new Set(PLACE_KINDS);
const NAME_KINDS: ReadonlySet<string> = new Set<NameKind>([
  'official',
  'short',
  'colloquial',
  'historic',
  'misspelling',
]);
const LANGUAGE_TAG = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;
const CONTROL = /\p{Cc}/u;

/**
 * Checks an application's record and normalises its names.
 *
 * A record is simple (`name`, `names` by language, `aliases` as strings) or rich (`names` or
 * `aliases` as objects with `name`, `language`, `kind`). Unknown fields are ignored. If no short
 * name is listed, one is made from each official name by dropping its administrative suffix.
 *
 * @param raw - One parsed JSON value; not mutated.
 * @returns A new record: `kind` defaults to `poi`, plain aliases to `colloquial` names.
 * @throws {RecordError} `RECORD_INVALID`, `ID_INVALID`, `NAME_INVALID`, `NAME_TOO_LONG`,
 *   `LANGUAGE_INVALID`, `KIND_INVALID`, `LOCATION_INVALID`, `COUNTRY_INVALID`, `PARENT_INVALID`,
 *   `POPULATION_INVALID` or `CATEGORY_INVALID`, naming the field and the value.
 * @example
 * readPlaceRecord({ id: 'tw-banqiao', name: '板橋區', names: { en: 'Banqiao' }, kind: 'district' })
 *   .names.map((n) => `${n.kind} ${n.text}`);
 * // => ['official 板橋區', 'official Banqiao', 'short 板橋']
 */
export function readPlaceRecord(raw: unknown): PlaceRecord {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw fieldError(
      'RECORD_INVALID',
      { field: null, value: raw },
      'is not a record',
      'Give one JSON object a place',
    );
  }
  const field = (name: string): unknown =>
    Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : undefined;
  const id = readId(field('id'));
  const name = readText('name', field('name'));
  const kind = field('kind') ?? 'poi';
  if (typeof kind !== 'string' || !KINDS.has(kind)) {
    throw fieldError(
      'KIND_INVALID',
      { field: 'kind', value: kind },
      'is not a kind of place',
      `Use ${list(KINDS)}`,
    );
  }
  const record: PlaceRecord = { id, name, names: [], kind: kind as PlaceKind };
  const granularity = field('granularity');
  if (typeof granularity === 'string' && granularity !== '') record.granularity = granularity;
  const location = readLocation(field('lat'), field('lon'));
  if (location) record.location = location;
  const country = field('country');
  if (country !== undefined && country !== null) {
    if (typeof country !== 'string' || !/^[a-z]{2}$/i.test(country)) {
      const hint = 'Use an ISO 3166-1 alpha-2 code such as TW, or leave it out';
      throw fieldError(
        'COUNTRY_INVALID',
        { field: 'country', value: country },
        'is not a country code',
        hint,
      );
    }
    record.country = country.toUpperCase();
  }
  const names = readNames(name, record.country, field('names'), field('aliases'));
  record.names = withShortNames(withBothScripts(names, record.country), record.kind);
  const parent = field('parent');
  if (parent !== undefined && parent !== null) {
    if (typeof parent !== 'string' || parent === '') {
      const hint = 'Use the id of another record, or null';
      throw fieldError('PARENT_INVALID', { field: 'parent', value: parent }, 'is not an id', hint);
    }
    record.parent = parent;
  }
  const population = field('population');
  if (population !== undefined && population !== null) {
    if (typeof population !== 'number' || !Number.isFinite(population) || population < 0) {
      const hint = 'Use a number of inhabitants, or leave it out';
      throw fieldError(
        'POPULATION_INVALID',
        { field: 'population', value: population },
        'is not a count',
        hint,
      );
    }
    record.population = population;
  }
  const categories = readCategories(field('categories'), field('category'));
  if (categories.length > 0) record.categories = categories;
  return record;
}

function readId(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw fieldError(
      'ID_INVALID',
      { field: 'id', value },
      'is not an id',
      'Give every record a non-empty string',
    );
  }
  if (value.length > RECORD_LIMITS.id || !isShownWhole(value) || value.trim() !== value) {
    const hint =
      `Use at most ${RECORD_LIMITS.id} characters that can be seen, ` +
      'without spaces at the ends, controls or marks of direction';
    throw fieldError('ID_INVALID', { field: 'id', value }, 'is not usable as an id', hint);
  }
  return value;
}

function readText(field: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw fieldError('NAME_INVALID', { field, value }, 'is not a name', 'Give a non-empty string');
  }
  if (value.length > RECORD_LIMITS.name) {
    const hint = `Shorten it to ${RECORD_LIMITS.name} characters; descriptions belong in another field`;
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
 * `categories` is suoyin's field and is checked; `category` may be anything in an application's
 * row, and is used only if it is a string.
 */
function readCategories(several: unknown, one: unknown): string[] {
  if (several === undefined || several === null) {
    return typeof one === 'string' && one.trim() !== '' ? [readText('category', one)] : [];
  }
  if (!Array.isArray(several) || several.length > RECORD_LIMITS.categories) {
    const hint = `Give an array of at most ${RECORD_LIMITS.categories} strings`;
    throw fieldError(
      'CATEGORY_INVALID',
      { field: 'categories', value: several },
      'is not a list of categories',
      hint,
    );
  }
  return [...new Set(several.map((text: unknown) => readText('categories', text)))];
}

function readNames(
  local: string,
  country: string | undefined,
  names: unknown,
  aliases: unknown,
): PlaceName[] {
  const found: PlaceName[] = [];
  const add = (name: PlaceName): void => {
    const same = found.find((n) => n.text === name.text && n.language === name.language);
    if (!same) found.push(name);
    if (found.length > RECORD_LIMITS.names) {
      const hint = `Keep the ${RECORD_LIMITS.names} that people type`;
      throw fieldError(
        'NAME_INVALID',
        { field: 'names', value: found.length },
        'names are too many for one place',
        hint,
      );
    }
  };
  if (Array.isArray(names)) {
    for (const entry of names) add(readName('names', entry, 'official'));
  } else if (typeof names === 'object' && names !== null) {
    for (const [language, text] of Object.entries(names)) {
      const field = `names.${language}`;
      add({
        text: readText(field, text),
        language: readLanguage(field, language),
        kind: 'official',
      });
    }
  } else if (names !== undefined && names !== null) {
    const hint = 'Use an object by language or an array of names';
    throw fieldError(
      'NAME_INVALID',
      { field: 'names', value: names },
      'is not a list of names',
      hint,
    );
  }
  found.unshift(takeLocalName(found, local, country));
  if (aliases !== undefined && aliases !== null) {
    if (!Array.isArray(aliases)) {
      const hint = 'Use an array of strings or of {name, language, kind}';
      throw fieldError(
        'NAME_INVALID',
        { field: 'aliases', value: aliases },
        'is not a list of names',
        hint,
      );
    }
    const listed = new Set(found.map((n) => n.text));
    for (const entry of aliases) {
      const name = readName('aliases', entry, 'colloquial');
      if (!(name.language === undefined && listed.has(name.text))) add(name);
    }
  }
  return found;
}

function readName(field: string, entry: unknown, kind: NameKind): PlaceName {
  if (typeof entry === 'string') return { text: readText(field, entry), kind };
  if (typeof entry !== 'object' || entry === null) {
    const hint = 'Use a string or {name, language, kind}';
    throw fieldError('NAME_INVALID', { field, value: entry }, 'is not a name', hint);
  }
  const given = entry as { name?: unknown; language?: unknown; kind?: unknown };
  const name: PlaceName = { text: readText(`${field}.name`, given.name), kind };
  if (given.language !== undefined && given.language !== null) {
    name.language = readLanguage(`${field}.language`, given.language);
  }
  if (given.kind !== undefined && given.kind !== null) {
    if (typeof given.kind !== 'string' || !NAME_KINDS.has(given.kind)) {
      const hint = `Use ${list(NAME_KINDS)}`;
      throw fieldError(
        'KIND_INVALID',
        { field: `${field}.kind`, value: given.kind },
        'is not a kind of name',
        hint,
      );
    }
    name.kind = given.kind as NameKind;
  }
  return name;
}

function readLanguage(field: string, value: unknown): string {
  if (typeof value !== 'string' || !LANGUAGE_TAG.test(value)) {
    const hint = 'Use a BCP 47 tag such as zh-Hant, zh-Hans, ja, ja-Hira or en';
    throw fieldError('LANGUAGE_INVALID', { field, value }, 'is not a language tag', hint);
  }
  return nameLanguage(value);
}

function readLocation(lat: unknown, lon: unknown): PlaceRecord['location'] {
  if ((lat ?? null) === null && (lon ?? null) === null) return undefined;
  for (const [field, value, bound] of [
    ['lat', lat, 90],
    ['lon', lon, 180],
  ] as const) {
    if (!isWithin(value, bound)) {
      const swapped = isWithin(lat, 180) && isWithin(lon, 90);
      const doubt = swapped ? '; these two may be swapped' : '';
      const hint = `Give degrees from -${bound} to ${bound}, or leave out lat and lon${doubt}`;
      throw fieldError('LOCATION_INVALID', { field, value }, 'is not a coordinate', hint);
    }
  }
  return { lat: lat as number, lon: lon as number };
}

function isWithin(value: unknown, bound: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= bound;
}

/** Adds short names, and marks an alias as `short` if it is an official name without its suffix. */
function withShortNames(names: PlaceName[], kind: PlaceKind): PlaceName[] {
  const result = [...names];
  for (const official of names) {
    if (official.kind !== 'official' || official.language === 'ja-Hira') continue;
    const text = shortNameOf(official.text, kind);
    if (text === null) continue;
    const listed = result.findIndex(
      (n) => n.text === text && (n.language === undefined || n.language === official.language),
    );
    const short: PlaceName = { text, kind: 'short' };
    if (official.language !== undefined) short.language = official.language;
    const existing = result[listed];
    if (existing === undefined) result.push({ ...short, made: true });
    else if (existing.kind === 'colloquial') result[listed] = short;
  }
  return result;
}

function list(values: ReadonlySet<string>): string {
  return Array.from(values).join(', ');
}
