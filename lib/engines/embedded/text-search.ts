import type { PlaceDocument } from '../../autocomplete/record/document.ts';
import type { PlaceFilter } from '../../autocomplete/suggest/query.ts';
import type { TextField, TextHit, TextSearch, TextSource } from '../../autocomplete/text/query.ts';
import { EngineError } from '../../errors.ts';
import type { CatalogueEntry } from './generations.ts';
import { filterConditions } from './place-search.ts';
import type { Database } from './sqlite.ts';

/** The letter in front of a stored term, by field. Containers are found by `area_key`. */
const LETTERS: Readonly<Record<Exclude<TextField, 'within'>, string>> = {
  zh: 'z',
  ja: 'j',
  grams: 'g',
};

export function createText(database: Database, number: number): void {
  database.exec(`create table g${number}_text(k text, rank integer,
    primary key(k, rank)) without rowid;`);
}

/** Whether a generation has terms of text: those made by an older suoyin have none. */
export function hasText(database: Database, number: number): boolean {
  const found = database
    .sql(`select 1 from sqlite_schema where type = 'table' and name = ?`)
    .row(`g${number}_text`);
  return found !== undefined;
}

/** What a document is found by in text search. */
export type Texts = Pick<PlaceDocument, 'zh' | 'ja' | 'grams'>;

export function addText(database: Database, number: number, texts: Texts, rank: number): void {
  const insert = database.sql(`insert or ignore into g${number}_text values (?, ?)`);
  for (const term of storedTerms(texts)) insert.run(term, rank);
}

export function removeText(database: Database, number: number, texts: Texts, rank: number): void {
  const remove = database.sql(`delete from g${number}_text where k = ? and rank = ?`);
  for (const term of storedTerms(texts)) remove.run(term, rank);
}

function storedTerms({ zh, ja, grams }: Texts): Set<string> {
  const words = (entries: readonly string[]): string[] => entries.flatMap((e) => e.split(' '));
  return new Set([
    ...words(zh).map((word) => LETTERS.zh + word),
    ...words(ja).map((word) => LETTERS.ja + word),
    ...grams.map((gram) => LETTERS.grams + gram),
  ]);
}

/** Steps that make the terms of a generation, sorted; see `DocumentTables.buildSteps`. */
export function textSteps(number: number): ((database: Database) => void)[] {
  const g = `g${number}`;
  return [
    (database) => {
      if (!hasText(database, number)) createText(database, number);
      database.exec(`delete from ${g}_text;
        insert or ignore into ${g}_text
          select '${LETTERS.grams}' || j.value, d.rank
          from ${g}_doc d, json_each(d.rest, '$.grams') j order by 1, 2;`);
    },
    ...(['zh', 'ja'] as const).map((field) => (database: Database) => {
      // The words of an entry, one by one: as a JSON array, since SQLite splits nothing else.
      database.exec(`insert or ignore into ${g}_text
        select '${LETTERS[field]}' || w.value, d.rank
        from ${g}_doc d, json_each(d.rest, '$.${field}') j,
          json_each('["' || replace(replace(replace(j.value, '\\', '\\\\'), '"', '\\"'), ' ', '","') || '"]') w
        order by 1, 2;`);
    }),
  ];
}

/**
 * Documents that have any of the terms, most weight first.
 *
 * @throws {EngineError} `TEXT_NOT_INDEXED`.
 */
export function findTexts(
  database: Database,
  { number, name, state }: CatalogueEntry,
  search: TextSearch,
  filter: PlaceFilter,
): TextHit[] {
  if (!hasText(database, number)) {
    const what = `${name} was built before there was text search`;
    throw new EngineError('TEXT_NOT_INDEXED', what, 'Run index-rebuild to build it anew.');
  }
  if (state === 'building') return [];
  const g = `g${number}`;
  const own: [string, number][] = [];
  const areas: [string, number][] = [];
  for (const { field, value, weight } of search.terms) {
    if (field === 'within') areas.push([value, weight]);
    else own.push([LETTERS[field] + value, weight]);
  }
  const { sql, parameters } = filterConditions(filter);
  const rows = database
    .sql(
      `with met(rank, weight) as (
          select t.rank, sum(json_extract(j.value, '$[1]')) from json_each(?) j
          cross join ${g}_text t on t.k = json_extract(j.value, '$[0]') group by t.rank),
        around(area, weight) as (
          select k.area, sum(json_extract(j.value, '$[1]')) from json_each(?) j
          cross join ${g}_area_key k on k.key = json_extract(j.value, '$[0]') group by k.area),
        best(rank, doc, weight) as (
          select m.rank, a.doc, m.weight + coalesce(r.weight, 0)
          from met m join ${g}_attr a on a.rank = m.rank left join around r on r.area = a.area
          ${sql.length > 0 ? `where ${sql.join(' and ')}` : ''}
          order by 3 desc, 1 limit ?)
        select d.source, d.rest from best b join ${g}_doc d on d.doc = b.doc
        order by b.weight desc, b.rank`,
    )
    .rows(JSON.stringify(own), JSON.stringify(areas), ...parameters, search.limit);
  return rows.map(([source, rest]) => {
    const { zh, ja } = JSON.parse(rest as string) as Texts;
    const whole = { ...(JSON.parse(source as string) as TextSource), zh, ja };
    return { id: whole.id, source: whole };
  });
}
