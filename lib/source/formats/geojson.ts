import { RECORD_FIELDS } from '../../autocomplete/record/record-fields.ts';
import { OptionError, RecordError, quoteValue } from '../../errors.ts';
import { outlineOf } from '../json-outline.ts';
import type { JsonLine } from '../json-value.ts';
import { beginningOf } from '../text.ts';
import type { ColumnMapping } from './columns.ts';
import type { FormatOptions, OpenFormat, ReadRecords, SourceFile } from './format.ts';
import { asObject, jsonElementsOf, jsonLinesOf, keysOf, refuseOthers } from './json.ts';
import { labelPoint } from './label-point.ts';
import { mappingFor } from './mapping.ts';

/** A feature with unchecked parts. */
export interface Feature {
  id: unknown;
  properties: Record<string, unknown>;
  geometry: unknown;
}

/** The feature that a value is; null if it is none. */
export function featureOf(value: unknown): Feature | null {
  const object = asObject(value);
  if (object?.['type'] !== 'Feature') return null;
  return {
    id: object['id'],
    properties: asObject(object['properties']) ?? {},
    geometry: object['geometry'],
  };
}

/** Features of a collection, one on each line, or one after the other, as values. */
export function featuresOf(
  { path, head }: SourceFile,
  onRead?: (bytes: number) => void,
): AsyncIterable<JsonLine> {
  const text = beginningOf(head);
  const isCollection = /"type"\s*:\s*"FeatureCollection"/.test(text);
  if (isCollection || outlineOf(text).keys.includes('features')) {
    return jsonElementsOf(path, { at: 'features' }, onRead);
  }
  const [first = '', ...others] = text.split('\n');
  // A line may end beyond the head; one that is broken must not lose the rest.
  const isLines = others.length === 0 || first.trimEnd().endsWith('}');
  return isLines ? jsonLinesOf(path, onRead) : jsonElementsOf(path, { at: null }, onRead);
}

/**
 * Converts what is read of a file, value by value; what is no feature gets an error in its place.
 *
 * @param recordOf - Null for a feature that is no place.
 */
export async function* recordsOfFeatures(
  lines: AsyncIterable<JsonLine>,
  recordOf: (feature: Feature) => unknown,
): AsyncGenerator<JsonLine> {
  for await (const each of lines) {
    const { line } = each;
    const feature = each.error ? null : featureOf(each.value);
    if (each.error) yield each;
    else if (feature) {
      const value = recordOf(feature);
      if (value !== null) yield { line, value };
    } else {
      const what = `Line ${line} has ${quoteValue(each.value)}, which is no GeoJSON feature`;
      const hint = 'Give objects of type Feature.';
      yield {
        line,
        error: new RecordError('NOT_A_FEATURE', what, hint, { field: null, value: each.value }),
      };
    }
  }
}

/** Opens GeoJSON: properties are mapped as the columns of a table are, the position is the geometry's. */
export const openGeojson: OpenFormat = async (files, options) => {
  refuseOthers(options);
  const opened = new Map<string, ReadRecords>();
  for (const file of files) opened.set(file.path, await openOne(file, options));
  return opened;
};

/** As a property, so that it can be a column. */
const FEATURE_ID = 'id';

/** Names of longitude and latitude in degrees: CRS84, EPSG:4326 and those that differ from it by less than a metre. */
const DEGREES = /(?:CRS\W?84|\b(?:4326|4979|3824|6668|4612|4490|4737))$/i;

/** @throws {OptionError} `COORDINATES_PROJECTED` where the file states that its positions are no degrees. */
function checkReference({ path, head }: SourceFile): void {
  const stated = /"crs"\s*:\s*\{[^{}]*\{[^{}]*"name"\s*:\s*"([^"]*)"/.exec(
    head.toString('utf8'),
  )?.[1];
  if (stated === undefined || DEGREES.test(stated)) return;
  const what = `The positions of ${path} are ${quoteValue(stated)}, not degrees of longitude and latitude`;
  const hint = 'Convert it: `ogr2ogr -t_srs EPSG:4326 new.geojson old.geojson`.';
  throw new OptionError('COORDINATES_PROJECTED', what, hint);
}

async function openOne(file: SourceFile, options: FormatOptions): Promise<ReadRecords> {
  checkReference(file);
  const points: { lat: number; lon: number }[] = [];
  const keys = await keysOf(featuresOf(file), (value) => {
    const feature = featureOf(value);
    const isPoint = asObject(feature?.geometry)?.['type'] === 'Point';
    const point = isPoint && labelPoint(feature?.geometry);
    if (point) points.push(point);
    return feature && valuesOf(feature);
  });
  // Records of ours as features, such as those of `suoyin outlines`, need no columns.
  const isOurs = keys.includes('names') && keys.every((key) => RECORD_FIELDS.includes(key));
  if (isOurs && options.columns === undefined) {
    return (onRead) => recordsOfFeatures(featuresOf(file, onRead), ownRecordOf);
  }
  const mapping = mappingFor(file.path, keys, options, { rows: [], points });
  return (onRead) =>
    recordsOfFeatures(featuresOf(file, onRead), (feature) => recordOf(feature, mapping));
}

function valuesOf({
  id,
  properties: { levels: _, ...properties },
}: Feature): Record<string, unknown> {
  return id === undefined || id === null ? properties : { [FEATURE_ID]: id, ...properties };
}

function recordOf(feature: Feature, mapping: ColumnMapping): Record<string, unknown> {
  const values = valuesOf(feature);
  return located(
    mapping.recordOf((key) => (Object.hasOwn(values, key) ? values[key] : undefined)),
    feature,
  );
}

function ownRecordOf(feature: Feature): Record<string, unknown> {
  return located({ ...valuesOf(feature) }, feature);
}

/** A record at the position of its feature, unless it states one. */
function located(record: Record<string, unknown>, { geometry }: Feature): Record<string, unknown> {
  const point = labelPoint(geometry);
  if (point && record['lat'] === undefined && record['lon'] === undefined) {
    Object.assign(record, point);
  }
  return record;
}
