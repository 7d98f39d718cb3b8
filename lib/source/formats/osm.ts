import type { JsonLine } from '../json-value.ts';
import type { OpenFormat, ReadRecords, SourceFile } from './format.ts';
import { type Feature, featuresOf, recordsOfFeatures } from './geojson.ts';
import { asObject, jsonElementsOf, notAnObject, refuseTableOptions } from './json.ts';
import { labelPoint, type Point } from './label-point.ts';
import { isOsmPbf, readOsmPbf } from './osm-pbf.ts';
import { recordOfTags, type Tags } from './osm-tags.ts';

/**
 * Opens OpenStreetMap data: GeoJSON as Overpass turbo and osmtogeojson write it, the JSON of
 * Overpass, or an extract (.osm.pbf). Elements without a name are left out.
 */
export const openOsm: OpenFormat = (files, options) => {
  refuseTableOptions(options);
  return Promise.resolve(new Map(files.map((file) => [file.path, readerOf(file)])));
};

function readerOf(file: SourceFile): ReadRecords {
  const { path, head } = file;
  if (isOsmPbf(head)) return (onRead) => readOsmPbf(path, onRead, file);
  if (isOverpass(head))
    return (onRead) => recordsOfElements(jsonElementsOf(path, 'elements', onRead));
  return (onRead) => recordsOfFeatures(featuresOf(file, onRead), recordOfFeature);
}

function isOverpass(head: Buffer): boolean {
  return /"elements"\s*:\s*\[/.test(head.toString('utf8'));
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

/** The position of a node, the stated centre of a way or relation, or the middle of its bounds. */
function positionOf(element: Record<string, unknown>): Point | null {
  const { lat, lon, center, bounds } = element;
  if (typeof lat === 'number' && typeof lon === 'number') return { lat, lon };
  const centre = asObject(center);
  if (typeof centre?.['lat'] === 'number' && typeof centre['lon'] === 'number') {
    return { lat: centre['lat'], lon: centre['lon'] };
  }
  const { minlat, maxlat, minlon, maxlon } = asObject(bounds) ?? {};
  const sides = [minlat, maxlat, minlon, maxlon].map(Number);
  if (sides.some(Number.isNaN)) return null;
  const [south, north, west, east] = sides as [number, number, number, number];
  return { lat: (south + north) / 2, lon: (west + east) / 2 };
}
