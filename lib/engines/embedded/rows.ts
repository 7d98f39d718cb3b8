import type {
  KeyField,
  PlaceDocument,
  PlaceKeys,
  PlaceSource,
} from '../../autocomplete/record/document.ts';

/** The letter in front of a stored key, by field. */
export const FIELD_LETTERS: Readonly<Record<KeyField, string>> = {
  name: 'n',
  inner: 'i',
  pinyin: 'p',
  zhuyin: 'z',
  initials: 's',
  taiwan: 'w',
  choseong: 'c',
  romaji: 'r',
  tail: 't',
};

const FIELDS = Object.keys(FIELD_LETTERS) as KeyField[];

/** The part of a document that text search uses. */
export type Texts = Pick<PlaceDocument, 'zh' | 'ja' | 'grams' | 'about' | 'descriptions'>;

/** A document as columns. Texts are JSON; `country` is '' if unknown. */
export interface DocumentRow {
  id: string;
  rank: number;
  country: string;
  kind: string;
  lat: number | null;
  lon: number | null;
  within: string;
  source: string;
  rest: string;
  keys: string;
}

/**
 * The columns of a document.
 *
 * @param madeOf - Stored at the end of `rest`.
 */
export function toRow(document: PlaceDocument, madeOf?: string): DocumentRow {
  const { zh, ja, grams, keys, about, descriptions, ...source } = document;
  return rowOf(source, {
    source: JSON.stringify(source),
    rest: JSON.stringify({ zh, ja, grams, about, descriptions, madeOf }),
    keys: JSON.stringify(storedKeys(keys)),
  });
}

/** Columns from texts of `toRow`; null if they were stored with another `madeOf`, or without one. */
export function copiedRow(
  texts: Pick<DocumentRow, 'source' | 'rest' | 'keys'>,
  madeOf: string,
): DocumentRow | null {
  // In a string of JSON the quotes would be escaped.
  if (!texts.rest.endsWith(`,"madeOf":"${madeOf}"}`)) return null;
  return rowOf(JSON.parse(texts.source) as PlaceSource, texts);
}

function rowOf(
  { id, rank, country = '', kind, location, within }: PlaceSource,
  texts: Pick<DocumentRow, 'source' | 'rest' | 'keys'>,
): DocumentRow {
  return {
    id,
    rank,
    country,
    kind,
    lat: location?.lat ?? null,
    lon: location?.lon ?? null,
    within: JSON.stringify(within),
    ...texts,
  };
}

function storedKeys(keys: PlaceKeys): string[] {
  const stored = new Set<string>();
  for (const field of FIELDS) {
    for (const key of keys[field]) stored.add(FIELD_LETTERS[field] + key);
  }
  return [...stored];
}

/** The document from the columns of `toRow`. */
export function fromRow(source: string, rest: string, stored: string): PlaceDocument {
  const keys = Object.fromEntries(FIELDS.map((field) => [field, [] as string[]])) as PlaceKeys;
  const fieldOf = new Map(FIELDS.map((field) => [FIELD_LETTERS[field], field]));
  for (const key of JSON.parse(stored) as string[]) {
    const field = fieldOf.get(key.slice(0, 1));
    if (field) keys[field].push(key.slice(1));
  }
  const { madeOf: _, ...texts } = JSON.parse(rest) as Texts & { madeOf?: string };
  return { ...(JSON.parse(source) as PlaceSource), ...texts, keys };
}
