import type { CatalogueEntry } from './catalogue.ts';
import { documentFault, rowsOf, tableFaults } from './check-tables.ts';
import type { TableFault } from './feature.ts';
import { noteOf } from './note-tables.ts';
import type { Database, SqlValue } from './sqlite.ts';
import { sumOf, Tally } from './sums.ts';

/** Finds documents of notes that are not as written, and tables that do not agree with them. */
export function noteFaults(
  database: Database,
  { number, state }: Pick<CatalogueEntry, 'number' | 'state'>,
): TableFault[] {
  const g = `g${number}`;
  const built = state !== 'building';
  const wanted = { attr: new Tally(), term: new Tally() };
  const [damaged, odd]: [string[], string[]] = [[], []];
  const columns = 'sum, doc, id, rank, length, time, source, rest, version';
  for (const row of rowsOf(database, `${g}_doc`, { key: ['doc'], columns })) {
    const [noted, doc, id, rank, length, time, source, rest, version] = row;
    const name = String(id);
    const note = noted === sumOf(rank!, version!, source!, rest!) ? parsed(source!, rest!) : null;
    if (note === null) {
      damaged.push(name);
      continue;
    }
    if (note.id !== id || note.length !== length || (note.time ?? null) !== time) odd.push(name);
    wanted.attr.add([rank!, doc!, length!, time!]);
    for (const term of new Set(note.terms)) wanted.term.add([term, rank!]);
  }
  const comparable = built && damaged.length === 0;
  return [
    ...documentFault('document', damaged, 'are damaged'),
    ...documentFault('document', odd, 'have columns that differ from what they hold'),
    ...(comparable
      ? tableFaults(database, {
          [`${g}_attr`]: { wanted: wanted.attr, key: ['rank'], columns: 'rank, doc, length, time' },
          [`${g}_term`]: { wanted: wanted.term, key: ['k', 'rank'], columns: 'k, rank' },
        })
      : []),
  ];
}

/** Does nothing: every version of suoyin has written notes with checksums. */
export function sealNotes(): void {
  // Nothing to note.
}

function parsed(source: SqlValue, rest: SqlValue): ReturnType<typeof noteOf> | null {
  try {
    return noteOf(source as string, rest as string);
  } catch {
    return null;
  }
}
