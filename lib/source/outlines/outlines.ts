import { countryCodeOf } from '../../autocomplete/geography/country-codes.ts';
import { BOUNDARY_LEVELS, type BoundaryLevel } from '../../autocomplete/geography/boundary.ts';
import { readBoundaries } from '../../autocomplete/geography/boundaries.ts';
import { PLACE_KINDS, type PlaceKind } from '../../autocomplete/place.ts';
import { OptionError, quoteValue } from '../../errors.ts';
import { countryRecord, kindOfName } from '../areas.ts';
import { type Columns, columnMapping } from '../formats/columns.ts';
import { openSource, type PlaceRecordSource } from '../source.ts';
import { namedOutline, type NamedOutline } from './area-properties.ts';
import { type DrawnArea, readAtlas } from './atlas.ts';
import { cutAtAntimeridian } from './antimeridian.ts';

/** Options of `readOutlines`. */
export interface OutlineOptions {
  /** Records; areas of the same name and containers take their ids. */
  places?: PlaceRecordSource;
  /** Which property is which field, if the publisher is unknown. */
  columns?: Columns;
}

/** A boundary in the form that `readBoundary` accepts. */
export interface OutlineFeature {
  type: 'Feature';
  properties: {
    id: string;
    name: string;
    names?: Record<string, string>;
    kind: PlaceKind;
    levels: BoundaryLevel[];
    country?: string;
    parent?: string;
  };
  geometry: { type: 'MultiPolygon'; coordinates: number[][][][] };
}

/** Outlines, and sentences about what was left out or assumed. */
export interface Outlines {
  features: OutlineFeature[];
  notes: string[];
}

/** A named outline, perhaps with its own id. */
type Named = NamedOutline & { id?: string; parentId?: string };

/** The outline of one area, of all its parts. */
interface Area {
  id: string;
  named: Named;
  /** Ids of what contains it, nearest first. */
  above: { id: string; named: Named }[];
  path: string;
  polygons: number[][][][];
}

/** Countries that are one city as well. */
const CITY_STATES: ReadonlySet<string> = new Set(['HK', 'MO', 'SG']);
/** Decimals of a degree: 0.1 m. */
const PRECISION = 1e6;

/**
 * Makes boundaries of the outlines that others publish: TopoJSON or GeoJSON, with the properties of a
 * known publisher (see `area-properties.ts`), with our own, or mapped by `columns`.
 *
 * Parts of an area become one outline. An area that is in several files is taken from the first. Areas
 * that outlines name as their container, and that have none, get one of all that they contain. Ids are
 * those of `places`, else the ones that areas named by records get: `TW/新北市/板橋区`.
 *
 * @throws {OptionError} `OUTLINES_UNKNOWN` for a file none of whose outlines is known; see `columnMapping`.
 * @throws {RecordError} See `readAtlas`.
 */
export async function readOutlines(
  paths: readonly string[],
  { places, columns }: OutlineOptions = {},
): Promise<Outlines> {
  const notes: string[] = [];
  const found: { path: string; named: Named; drawn: DrawnArea }[] = [];
  for (const path of paths) {
    const drawn = await readAtlas(path);
    const named = drawn.map((each) => (columns ? mapped(each, columns, path) : nameOf(each)));
    const unknown = drawn.filter((_, i) => named[i] === null);
    if (unknown.length === drawn.length) throw unknownOutlines(path, drawn);
    if (unknown.length > 0) {
      const example = JSON.stringify(unknown[0]!.properties).slice(0, 80);
      notes.push(`${path}: ${unknown.length} outlines are of no known area, left out: ${example}`);
    }
    named.forEach((each, i) => each && found.push({ path, named: each, drawn: drawn[i]! }));
  }
  const all = found.map(({ named }) => named);
  resolveCodes(all);
  const idOf = await identify(all, places, notes);
  const areas = joined(found, idOf, notes);
  addContainers(areas);
  return { features: checked(areas, notes), notes };
}

function unknownOutlines(path: string, drawn: readonly DrawnArea[]): OptionError {
  const keys = Object.keys(drawn[0]?.properties ?? {});
  const what = `The outlines of ${path} have properties of no known publisher: ${quoteValue(keys)}`;
  const hint =
    "Say which is which: --columns 'name=PROPERTY,country==HK,kind==district,parent=PROPERTY'.";
  return new OptionError('OUTLINES_UNKNOWN', what, hint);
}

/** Boundaries in suoyin's own form keep their names; others are recognized by their properties. */
function nameOf(drawn: DrawnArea): Named | null {
  const { id, name, names, kind, country, parent, level, levels } = drawn.properties;
  const widest = BOUNDARY_LEVELS.find((each) => [levels ?? level].flat().includes(each));
  if (typeof id !== 'string' || typeof name !== 'string' || !widest) return namedOutline(drawn);
  return {
    id,
    name,
    names: (names ?? {}) as Record<string, string>,
    kind: PLACE_KINDS.find((each) => each === kind) ?? widest,
    country: typeof country === 'string' ? countryCodeOf(country) : null,
    within: [],
    code: null,
    ...(typeof parent === 'string' ? { parentId: parent } : {}),
  };
}

function mapped(drawn: DrawnArea, columns: Columns, path: string): Named | null {
  const values: Record<string, unknown> = { id: drawn.id, ...drawn.properties };
  const mapping = columnMapping(columns, Object.keys(values));
  const record = mapping.recordOf((key) => values[key]);
  if (typeof record['name'] !== 'string') return null;
  const { name } = record;
  const country = countryCodeOf(textOf(record['country']));
  const kind = (record['kind'] as PlaceKind | undefined) ?? kindOfName(name, country);
  if (kind === null || !PLACE_KINDS.includes(kind)) {
    const what = `Nothing tells what kind of area ${quoteValue(name)} of ${path} is`;
    throw new OptionError(
      'OUTLINES_UNKNOWN',
      what,
      'Say so: --columns kind==district, for instance.',
    );
  }
  const within = ((record['parentName'] ?? []) as unknown[]).map((each) =>
    typeof each === 'object' ? (each as { name: string; kind: PlaceKind }) : { name: textOf(each) },
  );
  const named: Named = {
    name,
    names: (record['names'] ?? {}) as Record<string, string>,
    kind,
    country,
    within,
    code: null,
  };
  return mapping.fields.has('id') ? { ...named, id: String(record['id']) } : named;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** Replaces codes of containers by their names. */
function resolveCodes(all: readonly Named[]): void {
  const byCode = new Map(all.map((named) => [`${named.country} ${named.code}`, named]));
  for (const named of all) {
    const seen = new Set<Named>([named]);
    let above = byCode.get(`${named.country} ${named.parentCode}`);
    while (above && !seen.has(above) && named.parentCode !== undefined) {
      seen.add(above);
      named.within.push({ name: above.name, kind: above.kind });
      above = byCode.get(`${above.country} ${above.parentCode}`);
    }
  }
}

type IdOf = (country: string | null, chain: NamedOutline['within']) => string | null;

const keyOf = (country: string | null, chain: NamedOutline['within']): string =>
  JSON.stringify([country, chain.map(({ name }) => name)]);

/** Ids of areas, the same as records of a source would get for them as parents. */
async function identify(
  all: readonly Named[],
  places: PlaceRecordSource | undefined,
  notes: string[],
): Promise<IdOf> {
  const chains = new Map<string, { country: string | null; chain: NamedOutline['within'] }>();
  for (const { country, within, ...named } of all) {
    const whole = named.kind === 'country' ? within : [named, ...within];
    whole.forEach((_, i) => {
      const chain = whole.slice(i).map(({ name, kind }) => (kind ? { name, kind } : { name }));
      chains.set(keyOf(country, chain), { country, chain });
    });
  }
  const keys = [...chains.keys()];
  const given = places === undefined ? null : await openSource(places);
  const probe = (i: number): string => `(outline)/${i}`;
  const source = await openSource(async function* () {
    if (given) for await (const { value } of given.lines()) yield value;
    for (const [i, { country, chain }] of [...chains.values()].entries()) {
      yield { id: probe(i), name: '-', ...(country ? { country } : {}), parentName: chain };
    }
  });
  const ids = new Map<string, string>();
  const countries = new Map<string, string>();
  const own = new Map(keys.map((key, i) => [probe(i), key]));
  for await (const { value } of source.lines()) {
    const { id, kind, country, parent } = (value ?? {}) as Record<string, unknown>;
    const key = own.get(String(id));
    if (key !== undefined && typeof parent === 'string') ids.set(key, parent);
    if (kind === 'country' && typeof country === 'string') {
      const code = countryCodeOf(country);
      if (code !== null && !countries.has(code)) countries.set(code, String(id));
    }
  }
  for (const { code, detail } of source.notes) {
    if (code === 'PARENT_AMBIGUOUS') notes.push(`${detail}, so it takes the id of none [${code}]`);
  }
  return (country, chain) =>
    chain.length > 0
      ? (ids.get(keyOf(country, chain)) ?? null)
      : country === null
        ? null
        : (countries.get(country) ?? country);
}

/** One area for all parts of it; those of a later file are left out. */
function joined(
  found: readonly { path: string; named: Named; drawn: DrawnArea }[],
  idOf: IdOf,
  notes: string[],
): Map<string, Area> {
  const areas = new Map<string, Area>();
  const again = new Map<string, number>();
  for (const { path, named, drawn } of found) {
    const { country, within, code, name, kind } = named;
    const chain = kind === 'country' ? [] : [{ name, kind }, ...within];
    const own = named.id ?? idOf(country, chain) ?? [country, code ?? name].join('/');
    const taken = areas.get(own);
    // Two neighbouring areas with the same name are distinguished by their codes.
    const id = taken?.path === path && taken.named.code !== code ? `${own}/${code}` : own;
    const before = areas.get(id);
    if (before && before.path !== path) {
      again.set(path, (again.get(path) ?? 0) + 1);
      continue;
    }
    const polygons = drawn.polygons.flatMap(cutAtAntimeridian);
    if (before) for (const polygon of polygons) before.polygons.push(polygon);
    else areas.set(id, { id, named, above: aboveOf(named, idOf), path, polygons });
  }
  for (const [path, count] of again) {
    notes.push(`${path}: ${count} areas are in a file before it, which was taken`);
  }
  return areas;
}

function aboveOf({ country, within, kind, parentId }: Named, idOf: IdOf): Area['above'] {
  if (parentId !== undefined) {
    const named = { country, name: parentId, names: {}, kind, within: [], code: null };
    return [{ id: parentId, named }];
  }
  const above = within.flatMap((each, i): Area['above'] => {
    const id = idOf(country, within.slice(i));
    if (id === null) return [];
    const wider = kindOfName(each.name, country) ?? 'city';
    const named = { country, name: each.name, names: {}, within: within.slice(i + 1), code: null };
    return [{ id, named: { ...named, kind: each.kind ?? wider } }];
  });
  const outer = kind === 'country' ? null : idOf(country, []);
  if (outer !== null && country !== null) {
    const named = { country, name: country, names: {}, within: [], code: null };
    above.push({ id: outer, named: { ...named, kind: 'country' } });
  }
  return above;
}

/** Gives containers without an outline the union of the outlines in them. */
function addContainers(areas: Map<string, Area>): void {
  const made = new Map<string, Area>();
  for (const area of areas.values()) {
    for (const [i, { id, named }] of area.above.entries()) {
      if (areas.has(id)) break;
      // A parent with only an id is in another file.
      if (area.named.parentId !== undefined) break;
      const container = made.get(id) ?? {
        ...{ id, named, path: area.path, polygons: [] },
        above: area.above.slice(i + 1),
      };
      for (const polygon of area.polygons) container.polygons.push(polygon);
      made.set(id, container);
    }
  }
  for (const [id, area] of made) areas.set(id, area);
}

function checked(areas: ReadonlyMap<string, Area>, notes: string[]): OutlineFeature[] {
  const hasCities = new Set(
    [...areas.values()].filter(({ named }) => named.kind === 'city').map((a) => a.named.country),
  );
  const rank = ({ named }: Area): number => BOUNDARY_LEVELS.indexOf(levelOf(named.kind));
  const features = [...areas.values()]
    .sort((a, b) => rank(a) - rank(b))
    .map((area) => featureOf(area, hasCities));
  const failed = new Set<number>();
  features.forEach((feature, i) => {
    for (const { message } of readBoundaries([feature]).failures) {
      notes.push(`${feature.properties.name} is left out: ${message}`);
      failed.add(i);
    }
  });
  return features.filter((_, i) => !failed.has(i));
}

function levelOf(kind: PlaceKind): BoundaryLevel {
  return BOUNDARY_LEVELS.find((level) => level === kind) ?? 'district';
}

function featureOf(
  { id, named, above, polygons }: Area,
  hasCities: ReadonlySet<string | null>,
): OutlineFeature {
  const { country, kind } = named;
  const ofCountry = kind === 'country' && country !== null ? countryRecord(country) : null;
  const { name, names } = (ofCountry ?? named) as Pick<Named, 'name' | 'names'>;
  const parent = above.find((each) => each.id !== id)?.id;
  const isCity = ofCountry !== null && CITY_STATES.has(country!) && !hasCities.has(country);
  return {
    type: 'Feature',
    properties: {
      id,
      name,
      ...(Object.keys(names).length === 0 ? {} : { names }),
      kind,
      levels: isCity ? ['country', 'city'] : [levelOf(kind)],
      ...(country === null ? {} : { country }),
      ...(parent === undefined ? {} : { parent }),
    },
    geometry: { type: 'MultiPolygon', coordinates: polygons.flatMap(rounded) },
  };
}

/**
 * Rounded to a tenth of a metre, without repeated points; empty if nothing is left of the outer
 * ring.
 */
function rounded(polygon: number[][][]): number[][][][] {
  const rings = polygon.map((ring) =>
    ring
      .map((position) =>
        position.slice(0, 2).map((degrees) => Math.round(degrees * PRECISION) / PRECISION),
      )
      .filter((p, i, all) => i === 0 || p[0] !== all[i - 1]![0] || p[1] !== all[i - 1]![1]),
  );
  const [outer, ...holes] = rings;
  if (!outer || outer.length < 4) return [];
  return [[outer, ...holes.filter((ring) => ring.length >= 4)]];
}
