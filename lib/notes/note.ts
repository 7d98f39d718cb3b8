import { fieldError, type RecordError } from '../errors.ts';
import { isShownWhole } from '../shown-text.ts';
import { timeOfIso } from './time.ts';

/** A note, an article or a description: a text of any length with metadata. */
export interface Note {
  /** Default: made from title and body, so that the same text is one note whatever its source. */
  id?: string;
  /** Default: none; the first words of the body are shown. */
  title?: string;
  /** Plain text; may be empty if there is a title. */
  body?: string;
  /** To filter by. */
  tags?: readonly string[];
  /** When it was written, ISO 8601 or a `Date`. Without an offset it is UTC. */
  time?: string | Date;
  /** Where it comes from, such as the path of a file. */
  source?: string;
  /** BCP 47 tag of its text. Default: detected by characters, for each paragraph. */
  language?: string;
}

/** A note that was checked. */
export interface CheckedNote {
  id: string | null;
  title: string;
  body: string;
  tags: string[];
  /** Milliseconds since 1970. */
  time: number | null;
  sources: string[];
  language: string | null;
}

/** Limits on a note: UTF-16 code units, and items of `tags`. */
export const NOTE_LIMITS: Readonly<{
  id: number;
  title: number;
  body: number;
  tag: number;
  tags: number;
  source: number;
}> = Object.freeze({ id: 256, title: 1000, body: 2_000_000, tag: 100, tags: 100, source: 4096 });

const FIELDS: readonly string[] = ['id', 'title', 'body', 'tags', 'time', 'source', 'language'];

/**
 * Checks one note.
 *
 * @param raw - One parsed JSON value; not mutated.
 * @param onUnknown - Called with the names of unknown fields.
 * @throws {RecordError} `NOTE_INVALID`, `NOTE_TOO_LONG`, `NOTE_EMPTY`: the first fault, naming
 *   field and value; the others are in `faults`.
 */
export function readNote(raw: unknown, onUnknown?: (field: string) => void): CheckedNote {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const hint = 'Give one JSON object a note';
    throw fieldError('NOTE_INVALID', { field: null, value: raw }, 'is not a note', hint);
  }
  for (const name of Object.keys(raw)) if (!FIELDS.includes(name)) onUnknown?.(name);
  const faults: RecordError[] = [];
  const field = (name: keyof Note): unknown =>
    Object.hasOwn(raw, name) ? ((raw as Note)[name] ?? undefined) : undefined;
  const refuse = (name: string, value: unknown, what: string, hint: string): null => {
    const code = what === 'is too long' ? 'NOTE_TOO_LONG' : 'NOTE_INVALID';
    faults.push(fieldError(code, { field: name, value }, what, hint));
    return null;
  };
  const text = (name: 'title' | 'body' | 'source', limit: number): string => {
    const value = field(name);
    if (value === undefined) return '';
    if (typeof value !== 'string' || !value.isWellFormed()) {
      return refuse(name, value, 'is not text', 'Give text in Unicode') ?? '';
    }
    if (value.length <= limit) return value;
    return refuse(name, value, 'is too long', `Give at most ${limit} characters, in parts`) ?? '';
  };
  const note: CheckedNote = {
    id: idOf(field('id'), refuse),
    title: text('title', NOTE_LIMITS.title).replace(/\s+/gu, ' ').trim(),
    body: text('body', NOTE_LIMITS.body),
    tags: tagsOf(field('tags'), refuse),
    time: timeOf(field('time'), refuse),
    sources: [text('source', NOTE_LIMITS.source)].filter((source) => source !== ''),
    language: languageOf(field('language'), refuse),
  };
  if (faults.length === 0 && note.title === '' && note.body.trim() === '') {
    faults.push(
      fieldError(
        'NOTE_EMPTY',
        { field: null, value: raw },
        'has no text',
        'Give a title or a body',
      ),
    );
  }
  const [first, ...more] = faults;
  if (!first) return note;
  if (more.length > 0) Object.assign(first, { faults });
  throw first;
}

type Refuse = (name: string, value: unknown, what: string, hint: string) => null;

function idOf(value: unknown, refuse: Refuse): string | null {
  if (value === undefined) return null;
  const id = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const fits = typeof id === 'string' && id !== '' && id.trim() === id && isShownWhole(id);
  if (fits && id.length <= NOTE_LIMITS.id) return id;
  const hint = `Give a whole number or at most ${NOTE_LIMITS.id} characters that can be seen`;
  return refuse('id', value, 'is not an id', hint);
}

function tagsOf(value: unknown, refuse: Refuse): string[] {
  if (value === undefined) return [];
  const tags = typeof value === 'string' ? [value] : value;
  const fits = (tag: unknown): boolean =>
    typeof tag === 'string' && isShownWhole(tag) && tag.length <= NOTE_LIMITS.tag;
  if (!Array.isArray(tags) || !tags.every(fits) || tags.length > NOTE_LIMITS.tags) {
    const { tag, tags: most } = NOTE_LIMITS;
    refuse('tags', value, 'is not a list of tags', `Give up to ${most} texts of up to ${tag}`);
    return [];
  }
  return [...new Set((tags as string[]).map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

function timeOf(value: unknown, refuse: Refuse): number | null {
  if (value === undefined) return null;
  const time =
    value instanceof Date ? value.getTime() : typeof value === 'string' ? timeOfIso(value) : null;
  if (time !== null && !Number.isNaN(time)) return time;
  return refuse('time', value, 'is not a time', 'Give ISO 8601, such as 2026-11-29T08:00:00Z');
}

function languageOf(value: unknown, refuse: Refuse): string | null {
  if (value === undefined) return null;
  if (typeof value === 'string') {
    try {
      return new Intl.Locale(value).toString();
    } catch {
      // Reported below.
    }
  }
  return refuse('language', value, 'is not a BCP 47 tag', 'Give a tag such as ja or zh-Hant');
}
