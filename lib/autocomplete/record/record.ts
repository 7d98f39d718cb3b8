import { fieldError, RecordError } from '../../errors.ts';
import { nearestName } from '../../nearest-name.ts';
import { isShownWhole } from '../../shown-text.ts';
import { countryCodeOf } from '../geography/country-codes.ts';
import { PLACE_KINDS, type PlaceKind, type PlaceName, type PlaceRecord } from '../place.ts';
import { partsOf } from './cell-list.ts';
import { isNoCoordinate, readDegrees } from './degrees.ts';
import { readDescriptions } from './descriptions.ts';
import { LEARNED_MOST } from './learned.ts';
import { type OnWarning, RecordFaults } from './record-faults.ts';
import { warnOfUnknown } from './record-fields.ts';
import { isEmpty, NAME_LIMITS, readLabel, readNames } from './record-names.ts';
import { withBothScripts } from './scripts.ts';
import { shortNamesOf } from './short-name.ts';
import { isSpoilt } from './spreadsheet.ts';

/** Limits on a record: UTF-16 code units of `id` and `name`, items of `names` and `categories`. */
export const RECORD_LIMITS: Readonly<{
  id: number;
  name: number;
  names: number;
  categories: number;
}> = Object.freeze({
  id: 256,
  ...NAME_LIMITS,
  categories: 20,
});

const KINDS: ReadonlySet<string> = new Set(PLACE_KINDS);

/**
 * Checks an application's record and normalises its names.
 *
 * A record is simple (`name`, `names` by language, `aliases` as strings) or rich (`names` or
 * `aliases` as objects with `name`, `language`, `kind`). A detail that is empty or can't be used is left
 * out, and unknown fields are ignored; `examinePlaceRecord` reports them. If no short name is listed, one
 * is made from each official name by dropping its administrative suffix.
 *
 * @param raw - One parsed JSON value; not mutated.
 * @returns A new record: `kind` defaults to `poi`, plain aliases to `colloquial` names.
 * @throws {RecordError} `RECORD_INVALID`, `ID_INVALID`, `NAME_INVALID`, `NAME_TOO_LONG`, `KIND_INVALID`,
 *   `LOCATION_INVALID`, `COUNTRY_INVALID`, `PARENT_INVALID`, `POPULATION_INVALID`, `IMPORTANCE_INVALID`,
 *   `BOOST_INVALID` or `CATEGORY_INVALID`, naming the field and the value; all faults of the record are in `faults`.
 * @example
 * readPlaceRecord({ id: 'tw-banqiao', name: '板橋區', names: { en: 'Banqiao' }, kind: 'district' })
 *   .names.map((n) => `${n.kind} ${n.text}`);
 * // => ['official 板橋區', 'official Banqiao', 'short 板橋']
 */
export function readPlaceRecord(raw: unknown): PlaceRecord {
  return examinePlaceRecord(raw, () => undefined);
}

/**
 * Checks a record as `readPlaceRecord` does, and reports what it forgives.
 *
 * @param onWarning - Told of every detail that was corrected or left out, and of unknown fields.
 * @throws {RecordError} As `readPlaceRecord`.
 */
export function examinePlaceRecord(raw: unknown, onWarning: OnWarning): PlaceRecord {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw fieldError(
      'RECORD_INVALID',
      { field: null, value: raw },
      'is not a record',
      'Give one JSON object a place',
    );
  }
  const faults = new RecordFaults(onWarning);
  const field = (name: string): unknown => {
    const value = Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : undefined;
    if (typeof value !== 'string' || value.trim() !== '') return value;
    if (name !== 'name' && name !== 'id') faults.warn('FIELD_EMPTY', name, value);
    return value;
  };
  const id = faults.attempt(() => readId(field('id'), faults));
  const kind = faults.attempt(() => readKind(field('kind'), faults)) ?? 'poi';
  const country = faults.attempt(() => readCountry(field('country')));
  const given = { name: field('name'), names: field('names'), aliases: field('aliases') };
  const names = faults.attempt(() => readNames(given, country, faults));
  const location = faults.attempt(() => readLocation(field('lat'), field('lon'), faults));
  const parent = faults.attempt(() => readParent(field('parent'), faults));
  faults.attempt(() => {
    refuseParentName(field('parentName'));
  });
  const population = faults.attempt(() => readCount(field('population'), faults));
  const importance = faults.attempt(() => readShare(field('importance'), faults));
  const learned = faults.attempt(() => readLearned(field('learned'), faults));
  const categories =
    faults.attempt(() => readCategories(field('categories'), field('category'), faults)) ?? [];
  const descriptions = readDescriptions(field('description'), faults);
  const granularity = field('granularity');
  warnOfUnknown(raw, faults);
  faults.throwAny();

  const record: PlaceRecord = { id: id!, name: names!.name, names: [], kind };
  if (typeof granularity === 'string' && granularity.trim() !== '')
    record.granularity = granularity;
  if (location) record.location = location;
  if (country !== undefined) record.country = country;
  record.names = withShortNames(withBothScripts(names!.names, country), record);
  if (parent !== undefined) record.parent = parent;
  if (population !== undefined) record.population = population;
  if (importance !== undefined) record.importance = importance;
  if (learned !== undefined && learned > 0) record.learned = learned;
  if (categories.length > 0) record.categories = categories;
  if (descriptions.length > 0) record.descriptions = descriptions;
  return record;
}

/** The id of a record as it was given, a number as its digits; null if it has none. */
export function recordId(raw: unknown): string | null {
  if (typeof raw !== 'object' || raw === null || !Object.hasOwn(raw, 'id')) return null;
  const { id } = raw as { id: unknown };
  return typeof id === 'string' ? id : Number.isSafeInteger(id) ? String(id) : null;
}

/** The position of a record as it was given; null if it has none that can be used. */
export function locationOf({
  lat,
  lon,
}: {
  lat?: unknown;
  lon?: unknown;
}): { lat: number; lon: number } | null {
  try {
    return readLocation(lat, lon, new RecordFaults(() => undefined)) ?? null;
  } catch (fault) {
    if (!(fault instanceof RecordError)) throw fault;
    return null;
  }
}

function readId(value: unknown, faults: RecordFaults): string {
  if (Number.isSafeInteger(value)) {
    faults.warn('VALUE_CORRECTED', 'id', value, String(value));
    return String(value);
  }
  if (typeof value !== 'string' || value.trim() === '') {
    const hint = Number.isInteger(value)
      ? 'Write it as text: as a number it is rounded beyond 2^53'
      : 'Give every record a non-empty string or a whole number';
    throw fieldError('ID_INVALID', { field: 'id', value }, 'is not an id', hint);
  }
  if (value.length > RECORD_LIMITS.id || !isShownWhole(value) || value.trim() !== value) {
    const hint =
      `Use at most ${RECORD_LIMITS.id} characters that can be seen, ` +
      'without spaces at the ends, controls or marks of direction';
    throw fieldError('ID_INVALID', { field: 'id', value }, 'is not usable as an id', hint);
  }
  // An id may be made of several columns.
  if (value.split('/').some(isSpoilt)) faults.warn('SPREADSHEET_CHANGED', 'id', value);
  return value;
}

function readKind(value: unknown, faults: RecordFaults): PlaceKind {
  if (isEmpty(value)) return 'poi';
  if (typeof value === 'string') {
    const kind = value.trim().toLowerCase();
    if (KINDS.has(kind)) {
      if (kind !== value) faults.warn('VALUE_CORRECTED', 'kind', value, kind);
      return kind as PlaceKind;
    }
  }
  const meant = typeof value === 'string' ? nearestName(value, PLACE_KINDS) : null;
  const hint = `${meant === null ? '' : `Did you mean ${meant}? `}Use ${PLACE_KINDS.join(', ')}`;
  throw fieldError('KIND_INVALID', { field: 'kind', value }, 'is not a kind of place', hint);
}

function readCountry(value: unknown): string | undefined {
  if (isEmpty(value)) return undefined;
  if (typeof value === 'string') {
    const code = countryCodeOf(value);
    if (code !== null) return code;
    // Codes beside ISO 3166-1, such as XK of Kosovo.
    if (/^[a-z]{2}$/i.test(value)) return value.toUpperCase();
  }
  const hint = 'Use an ISO 3166-1 code such as TW, the name of a country, or leave it out';
  throw fieldError('COUNTRY_INVALID', { field: 'country', value }, 'is not a country', hint);
}

function readParent(value: unknown, faults: RecordFaults): string | undefined {
  if (isEmpty(value)) return undefined;
  if (typeof value === 'string') {
    if (value.split('/').some(isSpoilt)) faults.warn('SPREADSHEET_CHANGED', 'parent', value);
    return value;
  }
  if (Number.isSafeInteger(value)) {
    faults.warn('VALUE_CORRECTED', 'parent', value, String(value));
    return String(value);
  }
  const hint = 'Use the id of another record, or null';
  throw fieldError('PARENT_INVALID', { field: 'parent', value }, 'is not an id', hint);
}

function refuseParentName(value: unknown): void {
  if (isEmpty(value)) return;
  const hint = 'Names are looked up where a source is read; give the id of a place as parent here';
  throw fieldError('PARENT_INVALID', { field: 'parentName', value }, 'is not an id', hint);
}

/** Digits in groups of three; a single point is a decimal one. */
const THOUSANDS = /^[+-]?\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+|(?:['’]\d{3})+|(?:\.\d{3}){2,})$/;

/** A number, or text that is one. */
function numberOf(field: string, value: unknown, faults: RecordFaults): unknown {
  if (typeof value !== 'string') return value;
  const digits = value.normalize('NFKC').trim();
  const plain = THOUSANDS.test(digits) ? digits.replace(/[^\d+-]/g, '') : digits;
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(plain)) return value;
  faults.warn('VALUE_CORRECTED', field, value, String(Number(plain)));
  return Number(plain);
}

function readCount(value: unknown, faults: RecordFaults): number | undefined {
  if (isEmpty(value)) return undefined;
  const count = numberOf('population', value, faults);
  if (typeof count === 'number' && Number.isFinite(count) && count >= 0) return count;
  const hint = 'Use a number of inhabitants, or leave it out';
  throw fieldError('POPULATION_INVALID', { field: 'population', value }, 'is not a count', hint);
}

function readShare(value: unknown, faults: RecordFaults): number | undefined {
  if (isEmpty(value)) return undefined;
  const share = numberOf('importance', value, faults);
  if (typeof share === 'number' && share >= 0 && share <= 1) return share;
  const hint = 'Use a number from 0 to 1, or leave it out';
  throw fieldError(
    'IMPORTANCE_INVALID',
    { field: 'importance', value },
    'is not an importance',
    hint,
  );
}

function readLearned(value: unknown, faults: RecordFaults): number | undefined {
  if (isEmpty(value)) return undefined;
  const learned = numberOf('learned', value, faults);
  if (typeof learned === 'number' && learned >= 0 && learned <= LEARNED_MOST) return learned;
  const hint = `Use a number from 0 to ${LEARNED_MOST}, as learnBoosts returns it, or leave it out`;
  throw fieldError('BOOST_INVALID', { field: 'learned', value }, 'is not a boost', hint);
}

/**
 * `categories` is suoyin's field and is checked; `category` may be anything in an application's
 * row, and is used only if it is a string.
 */
function readCategories(several: unknown, one: unknown, faults: RecordFaults): string[] {
  if (isEmpty(several)) {
    return typeof one === 'string' && one.trim() !== '' ? [readLabel('category', one, faults)] : [];
  }
  const list = typeof several === 'string' ? partsOf(several) : several;
  if (!Array.isArray(list) || list.length > RECORD_LIMITS.categories) {
    const hint = `Give an array of at most ${RECORD_LIMITS.categories} strings`;
    const what = 'is not a list of categories';
    throw fieldError('CATEGORY_INVALID', { field: 'categories', value: several }, what, hint);
  }
  if (list !== several) faults.warn('VALUE_CORRECTED', 'categories', several, list.join(', '));
  const read = list.flatMap((text: unknown): string[] => {
    if (isEmpty(text)) faults.warn('FIELD_EMPTY', 'categories', text);
    const category = isEmpty(text)
      ? undefined
      : faults.detail(() => readLabel('categories', text, faults));
    return category === undefined ? [] : [category];
  });
  return [...new Set(read)];
}

function readLocation(lat: unknown, lon: unknown, faults: RecordFaults): PlaceRecord['location'] {
  if (isEmpty(lat) && isEmpty(lon)) return undefined;
  if ([lat, lon].every((value) => isEmpty(value) || isNoCoordinate(value))) {
    if (!isEmpty(lat)) faults.warn('FIELD_EMPTY', 'lat', lat);
    if (!isEmpty(lon)) faults.warn('FIELD_EMPTY', 'lon', lon);
    return undefined;
  }
  const [latitude, longitude] = [degreesOf('lat', lat, faults), degreesOf('lon', lon, faults)];
  for (const [field, given, value, bound] of [
    ['lat', lat, latitude, 90],
    ['lon', lon, longitude, 180],
  ] as const) {
    if (!isWithin(value, bound)) {
      const swapped = isWithin(latitude, 180) && isWithin(longitude, 90);
      const doubt = swapped ? '; these two may be swapped' : projectedHint(latitude, longitude);
      const hint = `Give degrees from -${bound} to ${bound}, or leave out lat and lon${doubt}`;
      throw fieldError('LOCATION_INVALID', { field, value: given }, 'is not a coordinate', hint);
    }
  }
  return { lat: latitude as number, lon: longitude as number };
}

function degreesOf(axis: 'lat' | 'lon', value: unknown, faults: RecordFaults): unknown {
  const degrees = typeof value === 'string' ? readDegrees(value, axis) : null;
  if (degrees === null || Number(value) === degrees) return numberOf(axis, value, faults);
  faults.warn('VALUE_CORRECTED', axis, value, String(degrees));
  return degrees;
}

function projectedHint(...values: unknown[]): string {
  const isProjected = values.every((value) => typeof value === 'number' && Math.abs(value) > 180);
  return isProjected ? '; metres of a map projection have to be converted to WGS 84 first' : '';
}

function isWithin(value: unknown, bound: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= bound;
}

/**
 * Adds short names, and marks an alias as `short` if it is an official name without its suffix. A town area or
 * hamlet has none: 有楽町 is no 有楽.
 */
function withShortNames(
  names: PlaceName[],
  { kind, country, granularity }: PlaceRecord,
): PlaceName[] {
  const result = [...names];
  if (granularity !== undefined) return result;
  for (const { kind: nameKind, language, text: official } of names) {
    if (nameKind !== 'official' || language === 'ja-Hira') continue;
    for (const text of shortNamesOf(official, kind, country)) {
      const short: PlaceName = { text, kind: 'short', ...(language !== undefined && { language }) };
      const listed = result.findIndex(
        (n) => n.text === text && (n.language === undefined || n.language === language),
      );
      const existing = result[listed];
      if (existing === undefined) result.push({ ...short, made: true });
      else if (existing.kind === 'colloquial') result[listed] = short;
    }
  }
  return result;
}
