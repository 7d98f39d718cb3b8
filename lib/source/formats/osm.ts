import { RecordError, quoteValue } from '../../errors.ts';
import type { JsonLine } from '../json-value.ts';
import type { FormatOptions, OpenFormat, ReadRecords, SourceFile } from './format.ts';
import { type Feature, featuresOf, recordsOfFeatures } from './geojson.ts';
import { asObject, jsonElementsOf, notAnObject, refuseOthers } from './json.ts';
import { labelPoint, type Point } from './label-point.ts';
import { isOsmPbf, readOsmPbf } from './osm-pbf.ts';
import { recordOfTags, type Tags } from './osm-tags.ts';

/**
 * Opens OpenStreetMap data: GeoJSON as Overpass turbo and osmtogeojson write it, the JSON of
 * Overpass, or an extract (.osm.pbf). Elements without a name are left out.
 */
export const openOsm: OpenFormat = (files, options) => {
  refuseOthers(options);
  return Promise.resolve(new Map(files.map((file) => [file.path, readerOf(file, options)])));
};

function readerOf(file: SourceFile, { onNote }: FormatOptions): ReadRecords {
  const { path, head } = file;
  if (isOsmPbf(head)) return (onRead) => readOsmPbf(path, onRead, file);
  if (isOverpass(head)) return (onRead) => readAnswer(path, { onRead, onNote });
  return (onRead) => recordsOfFeatures(featuresOf(file, onRead), recordOfFeature);
}

function isOverpass(head: Buffer): boolean {
  return /"elements"\s*:\s*\[/.test(head.toString('utf8'));
}

/** @throws {RecordError} `ANSWER_INCOMPLETE` where Overpass says that it broke off. */
async function* readAnswer(
  path: string,
  { onRead, onNote }: { onRead: Parameters<ReadRecords>[0]; onNote: FormatOptions['onNote'] },
): AsyncGenerator<JsonLine> {
  const beside = new Map<string, string>();
  const onText = (key: string, text: string): void => {
    beside.set(key, text);
  };
  yield* recordsOfElements(jsonElementsOf(path, { at: 'elements', onText }, onRead));
  const remark = beside.get('remark');
  if (remark === undefined) return;
  if (!/error/i.test(remark)) {
    onNote?.(`${path}: Overpass remarks: ${remark}`);
    return;
  }
  const what = `${path} is not the whole answer of Overpass, which says ${quoteValue(remark)}`;
  const hint = 'Ask for a smaller area, or with a larger [timeout:] and [maxsize:].';
  throw new RecordError('ANSWER_INCOMPLETE', what, hint, { field: 'remark', value: remark });
}

async function* recordsOfElements(lines: AsyncIterable<JsonLine>): AsyncGenerator<JsonLine> {
  for await (const each of lines) {
    const { line } = each;
    const element = each.error ? null : asObject(each.value);
    if (each.error) yield each;
    else if (!element) yield { line, error: notAnObject(each.value, line) };
    else {
      const value = recordOf(
        `${String(element['type'])}/${String(element['id'])}`,
        asObject(element['tags']) ?? {},
        positionOf(element),
      );
      if (value) yield { line, value };
    }
  }
}

function recordOfFeature({ id, properties, geometry }: Feature): Record<string, unknown> | null {
  const tags = asObject(properties['tags']) ?? properties;
  const stated = properties['@id'] ?? id ?? properties['id'];
  const typed =
    typeof stated === 'number' && typeof properties['type'] === 'string'
      ? `${properties['type']}/${stated}`
      : stated;
  return recordOf(typed, tags, labelPoint(geometry));
}

/** The record of an element; null if it has no name. */
function recordOf(id: unknown, tags: Tags, point: Point | null): Record<string, unknown> | null {
  const record = recordOfTags(tags);
  return record && { id, ...record, ...point };
}

/** The position of a node, the stated centre of a way or relation, or the middle of its bounds or its geometry. */
function positionOf(element: Record<string, unknown>): Point | null {
  const { lat, lon, center, bounds } = element;
  if (typeof lat === 'number' && typeof lon === 'number') return { lat, lon };
  const centre = asObject(center);
  if (typeof centre?.['lat'] === 'number' && typeof centre['lon'] === 'number') {
    return { lat: centre['lat'], lon: centre['lon'] };
  }
  const { minlat, maxlat, minlon, maxlon } = asObject(bounds) ?? boundsOf(element);
  const sides = [minlat, maxlat, minlon, maxlon].map((side) => Number(side));
  if (sides.some(Number.isNaN)) return null;
  const [south, north, west, east] = sides as [number, number, number, number];
  return { lat: (south + north) / 2, lon: (west + east) / 2 };
}

/** The bounds of what `out geom` gives: the points of a way, or of the members of a relation. */
function boundsOf({ geometry, members }: Record<string, unknown>): Record<string, unknown> {
  const parts = Array.isArray(members) ? (members as unknown[]) : [];
  const lists = [geometry, ...parts.map((part) => asObject(part)?.['geometry'])];
  const points = [
    ...lists.flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : [])),
    ...parts,
  ];
  const bounds = { minlat: NaN, maxlat: NaN, minlon: NaN, maxlon: NaN };
  let any = false;
  for (const point of points) {
    const { lat, lon } = asObject(point) ?? {};
    if (typeof lat !== 'number' || typeof lon !== 'number') continue;
    bounds.minlat = any ? Math.min(bounds.minlat, lat) : lat;
    bounds.maxlat = any ? Math.max(bounds.maxlat, lat) : lat;
    bounds.minlon = any ? Math.min(bounds.minlon, lon) : lon;
    bounds.maxlon = any ? Math.max(bounds.maxlon, lon) : lon;
    any = true;
  }
  return bounds;
}
