import type { ImageDocument } from '../../knn/document.ts';
import type { CatalogueEntry } from './catalogue.ts';
import { documentFault, rowsOf, tableFaults } from './check-tables.ts';
import type { TableFault } from './feature.ts';
import {
  pictureSum,
  SECOND,
  semanticBlob,
  semanticSpaceOf,
  storedTerms,
  type View,
} from './image-tables.ts';
import type { Database, SqlValue } from './sqlite.ts';
import { hasColumn, Tally } from './sums.ts';

/** Finds documents of pictures that are not as written, and tables that do not agree with them. */
export function imageFaults(
  database: Database,
  { number, state }: Pick<CatalogueEntry, 'number' | 'state'>,
): TableFault[] {
  const g = `g${number}`;
  const built = state !== 'building';
  const second = semanticSpaceOf(database, number);
  const wanted = {
    view: new Tally(),
    second: new Tally(),
    hash: new Tally(),
    term: new Tally(),
  };
  const [damaged, odd, bare]: [string[], string[], string[]] = [[], [], []];
  const sum = hasColumn(database, `${g}_doc`, 'sum') ? 'sum' : 'null';
  const columns = `${sum}, doc, id, version, source, terms`;
  for (const row of rowsOf(database, `${g}_doc`, { key: ['doc'], columns })) {
    const [noted, doc, id, version, source, terms] = row;
    const name = String(id);
    const views = viewsOf(database, g, doc!);
    const semantic = second && semanticBlob(database, g, doc!);
    const vectors: View[] = semantic ? [...views, [SECOND, semantic]] : views;
    for (const [order, blob] of views) wanted.view.add([doc!, order, blob]);
    if (semantic) wanted.second.add([doc!, semantic]);
    const isWhole = noted === null || noted === pictureSum(version!, source!, vectors);
    if (noted === null) bare.push(name);
    const document = parsed(source!);
    if (!isWhole || document === null) {
      damaged.push(name);
      continue;
    }
    const odds = document.id !== id || JSON.stringify(document.terms) !== terms;
    if (odds) odd.push(name);
    if (document.hash) wanted.hash.add([doc!, document.hash]);
    for (const term of document.terms) wanted.term.add([term, doc!]);
  }
  const stored = {
    [`${g}_view`]: { wanted: wanted.view, key: ['view'], columns: 'doc, name, v' },
    [`${g}_hash`]: { wanted: wanted.hash, key: ['view'], columns: 'doc, v' },
    ...(second && {
      [`${g}_second`]: { wanted: wanted.second, key: ['view'], columns: 'doc, v' },
    }),
  };
  const searched = {
    [`${g}_term`]: { wanted: wanted.term, key: ['term', 'doc'], columns: 'term, doc' },
  };
  return [
    ...documentFault('document', damaged, 'are damaged'),
    ...documentFault('document', odd, 'have columns that differ from what they hold'),
    ...documentFault('unsealed', bare, 'have no checksum, since an older suoyin wrote them'),
    ...tableFaults(database, stored).map((fault): TableFault => ({ ...fault, of: 'document' })),
    ...(built && damaged.length === 0 ? tableFaults(database, searched) : []),
  ];
}

/** Adds checksums to pictures that have none. */
export function sealImages(database: Database, number: number): void {
  const g = `g${number}`;
  const note = database.sql(`update ${g}_doc set sum = ? where doc = ?`);
  const columns = 'sum, doc, version, source';
  for (const row of rowsOf(database, `${g}_doc`, { key: ['doc'], columns })) {
    const [sum, doc, version, source] = row;
    if (sum !== null) continue;
    note.run(pictureSum(version!, source!, viewsOf(database, g, doc!)), doc!);
  }
}

function viewsOf(database: Database, g: string, doc: SqlValue): View[] {
  const rows = database.sql(`select name, v from ${g}_view where doc = ? order by name`).rows(doc);
  return rows.filter(([, blob]) => blob instanceof Uint8Array) as View[];
}

/** What the tables should have of a picture; null if its document can't be read. */
function parsed(source: SqlValue): { id: string; terms: string[]; hash: Uint8Array | null } | null {
  try {
    const document = JSON.parse(source as string) as ImageDocument;
    const { id, dctHash } = document;
    return {
      id,
      terms: storedTerms(document),
      hash: dctHash === undefined ? null : Buffer.from(dctHash, 'hex'),
    };
  } catch {
    return null;
  }
}
