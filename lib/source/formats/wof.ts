import type { PlaceKind } from '../../autocomplete/place.ts';
import type { OpenFormat } from './format.ts';
import { type Feature, featuresOf, recordsOfFeatures } from './geojson.ts';
import { refuseOthers } from './json.ts';
import { labelPoint } from './label-point.ts';

/** Kinds by placetype; those that are missing are points of interest. */
const KINDS: Readonly<Record<string, PlaceKind>> = {
  country: 'country',
  dependency: 'country',
  macroregion: 'region',
  region: 'region',
  macrocounty: 'city',
  county: 'city',
  localadmin: 'city',
  locality: 'city',
  borough: 'district',
  macrohood: 'town',
  neighbourhood: 'town',
  microhood: 'town',
};
/** Wider than countries, which labels have no use for. */
const LEFT_OUT = new Set(['continent', 'empire', 'ocean', 'planet', 'timezone']);
const ALIASES: Readonly<Record<string, string>> = {
  variant: 'colloquial',
  colloquial: 'colloquial',
  historical: 'historic',
};

/** Opens Who's On First features; what is wider than a country, or superseded, is left out. */
export const openWof: OpenFormat = (files, options) => {
  refuseOthers(options);
  return Promise.resolve(
    new Map(
      files.map((file) => [
        file.path,
        (onRead) => recordsOfFeatures(featuresOf(file, onRead), recordOf),
      ]),
    ),
  );
};

function recordOf({ id, properties, geometry }: Feature): Record<string, unknown> | null {
  const placetype = String(properties['wof:placetype']);
  const superseded = properties['wof:superseded_by'];
  if (LEFT_OUT.has(placetype) || (Array.isArray(superseded) && superseded.length > 0)) return null;
  const own = String(properties['wof:id'] ?? id);
  const record: Record<string, unknown> = { id: own, ...namesOf(properties) };
  const kind = KINDS[placetype];
  if (kind) record['kind'] = kind;
  if (kind === 'town') record['granularity'] = 'settlement';
  const country = properties['wof:country'] ?? properties['iso:country'];
  if (typeof country === 'string' && /^[A-Z]{2}$/i.test(country)) record['country'] = country;
  const population = Number(properties['wof:population'] ?? properties['gn:population'] ?? 0);
  if (population > 0) record['population'] = population;
  const parents = ancestorsOf(properties, own);
  if (parents.length > 0) record['parentName'] = parents.map((parent) => ({ id: parent }));
  return { ...record, ...positionOf(properties, geometry) };
}

/** Names by ISO 639-3 code and use: `name:zho_x_preferred`, `name:zho_tw_x_variant`. */
function namesOf(properties: Record<string, unknown>): Record<string, unknown> {
  const names: Record<string, unknown> = {};
  const aliases: object[] = [];
  for (const [key, value] of Object.entries(properties)) {
    const [, language, use] = /^name:([a-z]{2,3}(?:_[a-z]{2,4})*)_x_([a-z]+)$/.exec(key) ?? [];
    if (language === undefined || !Array.isArray(value)) continue;
    const tag = canonical(language.replaceAll('_', '-'));
    const [first, ...others] = value as unknown[];
    const kind = use === 'preferred' ? 'colloquial' : ALIASES[use!];
    if (use === 'preferred') names[tag] ??= first;
    const rest = use === 'preferred' ? others : [first, ...others];
    if (kind) for (const name of rest) aliases.push({ name, language: tag, kind });
  }
  const record: Record<string, unknown> = { name: properties['wof:name'] };
  if (Object.keys(names).length > 0) record['names'] = names;
  if (aliases.length > 0) record['aliases'] = aliases;
  return record;
}

/** `zho` as `zh`. */
function canonical(tag: string): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? tag;
  } catch {
    return tag;
  }
}

/** Ids of what contains a place, nearest first. */
function ancestorsOf(properties: Record<string, unknown>, own: string): string[] {
  const parent = properties['wof:parent_id'];
  const [hierarchy] = Array.isArray(properties['wof:hierarchy'])
    ? (properties['wof:hierarchy'] as Record<string, unknown>[])
    : [];
  const levels = [
    'neighbourhood',
    'borough',
    'locality',
    'localadmin',
    'county',
    'region',
    'country',
  ];
  const above = levels.map((level) => hierarchy?.[`${level}_id`]);
  const ids = [parent, ...above].filter((each) => typeof each === 'number' && each > 0);
  return [...new Set(ids.map(String))].filter((each) => each !== own);
}

function positionOf(properties: Record<string, unknown>, geometry: unknown): object | null {
  for (const of of ['lbl', 'reversegeo', 'geom']) {
    const [lat, lon] = [properties[`${of}:latitude`], properties[`${of}:longitude`]];
    if (typeof lat === 'number' && typeof lon === 'number') return { lat, lon };
  }
  return labelPoint(geometry);
}
