import { feature } from 'topojson-client';
import type { Topology } from 'topojson-specification';
import { RecordError, quoteValue } from '../../errors.ts';
import { asUtf8 } from '../text.ts';
import { readBytes } from '../bytes.ts';

/** An outline as a file has it. */
export interface DrawnArea {
  /** Name of the object of a TopoJSON file that it is in; null in GeoJSON. */
  layer: string | null;
  id: unknown;
  properties: Record<string, unknown>;
  /** Rings of `[lon, lat]` of each polygon, in degrees. */
  polygons: number[][][][];
}

/**
 * Reads the polygons of a TopoJSON topology, or of a GeoJSON FeatureCollection, packed or not; points and
 * lines are left out.
 *
 * The file is parsed as a whole, so it has to fit into memory several times.
 *
 * @throws {OptionError} `SOURCE_NOT_FOUND`, `SOURCE_UNREADABLE`.
 * @throws {RecordError} `MALFORMED_JSON`, `NOT_A_COLLECTION` where it is neither, `COORDINATES_PROJECTED`
 *   where its positions are no longitudes and latitudes.
 */
export async function readAtlas(path: string): Promise<DrawnArea[]> {
  const areas = drawnAreas(path, await readJson(path)).flatMap((each) => {
    const polygons = polygonsOf(each.geometry);
    const { layer, id, properties } = each;
    return polygons.length === 0 ? [] : [{ layer, id, properties: properties ?? {}, polygons }];
  });
  const far = areas.find(({ polygons }) =>
    polygons.flat(2).some(([lon, lat]) => !(Math.abs(lon!) <= 360 && Math.abs(lat!) <= 90)),
  );
  if (far) {
    const what = `${path} has positions that are no degrees, in ${quoteValue(far.properties)}`;
    const hint = 'It is projected, for a drawing or a national grid; take the file in WGS 84.';
    throw new RecordError('COORDINATES_PROJECTED', what, hint, { field: null, value: path });
  }
  return areas;
}

async function readJson(path: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of asUtf8(readBytes(path))) chunks.push(Buffer.from(chunk));
  try {
    return JSON.parse(
      Buffer.concat(chunks)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    ) as unknown;
  } catch (cause) {
    const what = `${path} is not JSON`;
    const hint = `Give TopoJSON or a GeoJSON FeatureCollection (${(cause as Error).message}).`;
    throw new RecordError('MALFORMED_JSON', what, hint, { field: null, value: path, cause });
  }
}

interface Raw {
  layer: string | null;
  id?: unknown;
  properties: Record<string, unknown> | null;
  geometry: { type: string; coordinates?: unknown } | null;
}

function drawnAreas(path: string, file: unknown): Raw[] {
  const { type, features, objects } = (file ?? {}) as Record<string, unknown>;
  if (type === 'FeatureCollection' && Array.isArray(features)) {
    return features.map((each) => ({ ...(each as Raw), layer: null }));
  }
  if (type === 'Topology' && typeof objects === 'object' && objects !== null) {
    const topology = file as Topology;
    return Object.entries(topology.objects).flatMap(([layer, object]) => {
      const drawn = feature(topology, object);
      return [drawn.type === 'FeatureCollection' ? drawn.features : drawn]
        .flat()
        .map(({ id, properties, geometry }) => ({ layer, id, properties, geometry }));
    });
  }
  const what = `${path} is ${quoteValue(type)}, neither TopoJSON nor a GeoJSON FeatureCollection`;
  const hint = 'Convert it, with ogr2ogr -f GeoJSON -t_srs EPSG:4326 for instance.';
  throw new RecordError('NOT_A_COLLECTION', what, hint, { field: 'type', value: type });
}

function polygonsOf(geometry: Raw['geometry']): number[][][][] {
  if (geometry?.type === 'Polygon') return [geometry.coordinates as number[][][]];
  if (geometry?.type === 'MultiPolygon') return geometry.coordinates as number[][][][];
  return [];
}
