import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { PlaceRecord } from '../lib/autocomplete/place.ts';
import { readPlaceRecord } from '../lib/autocomplete/record/record.ts';
import { readJsonLines } from '../lib/source/json-lines.ts';
import type { Place } from './competitor.ts';

/** The records of a benchmark, and the files from which the contenders read them. */
export interface Corpus {
  /** Names of the files that they came from. */
  files: string[];
  records: PlaceRecord[];
  /** Records that were skipped because they are invalid. */
  refused: number;
  /** Number of listed names of all places. */
  names: number;
  /** SHA-256 of the lines of the records, first 16 digits. */
  checksum: string;
  recordsFile: string;
  placesFile: string;
}

/**
 * Takes the first `count` valid records of the files in order, and writes them to a folder, once
 * unchanged and once as plain `Place` lines.
 */
export async function takeCorpus(
  files: readonly string[],
  count: number,
  folder: string,
): Promise<Corpus> {
  const recordsFile = join(folder, 'records.jsonl');
  const placesFile = join(folder, 'places.jsonl');
  const corpus: Corpus = {
    files: files.map((file) => basename(file)),
    records: [],
    refused: 0,
    names: 0,
    checksum: '',
    recordsFile,
    placesFile,
  };
  const hash = createHash('sha256');
  const records = createWriteStream(recordsFile);
  const places = createWriteStream(placesFile);
  const seen = new Set<string>();
  for await (const value of linesOf(files)) {
    if (seen.size >= count) break;
    const record = value === null ? null : readOrNull(value);
    if (record === null || seen.has(record.id)) {
      corpus.refused += 1;
      continue;
    }
    seen.add(record.id);
    const place: Place = {
      id: record.id,
      names: listedNames(record),
      population: record.population ?? 0,
    };
    const line = `${JSON.stringify(value)}\n`;
    hash.update(line);
    if (!records.write(line)) await once(records, 'drain');
    if (!places.write(`${JSON.stringify(place)}\n`)) await once(places, 'drain');
    corpus.names += place.names.length;
    corpus.records.push(record);
  }
  records.end();
  places.end();
  await Promise.all([finished(records), finished(places)]);
  corpus.checksum = hash.digest('hex').slice(0, 16);
  return corpus;
}

/** The names that a record lists, without those that suoyin makes. */
export function listedNames(record: PlaceRecord): string[] {
  return [...new Set(record.names.filter((n) => !n.made).map((n) => n.text))];
}

/** Yields the places that `takeCorpus` wrote, so that no contender needs memory for all of them. */
export async function* placesOf(placesFile: string): AsyncGenerator<Place> {
  for await (const { value } of readJsonLines(placesFile)) yield value as Place;
}

async function* linesOf(files: readonly string[]): AsyncGenerator {
  for (const file of files) {
    for await (const line of readJsonLines(file)) yield line.error ? null : line.value;
  }
}

function readOrNull(value: unknown): PlaceRecord | null {
  try {
    return readPlaceRecord(value);
  } catch {
    return null;
  }
}
