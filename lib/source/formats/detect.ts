import { OptionError, quoteValue } from '../../errors.ts';
import { isCopied, isDump } from '../copy-rows.ts';
import { outlineOf } from '../json-outline.ts';
import { beginningOf } from '../text.ts';
import { foreignKind } from './foreign.ts';
import { type FormatName, FORMATS, type SourceFile } from './format.ts';
import { geonamesRole } from './geonames.ts';
import { nestedArrays } from './json.ts';
import { isOsmPbf } from './osm-pbf.ts';
import { countOf, DELIMITERS, headerOf } from './table.ts';

/**
 * The format of a file by its content, and where that leaves a doubt by its name.
 *
 * @throws {OptionError} `FORMAT_UNKNOWN` where neither tells.
 */
export function formatOf(file: SourceFile): FormatName {
  const { path, head } = file;
  if (isOsmPbf(head)) return 'osm';
  const text = beginningOf(head);
  const foreign = isDump(text) ? null : foreignKind(head, text);
  if (foreign) {
    throw new OptionError('FORMAT_UNKNOWN', `${path} is ${foreign.is}`, foreign.todo);
  }
  const found = formatOfText(text, file) ?? formatOfName(path);
  if (found !== null) return found;
  const [line = ''] = text.split('\n');
  const what = `The format of ${path} is unknown; it begins ${quoteValue(line.slice(0, 60))}`;
  const hint = `Name it: --format ${FORMATS.slice(0, -1).join(', ')} or ${FORMATS.at(-1)}.`;
  throw new OptionError('FORMAT_UNKNOWN', what, hint);
}

function formatOfText(text: string, { head, path }: SourceFile): FormatName | null {
  // Nothing to read is nothing in any format.
  if (text === '') return 'jsonl';
  if (text.startsWith('[')) return 'json';
  if (text.startsWith('{')) return formatOfObject(text, formatOfName(path));
  if (isDump(text)) return 'copy';
  if (geonamesRole(head) !== null) return 'geonames';
  return formatOfTable(text);
}

function formatOfObject(text: string, named: FormatName | null): FormatName {
  const [line = ''] = text.split('\n');
  const first = objectIn(line);
  if (first?.['type'] === 'NominatimDumpFile' || first?.['type'] === 'CountryInfo') return 'photon';
  if (first?.['type'] === 'Place' && Array.isArray(first['content'])) return 'photon';
  if (first?.['type'] === 'Feature')
    return flavourOf(JSON.stringify(first['properties'] ?? {}), first['id']);
  if (/"elements"\s*:\s*\[/.test(text) && /"(?:osm3s|generator|version)"\s*:/.test(text))
    return 'osm';
  if (/"type"\s*:\s*"FeatureCollection"/.test(text) || /"features"\s*:\s*\[/.test(text)) {
    return flavourOf(text, null);
  }
  if (first === null && /"type"\s*:\s*"Feature"/.test(text)) return flavourOf(text, null);
  const { isWhole } = outlineOf(text);
  // Lines, or one that ends beyond the head; a broken one is told with its line.
  const isLines =
    first !== null ||
    !text.includes('\n') ||
    /^\{\s*"/.test(line) ||
    (named === 'jsonl' && !isWhole);
  const isOne = !text.includes('\n') || isWhole;
  return !isLines || (isOne && nestedArrays(text).length > 0) ? 'json' : 'jsonl';
}

/** Whose features they are, by properties that only theirs have. */
function flavourOf(text: string, id: unknown): FormatName {
  if (/"wof:(?:id|name)"\s*:/.test(text)) return 'wof';
  const isElement = /"(?:@id|id)"\s*:\s*"(?:node|way|relation)\/\d+"/.test(text);
  return isElement || /^(?:node|way|relation)\/\d+$/.test(String(id)) ? 'osm' : 'geojson';
}

function objectIn(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

/** A table, where the header and the line after it have as many delimiters of one kind. */
function formatOfTable(text: string): FormatName | null {
  const header = headerOf(text);
  const [delimiter] = DELIMITERS.map((each) => ({ each, count: countOf(header, each) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  if (!delimiter) return null;
  if (delimiter.each !== '\t') return 'csv';
  return isCopied(text) ? 'copy' : 'tsv';
}

function formatOfName(path: string): FormatName | null {
  const name = path.toLowerCase().replace(/\.(?:gz|zst|zip)$/, '');
  const [, ending = ''] = /\.([a-z]+)$/.exec(name) ?? [];
  const formats: Readonly<Record<string, FormatName>> = {
    csv: 'csv',
    tsv: 'tsv',
    tab: 'tsv',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
    geojsonl: 'geojson',
    geojson: 'geojson',
  };
  return formats[ending] ?? null;
}
