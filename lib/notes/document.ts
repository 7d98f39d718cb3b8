import { createHash } from 'node:crypto';
import { fold } from '../analyzers/fold.ts';
import type { TextContext } from '../autocomplete/text/terms.ts';
import type { CheckedNote } from './note.ts';
import { titleReadings, type ReadingContext } from './readings.ts';
import { judgedLines } from '../autocomplete/long-text/judged.ts';
import { languageOfText, termCounts, wordLines } from '../autocomplete/long-text/terms.ts';

/** A note as engines store it. */
export interface NoteDocument {
  id: string;
  title: string;
  body: string;
  tags: string[];
  /** Milliseconds since 1970; absent if unknown. */
  time?: number;
  /** Where the text comes from; several if it is in several files. */
  sources: string[];
  /** Language stated by the writer. */
  language?: string;
  /** SHA-256 of title and body, hexadecimal. */
  hash: string;
  /** Orders notes of equal weight: 52 bits of a hash of the id. */
  rank: number;
  /** Number of words in the body, at least 1. */
  length: number;
  /** Title and body in the form of `wordLines`, the body as far as it is judged. */
  words: { title: string; body: string };
  /** Readings of the title; see `titleReadings`. */
  readings: string[];
  /** Terms that the note is found by. */
  terms: string[];
}

/** How words and readings are found. */
export interface NoteContext extends TextContext, ReadingContext {}

/**
 * A term that occurs at least this often in a body also gets a term of its own, so that engines
 * can rank by it.
 */
const OFTEN = 3;

/**
 * The document of a note.
 *
 * @param context - Without dictionaries, texts are found by pairs of characters and by Latin words only.
 */
export function toNoteDocument(note: CheckedNote, context: NoteContext): NoteDocument {
  const { title, body, tags, time, sources, language: stated } = note;
  const hash = hashOf(title, body);
  const id = note.id ?? hash.slice(0, 32);
  const language = languageOfText(`${title}\n${body}`, stated);
  const words = {
    title: wordLines(title, language, context),
    body: wordLines(body, language, context),
  };
  const ofBody = termCounts(words.body);
  // A title may consist of stop words: The Who.
  const ofTitle = termCounts(words.title, { stopWords: true });
  const terms = new Set<string>();
  for (const term of ofTitle.counts.keys()) terms.add(term).add(titleTerm(term));
  for (const [term, count] of ofBody.counts) {
    terms.add(term);
    if (count >= OFTEN) terms.add(oftenTerm(term));
  }
  const readings = titleReadings(title, context);
  for (const reading of readings) terms.add(readingTerm(reading));
  for (const tag of tags) terms.add(tagTerm(tag));
  terms.add(idTerm(id));
  for (const from of sources) terms.add(sourceTerm(from));
  const document: NoteDocument = {
    id,
    title,
    body,
    tags,
    sources,
    hash,
    rank: rankOf(id),
    length: Math.max(1, ofBody.length),
    words: { ...words, body: judgedLines(words.body) },
    readings,
    terms: [...terms],
  };
  if (time !== null) document.time = time;
  if (stated !== null) document.language = stated;
  return document;
}

/** The same document with other sources. */
export function withSources(document: NoteDocument, sources: readonly string[]): NoteDocument {
  const others = document.terms.filter((term) => !term.startsWith('s'));
  return { ...document, sources: [...sources], terms: [...others, ...sources.map(sourceTerm)] };
}

/** SHA-256 of a text, independent of line endings and surrounding spaces. */
export function hashOf(title: string, body: string): string {
  const plain = body.replace(/\r\n?/g, '\n').trim();
  return createHash('sha256').update(`${title}\0${plain}`).digest('hex');
}

// Terms of a document, by their first letter: `w` word, `g` pair of characters, `p` beginning of a
// Korean word; also in the title (prefix `t`), often in the body (prefix `o`); `r` reading of the
// title, `l` tag, `s` source, `i` id.

export const titleTerm = (term: string): string => `t${term}`;
export const oftenTerm = (term: string): string => `o${term}`;
export const readingTerm = (key: string): string => `r${key}`;
export const tagTerm = (tag: string): string => `l${fold(tag) || tag}`;
export const idTerm = (id: string): string => `i${id}`;
/** Hashed, since a path may be longer than the longest term of an engine. */
export const sourceTerm = (source: string): string =>
  `s${createHash('sha256').update(source).digest('hex').slice(0, 32)}`;

/** 52 bits, so that a rank that is moved to a free number is still a safe integer. */
function rankOf(id: string): number {
  return parseInt(createHash('sha256').update(id).digest('hex').slice(0, 13), 16);
}
