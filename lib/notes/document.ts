import { createHash } from 'node:crypto';
import { fold } from '../analyzers/fold.ts';
import type { TextContext } from '../autocomplete/text/terms.ts';
import type { CheckedNote } from './note.ts';
import { titleReadings, type ReadingContext } from './readings.ts';
import { languageOfText, termCounts, wordLines } from './terms.ts';

/** A note as engines keep it. */
export interface NoteDocument {
  id: string;
  title: string;
  body: string;
  tags: string[];
  /** Milliseconds since 1970; left out where it is unknown. */
  time?: number;
  /** Where the text comes from; several where it is in several places. */
  sources: string[];
  /** As its writer states it. */
  language?: string;
  /** SHA-256 of title and body, hexadecimal. */
  hash: string;
  /** Orders notes of equal weight: 52 bits of a hash of the id. */
  rank: number;
  /** Words of the body, at least 1. */
  length: number;
  /** Title and body as `wordLines` has them. */
  words: { title: string; body: string };
  /** Of the title; see `titleReadings`. */
  readings: string[];
  /** What the note is found by. */
  terms: string[];
}

/** How words and readings are found. */
export interface NoteContext extends TextContext, ReadingContext {}

/** A term that is at least this often in a body is a term of its own, so that engines rank by it. */
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
  // A title may be nothing else: The Who.
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
    words,
    readings,
    terms: [...terms],
  };
  if (time !== null) document.time = time;
  if (stated !== null) document.language = stated;
  return document;
}

/** The same text from other places. */
export function withSources(document: NoteDocument, sources: readonly string[]): NoteDocument {
  const others = document.terms.filter((term) => !term.startsWith('s'));
  return { ...document, sources: [...sources], terms: [...others, ...sources.map(sourceTerm)] };
}

/** SHA-256 of a text, whatever its line ends and the spaces around it. */
export function hashOf(title: string, body: string): string {
  const plain = body.replace(/\r\n?/g, '\n').trim();
  return createHash('sha256').update(`${title}\0${plain}`).digest('hex');
}

// Terms of a document, by their first letter: `w` word, `g` pair of characters, `p` beginning of a Korean word;
// in the title as well (`t` in front), often in the body (`o`); `r` reading of the title, `l` tag, `s` source, `i` id.

export const titleTerm = (term: string): string => `t${term}`;
export const oftenTerm = (term: string): string => `o${term}`;
export const readingTerm = (key: string): string => `r${key}`;
export const tagTerm = (tag: string): string => `l${fold(tag) || tag}`;
export const idTerm = (id: string): string => `i${id}`;
/** Hashed, since a path may be longer than engines take a term. */
export const sourceTerm = (source: string): string =>
  `s${createHash('sha256').update(source).digest('hex').slice(0, 32)}`;

/** 52 bits, so that what moves on to a free number stays a safe integer. */
function rankOf(id: string): number {
  return parseInt(createHash('sha256').update(id).digest('hex').slice(0, 13), 16);
}
