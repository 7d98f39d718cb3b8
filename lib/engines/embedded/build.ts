import { COUNTRY_LISTS_MIN, countryList, LIST_LENGTH, LIST_MIN } from './keys.ts';
import type { Database } from './sqlite.ts';
import { sumOf } from './sums.ts';

/** Letters of the fields whose keys are entered together: three groups of about equal size. */
const KEY_SLICES: readonly string[] = ['n', 'pz', 'istrwc'];

/**
 * The steps that build the search tables of a generation from its documents: attributes, keys and
 * the lists of frequent prefixes, each in sorted order. SQLite sorts on disk, so memory does not
 * grow with the number of documents.
 *
 * Run each step in its own transaction, with a turn for others in between. Started again from the
 * first, they undo what an earlier attempt left.
 */
export function buildSteps(number: number): ((database: Database) => void)[] {
  const g = `g${number}`;
  return [
    (database) => {
      database.exec(`delete from ${g}_attr; delete from ${g}_key; delete from ${g}_prefix;`);
      separateRanks(database, g);
      database.exec(`insert into ${g}_attr
        select rank, doc, country, kind, lat, lon, area from ${g}_doc order by rank;`);
    },
    ...KEY_SLICES.map((letters) => (database: Database) => {
      database.exec(`insert or ignore into ${g}_key
        select j.value, d.rank, d.country from ${g}_doc d, json_each(d.keys) j
        where instr('${letters}', substr(j.value, 1, 1)) order by 1, 2;`);
    }),
    ...Array.from({ length: LIST_LENGTH }, (_, i) => (database: Database) => {
      listBeginnings(database, g, i + 1);
    }),
    (database) => {
      listCountries(database, g);
    },
  ];
}

function listBeginnings(database: Database, g: string, length: number): void {
  const end = length + 1;
  // A prefix can be frequent only if the prefix one shorter is.
  const frequent = `select substr(k, 1, ${end}) p from ${g}_key
    where length(k) >= ${end} and k not like 't%'
    ${length > 1 ? `and substr(k, 1, ${length}) in (select distinct k from ${g}_prefix)` : ''}
    group by p having count(*) >= ${LIST_MIN}`;
  database.exec(`
    insert or ignore into ${g}_prefix
      select substr(k, 1, ${end}) p, rank, country from ${g}_key
      where length(k) >= ${end} and p in (${frequent}) order by p, rank;`);
}

function listCountries(database: Database, g: string): void {
  const large = database
    .sql(`select k from ${g}_prefix group by k having count(*) >= ${COUNTRY_LISTS_MIN}`)
    .rows();
  for (const [k] of large) {
    const beginning = k as string;
    database.sql(`insert into ${g}_prefix values (?, 0, '')`).run(countryList(beginning, ''));
    database
      .sql(
        `insert into ${g}_prefix
          select ? || country, rank, country from ${g}_prefix where k = ? and country <> ''`,
      )
      .run(countryList(beginning, ''), beginning);
  }
}

/** Gives documents with equal ranks neighbouring ranks, in order of id. */
function separateRanks(database: Database, g: string): void {
  database.exec(`create index if not exists ${g}_doc_rank on ${g}_doc(rank)`);
  const shared = database
    .sql(
      `select doc, rank, version, source, rest, keys, sum from ${g}_doc where rank in
        (select rank from ${g}_doc group by rank having count(*) > 1) order by rank, id`,
    )
    .rows();
  let last = -1;
  for (const [doc, rank, ...rest] of shared) {
    if (rank !== last) {
      last = rank as number;
      continue;
    }
    let free = last + 1;
    while (database.sql(`select 1 from ${g}_doc where rank = ?`).row(free)) free++;
    const sum = rest.pop()!;
    // A row that was damaged before keeps its wrong checksum.
    const isWhole = sum === sumOf(rank, ...rest);
    database
      .sql(`update ${g}_doc set rank = ?, sum = ? where doc = ?`)
      .run(free, isWhole ? sumOf(free, ...rest) : sum, doc!);
  }
  database.exec(`drop index ${g}_doc_rank`);
}
