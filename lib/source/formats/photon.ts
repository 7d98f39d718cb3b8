import type { PlaceKind } from '../../autocomplete/place.ts';
import { RecordError, quoteValue } from '../../errors.ts';
import type { JsonLine } from '../json-value.ts';
import type { OpenFormat } from './format.ts';
import { asObject, jsonLinesOf, refuseOthers } from './json.ts';
import { recordOfTags } from './osm-tags.ts';

/** Kinds by address type. */
const KINDS: Readonly<Record<string, PlaceKind>> = {
  country: 'country',
  state: 'region',
  county: 'city',
  city: 'city',
  district: 'district',
  locality: 'town',
};
/** Parts of an address that are areas, nearest first. */
const AREAS = ['district', 'city', 'county', 'state'] as const;
/** Ranks of an address from which on it is a street. */
const STREET_RANK = 26;

/**
 * Opens the JSON dump of Photon and Nominatim. Entries without a name, such as house numbers, are
 * left out. Parents are those of `addresslines` that the dump holds, else the
 * areas that `address` names.
 *
 * @see https://github.com/komoot/photon
 */
export const openPhoton: OpenFormat = (files, options) => {
  refuseOthers(options);
  return Promise.resolve(
    new Map(files.map(({ path }) => [path, (onRead) => recordsOf(jsonLinesOf(path, onRead))])),
  );
};

async function* recordsOf(lines: AsyncIterable<JsonLine>): AsyncGenerator<JsonLine> {
  for await (const each of lines) {
    const { line } = each;
    const entry = each.error ? null : asObject(each.value);
    if (each.error) {
      yield each;
      continue;
    }
    const type = entry?.['type'];
    if (type === 'NominatimDumpFile' || type === 'CountryInfo') continue;
    if (type !== 'Place') {
      const what = `Line ${line} has ${quoteValue(each.value)}, which is no entry of a Photon dump`;
      const hint = 'Give {"type": "Place", "content": [...]}.';
      yield {
        line,
        error: new RecordError('NOT_A_PLACE', what, hint, { field: 'type', value: type }),
      };
      continue;
    }
    for (const place of [entry!['content']].flat()) {
      const value = recordOf(asObject(place) ?? {});
      if (value) yield { line, value };
    }
  }
}

function recordOf(place: Record<string, unknown>): Record<string, unknown> | null {
  const { osm_key: key, osm_value: value, address_type: type } = place;
  const category = typeof key === 'string' ? { [key]: value } : categoryOf(place['categories']);
  const tagged = recordOfTags({ ...category, ...asObject(place['name']) });
  if (!tagged) return null;
  const record: Record<string, unknown> = { id: place['place_id'], ...tagged };
  // OpenStreetMap's own words are finer than the address type.
  if (tagged['kind'] === undefined && Object.hasOwn(KINDS, String(type))) {
    record['kind'] = KINDS[String(type)];
  }
  const country = place['country_code'];
  if (typeof country === 'string' && country !== '') record['country'] = country;
  if (typeof place['importance'] === 'number') record['importance'] = place['importance'];
  const population = asObject(place['extra'])?.['population'];
  if (population !== undefined && record['population'] === undefined)
    record['population'] = population;
  const { centroid } = place;
  const [lon, lat] = Array.isArray(centroid) ? (centroid as unknown[]) : [];
  if (lat !== undefined && lon !== undefined) Object.assign(record, { lat, lon });
  // No field of a record, so that it is told.
  else if (centroid !== undefined) record['centroid'] = centroid;
  const parents = parentsOf(place, String(tagged.name));
  if (parents.length > 0) record['parentName'] = parents;
  return record;
}

/** `osm.place.city` as the tag that it is. */
function categoryOf(categories: unknown): Record<string, unknown> {
  const first = Array.isArray(categories) ? String((categories as unknown[])[0]) : '';
  const [, key, value] = /^osm\.([^.]+)\.([^.]+)$/.exec(first) ?? [];
  return key === undefined ? {} : { [key]: value };
}

function parentsOf(place: Record<string, unknown>, name: string): object[] {
  const lines = Array.isArray(place['addresslines']) ? (place['addresslines'] as unknown[]) : [];
  const own = Number(place['rank_address'] ?? STREET_RANK);
  const above = lines
    .map((line) => asObject(line) ?? {})
    .filter(({ isaddress, rank_address: rank }) => {
      return isaddress !== false && Number(rank) < Math.min(own, STREET_RANK);
    })
    .sort((a, b) => Number(b['rank_address']) - Number(a['rank_address']));
  const linked = place['parent_place_id'];
  const byId = [
    ...above.map((line) => ({ id: String(line['place_id']) })),
    ...(typeof linked === 'number' || typeof linked === 'string' ? [{ id: String(linked) }] : []),
  ];
  const address = asObject(place['address']) ?? {};
  const byName = AREAS.flatMap((area) => {
    const stated = address[area];
    return typeof stated === 'string' && stated !== name
      ? [{ name: stated, kind: KINDS[area] }]
      : [];
  });
  return [...byId, ...byName];
}
