import type { KeyField } from '../../autocomplete/record/document.ts';
import { FIELD_LETTERS } from './rows.ts';
import type { Database } from './sqlite.ts';

/**
 * Number of keys from which a prefix gets a list of its documents; below, a range scan is as fast.
 */
export const LIST_MIN = 128;
/** Number of keys from which a list is also kept per country. */
export const COUNTRY_LISTS_MIN = 2048;
/** Longest prefix that gets a list, in code points. */
export const LIST_LENGTH = 6;

/** Separates a prefix from a country; keys contain no control characters. */
const COUNTRY_MARK = '\u001f';

export function storedKey(field: KeyField, value: string): string {
  return FIELD_LETTERS[field] + value;
}

/**
 * Key of the per-country list of a prefix; an empty country is the marker that such lists exist.
 */
export function countryList(beginning: string, country: string): string {
  return beginning + COUNTRY_MARK + country;
}

/** The first text after all with the prefix `text`, in code-point order; null if there is none. */
export function afterPrefix(text: string): string | null {
  const chars = Array.from(text);
  for (let last = chars.pop(); last !== undefined; last = chars.pop()) {
    const code = last.codePointAt(0)!;
    if (code < 0x10ffff) {
      return chars.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
    }
  }
  return null;
}

/**
 * Prefixes of a stored key that may have a list: 1 to `LIST_LENGTH` code points after the field's
 * letter.
 */
export function beginningsOf(key: string): string[] {
  const found: string[] = [];
  let end = 1;
  while (end < key.length && found.length < LIST_LENGTH) {
    end += key.codePointAt(end)! > 0xffff ? 2 : 1;
    found.push(key.slice(0, end));
  }
  return found;
}

/** A document in the key tables. */
export interface KeyEntry {
  keys: readonly string[];
  rank: number;
  country: string;
}

/** Adds a document to its keys, and to every existing list of their prefixes. */
export function addKeys(
  database: Database,
  number: number,
  { keys, rank, country }: KeyEntry,
): void {
  const intoKey = database.sql(`insert or ignore into g${number}_key values (?, ?, ?)`);
  const intoList = database.sql(`insert or ignore into g${number}_prefix values (?, ?, ?)`);
  const hasList = database.sql(`select 1 from g${number}_prefix where k = ? limit 1`);
  for (const key of keys) intoKey.run(key, rank, country);
  for (const beginning of new Set(keys.flatMap(beginningsOf))) {
    if (!hasList.row(beginning)) continue;
    intoList.run(beginning, rank, country);
    if (hasList.row(countryList(beginning, ''))) {
      intoList.run(countryList(beginning, country), rank, country);
    }
  }
}

/** Removes what `addKeys` or the build steps added. */
export function removeKeys(
  database: Database,
  number: number,
  { keys, rank, country }: KeyEntry,
): void {
  const fromKey = database.sql(`delete from g${number}_key where k = ? and rank = ?`);
  const fromList = database.sql(`delete from g${number}_prefix where k = ? and rank = ?`);
  for (const key of keys) fromKey.run(key, rank);
  for (const beginning of new Set(keys.flatMap(beginningsOf))) {
    if (fromList.run(beginning, rank) > 0) fromList.run(countryList(beginning, country), rank);
  }
}
