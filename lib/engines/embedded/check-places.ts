import { isDeepStrictEqual } from 'node:util';
import type { CatalogueEntry } from './catalogue.ts';
import { documentFault, rowsOf, tableFaults } from './check-tables.ts';
import type { TableFault } from './feature.ts';
import { beginningsOf, countryList } from './keys.ts';
import { fromRow, type Texts, toRow } from './rows.ts';
import type { Database, SqlRow } from './sqlite.ts';
import { hasColumn, sumOf, Tally } from './sums.ts';
import { hasText, storedTerms } from './text-tables.ts';

/** Columns of a document to check, with its `within` list. */
const COLUMNS = `doc, id, rank, country, kind, lat, lon,
  (select a.keys from AREA a where a.area = d.area), area, source, rest, keys, version`;

const ATTR_COLUMNS = 'rank, doc, country, kind, lat, lon, area';

/** Finds documents of places that are not as written, and tables that do not agree with them. */
export function placeFaults(
  database: Database,
  { number, state }: Pick<CatalogueEntry, 'number' | 'state'>,
): TableFault[] {
  const g = `g${number}`;
  const built = state !== 'building';
  const text = built && hasText(database, number);
  const lists = built ? listsOf(database, g) : { plain: new Set<string>(), split: new Set() };
  const wanted = { attr: new Tally(), key: new Tally(), prefix: new Tally(), text: new Tally() };
  const [damaged, odd, bare]: [string[], string[], string[]] = [[], [], []];
  const sum = hasColumn(database, `${g}_doc`, 'sum') ? 'sum' : 'null';
  const columns = `${sum}, ${COLUMNS.replace('AREA', `${g}_area`)}`;
  for (const row of rowsOf(database, `${g}_doc d`, { key: ['doc'], columns })) {
    const [
      noted,
      doc,
      id,
      rank,
      country,
      kind,
      lat,
      lon,
      within,
      area,
      source,
      rest,
      keys,
      version,
    ] = row;
    const name = String(id);
    const isWhole = noted === null || noted === sumOf(rank!, version!, source!, rest!, keys!);
    if (noted === null) bare.push(name);
    const document = isWhole ? parsed(row.slice(10, 13)) : null;
    if (document === null) {
      damaged.push(name);
      continue;
    }
    const { terms, stored, derived } = document;
    const told = { id, country, kind, lat, lon, within };
    if (!isDeepStrictEqual(told, derived)) odd.push(name);
    if (!built) continue;
    wanted.attr.add([rank!, doc!, country!, kind!, lat!, lon!, area!]);
    for (const key of stored) wanted.key.add([key, rank!, country!]);
    for (const beginning of new Set(stored.flatMap(beginningsOf))) {
      if (!lists.plain.has(beginning)) continue;
      wanted.prefix.add([beginning, rank!, country!]);
      if (country === '' || !lists.split.has(beginning)) continue;
      wanted.prefix.add([countryList(beginning, country as string), rank!, country!]);
    }
    if (text) for (const term of terms) wanted.text.add([term, rank!]);
  }
  const key = ['k', 'rank'];
  const comparable = built && damaged.length === 0;
  return [
    ...documentFault('document', damaged, 'are damaged'),
    ...documentFault('document', odd, 'have columns that differ from what they hold'),
    ...documentFault('unsealed', bare, 'have no checksum, since an older suoyin wrote them'),
    ...areaFaults(database, g),
    ...(comparable
      ? tableFaults(database, {
          [`${g}_attr`]: { wanted: wanted.attr, key: ['rank'], columns: ATTR_COLUMNS },
          [`${g}_key`]: { wanted: wanted.key, key, columns: 'k, rank, country' },
          ...(text ? { [`${g}_text`]: { wanted: wanted.text, key, columns: 'k, rank' } } : {}),
        })
      : []),
    ...(comparable ? prefixFaults(database, g, wanted.prefix) : []),
  ];
}

/** Adds checksums to documents that have none. */
export function sealPlaces(database: Database, number: number): void {
  const g = `g${number}`;
  const note = database.sql(`update ${g}_doc set sum = ? where doc = ?`);
  const columns = 'sum, doc, rank, version, source, rest, keys';
  for (const [sum, doc, ...rest] of rowsOf(database, `${g}_doc`, { key: ['doc'], columns })) {
    if (sum === null) note.run(sumOf(...rest), doc!);
  }
}

/**
 * A document parsed from its texts, and the columns derived from it; null if the texts can't be
 * read.
 */
function parsed(
  row: SqlRow,
): { terms: Set<string>; stored: string[]; derived: Record<string, unknown> } | null {
  try {
    const [source, rest, keys] = row as [string, string, string];
    const { id, country, kind, lat, lon, within } = toRow(fromRow(source, rest, keys));
    const stored = JSON.parse(keys) as string[];
    const terms = storedTerms(JSON.parse(rest) as Texts);
    return { terms, stored, derived: { id, country, kind, lat, lon, within } };
  } catch {
    return null;
  }
}

/** The prefixes that have lists, and those that have a list per country too. */
function listsOf(database: Database, g: string): { plain: Set<string>; split: Set<unknown> } {
  const mark = countryList('', '');
  const [plain, split] = [new Set<string>(), new Set<string>()];
  for (const [k] of database.sql(`select distinct k from ${g}_prefix`).rows()) {
    const key = String(k);
    if (key.endsWith(mark)) split.add(key.slice(0, -mark.length));
    else if (!key.includes(mark)) plain.add(key);
  }
  return { plain, split };
}

function prefixFaults(database: Database, g: string, wanted: Tally): TableFault[] {
  const mark = countryList('', '');
  const found = new Tally();
  const read = { key: ['k', 'rank'], columns: 'k, rank, country' };
  // Entries that only mark that per-country lists exist have no documents.
  for (const row of rowsOf(database, `${g}_prefix`, read)) {
    if (!String(row[0]).endsWith(mark)) found.add(row);
  }
  if (found.equals(wanted)) return [];
  const detail = `${g}_prefix does not agree with the documents: ${found.rows} rows, ${wanted.rows} wanted`;
  return [{ of: 'search', detail }];
}

function areaFaults(database: Database, g: string): TableFault[] {
  const wanted = new Tally();
  for (const [area, keys] of rowsOf(database, `${g}_area`, {
    key: ['area'],
    columns: 'area, keys',
  })) {
    try {
      for (const key of new Set(JSON.parse(String(keys)) as string[])) wanted.add([key, area!]);
    } catch {
      return [{ of: 'document', detail: `list ${String(area)} of containers is no JSON` }];
    }
  }
  const read = { wanted, key: ['key', 'area'], columns: 'key, area' };
  return tableFaults(database, { [`${g}_area_key`]: read }).map((fault) => ({
    ...fault,
    of: 'document',
  }));
}
