/** A kind of file that is not read, by its first bytes, and what to do with it. */
interface Foreign {
  is: string;
  todo: string;
  begins: string;
  /** Where those bytes are; default 0. */
  at?: number;
}

const OGR = '`ogr2ogr -f GeoJSON -t_srs EPSG:4326 new.geojson FILE`';
const UNPACK = 'Unpack it; gzip, Zstandard and ZIP are read as they are.';

/** Kinds by bytes, as Latin-1. */
const BINARY: readonly Foreign[] = [
  {
    is: 'a workbook of an old Excel, or another document of Office',
    todo: 'Save it as "CSV UTF-8".',
    begins: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  },
  { is: 'an empty ZIP file', todo: 'Get it again.', begins: 'PK\x05\x06' },
  { is: 'a PDF', todo: 'Get the data as a table, such as CSV.', begins: '%PDF-' },
  {
    is: 'a database of SQLite, or a GeoPackage',
    todo: `Export a table (\`sqlite3 -csv -header FILE 'SELECT ...'\`), or convert it: ${OGR}.`,
    begins: 'SQLite format 3\0',
  },
  { is: 'a Parquet file', todo: 'Convert it to CSV or JSON lines.', begins: 'PAR1' },
  { is: 'a shapefile', todo: `Convert it: ${OGR}.`, begins: '\0\0\x27\x0a' },
  {
    is: 'a tar archive',
    todo: 'Unpack it, and name the file that is meant.',
    begins: 'ustar',
    at: 257,
  },
  { is: 'packed with bzip2', todo: UNPACK, begins: 'BZh' },
  { is: 'packed with xz', todo: UNPACK, begins: '\xfd7zXZ\0' },
  { is: 'packed with 7-Zip', todo: UNPACK, begins: '7z\xbc\xaf\x27\x1c' },
  { is: 'packed with RAR', todo: UNPACK, begins: 'Rar!\x1a\x07' },
];

/** Kinds by text, each with its pattern. */
const TEXTS: readonly [pattern: RegExp, is: string, todo: string][] = [
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS', 'Get the file itself: `git lfs pull`.'],
  [
    /^(?:INSERT INTO |CREATE TABLE |-- (?:MySQL|MariaDB|phpMyAdmin|Dump)|--\s+-- PostgreSQL)/i,
    'SQL',
    'Export the table as CSV, or of PostgreSQL with pg_dump --data-only --table=NAME.',
  ],
];
/** Kinds of what is marked up, by what is in it. */
const MARKED_UP: typeof TEXTS = [
  [
    /<osm[\s>]/,
    'OpenStreetMap XML',
    'Convert it (`osmium cat file.osm -o file.osm.pbf`), or ask Overpass for [out:json].',
  ],
  [
    /<(?:kml|gpx|wfs:FeatureCollection|gml:)/,
    'a map in XML',
    'Convert it: `ogr2ogr -f GeoJSON new.geojson FILE`.',
  ],
  [
    /^<(?:[?!]|html|head|body)/i,
    'marked up',
    'It may be the page of an error: look at it, and get the data again.',
  ],
];

/** Bytes in which a text is looked for. */
const MOST = 4096;

/** What a file is that can't be read, and what to do about it; null where nothing is known. */
export function foreignKind(head: Buffer, text: string): { is: string; todo: string } | null {
  const bytes = head.toString('latin1', 0, 512);
  const binary = BINARY.find(({ begins, at = 0 }) => bytes.startsWith(begins, at));
  if (binary) return binary;
  const order = utf16Of(head);
  if (order !== null) {
    return {
      is: `${order} without a byte-order mark`,
      todo: `Convert it to UTF-8: \`iconv -f ${order} -t utf-8\`.`,
    };
  }
  const begin = text.slice(0, MOST);
  const found = (begin.startsWith('<') ? MARKED_UP : TEXTS).find(([pattern]) =>
    pattern.test(begin),
  );
  if (found) return { is: found[1], todo: found[2] };
  return isCommented(begin)
    ? { is: 'JSON with comments', todo: 'JSON has none: remove them.' }
    : null;
}

/** Whether lines of comments, or one in brackets, are followed by JSON. */
function isCommented(text: string): boolean {
  const lines = text.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => line !== '' && !/^(?:\/\/|#|\/\*)/.test(line));
  const end = text.startsWith('/*') ? text.indexOf('*/') : -1;
  const rest = end < 0 ? (first > 0 ? lines[first]! : '') : text.slice(end + 2).trimStart();
  return /^[[{]/.test(rest);
}

/** The byte order of JSON in UTF-16: a bracket, and another character of ASCII. */
function utf16Of(head: Buffer): 'utf-16le' | 'utf-16be' | null {
  if (head.length < 4) return null;
  const isBracket = (at: number): boolean => head[at] === 0x7b || head[at] === 0x5b;
  const zeros = [0, 1, 2, 3].map((at) => head[at] === 0);
  if (!zeros[0] && zeros[1] && !zeros[2] && zeros[3] && isBracket(0)) return 'utf-16le';
  return zeros[0] && !zeros[1] && zeros[2] && !zeros[3] && isBracket(1) ? 'utf-16be' : null;
}
