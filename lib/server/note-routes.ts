import { quoteValue } from '../errors.ts';
import { NOTE_SEARCH_SPEC } from '../note-index.ts';
import type { NoteDocument } from '../notes/document.ts';
import { LIKE_SPEC } from '../notes/like.ts';
import { NOTE_LIMITS } from '../notes/note.ts';
import { NOTE_QUERY_DEFAULTS } from '../notes/query.ts';
import { markOf } from '../partial.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import type { NoteSearches } from './place-threads.ts';
import { RequestError } from './problem.ts';
import type { Route } from './route.ts';

const SEARCHED = [
  'limit',
  'from',
  'since',
  'until',
  'language',
  'fragments',
  'fragmentLength',
  'allowPartial',
] as const;

const TAGS: Parameter = {
  name: 'tags',
  repeat: true,
  option: NOTE_SEARCH_SPEC.options.tags,
};

/** Routes of the search of notes, of similar notes, and of single notes. */
export function noteRoutes(notes: NoteSearches): Route[] {
  return [
    {
      method: 'GET',
      path: '/notes',
      operation: 'notes',
      summary: 'Notes for a text, best first, with the pieces that say it.',
      parameters: [
        {
          name: 'q',
          required: true,
          option: {
            type: 'text',
            maxLength: NOTE_QUERY_DEFAULTS.maxLength,
            help: 'what to look for; blank text finds nothing',
          },
        },
        ...parametersOf(NOTE_SEARCH_SPEC, SEARCHED),
        TAGS,
      ],
      answer: 'NoteAnswer',
      cache: 'public, max-age=60',
      kind: 'notes',
      priority: 'autocomplete',
      run({ values, signal }) {
        const { q, ...options } = values as unknown as { q: string };
        return notes.search(q, { ...options, signal });
      },
    },
    {
      method: 'GET',
      path: '/similar-notes',
      operation: 'similarNotes',
      summary: 'Notes that are about the same as one, most alike first.',
      parameters: [
        {
          name: 'id',
          required: true,
          option: { type: 'text', maxLength: NOTE_LIMITS.id, help: 'of a note' },
        },
        ...parametersOf(LIKE_SPEC, ['limit', 'allowPartial']),
      ],
      answer: 'SimilarNotes',
      problems: { 404: 'There is no such note: `NOTE_UNKNOWN`.' },
      cache: 'public, max-age=60',
      kind: 'notes',
      priority: 'images',
      async run({ values, signal }) {
        const { id, ...options } = values as unknown as { id: string };
        const like = await notes.like(id, { ...options, signal });
        return { notes: like, ...markOf(like) };
      },
    },
    {
      method: 'GET',
      path: '/notes/{id}',
      operation: 'note',
      summary: 'A note by its id.',
      parameters: [],
      answer: 'Note',
      problems: { 404: 'There is no such note: `NOTE_UNKNOWN`.' },
      cache: 'no-cache',
      kind: 'notes',
      priority: 'autocomplete',
      async run({ id }) {
        const document = await notes.get(id);
        if (document !== null) return noteOf(document);
        const what = `There is no note ${quoteValue(id)}`;
        throw new RequestError('NOTE_UNKNOWN', what, 'Give the id of an answer.', { status: 404 });
      },
    },
  ];
}

/** A document without the parts that only searches need. */
function noteOf({ id, title, body, tags, time, sources, language }: NoteDocument): object {
  return {
    id,
    title,
    body,
    tags,
    ...(time === undefined ? {} : { time: new Date(time).toISOString() }),
    sources,
    ...(language === undefined ? {} : { language }),
  };
}
