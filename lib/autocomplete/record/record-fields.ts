import { nearestName } from '../../nearest-name.ts';
import type { RecordFaults } from './record-faults.ts';

/** Fields of a record. */
export const RECORD_FIELDS: readonly string[] = Object.freeze([
  ...['id', 'name', 'names', 'aliases', 'kind', 'granularity', 'lat', 'lon', 'country', 'parent'],
  ...['parentName', 'population', 'importance', 'learned', 'categories', 'category'],
  'description',
]);

const KNOWN = new Set(RECORD_FIELDS);

/** Fields by what others call them. */
const OTHERWISE: Readonly<Record<string, string>> = {
  lng: 'lon',
  long: 'lon',
  longitude: 'lon',
  x: 'lon',
  latitude: 'lat',
  y: 'lat',
  location: 'lat and lon',
  coordinates: 'lat and lon',
  geo: 'lat and lon',
  alias: 'aliases',
  altnames: 'aliases',
  alternatenames: 'aliases',
  othernames: 'aliases',
  synonyms: 'aliases',
  title: 'name',
  label: 'name',
  placetype: 'kind',
  featuretype: 'kind',
  type: 'kind',
  tags: 'categories',
  parentid: 'parent',
  parents: 'parent',
  city: 'parentName',
  countrycode: 'country',
  cc: 'country',
  iso: 'country',
  pop: 'population',
  rank: 'importance',
  score: 'importance',
  descriptions: 'description',
  desc: 'description',
  summary: 'description',
  text: 'description',
  body: 'description',
  uuid: 'id',
  _id: 'id',
};

/** Fields meant by other names so far: the records of a source have the same few unknown ones. */
const meant = new Map<string, string | null>();
const MOST_MEANT = 1000;
/** Longer names are not remembered. */
const REMEMBERED = 64;

/** The field that is likely to be meant by the name of another one; null if none is like it. */
export function nearestField(name: string): string | null {
  const known = meant.get(name);
  if (known !== undefined) return known;
  const field = fieldLike(name);
  if (name.length > REMEMBERED) return field;
  if (meant.size >= MOST_MEANT) meant.clear();
  meant.set(name, field);
  return field;
}

function fieldLike(name: string): string | null {
  const plain = name.toLowerCase();
  const language = /^names?[_:. -]([a-z]{2}(?:[-_][a-z]{2,4})?)$/i.exec(name)?.[1];
  if (language !== undefined) return `names.${language.replaceAll('_', '-')}`;
  const other = OTHERWISE[plain] ?? OTHERWISE[plain.replace(/[_\s-]/g, '')];
  return (
    other ??
    RECORD_FIELDS.find((field) => field.toLowerCase() === plain) ??
    nearestName(name, RECORD_FIELDS)
  );
}

/** Warns of fields that a record does not have, which are not indexed. */
export function warnOfUnknown(record: object, faults: RecordFaults): void {
  for (const [field, value] of Object.entries(record)) {
    if (!KNOWN.has(field)) faults.warn('FIELD_UNKNOWN', field, value, nearestField(field));
  }
}
