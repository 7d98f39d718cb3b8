import type { TextField } from '../../autocomplete/searches.ts';
import type { Texts } from './rows.ts';
import type { Database } from './sqlite.ts';

/** The letter in front of a stored term, by field. Containers are found through `area_key`. */
export const LETTERS: Readonly<Record<Exclude<TextField, 'within'>, string>> = {
  zh: 'z',
  ja: 'j',
  grams: 'g',
  about: 'a',
};

export function createText(database: Database, number: number): void {
  database.exec(`create table g${number}_text(k text, rank integer,
    primary key(k, rank)) without rowid;`);
}

/** Whether a generation has terms of text search; those of an older suoyin have none. */
export function hasText(database: Database, number: number): boolean {
  const found = database
    .sql(`select 1 from sqlite_schema where type = 'table' and name = ?`)
    .row(`g${number}_text`);
  return found !== undefined;
}

export function addText(database: Database, number: number, texts: Texts, rank: number): void {
  const insert = database.sql(`insert or ignore into g${number}_text values (?, ?)`);
  for (const term of storedTerms(texts)) insert.run(term, rank);
}

export function removeText(database: Database, number: number, texts: Texts, rank: number): void {
  const remove = database.sql(`delete from g${number}_text where k = ? and rank = ?`);
  for (const term of storedTerms(texts)) remove.run(term, rank);
}

export function storedTerms({ zh, ja, grams, about = [] }: Texts): Set<string> {
  const words = (entries: readonly string[]): string[] => entries.flatMap((e) => e.split(' '));
  return new Set([
    ...words(zh).map((word) => LETTERS.zh + word),
    ...words(ja).map((word) => LETTERS.ja + word),
    ...grams.map((gram) => LETTERS.grams + gram),
    ...about.map((term) => LETTERS.about + term),
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
    (database) => {
      database.exec(`insert or ignore into ${g}_text
        select '${LETTERS.about}' || j.value, d.rank
        from ${g}_doc d, json_each(d.rest, '$.about') j order by 1, 2;`);
    },
    ...(['zh', 'ja'] as const).map((field) => (database: Database) => {
      // Splits the words of an entry by way of a JSON array, since SQLite can split nothing else.
      database.exec(`insert or ignore into ${g}_text
        select '${LETTERS[field]}' || w.value, d.rank
        from ${g}_doc d, json_each(d.rest, '$.${field}') j,
          json_each('["' || replace(replace(replace(j.value, '\\', '\\\\'), '"', '\\"'), ' ', '","') || '"]') w
        order by 1, 2;`);
    }),
  ];
}
